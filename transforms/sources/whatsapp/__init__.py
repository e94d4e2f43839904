"""WhatsApp: the text files of "Export chat", iPhone and Android, one chat per file.

Both sides of each exported chat, the last 40,000 messages of it at most; reactions, answers and forwards are left out.
https://faq.whatsapp.com/1180414079177245
Traps: no zone and, on Android, no seconds; the order of day and month depends on the phone, so it is decided over the whole
file, and where nothing decides it the file is refused; words for the half of the day before or behind the hour, digits and
years of other countries; invisible characters before names and in times; messages of several lines; system lines without an
author. People stand under their name in the owner's address book: namesakes cannot be told apart, and a person without an
entry is a telephone number.
"""

from __future__ import annotations

import re

import polars as pl

from transforms.act import ACT, Owner, Reading
from transforms.archive import Archive, Member, Unreadable
from transforms.formats import rooms
from transforms.sources.whatsapp import phrases
from transforms.sources.whatsapp.lines import Undecided, begin, lines

TITLE = "WhatsApp"
VERSION = "6"
ASKS_OWNER = True
LAYOUTS = {
    "iPhone": ("_chat.txt", "*_chat.txt"),
    "Android": ("WhatsApp Chat with *.txt", "WhatsApp Chat mit *.txt", "WhatsApp*.txt", "*WhatsApp*.txt", "*.txt"),
}
_MEDIA = (
    "*-PHOTO-*", "*-VIDEO-*", "*-AUDIO-*", "*-STICKER-*", "*-GIF-*", "IMG-*-WA*", "VID-*-WA*", "PTT-*-WA*", "AUD-*-WA*",
    "STK-*-WA*", "DOC-*-WA*",
)  # fmt: skip
IGNORES = dict.fromkeys(_MEDIA, "pictures, films, voice messages and stickers sent in chats")
_PARTNER = re.compile(
    r"(?i)^(?:WhatsApp[ -]+Chat|Chat (?:de )?WhatsApp|Conversa do WhatsApp|Discussion WhatsApp|Czat WhatsApp|WhatsApp-chatt?"
    r"|Чат WhatsApp)\s*(?:with|mit|con|avec|com|met|med|z|с контактом|с|-|–|:)\s*(.+?)(?: ?\(\d+\))?(?:\.txt|\.zip)?$"
)


def claims(archive: Archive) -> list[Member]:
    """Text files that begin with a line of a chat, and the media beside one."""
    chats = _chats(archive)
    if not chats:
        return []
    folders = {m.path[: -len(m.name)] for m in chats}
    media = [m for m in archive.find(*IGNORES) if m.path[: -len(m.name)] in folders]
    numbers = {m.number for m in [*chats, *media]}
    return [m for m in archive.members if m.number in numbers]


def _chats(archive: Archive) -> list[Member]:
    named = {m.number for m in archive.find("*_chat.txt", "*WhatsApp*.txt")}
    found = archive.find(*(p for era in LAYOUTS.values() for p in era))
    return [m for m in found if begin(archive.head(m).decode("utf-8", "ignore"), named=m.number in named)]


def read(archive: Archive, owner: Owner) -> Reading:
    """All chats of an archive; whose they are is found over all of them."""
    reading = Reading("whatsapp")
    frames = []
    for member in _chats(archive):
        try:
            frame = lines(archive.read(member), owner.zone)
        except (Unreadable, Undecided) as why:
            n = why.records if isinstance(why, Undecided) else 1
            reading.member(member.number, n)
            reading.problem(member.number, "-", str(why), records=n)
            continue
        reading.member(member.number, frame.height)
        partner = next((p[1] for part in reversed(member.path.split("/")) if (p := _PARTNER.match(part))), None)
        partner = partner or phrases.chat(frame["rest"].first() or "")
        frames.append((member, partner, phrases.sorted_out(frame.with_columns(member=pl.lit(member.number, pl.Int32)))))
    me = _owner([(partner, f) for _, partner, f in frames], owner)
    reading.owner_key = min(me) if me else None
    reading.owner_aliases = sorted(me)[1:]
    newest = [f["happened_at"].max() for _, _, f in frames if f["happened_at"].max()]
    reading.exported_at = max(newest, default=None)
    seen = []
    for member, partner, frame in frames:
        seen.append(_tell(reading, member, partner, frame, me))
    _sees(reading, [s for s in seen if s is not None])
    return reading


def _owner(chats: list[tuple[str | None, pl.DataFrame]], owner: Owner) -> set[str]:
    """Every label of the owner: as people.csv says; "You"; the one a file's name does not name; who writes in most chats."""
    mine = {phrases.key(name) for name in owner.me} | {f"name:{word}" for word in phrases.YOU}
    folded = {k.casefold() for k in mine}
    authors = [(partner, {k for k in f["sender"].unique() if k}) for partner, f in chats]
    everybody = {k for _, keys in authors for k in keys}
    me = {k for k in everybody if k.casefold() in folded}
    if me:
        return me
    for partner, keys in authors:
        if partner and phrases.key(partner) in keys and len(keys) == 2:
            me |= keys - {phrases.key(partner)}
    if len(me) == 1:
        return me
    often = sorted(((sum(k in keys for _, keys in authors), k) for k in everybody), reverse=True)
    if len(often) > 1 and often[0][0] > max(often[1][0], 1):
        return {often[0][1]}
    return set()


def _tell(reading: Reading, member: Member, partner: str | None, f: pl.DataFrame, me: set[str]) -> pl.DataFrame | None:
    """Add what one chat says; gives back its messages, or None where nothing is known of whose it is."""
    for reason, n in f.filter(pl.col("aside").is_not_null()).group_by("aside").len().sort("aside").iter_rows():
        reading.set_aside(member.number, reason, n)
    f = f.filter(pl.col("aside").is_null())
    authors = sorted(k for k in f["sender"].unique() if k)
    others = [k for k in authors if k not in me]
    group = f["event"].any() or len(others) > 1
    named = phrases.key(partner) if partner else None
    if not group and named and not others:
        others = [named]
    if not me and (group or named not in others):
        why = "which of the names is the owner's cannot be told; set it as `me` in people.csv"
        reading.problem(member.number, "-", why, records=f.height)
        return None
    if not others and not group:
        why = "whom the owner writes to is not told; call the file as WhatsApp does, `WhatsApp Chat with NAME.txt`"
        reading.problem(member.number, "-", why, records=f.height)
        return None
    owner = min(me, default="")
    f = f.with_columns(sender=pl.when(pl.col("sender").is_in(list(me))).then(pl.lit(owner)).otherwise("sender"))
    other = others[0] if not group and others else None
    room = other or f"group:{partner or member.name}"
    f = f.with_columns(room=pl.lit(room), post=pl.lit(None, pl.String), is_reply=pl.lit(False))
    known = pl.DataFrame(
        {"room": [room], "other": [other], "people": [others], "n_targets": [None], "large": [rooms.large(len(others))]},
        schema=rooms.ROOMS,
    )
    there = _events(reading, member, f, owner, others) - me
    named = {k for keys in f["addressed"].drop_nulls() for k in keys} - me if group else set()
    known = known.with_columns(people=pl.lit(sorted({*others, *there, *named}), rooms.KEYS))
    said = f.filter(~pl.col("event"), pl.col("call").is_null()).with_columns(
        minute=pl.col("happened_at").dt.truncate("1m"), said=pl.col("text").str.replace_all(" ", "", literal=True)
    )
    odd = said["said"].str.contains(r"\s").fill_null(False)  # lines and other blanks: few
    bare = said["said"].filter(odd).str.replace_all(r"\s+", "")
    said = said.with_columns(said=said["said"].scatter(odd.arg_true(), bare))
    rooms.tell(reading, said, known, owner, ("minute", "said"))
    given = pl.col("sender") == owner
    calls = f.filter(pl.col("call").is_not_null()).with_columns(given=given)
    back = calls.with_columns(pl.col("happened_at") + pl.duration(seconds=1), given=~pl.col("given"))  # who began it stays known
    reading.acts(
        pl.concat([calls, back]).select(
            "happened_at", "time_precision", channel=pl.lit("call"), value_kind=pl.lit("talk"), thread="room",
            direction=pl.when("given").then(pl.lit("given")).otherwise(pl.lit("received")),
            counterparts=pl.lit([other] if other else [], rooms.KEYS), n_targets=pl.lit(1 if other else None, pl.Int32),
            record=pl.concat_str("member", pl.lit(":"), "number"),
        ),
        ["happened_at"],
    )  # fmt: skip
    _people(reading, sorted({*others, *there, *named}))
    return said.select("happened_at", "sender", group=pl.lit(group), given=given)


def _events(reading: Reading, member: Member, f: pl.DataFrame, owner: str, seen: list[str]) -> set[str]:
    """Who brought whom into the group, and so made them known to those who are shown to have been there before.

    Returns who is shown to have been in it when its first message was sent.
    """
    first = f.filter(~pl.col("event"))["number"].cast(pl.Int64).min()
    wrote = dict(f.filter(pl.col("sender").is_in(seen)).group_by("sender").agg(pl.col("number").cast(pl.Int64).min()).iter_rows())
    f = f.filter("event")
    there: dict[str, None] = {}
    founders: set[str] = set()
    out, aside = [], 0
    for number, text in f.select("number", "text").iter_rows():
        actor, *added = (owner if k in phrases.ME else k for k in phrases.added(text))
        before = [*(k for k in sorted(wrote) if wrote[k] < int(number)), *there]
        found, _ = rooms.brought(owner, actor, added, list(dict.fromkeys(before)), founded=False)
        there |= dict.fromkeys((actor, *added)) if actor else {}
        founders |= set(there) if first is None or int(number) < first else {actor} & set(there)
        out += [(number, *act) for act in found]
        aside += not found
    reading.set_aside(member.number, "comings and goings and changes of a group", aside)
    acts = pl.DataFrame(out, schema={"number": pl.String, **rooms.BROUGHT}, orient="row")
    acts = acts.join(
        f.select("number", "member", "happened_at", "time_precision", thread="room"), on="number", maintain_order="left"
    )
    acts = acts.with_columns(record=pl.concat_str("member", pl.lit(":"), "number"), who=pl.col("counterparts").list.join("|"))
    reading.acts(acts.select(*(c for c in acts.columns if c in ACT), "record", "who"), ["happened_at", "who", "value_kind"])
    _people(reading, sorted({k for act in out for k in (*act[3], *act[8])} - {owner, *seen, *founders}))
    return founders


def _people(reading: Reading, keys: list[str]) -> None:
    rows = [
        (k, None if k.startswith("phone:") else k[5:], k.split(":")[0], [k] if k.startswith("phone:") else None) for k in keys
    ]
    schema = {"key": pl.String, "name": pl.String, "identified": pl.String, "same_as": rooms.KEYS}
    reading.accounts(pl.DataFrame(rows, schema=schema, orient="row").with_columns(account_kind=pl.lit("person")))


def _sees(reading: Reading, seen: list[pl.DataFrame]) -> None:
    every = pl.concat(seen) if seen else pl.DataFrame(schema={"happened_at": pl.Datetime("us", "UTC"), "group": pl.Boolean})
    for group, channel in ((False, "message"), (True, "group")):
        part = every.filter(pl.col("group") == group)
        for direction in ("given", "received") if part.height else ():
            claim = "the chats that were exported, both sides, the last 40,000 messages of each"
            reading.sees(channel, direction, since=part["happened_at"].min(), claim=claim)
            if group:
                reading.sees("invitation", direction, since=part["happened_at"].min(), claim="who added whom to exported groups")
