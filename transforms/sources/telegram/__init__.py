"""Telegram: `result.json` of Telegram Desktop, the whole account or one chat.

Both sides of every conversation of two; groups only where their full history was asked for, which is not the default: else
they hold what the owner wrote and nothing else. https://telegram.org/blog/export-and-more
Traps: `date` is the clock of the exporting machine without its zone, so times are read from `date_unixtime`, and the
offset of the reactions, which have no other time, is recovered from the nearest message; files of before 2021 have neither
`date_unixtime` nor prefixes in ids; members of groups are bare names; who reacted in a group is only named in part.
"""

from __future__ import annotations

import re

import polars as pl

from transforms.act import Owner, Reading
from transforms.archive import Archive, Member, Unreadable, fold
from transforms.formats import rooms
from transforms.sources.telegram import service
from transforms.sources.telegram.book import Book, key_of
from transforms.sources.telegram.decode import Export, Message, Part, decode
from transforms.times import INSTANT, epoch, sane, written

TITLE = "Telegram"
VERSION = "3"
ASKS_OWNER = True
LAYOUTS = {"2018-08": ("result.json",)}
_MEDIA = ("photos", "video_files", "voice_messages", "round_video_messages", "stickers", "files", "contacts")
IGNORES = {
    **{f"{name}/*": "files sent in chats" for name in _MEDIA},
    "profile_pictures/*": "the owner's pictures", "stories/*": "pictures and films without a reader's name",
}  # fmt: skip
_SHOWS = re.compile(
    rb'"personal_information"\s*:\s*\{|"(?:chats|contacts)"\s*:\s*\{\s*"about"|"type"\s*:\s*"(?:saved_messages|replies|'
    rb'verification_codes|personal_chat|bot_chat|private_group|(?:private|public)_(?:supergroup|channel))"'
)
_SURE = re.compile(  # under another name
    rb'"date_unixtime"\s*:\s*"\d|"(?:chats|contacts)"\s*:\s*\{\s*"about"|(?s:"type"\s*:\s*"(?:saved_messages|personal_chat|bot_chat|'
    rb'private_group|(?:private|public)_(?:supergroup|channel))".*"messages"\s*:\s*\[)'
)
_GROUPS = ("private_group", "private_supergroup", "public_supergroup")
_ASIDE = {
    "saved_messages": "the owner's notes to themselves", "replies": "copies of answers that stand in their groups",
    "verification_codes": "codes sent by machines", "private_channel": "posts of channels to all who read them",
    "public_channel": "posts of channels to all who read them",
}  # fmt: skip
_OLD = "%Y-%m-%dT%H:%M:%S"


def claims(archive: Archive) -> list[Member]:
    """Every result.json that begins as Telegram's does, a renamed one too, and the media beside it."""
    found = _exports(archive)
    beside = [m for e in found for m in archive.members if _media(m.path, e.path[: -len(e.name)])]
    numbers = {m.number for m in [*found, *beside]}
    return [m for m in archive.members if m.number in numbers]


def _exports(archive: Archive) -> list[Member]:
    named = {m.number for m in archive.find("result.json") if _SHOWS.search(archive.head(m))}
    named |= {m.number for m in archive.few("*.json") if _SURE.search(archive.head(m))}
    return [m for m in archive.members if m.number in named]


def _media(path: str, folder: str) -> bool:
    below = fold(path.removeprefix(folder)).split("/") if path.startswith(folder) else []
    if len(below) == 4 and below[0] == "chats":
        below = below[2:]
    return len(below) == 2 and f"{below[0]}/*" in IGNORES


def read(archive: Archive, owner: Owner) -> list[Reading]:
    """One reading per export; a folder of chats exported one by one holds several."""
    return [_read(archive, owner, member) for member in _exports(archive)]


def _read(archive: Archive, owner: Owner, member: Member) -> Reading:
    reading = Reading("telegram")
    try:
        export = decode(archive.read(member))
    except Unreadable as why:
        reading.problem(member.number, "-", str(why))
        reading.member(member.number, 1)
        return reading
    for place, cut in export.broken.items():
        reading.problem(member.number, place, cut or "not in the form Telegram writes; report it")
    book = Book(reading, member.number, export, owner)
    frame, rows = _messages(export, book)
    reacted = _reactions(rows, frame, owner)
    forwarded = frame.filter(pl.col("forwarded").is_not_null())
    reading.member(member.number, export.records + reacted.height + forwarded.height)
    reading.exported_at = frame["happened_at"].max()
    reading.set_aside(member.number, "Telegram's guess at whom the owner sees often", export.frequent)
    told = _sort(reading, member.number, frame)
    book.contacts()
    if book.me is None and (told["sender"] != told["other"].fill_null("")).fill_null(False).any():
        why = "whose chat this is cannot be told; set yourself as `me` in people.csv, or export the whole account"
        reading.problem(member.number, "-", why, records=told.height + reacted.height + forwarded.height)
        return reading
    me = book.me or ""
    seen = _rooms(told, me)
    service.tell(book, told, rows, seen)
    said = told.filter(pl.col("type") == "message")
    acts = rooms.tell(reading, said, seen, me)
    rooms.reactions(reading, reacted, me)
    _forwards(reading, forwarded, me)
    book.people(frame, acts["counterparts"].explode().drop_nulls().unique())
    _sees(reading, said, me, export)
    return reading


def _messages(export: Export, book: Book) -> tuple[pl.DataFrame, list[Message]]:
    """All messages and events, one row each: columns of rooms.MESSAGES and what tells their fate; and as decoded, by `row`."""
    rows = [m for _, _, messages in export.chats for m in messages]
    sizes = [len(messages) for _, _, messages in export.chats]
    chats = pl.DataFrame(
        {"kind": [c.type for c, _, _ in export.chats], "room": [c.id for c, _, _ in export.chats], "n": sizes},
        schema={"kind": pl.String, "room": pl.Int64, "n": pl.Int64},
    ).select(pl.col("kind", "room").repeat_by("n").explode(empty_as_null=False))
    f = pl.DataFrame(
        {
            "number": [n for _, numbers, _ in export.chats for n in numbers],
            "id": [m.id for m in rows], "type": [m.type for m in rows],
            "date": [m.date for m in rows], "unix": [m.date_unixtime for m in rows],
            "by": [i if type(i := m.from_id) is str else key_of(i or m.actor_id) for m in rows],
            "name": [m.from_ or m.actor for m in rows],
            "text": [t if type(t := m.text) is str and t else _text(m) for m in rows],
            "reply": [m.reply_to_message_id for m in rows],
            "forwarded": [i and key_of(i) for m in rows for i in (m.forwarded_from_id,)],
            "passed": [m.forwarded_from for m in rows],
        },
        schema={"number": pl.Int64, "id": pl.Int64, "type": pl.String, "date": pl.String, "unix": pl.String, "by": pl.String,
                "name": pl.String, "text": pl.String, "reply": pl.Int64, "forwarded": pl.String, "passed": pl.String},
    ).hstack(chats)  # fmt: skip
    f = f.with_row_index("row").with_columns(
        happened_at=epoch(pl.col("unix")), member=pl.lit(book.member, pl.Int32),
        number=pl.col("number").cast(pl.String), room=pl.col("room").cast(pl.String), sender=pl.col("by"),
        composed=pl.col("forwarded").is_null() & pl.col("passed").is_null(),
    )  # fmt: skip
    f = f.with_columns(
        post=pl.concat_str("room", pl.lit("/"), "id"),
        other=pl.when(pl.col("kind").is_in(["personal_chat", "bot_chat"])).then(pl.lit("user") + pl.col("room")),
    )
    if f["happened_at"].null_count():
        f = f.with_columns(happened_at=pl.coalesce("happened_at", written(pl.col("date"), _OLD, zone=book.zone)))
    above = f.select("room", reply="id", author="sender").drop_nulls("author").unique(["room", "reply"], maintain_order=True)
    f = f.join(above, on=["room", "reply"], how="left", maintain_order="left")
    f = f.with_columns(is_reply=(pl.col("author") != pl.col("sender")).fill_null(False))
    named = [(i, k) for i, m in enumerate(rows) if type(m.text) is list for k in _mentioned(m.text)]
    named = pl.DataFrame(named, schema={"row": pl.UInt32, "key": pl.String}, orient="row")
    named = named.with_columns(key=pl.when(pl.col("key") == book.handle).then(pl.lit(book.me)).otherwise("key"))
    both = pl.concat([named, f.filter("is_reply").select("row", key="author")]).group_by("row").agg(addressed="key")
    f = f.join(both, on="row", how="left", maintain_order="left")
    cards = {
        i: [m.contact_information.name] for i, m in enumerate(rows) if m.contact_information and book.other(m.contact_information)
    }
    shared = pl.DataFrame(
        {"row": list(cards), "introduces": list(cards.values())}, schema={"row": pl.UInt32, "introduces": rooms.KEYS}
    )
    f = f.join(shared, on="row", how="left", maintain_order="left")
    return f.with_columns(value_kind=pl.when(pl.col("introduces").is_not_null()).then(pl.lit("introduction"))), rows


def _text(message: Message) -> str | None:
    text = message.text
    if type(text) is str and text:
        return text
    if not text and bytes(message.text_entities) != b"[]":
        text = service.parts(message.text_entities)
    return "".join(p if type(p) is str else p.text or "" for p in text) if text else None


def _mentioned(text: list[str | Part]) -> list[str]:
    """Account keys; a handle stands as `@handle` until the book knows whose it is."""
    parts = [p for p in text if type(p) is Part]
    by_id = [f"user{p.user_id}" for p in parts if p.type == "mention_name" and p.user_id]
    return by_id + [p.text.lower() for p in parts if p.type == "mention" and p.text]


def _sort(reading: Reading, member: int, f: pl.DataFrame) -> pl.DataFrame:
    """Set aside what is no conversation; problems are chats and entries of a kind that is not known."""
    for kind, reason in _ASIDE.items():
        reading.set_aside(member, reason, f.filter(pl.col("kind") == kind).height)
    f = f.filter(~pl.col("kind").is_in(list(_ASIDE)).fill_null(False))
    reading.set_aside(member, "what Telegram Desktop could not write", f.filter(pl.col("type") == "unsupported").height)
    f = f.filter(pl.col("type") != "unsupported")
    chat = pl.col("kind").is_in([*_GROUPS, "personal_chat", "bot_chat"]).fill_null(False) & pl.col("room").is_not_null()
    known = chat & pl.col("type").is_in(["message", "service"])
    for number in f.filter(~known)["number"]:
        reading.problem(member, number, "a kind of chat or entry that is not known; report it")
    return f.filter(known)


def _rooms(f: pl.DataFrame, me: str) -> pl.DataFrame:
    """Who is known to be in each chat: how many read a group is nowhere said."""
    seen = rooms.people(f.filter(pl.col("sender").str.starts_with("user")))
    chats = f.select("room", "kind", "other").unique("room", maintain_order=True)
    chats = chats.join(seen, on="room", how="left", maintain_order="left").with_columns(n_targets=pl.lit(None, pl.Int32))
    others = pl.col("people").list.set_difference(pl.lit([me], rooms.KEYS))
    large = (pl.col("kind") == "public_supergroup") | rooms.large(others.list.len()).fill_null(False)
    return chats.select("room", "other", "people", "n_targets", large=large)


def _reactions(rows: list[Message], frame: pl.DataFrame, owner: Owner) -> pl.DataFrame:
    """One row per reaction whose author is named, in chats that are read."""
    found = [
        (row, key_of(who.from_id), who.from_, r.emoji or r.document_id or r.type, who.date)
        for row, m in enumerate(rows) if m.reactions for r in m.reactions for who in r.recent or ()
    ]  # fmt: skip
    schema = {"row": pl.UInt32, "by": pl.String, "name": pl.String, "emoji": pl.String, "date": pl.String}
    f = pl.DataFrame(found, schema=schema, orient="row")
    f = f.join(frame.select("row", "member", "number", "kind", "room", "post", to="sender"), on="row", maintain_order="left")
    f = f.filter(pl.col("room").is_not_null() & ~pl.col("kind").is_in(list(_ASIDE)).fill_null(False))
    nth = pl.int_range(pl.len()).over("row").cast(pl.String)
    f = f.with_columns(number=pl.concat_str("number", pl.lit("."), nth))
    if f.is_empty():
        frame = frame.clear()
    clock = frame.select(local=pl.col("date").str.to_datetime(_OLD, strict=False), at=epoch(pl.col("unix"))).drop_nulls()
    clock = clock.with_columns(offset=pl.col("local") - pl.col("at").dt.replace_time_zone(None)).unique("local").sort("local")
    hours = pl.col("offset").dt.total_minutes()
    clock = clock.filter(hours.abs() <= 14 * 60, hours % 15 == 0, pl.col("offset").dt.total_seconds() % 60 == 0)
    f = f.with_columns(local=pl.col("date").str.to_datetime(_OLD, strict=False), order=pl.int_range(pl.len()))
    dated = f.drop_nulls("local").sort("local").join_asof(clock.select("local", "offset"), on="local", strategy="nearest")
    f = f.join(dated.select("order", "offset"), on="order", how="left", maintain_order="left")
    told = sane((pl.col("local") - pl.col("offset")).cast(INSTANT))
    at = pl.coalesce(told, written(pl.col("date"), _OLD, zone=owner.zone))
    precision = pl.when(at.is_null()).then(pl.lit("unknown")).otherwise(pl.lit("second"))
    return f.select("member", "number", "room", "post", "by", "to", "emoji", "name", happened_at=at, time_precision=precision)


def _forwards(reading: Reading, f: pl.DataFrame, me: str) -> None:
    """Passing somebody's words on spreads them: towards their author, whoever it was passed on to."""
    given = (pl.col("sender") == me).fill_null(False)
    theirs = pl.col("forwarded").str.starts_with("user") & (pl.col("forwarded") != pl.col("sender").fill_null(""))
    theirs &= (given & (pl.col("forwarded") != pl.col("other").fill_null(""))) | (pl.col("forwarded") == me)
    ours = theirs.fill_null(False) & ~pl.col("kind").is_in(list(_ASIDE)).fill_null(True) & pl.col("happened_at").is_not_null()
    reading.set_aside(f["member"].max() or 0, "words passed on between others", f.filter(~ours).height)
    reading.acts(
        f.filter(ours).select(
            "happened_at", "post", channel=pl.lit("repost"),
            direction=pl.when(given).then(pl.lit("given")).otherwise(pl.lit("received")),
            counterparts=pl.concat_list(pl.when(given).then("forwarded").otherwise("sender")), n_targets=pl.lit(1, pl.Int32),
            composed=pl.lit(False), value_kind=pl.lit("amplification"), record=pl.format("{}:{}.f", "member", "number"),
        ),
        ["post"],
    )  # fmt: skip


def _sees(reading: Reading, said: pl.DataFrame, me: str, export: Export) -> None:
    span = "the chat that was exported" if export.single else "result.json: every chat the export was asked for"
    pairs = said.filter(pl.col("other").is_not_null()).height > 0
    groups = said.filter(pl.col("other").is_null())
    # how much of groups is exported is set for the private and for the public ones apart
    alike = groups.group_by(pl.col("kind") == "public_supergroup").agg(theirs=(pl.col("sender") != me).any())
    theirs = bool(alike["theirs"].all())
    for direction in ("given", "received"):
        if pairs:
            reading.sees("message", direction, claim=f"{span}, both sides; deleted messages are gone")
            reading.sees("call", direction, claim=span)
            reading.sees("gift", direction, claim=span)
            reading.sees("reaction", direction, claim=f"{span}; of groups only the latest who reacted are named")
        if groups.height and (direction == "given" or theirs):
            whole = "their full history was asked for" if theirs else "only what the owner wrote was asked for"
            reading.sees("group", direction, claim=f"{span}; of groups, {whole}")
            reading.sees("invitation", direction, claim=f"{span}; who brought whom into a group")
    if pairs or groups.height:
        reading.sees("repost", "given", claim=f"{span}; who passed the owner's words on elsewhere is not told")
