"""The lists of likes, comments, story answers, follows, posts: each entry somebody, a time, perhaps a text and an address."""

from __future__ import annotations

import re

import polars as pl

from transforms.archive import Member
from transforms.formats.messenger import Talks
from transforms.formats.meta import Book, first_told, folded, people
from transforms.formats.metalists import COLUMNS, Entry, columned

_HANDLE = re.compile(r"[a-z0-9._]{1,30}")
SCHEMA = {
    "followers": "relationships_followers", "following": "relationships_following", "blocked": "relationships_blocked_users",
    "sent": "relationships_follow_requests_sent", "received": "relationships_follow_requests_received",
    "comments": "comments_[a-z_]+", "likes": "likes_[a-z_]+", "story likes": "story_activities_[a-z_]+",
    "story answers": "story_activities_[a-z_]+", "posts": "(?:ig_[a-z_]+|media)", "reposts": "[a-z_]*reposts",
}  # fmt: skip


def decode(book: Book, kinds: dict[str, list[Member]]) -> dict[str, pl.DataFrame]:
    """The entries of every kind: member, i, who, text, at, link, name."""
    found = {}
    for what, members in kinds.items():
        columns: dict[str, list] = {c: [] for c in COLUMNS}
        for m in members:
            entries, numbers = book.rows(m, Entry, what, SCHEMA[what])
            told = [(None, *e.post(), None, None) for e in entries] if what == "posts" else [e.told() for e in entries]
            of = {"member": [m.number] * len(told), "i": numbers} | dict(zip(COLUMNS[2:], zip(*told, strict=True), strict=False))
            for column, values in of.items():
                columns[column] += values
        found[what] = columned(columns)
    return found


def names(book: Book, found: dict[str, pl.DataFrame], talks: Talks) -> None:
    """Which display name belongs to which handle, where that is told: both in one entry, or the folder of a conversation."""
    handles: dict[str, set[str]] = {}
    spelled: dict[str, set[str]] = {}
    for told in found.values():
        for handle in told["who"].drop_nulls().unique(maintain_order=True):
            if _HANDLE.fullmatch(handle):
                spelled.setdefault(re.sub(r"[._]", "", handle), set()).add(handle)
                handles.setdefault(handle, set()).add(handle)
        for handle, name in told.select("who", "name").drop_nulls().unique(maintain_order=True).iter_rows():
            handles.setdefault(folded(name), set()).add(handle)
            book.know(handle, name=name)
    for slug, talk in talks.talks.items():
        others = [n for n in talk.names if folded(n) not in (book.me, None)]
        title = folded(talk.title)
        other = next((n for n in talk.names if folded(n) == title), others[0] if len(others) == 1 else None)
        known = spelled.get(re.sub(r"[._]", "", slug.rpartition("/")[2].rpartition("_")[0]), set())
        if other and len(talk.names) <= 2 and len(known) == 1:
            handles.setdefault(folded(other), set()).update(known)
    book.handles |= {name: next(iter(h)) for name, h in handles.items() if len(h) == 1 and name != book.me}


_STATES = {"followers": ("follow", "received"), "following": ("follow", "given"), "blocked": ("block", "given"),
           "sent": ("request", "given"), "received": ("request", "received")}  # fmt: skip
_ACTS = {"comments": "comment", "likes": "reaction", "story likes": "reaction", "story answers": "comment", "posts": "post",
         "reposts": "repost"}  # fmt: skip


def tell(book: Book, found: dict[str, pl.DataFrame]) -> None:
    """Add states and acts."""
    for what, (state, direction) in _STATES.items():
        if what in book.told:
            rows = found[what].with_columns(key=pl.when(pl.col("who") != (book.reading.owner_key or "")).then("who"))
            kept = book.states(state, direction, rows, complete=False if state == "request" else None)
            for handle in kept["key"]:
                book.know(handle)
            if state == "request":
                _act(book, kept.filter(pl.col("happened_at").is_not_null()), "invitation", direction)
    for what, channel in _ACTS.items():
        rows = found[what]
        text = () if channel == "reaction" else ("text",)
        _act(book, first_told(book, rows, "at", "who", "link", *text), channel, "given")


def _act(book: Book, rows: pl.DataFrame, channel: str, direction: str) -> None:
    """Acts towards whom each entry is about; towards oneself they are towards nobody named."""
    if rows.is_empty():
        return
    own = book.reading.owner_key
    keys = {h: h for h in rows["who"].drop_nulls().unique() if h != own}
    for handle in keys:
        book.know(handle)
    written = pl.lit(channel in ("comment", "post"))
    nobody = pl.lit(channel == "post")
    kind = {"reaction": "applause", "invitation": "applause", "repost": "amplification"}.get(channel)
    book.acts(rows.with_columns(
        channel=pl.lit(channel), direction=pl.lit(direction), counterparts=people(pl.col("who"), keys), broadcast=nobody,
        n_targets=pl.when(nobody).then(None).otherwise(1).cast(pl.Int32), composed=written,
        post=pl.when(pl.lit(channel != "invitation")).then("link"),
        text=pl.when(written).then("text"), is_reply=pl.lit(channel == "comment"), value_kind=pl.lit(kind, pl.String),
        time_precision=pl.when(pl.col("at").is_null() & (pl.lit(channel) == "reaction"))
        .then(pl.lit("unknown")).otherwise(pl.lit("second")),
    ), "happened_at", *(("who",) if channel in ("comment", "reaction", "repost") else ("text",)))  # fmt: skip
