"""Discord: the data package, what the owner wrote and nothing anybody else did.

https://support.discord.com/hc/en-us/articles/360004027692
Traps: folders change case and language; messages are CSV before 2024 and JSON since; ids are larger than a float holds; times
without a zone are UTC; answers are not marked as such, so in a server only those mentioned are known to be addressed; names of
those who are no friends stand in the list of conversations alone.
Not read: Activity, whose reactions do not name the author of the message.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
import polars as pl

from transforms.act import Owner, Reading
from transforms.archive import Archive, Member, Unreadable
from transforms.formats import csvs, rooms
from transforms.formats.jsonrecords import document, records
from transforms.times import iso, snowflake

T = TypeVar("T")
TITLE = "Discord"
VERSION = "3"
ASKS_OWNER = True
LAYOUTS = {
    "2024": ("*/user.json", "*/c[0-9]*/channel.json", "*/c[0-9]*/messages.json"),
    "2017": ("*/user.json", "*/[0-9]*/channel.json", "*/[0-9]*/messages.csv", "*/c[0-9]*/messages.csv"),
}
IGNORES = {
    "index.json": "names of servers", "guild.json": "servers, not people", "audit-log.json": "servers, not people",
    "readme.txt": "what a package is",
    "events-*.json": "what the app recorded of its use; reactions there do not name the author", "avatar.*": "pictures",
}  # fmt: skip
_SNOWFLAKE_MS = 1420070400000
_STATES = {1: ("connection", "both"), 2: ("block", "given"), 3: ("request", "received"), 4: ("request", "given")}
_PAIRS, _GROUPS = ("DM", "1"), ("GROUP_DM", "3")
_GONE = re.compile(r"(?i)unknown|deleted[ _]user")
_CHANNEL = re.compile(r"(.*/|)c?\d{15,20}/(channel\.json|messages\.(?:json|csv))")


class Known(msgspec.Struct):
    """Somebody the owner has a relation with."""

    id: str
    username: str | None = None
    global_name: str | None = None
    discriminator: str | None = None


class Relation(msgspec.Struct):
    """A friend, a block, a request; undated."""

    id: str
    type: int | str
    user: Known | None = None


class Account(Known):
    """The owner."""

    relationships: list[msgspec.Raw] | None = None


_SAID = {"member": pl.Int32, "number": pl.Int64, **dict.fromkeys(("id", "at", "text", "room"), pl.String)}


class Channel(msgspec.Struct):
    """Where messages were written; `type` is a number before 2024."""

    id: str
    type: int | str | None = None
    recipients: list[str] | None = None


class Message(msgspec.Struct, gc=False, rename={"id": "ID", "at": "Timestamp", "text": "Contents"}):
    """A message of the owner."""

    id: int | str
    at: str | None = None
    text: str | None = None


def claims(archive: Archive) -> list[Member]:
    """Channels, the account that shows relations or a discriminator, and what is known beside them."""
    channels = [m for m in archive.members if _CHANNEL.fullmatch(m.path)]
    sure = [m for m in channels if m.name == "channel.json" and b'"type"' in archive.head(m)]
    if not sure:
        return []
    roots = {m.path.rsplit("/", 3)[0] if m.path.count("/") > 2 else "" for m in sure}
    folders = {m.path.rsplit("/", 1)[0] for m in sure}
    inside = [m for m in archive.members if any(m.path.startswith(root) for root in roots)]
    found = [m for m in channels if m.path.rsplit("/", 1)[0] in folders]
    found += [m for m in inside if m.name == "user.json" and b'"username"' in archive.head(m)]
    found += [m for m in archive.find(*IGNORES) if m in inside]
    return sorted({m.number: m for m in found}.values(), key=lambda m: m.number)


def read(archive: Archive, owner: Owner) -> Reading:
    """The account, then every channel with its messages."""
    reading = Reading("discord")
    mine = claims(archive)
    related: dict[str, str] = {}
    for m in (m for m in mine if m.name == "user.json"):
        related |= _guarded(reading, m, lambda m=m: _account(reading, m, archive)) or {}
    names: dict[str, str] = {}
    folders = {m.path.rsplit("/", 2)[0] if m.path.count("/") > 1 else "" for m in mine if m.name == "channel.json"}
    for m in (m for m in mine if m.name == "index.json" and m.path.rpartition("/")[0] in folders):
        labels = _guarded(reading, m, lambda m=m: document(archive.read(m), dict[str, Any]))
        if labels is not None:
            names |= {room: name for room, label in labels.items() if isinstance(label, str) and (name := _partner(label))}
            reading.member(m.number, 1)
            reading.set_aside(m.number, "names of conversations, used to know who is in them", 1)
    channels: dict[str, Channel] = {}
    for m in (m for m in mine if m.name == "channel.json"):
        found = _guarded(reading, m, lambda m=m: document(archive.read(m), Channel))
        if found:
            channels[m.path.rsplit("/", 1)[0]] = found
            reading.member(m.number, 1)
            reading.set_aside(m.number, "where messages were written", 1)
    said: dict[str, list] = {c: [] for c in _SAID}
    for m in (m for m in mine if m.name.startswith("messages.")):
        found = _guarded(reading, m, lambda m=m: _messages(reading, m, archive))
        if found is not None:
            folder = m.path.rsplit("/", 1)[0]
            channel = channels.setdefault(folder, channels.get(folder) or Channel(folder.rsplit("/", 1)[-1].lstrip("c")))
            here = {"member": [m.number], "room": [channel.id]}
            for c, values in said.items():
                values += found[c] if c in found else here[c] * len(found["id"])
    if said["member"]:
        reading.owner_key = me = reading.owner_key or _me(list(channels.values()), owner)
        known = [_room(c, me, names, related) for c in channels.values()]
        _tell(reading, pl.DataFrame(said, _SAID), pl.DataFrame(known, schema=rooms.ROOMS, orient="row"), names, related)
    return reading


def _guarded(reading: Reading, member: Member, step: Callable[[], T]) -> T | None:
    """What a step gives, or None and a problem where its member cannot be decoded."""
    try:
        return step()
    except (Unreadable, csvs.NotCsv) as why:
        reading.problem(member.number, "-", str(why))
        reading.member(member.number, 1)
        return None


def _account(reading: Reading, member: Member, archive: Archive) -> dict[str, str]:
    """The owner and their relations; of these the ids by handle."""
    me = document(archive.read(member), Account)
    reading.owner_key, reading.owner_name = me.id, me.global_name or me.username
    reading.owner_aliases = [me.username] if me.username else []
    rows = []
    for i, raw in enumerate(me.relationships or []):
        try:
            r = msgspec.json.decode(raw, type=Relation)
        except msgspec.DecodeError:
            reading.problem(member.number, f"r{i}", "not in the form Discord writes; report it")
            continue
        state = _STATES.get(int(r.type)) if str(r.type).isdecimal() else None
        if state is None:
            reading.problem(member.number, f"r{i}", "a kind of relation that is not known; report it")
            continue
        u = r.user or Known(r.id)
        rows.append((f"{member.number}:r{i}", r.id, u.global_name or u.username, u.username, *state))
    reading.member(member.number, 1 + len(me.relationships or []))
    reading.set_aside(member.number, "the owner's own account", 1)
    columns = dict.fromkeys(("record", "key", "name", "handle", "state", "direction"), pl.String)
    f = pl.DataFrame(rows, schema=columns, orient="row")
    reading.accounts(f.with_columns(account_kind=pl.lit("person"), identified=pl.lit("id")))
    reading.states(f.with_columns(time_precision=pl.lit("unknown")))
    reading.listing("connection", "both", complete=me.relationships is not None and len(rows) == len(me.relationships))
    return {handle.lower(): key for _, key, _, handle, *_ in rows if handle}


def _messages(reading: Reading, member: Member, archive: Archive) -> dict[str, list]:
    """number, id, at, text of one member; ids as text, never as floats."""
    data = archive.read(member)
    if member.name.endswith(".csv"):
        table = csvs.table(data, ("id", "timestamp", "contents"), check=("id", r"^\d{15,20}$"))
        for row, reason in table.broken:
            reading.problem(member.number, row, reason)
        reading.member(member.number, table.records)
        return table.frame.select(number=pl.col("row").cast(pl.Int64), id="id", at="timestamp", text="contents").to_dict(
            as_series=False
        )
    good, bad = records(data, Message)
    for i, cut in bad.items():
        reading.problem(member.number, i, cut or "not in the form Discord writes; report it")
    reading.member(member.number, len(good) + len(bad))
    said = good.values()
    return {"number": list(good), "id": [str(m.id) for m in said], "at": [m.at for m in said], "text": [m.text for m in said]}


def _tell(reading: Reading, f: pl.DataFrame, known: pl.DataFrame, names: dict[str, str], related: dict[str, str]) -> None:
    me, known = reading.owner_key, known.unique("room", maintain_order=True)
    marked = f["text"].str.contains("<", literal=True).fill_null(False).arg_true()  # few texts hold marks; no other is searched
    texts = f["text"].gather(marked)
    named = pl.DataFrame({"row": marked, "key": texts.str.extract_all(r"<@!?\d{15,20}>")}).explode("key").drop_nulls()
    named = named.with_columns(pl.col("key").str.extract(r"(\d+)")).group_by("row", maintain_order=True).agg(addressed="key")
    plain = f["text"].scatter(marked, texts.str.replace_all(r"<(@)[!&]?\d+>|<(#)\d+>|<a?(:\w+:)\d+>", "$1$2$3"))
    ids = pl.when(pl.col("id").str.len_bytes().is_between(15, 20)).then("id")
    f = f.with_columns(by_id=snowflake(ids, 22, _SNOWFLAKE_MS))
    f = f.with_columns(
        happened_at=pl.coalesce("by_id", iso(pl.when(pl.col("by_id").is_null()).then(pl.col("at").str.strip_chars('"')))),
        number=pl.col("number").cast(pl.String),
        time_precision=pl.lit("millisecond"), sender=pl.lit(me or "me"), post="id", is_reply=pl.lit(False), text=plain,
    ).with_row_index("row").join(named, on="row", how="left", maintain_order="left").drop("row")  # fmt: skip
    reading.exported_at = f["happened_at"].max()
    acts = rooms.tell(reading, f, known, me or "me")
    told = acts.select(key=pl.col("counterparts").explode()).drop_nulls().unique().sort("key")
    told = told.filter(~pl.col("key").is_in(list(related.values())))
    called = {o: names[room] for room, o in known.select("room", "other").iter_rows() if o and room in names}
    name, by_id = pl.col("key").replace_strict(called, default=None, return_dtype=pl.String), pl.col("key").str.contains(r"^\d")
    reading.accounts(told.with_columns(
        name=name, handle=name, account_kind=pl.lit("person"),
        identified=pl.when(by_id).then(pl.lit("id")).otherwise(pl.lit("name")),
    ))  # fmt: skip
    claim = "messages: all the owner wrote that still stands; what others wrote is not in the package"
    for channel in ("message", "group"):
        reading.sees(channel, "given", claim=claim)


def _me(channels: list[Channel], owner: Owner) -> str | None:
    """Without an account: whom the owner says to be, else the one id in all conversations of two."""
    pairs = [{r for r in c.recipients or () if r.isdecimal()} for c in channels if str(c.type) in _PAIRS and c.recipients]
    mine = set().union(*pairs) & owner.me
    common = set.intersection(*pairs) if len(pairs) > 1 else set()
    found = mine or common
    return found.pop() if len(found) == 1 else None


def _partner(label: str) -> str | None:
    """Whom a conversation of two is with, as the list of conversations names it; in other languages the last word does."""
    found = re.fullmatch(r"Direct Message with (.+?)(?:#\d{1,4})?", label) or re.search(r"(\S+)#\d{1,4}$", label)
    return found[1] if found and not _GONE.match(found[1]) else None


def _room(c: Channel, me: str | None, names: dict[str, str], related: dict[str, str]) -> tuple:
    others = [r for r in dict.fromkeys(c.recipients or ()) if r != me and r.isdecimal()]
    pair, group = str(c.type) in _PAIRS, str(c.type) in _GROUPS
    other = None
    if pair:
        name = names.get(c.id, "").lower()
        other = others[0] if len(others) == 1 and me else related.get(name) or (f"name:{name}" if name else "")
    return c.id, other, others if group else [], 1 if pair else len(others) or None if group else None, not (pair or group)
