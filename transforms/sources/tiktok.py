"""TikTok: `user_data_tiktok.json` (older: `user_data.json`) of Settings → Download your data, as JSON.

Direct messages and follows are in it both ways, with dates. Of likes, comments and shares nobody says whom they are for; likes
and comments received are not in it. https://support.tiktok.com/en/account-and-privacy/personalized-ads-and-data/requesting-your-data

Traps: sections move (`Activity`, `Your Activity`, `Likes and Favorites`, `Profile And Settings`) and keys change their case,
even within one file, so lists are found by their own names, wherever they are; empty lists are null, missing or `{}`; `N/A` and
`None` are nothing. Times have no zone and are UTC. The other side of a chat is named in its key; of a group
those are known who wrote in it.
User names can be changed, so a renamed person is another account.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import polars as pl

from transforms import times
from transforms.act import Owner, Reading
from transforms.archive import Archive, Member, Unreadable
from transforms.formats.csvs import squash
from transforms.formats.jsonrecords import CUT, Bad, document, numbered, uncut
from transforms.formats.rooms import LARGE, large
from transforms.formats.told import alone, aside

TITLE = "TikTok"
VERSION = "3"
LAYOUTS = {"2022": ("user_data_tiktok.json", "*user_data*.json")}
IGNORES: dict[str, str] = {}

ROW = {
    "i": pl.Int64, "kind": pl.String, "at": pl.String, "who": pl.String, "sender": pl.String,
    "text": pl.String, "link": pl.String,
}  # fmt: skip
_KINDS = {  # the name of a list, squashed → what its entries are
    "itemfavoritelist": "like", "commentslist": "comment", "sharehistorylist": "share", "repostlist": "share",
    "following": "following", "fanslist": "follower", "blocklist": "block", "sendgifts": "gift",
}  # fmt: skip
_POSTS = ("video", "videos", "post", "posts")  # what a VideoList must be below; elsewhere it is what was watched
_UNDATED = "no date between 1990 and 2100; look it up and add it to the ledger"
_NOTHING = r"(?i)^\s*(?:n/a|none|null)?\s*$"
_CHANNEL = {"like": "reaction", "comment": "comment", "live": "comment", "share": "repost", "post": "post", "gift": "gift"}
_VALUE = {"like": "applause", "share": "amplification", "gift": "gift"}
_STATE = {"following": ("follow", "given"), "follower": ("follow", "received"), "block": ("block", "given")}
_HEAD = (
    rb'"(Activity|Your Activity|Profile And Settings|Likes and Favorites|Direct Messages?|App Settings|Tiktok Live|'
    rb'Comments?|Posts?|Videos?|Profile)"\s*:'
)
_SURE = (  # whatever the file is called
    rb'"(VideoList|FansList|ItemFavoriteList|FavoriteVideoList|ShareHistoryList|SearchList|ChatHistory|CommentsList|ProfileMap)"\s*:'
)


class Entry(msgspec.Struct, gc=False):
    """An entry of any list, in the spellings that were seen."""

    date: str | None = None
    big_date: str | None = msgspec.field(name="Date", default=None)
    link: str | None = None
    big_link: str | None = msgspec.field(name="Link", default=None)
    video: str | None = msgspec.field(name="VideoLink", default=None)
    user: str | None = msgspec.field(name="UserName", default=None)
    small_user: str | None = msgspec.field(name="userName", default=None)
    comment: str | None = None
    big_comment: str | None = msgspec.field(name="Comment", default=None)
    content: str | None = msgspec.field(name="Content", default=None)
    small_content: str | None = msgspec.field(name="content", default=None)
    title: str | None = msgspec.field(name="Title", default=None)
    sender: str | None = msgspec.field(name="From", default=None)
    small_sender: str | None = msgspec.field(name="from", default=None)
    live_time: str | None = msgspec.field(name="CommentTime", default=None)
    live_text: str | None = msgspec.field(name="CommentContent", default=None)


_COLUMNS: dict[str, Callable[[list[Entry]], list[str | None]]] = {  # one spelling of each is there
    "at": lambda told: [e.date or e.big_date or e.live_time for e in told],
    "who": lambda told: [e.user or e.small_user for e in told],
    "sender": lambda told: [e.sender or e.small_sender for e in told],
    "text": lambda told: [
        e.comment or e.big_comment or e.content or e.small_content or e.title or e.live_text for e in told
    ],
    "link": lambda told: [e.link or e.big_link or e.video for e in told],
}  # fmt: skip
_HOLDS = {
    "like": ("at", "link"), "share": ("at", "link"), "comment": ("at", "text"), "live": ("at", "text"),
    "post": ("at", "text", "link"), "message": ("at", "sender", "text"), "group": ("at", "sender", "text"),
    **dict.fromkeys(("gift", "following", "follower", "block"), ("at", "who")),
}  # fmt: skip


@dataclass
class Found:
    """The lists of one file, in order of their names, so that the place of a record does not depend on sections."""

    me: str | None = None
    name: str | None = None
    lists: list[tuple[str, str | None, msgspec.Raw]] = field(default_factory=list)  # kind, other side, entries
    cut: bool = False  # the file ends too early
    whole: set[str] = field(default_factory=set)  # kinds of lists that were there, empty or not


def claims(archive: Archive) -> list[Member]:
    """By name and the sections it begins with; by sections and lists under another name."""
    likely = [m for m in archive.find(*LAYOUTS["2022"]) if re.search(_HEAD, archive.head(m, 65536))]
    others = [m for m in archive.few("*.json") if re.search(_HEAD, h := archive.head(m, 65536)) and re.search(_SURE, h)]
    return sorted({m.number: m for m in [*likely, *others]}.values(), key=lambda m: m.number)


def read(archive: Archive, owner: Owner) -> list[Reading]:
    """One reading per file: each is a whole export."""
    return [_read(archive, member) for member in claims(archive)]


def _read(archive: Archive, member: Member) -> Reading:
    reading = Reading("tiktok")
    found = Found()
    try:
        data = archive.read(member)
        try:
            top = document(data, dict[str, msgspec.Raw])
        except Unreadable:
            top = document(uncut(data) or b"", dict[str, msgspec.Raw])
            found.cut = True
        _walk(top, (), found)
    except Unreadable as why:
        reading.problem(member.number, "-", str(why))
        reading.member(member.number, 1)
        return reading
    found.lists.sort(key=lambda entry: (entry[0], entry[1] or ""))
    reading.owner_key, reading.owner_name = found.me, found.name
    columns: dict[str, list] = {c: [] for c in ROW}
    i = 0
    for kind, who, raw in found.lists:
        told, places, bad = _entries(raw)
        for place, cut in bad.items():
            reading.problem(member.number, i + place, cut or "not a record of the expected form; please report it")
        n = len(told)
        columns["i"] += range(i, i + n) if not bad else [i + place for place in places]
        columns["kind"] += [kind] * n
        for column, taken in _COLUMNS.items():
            columns[column] += taken(told) if column in _HOLDS[kind] else [who if column == "who" else None] * n
        i += n + len(bad)
    if found.cut:
        reading.problem(member.number, i, CUT)
    reading.member(member.number, i + found.cut)
    _tell(reading, found, pl.DataFrame(columns, ROW).with_columns(member=pl.lit(member.number, pl.Int32)))
    return reading


def _entries(raw: msgspec.Raw) -> tuple[list[Entry], Sequence[int], Bad]:
    """The entries of a list (null is an empty one), their numbers, and the numbers of those that do not fit."""
    try:
        return numbered(bytes(raw), Entry) if bytes(memoryview(raw)[:4]) != b"null" else ([], [], {})
    except Unreadable:
        return [], [], {0: ""}


def _object(raw: msgspec.Raw) -> dict[str, msgspec.Raw]:
    try:
        return msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return {}


def _walk(section: dict[str, msgspec.Raw], above: tuple[str, ...], found: Found) -> None:
    """Find the lists we know, by their names, at most five sections deep."""
    for key, raw in section.items():
        name, start = squash(key), bytes(memoryview(raw)[:64]).lstrip()[:1]
        if name == "chathistory" and start == b"{" and "ChatHistory" not in (chats := _object(raw)):
            found.whole.add("message")
            for title, entries in chats.items():
                who = title.removeprefix("Chat History with ").rstrip().removesuffix(":").strip().lower()
                found.lists.append(("message", who, entries))
        elif "groupchat" in name and start == b"{" and not any("groupchat" in squash(title) for title in _object(raw)):
            found.whole.add("group")
            found.lists += [("group", title, v) for title, v in _object(raw).items() if bytes(memoryview(v)[:1]) == b"["]
        elif name == "profilemap" and start == b"{":
            _owner(_object(raw), found)
        elif name == "watchlivemap" and start == b"{":
            for watched in _object(raw).values():
                comments = {squash(k): v for k, v in _object(watched).items()}.get("comments")
                if comments is not None and bytes(memoryview(comments)[:1]) == b"[":
                    found.lists.append(("live", None, comments))
        elif start == b"[" or bytes(memoryview(raw)[:4]) == b"null":
            kind = "post" if name == "videolist" and above[-1:] and above[-1] in _POSTS else _KINDS.get(name)
            if kind:
                found.whole.add(kind)
            if kind and start == b"[":
                found.lists.append((kind, None, raw))
        elif start == b"{" and len(above) < 5:
            _walk(_object(raw), (*above, name), found)


def _owner(profile: dict[str, msgspec.Raw], found: Found) -> None:
    said: dict[str, Any] = {}
    for key, raw in profile.items():
        if squash(key) in ("username", "displayname"):
            value = msgspec.json.decode(raw)
            if isinstance(value, str) and not re.search(_NOTHING, value):
                said[squash(key)] = value.strip()
    found.me = said["username"].lower() if "username" in said else found.me
    found.name = said.get("displayname") or said.get("username") or found.name


def _tell(reading: Reading, found: Found, rows: pl.DataFrame) -> None:
    said = {
        c: pl.when(~pl.col(c).str.contains(_NOTHING)).then(pl.col(c))
        for c in ("who", "text", "link")
    }
    rows = rows.with_columns(
        happened_at=times.iso(pl.col("at")),
        record=pl.concat_str("member", pl.lit(":"), "i"),
        **said,
    ).with_columns(pl.col("who", "sender").str.strip_chars().str.to_lowercase())
    standing = pl.col("kind").is_in(list(_STATE))
    wrong = (
        pl.when(~standing & pl.col("happened_at").is_null()).then(pl.lit(_UNDATED))
        .when(standing & pl.col("who").is_null()).then(pl.lit("no user name; nothing to do"))
    )  # fmt: skip
    rows = rows.with_columns(wrong=wrong)
    for member, i, why in rows.filter(pl.col("wrong").is_not_null()).select("member", "i", "wrong").iter_rows():
        reading.problem(member, i, why)
    rows = rows.filter(pl.col("wrong").is_null())
    reading.exported_at = rows["happened_at"].max()
    me = found.me
    if me is None:  # in chats of two, the one who is not in the name of the chat
        chats = rows.filter((pl.col("kind") == "message") & (pl.col("sender") != pl.col("who")))
        me = chats["sender"].mode().sort().first() if chats.height else None
        reading.owner_key = me
    _acts(reading, rows.filter(~standing), me)
    _states(reading, rows.filter(standing), found)
    for kinds, channel, directions, named in (
        (("message",), "message", ("given", "received"), True), (("group",), "group", ("given", "received"), True),
        (("like",), "reaction", ("given",), False), (("comment", "live"), "comment", ("given",), False),
        (("share",), "repost", ("given",), False), (("post",), "post", ("given",), True), (("gift",), "gift", ("given",), True),
    ):  # fmt: skip
        for direction in directions if found.whole & set(kinds) else ():
            reading.sees(channel, direction, named=named, claim="user_data_tiktok.json: what still exists")


def _acts(reading: Reading, rows: pl.DataFrame, me: str | None) -> None:
    kind = pl.col("kind")
    chat = kind.is_in(["message", "group"])
    mine = ~chat | pl.col("sender").eq_missing(me)
    own = (kind == "message") & pl.col("who").eq_missing(me)
    aside(reading, rows.filter(own), "notes to oneself")
    rows = rows.filter(~own)
    other = pl.when(kind == "group").then(pl.when(~mine).then("sender")).when((kind == "message") | (kind == "gift")).then("who")
    others = rows.filter((kind == "group") & ~mine).group_by("kind", "who")
    wrote = others.agg(there=pl.col("sender").drop_nulls().unique().sort())
    rows = rows.join(wrote, on=["kind", "who"], how="left", maintain_order="left")
    crowd = large(pl.col("there").list.len()).fill_null(False)
    aside(reading, rows.filter(crowd & ~mine), LARGE)  # a mention is not told apart
    rows = rows.filter(~crowd | mine)
    one_click = kind.is_in(["like", "share"])
    rows = rows.with_columns(
        channel=kind.replace(_CHANNEL), direction=pl.when(mine).then(pl.lit("given")).otherwise(pl.lit("received")),
        counterparts=pl.when(mine & crowd).then(pl.lit([], pl.List(pl.String)))
        .when(mine & (kind == "group")).then(pl.col("there").fill_null([])).otherwise(alone(other)),
        broadcast=kind == "post", composed=~one_click, proven=kind == "gift",
        n_targets=pl.when(kind == "group").then(pl.col("there").list.len()).when(kind != "post").then(1).cast(pl.Int32),
        value_kind=kind.replace_strict(_VALUE, default=None, return_dtype=pl.String),
        post=pl.coalesce(pl.col("link").str.extract(r"/video/(\d+)"), "link"),
        thread=pl.when(chat).then("who"), time_precision=pl.lit("second"), is_reply=kind.is_in(["comment", "live"]),
    )  # fmt: skip
    people = rows.select(key=pl.col("counterparts").explode()).drop_nulls()
    _accounts(reading, people, me)
    # links to videos are signed and expire: an own post is known by its time
    reading.acts(
        rows.with_columns(post=pl.when(kind != "post").then("post"), text=pl.when(~one_click).then("text")),
        identity=["happened_at", "text", "post", pl.when(chat).then(pl.coalesce("sender", "who"))],
    )


def _accounts(reading: Reading, people: pl.DataFrame, me: str | None) -> None:
    people = people.unique("key", maintain_order=True).filter(pl.col("key").ne_missing(me))
    reading.accounts(people.with_columns(
        name="key", handle="key", url=pl.lit("https://www.tiktok.com/@") + pl.col("key"), identified=pl.lit("handle")
    ))  # fmt: skip


def _states(reading: Reading, rows: pl.DataFrame, found: Found) -> None:
    first = rows.select(pl.struct("kind", "who").is_first_distinct()).to_series() if rows.height else pl.Series(dtype=pl.Boolean)
    aside(reading, rows.filter(~first), "told by another record too")
    rows = rows.filter(first)
    state = {k: s for k, (s, _) in _STATE.items()}
    way = {k: d for k, (_, d) in _STATE.items()}
    reading.states(rows.select(
        "record", key="who", state=pl.col("kind").replace(state), direction=pl.col("kind").replace(way), since_at="happened_at",
        time_precision=pl.when(pl.col("happened_at").is_null()).then(pl.lit("unknown")).otherwise(pl.lit("second")),
    ))  # fmt: skip
    _accounts(reading, rows.select(key="who"), found.me)
    for kind, (name, direction) in _STATE.items():
        if kind in found.whole:  # anonymous followers may be missing
            reading.listing(name, direction, complete=kind != "follower" and not found.cut)
