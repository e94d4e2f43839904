"""Google Hangouts in a Takeout: one file with every conversation, both sides, dated to the microsecond.

It shows messages (SMS sent through Hangouts too), calls with who took part and how long, and who drew the owner into a
group. Two roots: `conversation_state[]` with `event[]` until about 2017, then `conversations[]` with `events[]`. Chats with
history switched off are in no export. https://support.google.com/accounts/answer/3024190

Traps: a text is the join of its segments, a picture has none; names are missing for some; a call is told at its start and
at its end, and only the end knows who took part. Since 2020 Google moved old conversations to Google Chat: an export of
that may hold the same messages again, as another platform's.
"""

from __future__ import annotations

import re
from collections import Counter
from contextlib import nullcontext, suppress
from itertools import chain
from typing import Any

import msgspec
import polars as pl

from transforms import times
from transforms.act import Owner, Reading
from transforms.archive import Archive, Member, Unreadable
from transforms.formats import rooms, told
from transforms.formats.jsonrecords import Bad, records
from transforms.formats.takeout import gaia
from transforms.sources.hangouts.decode import Entry, Event, Id, Inner, LooseEntry, LooseInner, Message, Self

TITLE = "Google Hangouts"
VERSION = "4"
LAYOUTS = {"2017": ("Hangouts/Hangouts.json", "Hangouts/*.json", "Hangouts.json"), "2013": ("Hangouts/Hangouts.json",)}
IGNORES = {
    f"Hangouts/*.{e}": "pictures and films of messages" for e in ("jpg", "jpeg", "png", "gif", "mp4", "webp", "3gp", "vcf")
}
_SHOWS = re.compile(rb'"conversation_state"|"conversations"\s*:')
_SURE = re.compile(rb'(?s)"(?:conversation_state|conversations)"\s*:\s*\[.*"(?:gaia_id|chat_id)"\s*:')  # under another name
_LIST = pl.List(pl.String)


def claims(archive: Archive) -> list[Member]:
    """The file of conversations, and beside it the pictures."""
    mine = [m for m in archive.find(*LAYOUTS["2017"]) if _SHOWS.search(archive.head(m)) or not m.size]
    mine += [m for m in archive.few("*.json") if m not in mine and _SURE.search(archive.head(m))]
    return mine and sorted({*mine, *archive.find(*IGNORES)}, key=lambda m: m.number)


def read(archive: Archive, owner: Owner) -> Reading:
    """Everything a Takeout says of Hangouts."""
    reading = Reading("hangouts")
    book = Book(reading)
    for member in claims(archive):
        if member.name.lower().endswith(".json"):
            try:
                n = book.add(member, archive.read(member))
            except Unreadable as why:
                reading.problem(member.number, "-", str(why))
                n = 1
            reading.member(member.number, n)
    book.close()
    return reading


def _key(who: Id | None) -> str | None:
    return (who.gaia_id or who.chat_id) if who else None


def _keys(who: list[Id] | None) -> str:
    return " ".join([k for k in map(_key, who or ()) if k])


class Book:
    """Conversations and events of all members, as columns."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.talks: list[tuple] = []
        self.people: list[tuple] = []
        self.events: list[pl.DataFrame] = []

    def add(self, member: Member, data: bytes) -> int:
        """Decode one file; returns its records: a conversation is one, an event is one."""
        found: dict[int, Any] = {}
        good: dict[int, Any] = {}
        bad: Bad = {}
        for root in ("conversations", "conversation_state"):
            with suppress(Unreadable) if root == "conversations" else nullcontext():  # the other root may stand in it
                good, bad = records(data, Entry, root, "event", "events")
            if good or bad:
                loose = records(data, LooseEntry, root, "event", "events")[0] if bad else {}
                found = good | {i: self._saved(member, i, loose[i]) for i in bad if i in loose}
                bad = {i: cut for i, cut in bad.items() if i not in loose}
                break
        for i, cut in bad.items():
            self.reading.problem(member.number, i, cut or "not a conversation of the expected form; get the export again")
        events = [(c, self._talk(member, c, entry)) for c, entry in sorted(found.items())]
        self._flat(member, events)
        return len(found) + len(bad) + sum(len(e) for _, e in events)

    def _saved(self, member: Member, c: int, loose: LooseEntry) -> Entry:
        """A conversation of which single events are broken."""
        inner = loose.conversation or loose.conversation_state or LooseInner()
        events: list[Event | None] = []
        one = msgspec.json.Decoder(Event)
        for e, raw in enumerate(loose.events or inner.event or ()):
            try:
                events.append(one.decode(raw))
            except (msgspec.DecodeError, UnicodeError, RecursionError):
                events.append(None)
                self.reading.problem(member.number, f"{c}.{e}", "not an event of the expected form; get the export again")
        return Entry(conversation=Inner(inner.conversation_id, inner.conversation), events=events)

    def _talk(self, member: Member, c: int, entry: Entry) -> list[Event | None]:
        inner = entry.conversation or entry.conversation_state or Inner()
        talk = inner.conversation
        thread = next((n.id for n in (talk.id, inner.conversation_id) if n and n.id), f"{member.number}:{c}")
        mine = talk.self_conversation_state or Self()
        me = _key(mine.self_read_state.participant_id) if mine.self_read_state else None
        people = {}
        for p in talk.participant_data or ():
            if key := _key(p.id):
                people[key] = (p.fallback_name, p.phone_number.e164 if p.phone_number else None)
        people |= {k: (None, None) for who in talk.current_participant or () if (k := _key(who)) and k not in people}
        events = entry.events or inner.event or []
        me = me or next((k for e in events if e and e.self_event_state and (k := _key(e.self_event_state.user_id))), None)
        spoke = {k: (None, None) for e in events if e and (k := _key(e.sender_id)) and k not in people}
        if len(people) < 2:  # a conversation that names nobody else still has those who spoke
            people |= spoke
        self.talks.append((
            member.number, c, thread, me, talk.type == "GROUP", " ".join(people), _key(mine.inviter_id), mine.invite_timestamp
        ))  # fmt: skip
        self.people += [(member.number, c, key, name, phone) for key, (name, phone) in (people | spoke).items()]
        return events

    def _flat(self, member: Member, talks: list[tuple[int, list[Event | None]]]) -> None:
        """All events of a member as one frame."""
        flat = [e for _, events in talks for e in events if e]
        calls, changes = [e.hangout_event for e in flat], [e.membership_change for e in flat]
        self.events.append(pl.DataFrame({
            "member": [member.number] * len(flat),
            "c": list(chain.from_iterable([c] * sum(1 for e in events if e) for c, events in talks)),
            "e": [i for _, events in talks for i, e in enumerate(events) if e],
            "sender": [_key(e.sender_id) for e in flat], "at": [str(e.timestamp) for e in flat],
            "id": [e.event_id for e in flat], "type": [e.event_type for e in flat],
            "said": [e.chat_message is not None for e in flat], "text": [_text(e.chat_message) for e in flat],
            "call": [c and (c.event_type or "") for c in calls], "took": [c and _keys(c.participant_id) for c in calls],
            "seconds": [c and str(c.hangout_duration_secs or 0) for c in calls],
            "change": [c and (c.type or "") for c in changes], "who": [c and _keys(c.participant_id) for c in changes],
        }, schema={"member": pl.Int32, "c": pl.Int64, "e": pl.Int64, "sender": pl.String, "at": pl.String, "id": pl.String,
                   "type": pl.String, "said": pl.Boolean, "text": pl.String, "call": pl.String, "took": pl.String,
                   "seconds": pl.String, "change": pl.String, "who": pl.String}))  # fmt: skip

    def close(self) -> None:
        """Tell every act once."""
        talks = pl.DataFrame(self.talks, orient="row", schema={
            "member": pl.Int32, "c": pl.Int64, "thread": pl.String, "me": pl.String, "group": pl.Boolean, "people": pl.String,
            "inviter": pl.String, "invited": pl.String,
        }, strict=False)  # fmt: skip
        mine = [k for k, _ in Counter(talks["me"].drop_nulls().to_list()).most_common()]
        if not mine and len(self.talks) > 1:  # else whoever is in every one of several conversations
            always = set.intersection(*(set(people.split(" ")) for people in talks["people"])) - {""}
            mine = sorted(always) if len(always) == 1 else []
        self.reading.owner_key, self.reading.owner_aliases = (mine or [None])[0], sorted(mine[1:])
        talks = talks.with_columns(others=_others("people", mine))
        self._accounts(talks, mine)
        if not mine:
            for part in self.events:
                for member, n in part.group_by("member").len().iter_rows():
                    self.reading.problem(member, "-", "who the owner is is told nowhere; get the export again", records=n)
        if not self.events or not mine:
            return
        rows = pl.concat(self.events).join(talks, on=["member", "c"], how="left", maintain_order="left").with_columns(
            own=pl.col("sender").is_in(mine).fill_null(False), i=pl.format("{}.{}", "c", "e"),
            happened_at=times.epoch(pl.col("at"), "us"), large=rooms.large(pl.col("others").list.len()),
            uri=pl.coalesce("id", pl.concat_str("thread", "at", pl.col("sender").fill_null(""), separator=" ")),
        )  # fmt: skip
        self.reading.exported_at = rows["happened_at"].max()
        told.tell(self.reading, pl.concat([self._messages(rows), self._calls(rows, mine), self._joined(rows, talks, mine)]))
        claim = "Hangouts.json: every conversation whose history was kept"
        for channel in ("message", "group", "call", "invitation"):
            for direction in ("given", "received"):
                self.reading.sees(channel, direction, claim=claim)

    def _accounts(self, talks: pl.DataFrame, mine: list[str]) -> None:
        people = pl.DataFrame(self.people, orient="row", schema={
            "member": pl.Int32, "c": pl.Int64, "key": pl.String, "name": pl.String, "phone": pl.String,
        }).filter(~pl.col("key").is_in(mine))  # fmt: skip
        phone = pl.when(pl.col("phone").str.contains(r"^\+\d+$")).then(pl.lit("phone:") + pl.col("phone"))
        self.reading.accounts(people.select(
            "key", "name", same_as=pl.concat_list(gaia(pl.col("key")), phone).list.drop_nulls(), identified=pl.lit("id"),
            record=pl.format("{}:{}", "member", "c"),
        ))  # fmt: skip
        told.aside(self.reading, talks.join(people, on=["member", "c"], how="anti"), "conversations with nobody else")

    def _messages(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Messages both ways; `n_targets` is everybody but who wrote."""
        alone = rows.filter("said", pl.col("others").list.len() == 0)
        told.aside(self.reading, alone, "notes to oneself")
        rows = rows.filter("said", pl.col("others").list.len() > 0)
        nameless = rows.filter(pl.col("sender").is_null())
        for member, i in nameless.select("member", "i").iter_rows():
            self.reading.problem(member, i, "a message without a sender; get the export again")
        overheard = pl.col("large") & ~pl.col("own")
        told.aside(self.reading, rows.filter(pl.col("sender").is_not_null(), overheard), rooms.LARGE)
        rows = rows.filter(pl.col("sender").is_not_null(), ~overheard)
        rows = rows.with_columns(pl.col("group") | (pl.col("others").list.len() > 1))
        answer = rooms.answers(rows.select("happened_at", "group", room="thread", mine="own"))
        whom = pl.when("own").then("others").otherwise(pl.concat_list("sender"))
        return _acts(
            rows, channel=pl.when("group").then(pl.lit("group")).otherwise(pl.lit("message")), composed=pl.lit(True),
            is_reply=pl.lit(answer),
            counterparts=pl.when("large").then(pl.lit([], _LIST)).otherwise(whom), n_targets=pl.col("others").list.len(),
        )  # fmt: skip

    def _calls(self, rows: pl.DataFrame, mine: list[str]) -> pl.DataFrame:
        """Both ways: towards the others when it began, by whoever began it, and back by its end."""
        calls = rows.filter(pl.col("call").is_not_null(), ~pl.col("said")).sort("member", "c", "happened_at", maintain_order=True)
        first = pl.when(pl.col("call") == "START_HANGOUT").then("own").forward_fill().over("member", "c")
        calls = calls.with_columns(own=first.fill_null(pl.col("own")), took=_others("took", mine), there=_named("took", mine))
        seconds = pl.col("seconds").cast(pl.Int64, strict=False).fill_null(0).clip(0, 30 * 86_400)
        end = pl.col("call") == "END_HANGOUT"
        known = pl.col("call").is_in(["START_HANGOUT", "JOIN_HANGOUT", "LEAVE_HANGOUT", "HANGOUT_COMING_SOON", "ONGOING_HANGOUT"])
        for member, i in calls.filter(~end & ~known).select("member", "i").iter_rows():
            self.reading.problem(member, i, "a kind of call event that is not known; please report it")
        told.aside(self.reading, calls.filter(known), "beginnings of calls, told by their ends")
        took_part = end & (pl.col("took").list.len() > 0) & pl.col("there") & (seconds > 0)
        told.aside(self.reading, calls.filter(end & ~took_part), "calls that nobody or not the owner took")
        calls = calls.filter(took_part).with_columns(
            began=pl.col("happened_at") - pl.duration(seconds=seconds), large=rooms.large(pl.col("took").list.len())
        )
        calls = pl.concat([calls.with_columns(happened_at="began"), calls.with_columns(own=~pl.col("own"))])
        return _acts(
            calls, channel=pl.lit("call"), composed=pl.lit(True), n_targets=pl.col("took").list.len(),
            counterparts=pl.when("large").then(pl.lit([], _LIST)).otherwise("took"),
        )  # fmt: skip

    def _joined(self, rows: pl.DataFrame, talks: pl.DataFrame, mine: list[str]) -> pl.DataFrame:
        """Who was added to a group by whom, where the owner is one of them."""
        rows = rows.filter(~pl.col("said"), pl.col("call").is_null())
        rows = rows.with_columns(added=_others("who", mine), me_too=_named("who", mine).fill_null(False))
        join = (pl.col("change") == "JOIN").fill_null(False)
        given = join & pl.col("own") & (pl.col("added").list.len() > 0)
        received = join & ~pl.col("own") & pl.col("me_too") & pl.col("sender").is_not_null()
        settings = pl.col("type").str.contains("RENAME|OTR|LINK_SHARING|PLAN|VOICEMAIL").fill_null(False)
        change = pl.col("change").is_not_null()
        told.aside(self.reading, rows.filter(change & ~given & ~received), "comings and goings in groups")
        told.aside(self.reading, rows.filter(~change & settings), "settings of conversations")
        for member, i in rows.filter(~change & ~settings).select("member", "i").iter_rows():
            self.reading.problem(member, i, "a kind of event that is not known; please report it")
        invited = pl.col("group") & (pl.col("invited").str.len_chars() > 1) & ~pl.col("inviter").is_in(mine)
        drawn = talks.filter(invited.fill_null(False)).with_columns(
            i=pl.col("c").cast(pl.String), sender="inviter", happened_at=times.epoch(pl.col("invited"), "us"), own=False,
            added=pl.lit([], _LIST), text=pl.lit(None, pl.String),
        )  # fmt: skip
        rows = rows.filter(given | received)
        drawn = drawn.filter(pl.col("happened_at").is_not_null()).unique(["thread", "sender"], keep="first", maintain_order=True)
        drawn = drawn.join(rows.filter(~pl.col("own")), on=["thread", "sender"], how="anti", maintain_order="left")
        by = pl.concat_str("thread", "sender", separator=" ")  # an event may tell it too, and older exports have none of it
        both = pl.concat([rows, drawn], how="diagonal").with_columns(uri=pl.when("own").then("uri").otherwise(by))
        return _acts(
            both, channel=pl.lit("invitation"), composed=pl.lit(False),
            counterparts=pl.when("own").then("added").otherwise(pl.concat_list("sender")),
            n_targets=pl.max_horizontal(pl.col("added").list.len() + (~pl.col("own")).cast(pl.UInt32), 1),
        )  # fmt: skip


def _others(keys: str, mine: list[str]) -> pl.Expr:
    """Keys, written side by side, as a list without the owner's."""
    return pl.col(keys).str.split(" ").list.eval(pl.element().filter(~pl.element().is_in(["", *mine])))


def _named(keys: str, mine: list[str]) -> pl.Expr:
    return pl.any_horizontal(pl.col(keys).str.split(" ").list.contains(k) for k in mine)


def _text(message: Message | None) -> str | None:
    content = message.message_content if message else None
    if not content or not content.segment:
        return None
    return "".join([s.text or ("\n" if s.type == "LINE_BREAK" else "") for s in content.segment])


def _acts(rows: pl.DataFrame, **columns: pl.Expr) -> pl.DataFrame:
    """What all kinds share, in one order of columns."""
    kind = {"call": "talk", "invitation": "applause"}
    rows = rows.with_columns(n_targets=columns.pop("n_targets").cast(pl.Int32), **{"is_reply": pl.lit(False)} | columns)
    return rows.select(
        "member", "i", "uri", "channel", "composed", "counterparts", "n_targets", "happened_at", "thread", "is_reply",
        text=pl.when(pl.col("channel").is_in(["message", "group"])).then("text"),
        direction=pl.when("own").then(pl.lit("given")).otherwise(pl.lit("received")),
        time_precision=pl.when(pl.col("channel") == "call").then(pl.lit("second")).otherwise(pl.lit("microsecond")),
        value_kind=pl.col("channel").replace_strict(kind, default=None, return_dtype=pl.String),
    )  # fmt: skip
