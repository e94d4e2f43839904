"""Comments on the owner's videos, as the Data API answers; https://developers.google.com/youtube/v3/docs/commentThreads

`api/comment_threads-<n>.json` hold threads with some of their replies, `api/replies-<thread>-<n>.json` all replies of one. What
others say to each other below a comment is not for the owner. The id of a comment is that in a Takeout.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec
import polars as pl

from transforms import times
from transforms.act import Reading
from transforms.archive import Archive, Member, Unreadable
from transforms.formats import pulled
from transforms.formats.jsonrecords import records

T = TypeVar("T")
THREADS, REPLIES, CHANNEL = "api/comment_threads-*.json", "api/replies-*.json", "api/channel.json"
LAYOUTS = (THREADS, REPLIES)
_LOST = "not a record of the expected form; pull it again"
_OTHERS = "said by others to each other"
_ASTRAY = "a reply to a comment that is not there; pull it again"


class Whose(msgspec.Struct):
    """The channel of an author; gone where the account is."""

    value: str = ""


class Said(msgspec.Struct):
    """What a comment says, who wrote it and when."""

    textDisplay: str  # noqa: N815
    publishedAt: str  # noqa: N815
    authorDisplayName: str = ""  # noqa: N815
    authorChannelId: Whose | None = None  # noqa: N815
    videoId: str = ""  # noqa: N815


class Comment(msgspec.Struct):
    """A comment or a reply."""

    id: str
    snippet: Said


class Top(msgspec.Struct):
    """What stands at the head of a thread."""

    topLevelComment: Comment  # noqa: N815
    videoId: str = ""  # noqa: N815


class Replies(msgspec.Struct):
    """Some of the replies."""

    comments: list[Comment] = []


class Thread(msgspec.Struct):
    """A comment with replies."""

    snippet: Top
    replies: Replies = msgspec.field(default_factory=Replies)


def read(archive: Archive, reading: Reading, me: str) -> pl.DataFrame | None:
    """One row per comment, its columns those of the acts of this source and `author`, `name`; None where there are none."""
    rows: list[tuple] = []
    tops: dict[str, str] = {}  # thread → who began it; empty where that account is gone
    videos: dict[str, str] = {}
    for member in archive.find(THREADS):
        for i, thread in _members(archive, member, reading, Thread):
            top = thread.snippet.topLevelComment
            tops[top.id] = _author(top)
            videos[top.id] = thread.snippet.videoId or top.snippet.videoId
            for comment in (top, *thread.replies.comments):
                rows.append((member.number, i, top.id, comment))
    for member in archive.find(REPLIES):
        for i, comment in _members(archive, member, reading, Comment):
            rows.append((member.number, i, comment.id.partition(".")[0], comment))
    told = [
        (m, i, c.snippet.textDisplay, c.id, _author(c), c.snippet.authorDisplayName.strip() or None, c.snippet.publishedAt,
         videos.get(t) or c.snippet.videoId or None, t, tops.get(t) if c.id != t else None, c.id != t)
        for m, i, t, c in rows
    ]  # fmt: skip
    schema = {"member": pl.Int32, "i": pl.Int64, **dict.fromkeys(
        ("text", "uri", "author", "name", "at", "post", "thread", "above"), pl.String), "is_reply": pl.Boolean}  # fmt: skip
    frame = pl.DataFrame(told, schema=schema, orient="row")
    if frame.is_empty():
        return None
    mine, above = pl.col("author") == me, pl.col("above")
    for_me = mine | ~pl.col("is_reply") | (above == me)
    astray = frame.filter(for_me.is_null())
    for member, i in astray.select("member", "i").iter_rows():
        reading.problem(member, i, _ASTRAY)
    others = frame.filter(~for_me).join(frame.filter(for_me), on=["member", "i"], how="anti").unique(["member", "i"])
    for member, n in others.group_by("member").len().sort("member").iter_rows():
        reading.set_aside(member, _OTHERS, n)
    answered, author = pl.when(~above.is_in(["", me])).then("above"), pl.when(pl.col("author") != "").then("author")
    theirs = pl.when(mine).then(answered).otherwise(author)
    return frame.filter(for_me).select(
        "member", "i", "text", "uri", "post", "thread", "is_reply", "author", "name",
        direction=pl.when(mine).then(pl.lit("given")).otherwise(pl.lit("received")),
        counterparts=pl.concat_list(theirs).list.drop_nulls(), channel=pl.lit("comment"), value_kind=pl.lit(None, pl.String),
        proven=pl.lit(False), composed=pl.lit(True), n_targets=pl.when(~mine | pl.col("is_reply")).then(1).cast(pl.Int32),
        happened_at=times.iso(pl.col("at")), time_precision=pl.lit("second"), evidence=pl.lit("api"),
    )  # fmt: skip


def sees(reading: Reading, asked: pulled.Pulled) -> None:
    """What others wrote: all threads that stand were looked at."""
    if "comment_threads" in asked.asked:
        since = asked.asked["comment_threads"]
        reading.sees("comment", "received", since=since, until=asked.until, claim="commentThreads: every one of the channel")


def _author(comment: Comment) -> str:
    return comment.snippet.authorChannelId.value if comment.snippet.authorChannelId else ""


def _members(archive: Archive, member: Member, reading: Reading, kind: type[T]) -> list[tuple[int, T]]:
    try:
        good, bad = records(archive.read(member), kind, "items")
    except Unreadable as why:
        reading.problem(member.number, "-", str(why))
        reading.member(member.number, 1)
        return []
    for i, cut in bad.items():
        reading.problem(member.number, i, cut or _LOST)
    reading.member(member.number, len(good) + len(bad))
    return list(good.items())
