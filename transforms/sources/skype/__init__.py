"""Skype: `messages.json` of the export offered until early 2026: every conversation, both sides.

https://support.skype.com/en/faq/FA34894/how-do-i-export-or-delete-my-skype-data. Nobody documents the file; its frame and
types are those of https://github.com/siwen-r/skype-export-parser (src/types/SkypeExport.d.ts, docs/skype.md). No real file
was at hand: the markup of calls, contacts, additions and reactions is as remembered, and what differs is set aside or a problem.
Traps: newest first; an answer carries what it answers inside a `<quote>`; `threadProperties.members` is a list or the JSON of
one; a call stands twice, when it starts and when it ends; names may be null; deleted messages are left without their text.
In a group those who are in it at the export count as having been there all the time.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import datetime
from html import unescape

import polars as pl

from transforms.act import ACT, Owner, Reading
from transforms.archive import Archive, Member, Unreadable
from transforms.formats import rooms
from transforms.sources.skype.decode import Conversation, Emotion, Export, decode, nested
from transforms.text import unhtml
from transforms.times import INSTANT, LAST, epoch, iso

TITLE = "Skype"
VERSION = "4"
LAYOUTS = {"2018": ("messages.json",)}
IGNORES = {"endpoints.json": "the owner's devices", "media/*": "files sent in conversations"}
_SHOWS = re.compile(  # by its first keys, or by those of a message
    rb'(?s)\A(?=.*"userId"\s*:\s*(?:"\d+:|null))(?=.*"(?:exportDate|conversations)"\s*:)|"originalarrivaltime"\s*:'
)
_RICH, _WORDS = ("RichText", "RichText/Html"), ("RichText", "RichText/Html", "Text")
_SENT = (  # what has no words but was sent by somebody
    r"^(?:RichText/(?:UriObject|Media_\w+|Files|Location|Sms|ScheduledCallInvite|Contacts)|Poll"
    r"|EndToEndEncryption/EncryptedText)$"
)
_MACHINES = (  # but for who was added, which is looked at before
    r"^(?:Event/BingBot|Notice|PopCard|RichText/Media_CallRecording|InviteFreeRelationshipChanged/\w+|Control/\w+|Guest/\w+"
    r"|Translation(?:Settings)?|ThreadActivity/\w+)$"
)
_PERSON = ("8:", "4:", "28:")
_COMINGS = "machines, topics, comings and goings"
_UNDATED = "no date between 1990 and 2100; look it up and add it to the ledger"
_QUOTE = r"(?i)<quote\b[^>]*>(?:[^<]|<[^q/]|</[^q])*</quote>"  # one that holds no other
_EDITED = r"^Edited previous message:\s*"  # what stands before the new text in some; the mark <e_m> behind it is in all
_PART = re.compile(r'<part\b[^>]*\bidentity="([^"]*)"[^>]*>(.*?)</part>', re.DOTALL)
_DURATION = re.compile(r"<duration>\s*([\d.]+)\s*</duration>")
_EVENTS = rooms.BROUGHT | {"number": pl.String, "before": pl.Float64}


def claims(archive: Archive) -> list[Member]:
    """Every messages.json that begins as Skype's does, under any name, and what stands beside it."""
    found = _exports(archive)
    roots = [e.path[: -len(e.name)] for e in found]
    beside = [m for m in archive.find(*IGNORES) if any(m.path in (f"{r}{m.name}", f"{r}media/{m.name}") for r in roots)]
    return sorted({*found, *beside}, key=lambda m: m.number)


def _exports(archive: Archive) -> list[Member]:
    likely = {m.number: m for m in [*archive.find("messages.json"), *archive.few("*.json")]}
    return [m for _, m in sorted(likely.items()) if _SHOWS.search(archive.head(m))]


def read(archive: Archive, owner: Owner) -> list[Reading]:
    """One reading per export."""
    return [_read(archive, member) for member in _exports(archive)]


def _read(archive: Archive, member: Member) -> Reading:
    reading = Reading("skype")
    try:
        export = decode(archive.read(member))
    except Unreadable as why:
        reading.problem(member.number, "-", str(why))
        reading.member(member.number, 1)
        return reading
    for place, cut in export.broken.items():
        reading.problem(member.number, place, cut or "not in the form Skype writes; report it")
    me = key_of(export.user)
    reading.owner_key = me
    f = _messages(export, member.number)
    date = pl.select(iso(pl.lit(export.date, pl.String))).item()
    reading.exported_at = date or f["happened_at"].max()
    reacted = _reactions(reading, export, f)
    reading.member(member.number, export.records + reacted.height)
    if me is None:
        why = "whose export this is, is not said; export it again"
        reading.problem(member.number, "-", why, records=f.height + reacted.height)
        return reading
    known = _rooms(export, f, me)
    told = _sort(reading, f.join(known.select("room", "other"), on="room", how="left", maintain_order="left"), me)
    cards = _events(reading, told, me)
    talk = told.filter(pl.col("fate") == "talk").drop("other")
    talk = talk.join(cards, on="number", how="left", maintain_order="left")
    rooms.tell(reading, _read_text(talk), known, me)
    reacted = reacted.join(told.select("number", "room", "post", to="sender"), left_on="of", right_on="number", how="left")
    rooms.reactions(reading, reacted, me)
    _people(reading, export, f, known, me)
    held = told["other"]
    claim = "messages.json: all conversations, both sides; deleted messages are gone"
    for direction in ("given", "received"):
        pairs = ("message",) if held.drop_nulls().len() else ()
        groups = ("group", "invitation") if held.null_count() else ()
        for channel in (*pairs, *groups, *(("call", "reaction") if held.len() else ())):
            reading.sees(channel, direction, claim=claim)
    return reading


def key_of(number: str | None) -> str | None:
    """`live:someone` of `8:live:someone` or of an address that ends with it; bots keep their `28:`, telephones their `4:`."""
    key = (number or "").strip().rsplit("/", 1)[-1].lower().removeprefix("8:")
    return key if key and not key.startswith(("19:", "48:")) else None


def _key(number: pl.Expr) -> pl.Expr:
    """The same of a column."""
    key = number.str.strip_chars().str.replace(r"^.*/", "").str.to_lowercase().str.strip_prefix("8:")
    return pl.when((key != "") & ~key.str.contains(r"^(19|48):")).then(key)


def _messages(export: Export, member: int) -> pl.DataFrame:
    """All messages and events, one row each; `kind` of conversation is person, group or system, or null."""
    said = export.said
    f = pl.DataFrame(
        {
            "number": export.numbers, "talk": export.places,
            "id": [None if m.id is None else str(m.id) for m in said], "name": [m.name for m in said],
            "at": [m.at for m in said], "type": [m.messagetype for m in said],
            "content": [m.content for m in said], "by": [m.by for m in said],
            "deleted": [m.properties is not None and bool(m.properties.deletetime) for m in said],
        },
        schema={"number": pl.Int64, "talk": pl.UInt32, "deleted": pl.Boolean}
        | dict.fromkeys(("id", "name", "at", "type", "content", "by"), pl.String),
    )  # fmt: skip
    address = pl.col("address")
    talks = pl.DataFrame({"address": [c.id for c in export.conversations]}, schema={"address": pl.String}).with_row_index("talk")
    talks = talks.select(
        "talk",
        room=pl.when(address.str.starts_with("19:")).then(address).otherwise(_key(address)),
        kind=pl.when(address.str.contains(r"^(8|4|28):.")).then(pl.lit("person"))
        .when(address.str.starts_with("19:")).then(pl.lit("group")).when(address.str.starts_with("48:")).then(pl.lit("system")),
    )  # fmt: skip
    senders = f.select("by").drop_nulls().unique().with_columns(sender=_key(pl.col("by")))
    f = f.join(talks, on="talk", how="left", maintain_order="left").join(senders, on="by", how="left", maintain_order="left")
    f = f.with_columns(
        happened_at=iso(pl.col("at")), member=pl.lit(member, pl.Int32), number=pl.col("number").cast(pl.String)
    )
    return f.with_columns(post=pl.concat_str("room", pl.lit("/"), "id"))


def _members(talk: Conversation) -> list[str]:
    found = nested(talk.thread.members, list) if talk.thread else None
    ids = [m.get("id") if isinstance(m, dict) else m for m in found or ()]
    return list(dict.fromkeys(k for i in ids if isinstance(i, str) and (k := key_of(i))))


def _rooms(export: Export, f: pl.DataFrame, me: str) -> pl.DataFrame:
    """Columns of rooms.ROOMS; those who wrote stand for the members where these are not told."""
    rows = []
    wrote = dict(rooms.people(f).iter_rows())
    for talk in export.conversations:
        address = talk.id or ""
        if address.startswith(_PERSON) and (key := key_of(address)):
            rows.append((key, key, [key], 1, False))
        if not address.startswith("19:"):
            continue
        members = _members(talk)
        people = [k for k in members or wrote.get(address, []) if k != me]
        other = people[0] if "@p2p." in address and len(people) == 1 else None
        rows.append((address, other, people, len(people) if members else None, rooms.large(len(people))))
    return pl.DataFrame(rows, schema=rooms.ROOMS, orient="row").unique("room", keep="first", maintain_order=True)


def _sort(reading: Reading, f: pl.DataFrame, me: str) -> pl.DataFrame:
    """What is talk, a call or somebody added; the rest is set aside, or a problem where it is not known."""
    kind = pl.col("type")
    kinds = f.select(kind.unique()).with_columns(machine=kind.str.contains(_MACHINES), sent=kind.str.contains(_SENT))
    f = f.join(kinds, on="type", how="left", maintain_order="left")
    words = kind.is_in(_WORDS)
    empty = words & ~pl.col("content").str.contains(r"\S").fill_null(False)
    fate = (
        pl.when(pl.col("kind") == "system").then(pl.lit("logs and notices of Skype itself"))
        .when(pl.col("kind").is_null() | pl.col("room").is_null()).then(None)
        .when(pl.col("room") == me).then(pl.lit("the owner's notes to themselves"))
        .when(pl.col("id").is_not_null() & ~pl.col("post").is_first_distinct())
        .then(pl.lit("told by another record too"))
        .when(kind == "Event/Call").then(pl.lit("call"))
        .when(kind == "ThreadActivity/AddMember").then(pl.lit("added"))
        .when("machine").then(pl.lit(_COMINGS))
        .when(~words & ~pl.col("sent")).then(None)
        .when(pl.col("deleted") | empty).then(pl.lit("deleted messages"))
        .when(kind.is_not_null()).then(pl.lit("talk"))
    )  # fmt: skip
    f = f.with_columns(fate=fate)
    for member, number in f.filter(pl.col("fate").is_null()).select("member", "number").iter_rows():
        reading.problem(member, number, "a kind of conversation or message that is not known; report it")
    kept = pl.col("fate").is_in(["talk", "call", "added"])
    aside = f.filter(~kept).group_by("member", "fate").len().sort("member", "fate")
    for member, reason, n in aside.iter_rows():
        reading.set_aside(member, reason, n)
    return f.filter(kept)


def _read_text(talk: pl.DataFrame) -> pl.DataFrame:
    """Adds text, whom it answers or mentions; quotes are others' words."""
    edited = pl.col("content").str.contains("<e_m ", literal=True)
    talk = talk.with_columns(content=pl.when(edited).then(pl.col("content").str.replace(_EDITED, "")).otherwise("content"))
    content = pl.when(pl.col("type").is_in(_RICH)).then(pl.col("content"))
    marked = talk.filter(content.str.contains_any(["<quote", "<at"]))
    own = marked["content"]
    for _ in range(3):  # a quote of a quote of a quote
        quotes = own.str.contains("<quote", literal=True).fill_null(False)
        own = own.scatter(quotes.arg_true(), own.filter(quotes).str.replace_all(_QUOTE, "")) if quotes.any() else own
    named = pl.col("content").str.extract_all(r'<at\b[^>]*?\bid="[^"]+"')
    marked = marked.select(
        "number",
        own=own,
        author=_key(pl.col("content").str.extract(r'<quote\b[^>]*?\bauthor="([^"]+)"')),
        named=named.list.eval(_key(pl.element().str.extract(r'\bid="([^"]+)"'))).list.drop_nulls(),
    )
    talk = talk.join(marked, on="number", how="left", maintain_order="left")
    talk = talk.with_columns(own=pl.coalesce("own", content), composed=pl.lit(True))
    there = pl.when(pl.col("author").is_null()).then(pl.lit([], rooms.KEYS)).otherwise(pl.concat_list("author"))
    return talk.with_columns(
        text=pl.when(pl.col("type") == "Text").then("content").otherwise(unhtml(pl.col("own"))),
        is_reply=(pl.col("author") != pl.col("sender")).fill_null(False),
        addressed=there.list.concat(pl.col("named").fill_null([])),
        time_precision=pl.lit("millisecond"),
        value_kind=pl.when(pl.col("introduces").is_not_null()).then(pl.lit("introduction")),
    )


def _events(reading: Reading, told: pl.DataFrame, me: str) -> pl.DataFrame:
    """Adds calls and invitations; returns whom shared contacts introduce: number, introduces.

    Somebody who is added is made known to those who are shown to have been there before: they wrote, were added, or added.
    """
    columns = ["member", "number", "room", "other", "sender", "happened_at", "content"]
    content = {kind: told.filter(pl.col("fate") == kind).select(columns).rows() for kind in ("call", "added")}
    started = {_attribute(c, "callId"): by for *_, by, _, c in content["call"] if _attribute(c, "type") == "started"}
    out: list[tuple] = []
    wrote = told.filter(pl.col("fate") == "talk", pl.col("other").is_null()).group_by("room", "sender")
    there: dict[str, dict[str, datetime]] = defaultdict(dict)
    for room, who, at in wrote.agg(pl.col("happened_at").min()).drop_nulls().iter_rows():
        there[room][who] = at
    for kind, rows in content.items():
        for member, number, room, other, by, at, text in sorted(rows, key=lambda row: row[5] or LAST):
            if at is None:
                reading.problem(member, number, _UNDATED)
                continue
            lasted = 0.0
            if kind == "call":
                found, lasted, why = _call(text or "", started.get(_attribute(text, "callId")) or by, other, me)
            else:
                by, added = _added(text or "", by)
                seen = sorted(who for who, since in there[room].items() if since < at)
                found, why = _brought(me, by, added, seen)
                there[room] = dict.fromkeys((k for k in (by, *added) if k), at) | there[room]
            out += [(*act, number, lasted if nth == 0 else 0.0) for nth, act in enumerate(found)]
            if not found:
                reading.set_aside(member, why, 1)
    acts = pl.DataFrame(out, schema=_EVENTS, orient="row")
    places = told.select("number", "happened_at", "post", "room", "member")
    acts = acts.join(places, on="number", how="left", maintain_order="left")
    acts = acts.with_columns(
        pl.col("happened_at") - pl.duration(milliseconds=pl.col("before") * 1000),
        thread="room", record=pl.concat_str("member", pl.lit(":"), "number"), time_precision=pl.lit("millisecond"),
    )  # fmt: skip
    reading.acts(acts.select(*(c for c in acts.columns if c in ACT), "record"), ["post", "value_kind"])
    return _cards(reading, told, me)


def _attribute(text: str | None, name: str) -> str | None:
    found = re.search(rf'<partlist\b[^>]*\b{name}="([^"]+)"', text or "")
    return found and found[1]


def _call(text: str, starter: str | None, other: str | None, me: str) -> tuple[list[tuple], float, str]:
    """Both ways: towards the others when it began, by whoever began it, and back by its end; and how many seconds it took."""
    parts = [(key_of(unescape(who)), _DURATION.search(inner)) for who, inner in _PART.findall(text)]
    seconds = {k: float(lasted[1]) for k, lasted in parts if k and lasted and lasted[1].strip(".0") and lasted[1].count(".") < 2}
    talked = sorted(seconds)
    if not talked or _attribute(text, "type") in ("missed", "declined", "noAnswer", "busy"):
        return [], 0.0, "calls nobody answered, and the beginnings of those whose end is told"
    if other is None and me not in talked:
        return [], 0.0, "calls the owner took no part in"
    others = [other] if other else [k for k in talked if k != me]
    if not others:
        return [], 0.0, "calls with nobody else"
    ways = ("given", "received") if starter == me else ("received", "given")
    lasted = min(max(seconds.values()), 30 * 86_400.0)
    whom = [] if rooms.large(len(others)) else others
    return [("call", way, whom, len(others), True, "talk", False, []) for way in ways], lasted, ""


def _added(text: str, by: str | None) -> tuple[str | None, list[str]]:
    """Who added whom."""
    who = re.search(r"<initiator>(.*?)</initiator>", text)
    targets = [key_of(unescape(t)) for t in re.findall(r"<target>(.*?)</target>", text)]
    return (key_of(unescape(who[1])) if who else by), [t for t in targets if t]


def _brought(me: str, actor: str | None, added: list[str], seen: list[str]) -> tuple[list[tuple], str]:
    """A group is founded by an event that adds the founder too."""
    if actor is None:
        return [], _COMINGS
    return rooms.brought(me, actor, [k for k in added if k != actor], [k for k in seen if k != actor], founded=actor in added)


def _cards(reading: Reading, told: pl.DataFrame, me: str) -> pl.DataFrame:
    found, people = [], {}
    for number, text in told.filter(pl.col("type") == "RichText/Contacts").select("number", "content").iter_rows():
        cards = [dict(re.findall(r'\b([sf])="([^"]*)"', c)) for c in re.findall(r"<c\b[^>]*>", text or "")]
        named = {key_of(unescape(c.get("s", ""))) or f"name:{unescape(c['f'])}": unescape(c.get("f", "")) or None
                 for c in cards if c.get("s") or c.get("f")}  # fmt: skip
        named.pop(me, None)
        people |= named
        if named:
            found.append((number, list(named)))
    known = pl.DataFrame(list(people.items()), schema={"key": pl.String, "name": pl.String}, orient="row")
    by_name = pl.col("key").str.starts_with("name:")
    identified = pl.when(by_name).then(pl.lit("name")).otherwise(pl.lit("id"))
    reading.accounts(known.with_columns(account_kind=pl.lit("person"), identified=identified))
    return pl.DataFrame(found, schema={"number": pl.String, "introduces": rooms.KEYS}, orient="row")


def _reactions(reading: Reading, export: Export, f: pl.DataFrame) -> pl.DataFrame:
    """One row per reaction whose author is named; `of` is the number of the message."""
    rows = []
    for number, m in zip(export.numbers, export.said, strict=True):
        if m.properties and (raw := m.properties.emotions) and bytes(raw) not in (b"null", b'""'):
            emotions = nested(raw, list[Emotion])
            if emotions is None:
                reading.problem(f["member"][0], f"{number}.e", "reactions not in the form Skype writes; report it")
                reading.member(f["member"][0], 1)
            who = [(key, e.key, u.time) for e in emotions or () for u in e.users or () if (key := key_of(u.mri))]
            rows += [(str(number), f"{number}.{i}", by, emoji, str(at)) for i, (by, emoji, at) in enumerate(who)]
    r = pl.DataFrame(rows, schema=dict.fromkeys(("of", "number", "by", "emoji", "time"), pl.String), orient="row")
    at = epoch(pl.col("time"), "ms")
    known = pl.when(at.is_null()).then(pl.lit("unknown")).otherwise(pl.lit("millisecond"))
    member = pl.lit(f["member"][0] if f.height else None, pl.Int32)
    return r.with_columns(member=member, happened_at=at.cast(INSTANT), time_precision=known)


def _people(reading: Reading, export: Export, f: pl.DataFrame, known: pl.DataFrame, me: str) -> None:
    """Everybody a conversation is held with, who is in a group or writes in one, under the newest name."""
    held = [(key_of(c.id), c.name) for c in export.conversations if (c.id or "").startswith(_PERSON)]
    first = pl.DataFrame(held, schema={"key": pl.String, "name": pl.String}, orient="row")
    said = f.filter(pl.col("kind") != "system").sort("happened_at", nulls_last=False).select("name", key="sender")
    there = known.select(name=pl.lit(None, pl.String), key="people").explode("key")
    f = pl.concat([first.select("key", "name"), there.select("key", "name"), said.select("key", "name")])
    f = f.filter(pl.col("key") != me).group_by("key", maintain_order=True).agg(pl.col("name").drop_nulls().last()).sort("key")
    bot, phone = pl.col("key").str.starts_with("28:"), pl.col("key").str.starts_with("4:+")
    reading.accounts(f.with_columns(
        identified=pl.when(phone).then(pl.lit("phone")).otherwise(pl.lit("id")),
        account_kind=pl.when(bot).then(pl.lit("bot")).otherwise(pl.lit("person")),
        same_as=pl.when(phone).then(pl.concat_list(pl.lit("phone:") + pl.col("key").str.slice(2))),
    ))  # fmt: skip
