"""Reddit's API answers, as rows of the tables of a data request; https://www.reddit.com/dev/api/

`api/{comments,submitted,inbox,sent,answered}-<n>.json` are listings of comments (t1), posts (t3) and messages (t4). Of a comment
of the owner's they tell whom it answers, where that was asked for or lies in the inbox.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import polars as pl

from transforms.act import Reading
from transforms.archive import Archive, Member, Unreadable
from transforms.formats import pulled
from transforms.formats.jsonrecords import document

LISTS = ("comments", "submitted", "inbox", "sent", "answered")
LAYOUTS = tuple(f"api/{name}-*.json" for name in LISTS)
ME = "api/me.json"
_LOST = "not a record of the expected form; pull it again"


class Thing(msgspec.Struct):
    """A comment, post or message; `data` has what its kind has."""

    kind: str
    data: dict[str, Any]


class Listed(msgspec.Struct):
    """The things of one page."""

    children: list[msgspec.Raw]


class Listing(msgspec.Struct):
    """One page."""

    data: Listed


def tables(archive: Archive, reading: Reading) -> dict[str, pl.DataFrame]:
    """Stem → rows: messages, posts and comments as in a data request (comments with `answered`), and replies."""
    found: dict[str, list[dict[str, Any]]] = {"messages": [], "posts": [], "comments": [], "replies": []}
    wrote: dict[str, str] = {}  # number of a thing → who wrote it
    for layout in LAYOUTS:
        for member in archive.find(layout):
            for i, thing in _things(archive, member, reading):
                place = {"member": member.number, "i": i}
                try:
                    stem, row = _row(thing, layout)
                except (KeyError, TypeError, ValueError, OverflowError):
                    reading.problem(member.number, i, _LOST)
                    continue
                wrote[f"{thing.kind}_{thing.data['id']}"] = str(thing.data.get("author") or "")
                if stem:
                    found[stem].append(row | place)
                else:
                    reading.set_aside(member.number, "what the owner answers", 1)
    for row in found["comments"]:
        row["answered"] = wrote.get(row["parent"]) or (row["linkauthor"] if row["parent"].startswith("t3_") else "")
    frames = {}
    for stem, rows in found.items():
        if rows:
            frame = pl.from_dicts(rows, schema=dict.fromkeys(rows[0], pl.String) | {"member": pl.Int32, "i": pl.Int64})
            frame = frame.with_columns(_evidence=pl.lit("api"))  # no column of a CSV has such a name
            frames[stem] = frame.unique("id", keep="first", maintain_order=True)
            for member, n in frame.join(frames[stem], on=["member", "i"], how="anti").group_by("member").len().iter_rows():
                reading.set_aside(member, "told by the page before", n)
    return frames


def _row(thing: Thing, layout: str) -> tuple[str, dict[str, str]]:
    """Which table a thing belongs to, and its row there; none for what is only there to name somebody."""
    d, kind = thing.data, thing.kind
    text = lambda key: str(d.get(key) or "")  # noqa: E731
    at = datetime.fromtimestamp(float(d["created_utc"]), UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    row = {"id": str(d["id"]), "permalink": text("permalink"), "date": at, "body": text("body")}
    if layout == "api/answered-*.json":
        return "", {}
    if kind == "t4" and layout in ("api/inbox-*.json", "api/sent-*.json"):
        whose = {"from": text("author"), "to": text("dest"), "subject": text("subject")}
        return "messages", row | whose | {"threadid": text("first_message_name") or f"t4_{d['id']}"}
    if kind == "t1" and layout == "api/inbox-*.json":
        return "replies", row | {"who": text("author"), "link": text("context"), "kind": text("type")}
    if kind == "t1" and layout == "api/comments-*.json":
        return "comments", row | {
            "link": text("link_permalink"), "parent": text("parent_id"), "linkauthor": text("link_author"), "answered": "",
        }  # fmt: skip
    if kind == "t3" and layout == "api/submitted-*.json":
        return "posts", row | {"title": text("title"), "body": text("selftext"), "subreddit": text("subreddit")}
    raise ValueError("a thing of another kind than its list")


def sees(reading: Reading, asked: pulled.Pulled, acts: pl.DataFrame) -> None:
    """What the listings show: since the pull before, else since the oldest that they still had."""
    cells = {
        "comments": [("comment", "given")], "submitted": [("post", "given")], "sent": [("message", "given")],
        "inbox": [("comment", "received"), ("mention", "received"), ("message", "received")],
    }  # fmt: skip
    for name, since in asked.asked.items():
        for channel, direction in cells.get(name, []):
            first = acts.filter((pl.col("channel") == channel) & (pl.col("direction") == direction))["happened_at"].min()
            begin = since or first or asked.until
            reading.sees(channel, direction, since=begin, until=asked.until, claim=f"the listing {name}: the newest thousand")


def _things(archive: Archive, member: Member, reading: Reading) -> Iterator[tuple[int, Thing]]:
    try:
        children = document(archive.read(member), Listing).data.children
    except Unreadable as why:
        reading.problem(member.number, "-", str(why))
        reading.member(member.number, 1)
        return
    reading.member(member.number, len(children))
    for i, raw in enumerate(children):
        try:
            yield i, msgspec.json.decode(raw, type=Thing)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            reading.problem(member.number, i, _LOST)
