"""The flat files of 2020: arrays of arrays, times in ISO 8601, everybody by handle."""

from __future__ import annotations

import re
from typing import Any

import polars as pl

from transforms.archive import Member, Unreadable
from transforms.formats.jsonrecords import CUT, document, uncut
from transforms.formats.meta import Book, handle_in
from transforms.formats.metalists import table
from transforms.times import iso

# What each begins with: other platforms use these names too
_SHOWS = {
    "messages.json": rb'"participants"\s*:\s*\[\s*"[\s\S]*"(conversation|sender)"',
    "likes.json": rb'"(media|comment)_likes"\s*:',
    "comments.json": rb'"(media|live)_comments"\s*:',
    "connections.json": rb'"(blocked_users|close_friends|(permanent_)?follow_requests(_sent)?|followers|following)"\s*:',
    "stories_activities.json": rb'"(polls|emoji_sliders|questions|quizzes)"\s*:',
    "profile.json": rb'"username"\s*:[\s\S]*"(private_account|date_joined)"|"(private_account|date_joined)"[\s\S]*"username"',
    "media.json": rb'"(stories|photos|videos|profile|direct)"\s*:\s*\[\s*\{[\s\S]{0,400}"(caption|taken_at)"\s*:',
}  # fmt: skip
_STATES = {"followers": "followers", "following": "following", "blocked_users": "blocked", "follow_requests_sent": "sent"}


def proves(name: str, head: bytes) -> bool:
    """Whether a file of that name is Instagram's."""
    return bool(re.search(_SHOWS[name.lower()], head)) if name.lower() in _SHOWS else False


def profile(book: Book, member: Member | None) -> None:
    """The owner's handle and name."""
    found = _document(book, member)
    if member and isinstance(found, dict):
        book.reading.member(member.number, 1 + (member.number in book.flawed))
        book.reading.set_aside(member.number, "the owner's own profile", 1)
        if isinstance(found.get("username"), str) and not book.reading.owner_key:
            name = found.get("name")
            book.owner_is(handle_in(found["username"]), name if isinstance(name, str) else None)


def read(book: Book, flats: dict[str, Member], found: dict[str, pl.DataFrame]) -> None:
    """Add what the flat files say to the tables of lists, and their messages as acts."""
    more: dict[str, list[tuple]] = {}
    for name, member in flats.items():
        flat = _document(book, member) if name not in ("profile.json", "messages.json") else None
        if flat is None:
            continue
        n = 0
        for kind, rows in flat.items() if isinstance(flat, dict) else ():
            for row in rows.items() if isinstance(rows, dict) else rows if isinstance(rows, list) else ():
                _row(book, member, f"{n}", name, kind, row, more)
                n += 1
        book.reading.member(member.number, n + (member.number in book.flawed))
    for what, rows in more.items():
        book.told.add(what)
        at = pl.Series([r[4] for r in rows], dtype=pl.String).to_frame("at").select(iso(pl.col("at")).dt.epoch("s"))["at"]
        extra = table([(*r[:4], t, *r[5:]) for r, t in zip(rows, at, strict=True)])
        found[what] = pl.concat([found[what], extra])
    if "messages.json" in flats:
        _messages(book, flats["messages.json"])


def _row(book: Book, member: Member, i: str, name: str, kind: str, row: Any, more: dict[str, list[tuple]]) -> None:
    """One entry: [time, owner], [time, text, owner], (handle, time) or a picture."""
    parts = list(row.values()) if isinstance(row, dict) and name != "media.json" else row
    what, told = None, None
    if name == "media.json" and isinstance(row, dict) and kind in ("photos", "videos", "stories", "reels"):
        what, told = "posts", (None, row.get("caption"), row.get("taken_at"))
    elif name == "connections.json" and isinstance(parts, tuple | list) and len(parts) == 2:
        what, told = _STATES.get(kind, ""), (parts[0], None, parts[1])
    elif isinstance(parts, tuple | list) and len(parts) in (2, 3) and all(isinstance(p, str) for p in parts):
        what = {"likes.json": "likes", "comments.json": "comments", "stories_activities.json": "story likes"}.get(name)
        told = (parts[-1], parts[1] if len(parts) == 3 else None, parts[0])
    if told is None or not all(t is None or isinstance(t, str) for t in told):
        if name == "media.json" and kind in ("profile", "direct"):
            book.reading.set_aside(member.number, "pictures nobody else sees as a post", 1)
        else:
            book.reading.problem(member.number, i, "not a record of the expected form; please report it")
    elif not what:
        book.reading.set_aside(member.number, "private: the other never knows", 1)
    else:
        more.setdefault(what, []).append((member.number, i, *told, None, None))


def _messages(book: Book, member: Member) -> None:
    threads = _document(book, member)
    if threads is None:
        return
    rows, likes, n = [], [], 0
    book.told.add("messages")
    me = book.reading.owner_key
    everybody = [set(t["participants"]) for t in threads if isinstance(t, dict) and isinstance(t.get("participants"), list)
                 and all(isinstance(p, str) for p in t["participants"])] if isinstance(threads, list) else []  # fmt: skip
    common = set.intersection(*everybody) if everybody else set()
    if me is None and len(common) == 1:
        me = handle_in(next(iter(common)))
        book.owner_is(me, None)
    for thread in threads if isinstance(threads, list) else [threads]:
        talk = thread.get("conversation") if isinstance(thread, dict) else None
        who = [handle_in(p) for p in thread.get("participants") or () if isinstance(p, str)] if isinstance(talk, list) else []
        others = sorted(set(who) - {me})
        for m in talk if isinstance(talk, list) else [None]:
            i, n = str(n), n + 1
            sender, at = (m.get("sender"), m.get("created_at")) if isinstance(m, dict) else (None, None)
            if not isinstance(sender, str) or not isinstance(at, str) or me is None:
                why = "whose messages these are is told nowhere" if me is None else "not a message of the expected form"
                book.reading.problem(member.number, i, f"{why}; please report it")
                continue
            sender, text = handle_in(sender), m.get("text")
            rows.append((member.number, i, sender, at, text if isinstance(text, str) else None, others, " ".join(sorted(who)),
                         bool(m.get("heart"))))  # fmt: skip
            for j, like in enumerate(m.get("likes") or ()):
                n_like = (member.number, f"{i}.{j}", like.get("username"), like.get("date")) if isinstance(like, dict) else None
                likes.append((*(n_like or (member.number, f"{i}.{j}", None, None)), sender))
    book.reading.member(member.number, n + len(likes) + (member.number in book.flawed))
    schema = {"member": pl.Int32, "i": pl.String, "who": pl.String, "at": pl.String, "text": pl.String,
              "others": pl.List(pl.String), "thread": pl.String, "heart": pl.Boolean}  # fmt: skip
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    for key in frame.select(pl.col("others").explode().unique())["others"].drop_nulls():
        book.know(key)
    mine, group = pl.col("who") == (me or ""), pl.col("others").list.len() > 1
    book.acts(frame.with_columns(
        channel=pl.when(group).then(pl.lit("group")).otherwise(pl.lit("message")), happened_at=iso(pl.col("at")),
        direction=pl.when(mine).then(pl.lit("given")).otherwise(pl.lit("received")), time_precision=pl.lit("millisecond"),
        counterparts=pl.when(mine).then("others").otherwise(pl.concat_list("who")), composed=~pl.col("heart"),
        n_targets=pl.col("others").list.len().cast(pl.Int32),
    ), pl.col("happened_at").dt.truncate("1ms"), "text")  # fmt: skip
    kinds = {"member": pl.Int32, "i": pl.String, "by": pl.String, "at": pl.String, "to": pl.String}
    likes_frame = pl.DataFrame(likes, schema=kinds, orient="row", strict=False).with_columns(pl.col("by").str.to_lowercase())
    given, taken = (pl.col(c).eq_missing(pl.lit(me)) for c in ("by", "to"))
    book.aside(likes_frame.filter(given == taken), "reactions between others")
    book.acts(likes_frame.filter(given != taken).with_columns(
        channel=pl.lit("reaction"), direction=pl.when(given).then(pl.lit("given")).otherwise(pl.lit("received")),
        counterparts=pl.concat_list(pl.when(given).then("to").otherwise("by")), n_targets=pl.lit(1, pl.Int32),
        composed=pl.lit(False), value_kind=pl.lit("applause"), happened_at=iso(pl.col("at")), time_precision=pl.lit("second"),
    ), "happened_at", "by")  # fmt: skip


def _document(book: Book, member: Member | None) -> Any:
    """A whole file; None after a problem."""
    if member is None:
        return None
    try:
        data = book.archive.read(member)
        try:
            return document(data, Any)
        except Unreadable:
            found = document(uncut(data, ".*", "conversation") or b"", Any)
        book.flawed.add(member.number)
        book.reading.problem(member.number, "cut", CUT)
        return found
    except Unreadable as why:
        book.broken(member, str(why))
    return None
