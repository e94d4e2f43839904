"""Direct messages, one to one and in groups, with their reactions; and XChat, whose text the export does not hold.

Both directions, people by id alone. Every message, event and reaction is a record. Messages carry the id of the
conversation `A-B`, from which the other one is known; a group's is one number, and who was in it follows from the
snapshot taken when the owner joined, from joins and leaves, and from who wrote.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import polars as pl

from transforms import text as texts
from transforms.archive import Member
from transforms.formats.rooms import LARGE, answers, large
from transforms.sources.x.decode import Export, Id, Struct, instants, place, wrapped
from transforms.times import epoch

_LIST = pl.List(pl.String)


class Reaction(Struct):
    """An emoji on a message."""

    senderId: Id  # noqa: N815
    reactionKey: str  # noqa: N815
    createdAt: str  # noqa: N815


class Message(Struct):
    """A message; `recipientId` is left out, since groups have none and the conversation tells it."""

    id: Id
    senderId: Id  # noqa: N815
    createdAt: str  # noqa: N815
    text: str | None = None
    reactions: list[Reaction] | None = None


class Change(Struct):
    """Somebody joins, is added, leaves, or renames the group."""

    createdAt: str  # noqa: N815
    initiatingUserId: Id | None = None  # noqa: N815
    userIds: list[Id] | None = None  # noqa: N815
    participantsSnapshot: list[Id] | None = None  # noqa: N815


class Event(Struct):
    """One entry of a conversation: exactly one of these is there."""

    messageCreate: Message | None = None  # noqa: N815
    joinConversation: Change | None = None  # noqa: N815
    participantsJoin: Change | None = None  # noqa: N815
    participantsLeave: Change | None = None  # noqa: N815
    conversationNameUpdate: Change | None = None  # noqa: N815


class Conversation(Struct):
    """Newest entry first."""

    conversationId: str  # noqa: N815
    messages: list[Event]


class Loose(Struct):
    """A conversation with an entry that is not as documented."""

    conversationId: str  # noqa: N815
    messages: list[msgspec.Raw]


class Present(Struct):
    """Something is there; what, is not read."""


class Detail(Struct):
    """What an XChat event is."""

    messageCreateEvent: Present | None = None  # noqa: N815
    markConversationReadEvent: Present | None = None  # noqa: N815
    conversationKeyChangeEvent: Present | None = None  # noqa: N815


class ChatEvent(Struct):
    """An XChat event; its contents are encrypted."""

    sequenceId: Id  # noqa: N815
    senderId: Id  # noqa: N815
    conversationId: str  # noqa: N815
    createdAtMsec: Id  # noqa: N815
    detail: Detail


Entry = tuple[int, Event]  # with its number in the member


def read(export: Export, member: Member) -> None:
    """Add the acts of one member of conversations. Finds the owner in them where no other file names one."""
    found, _ = export.rows(member, wrapped("dmConversation", Conversation), wrapped("dmConversation", Loose), place="c")
    if not export.read_well(member):
        return
    talks, records = [], 0
    for talk in found:
        entries = list(enumerate(talk.messages, records))
        records += len(entries)
        if isinstance(talk, Loose):
            read_one_by_one = ((n, export.one(member, n, raw, Event)) for n, raw in entries)
            entries = [(n, event) for n, event in read_one_by_one if event is not None]
        talks.append((talk.conversationId, entries))
    said = [(chat, n, e.messageCreate) for chat, entries in talks for n, e in entries if e.messageCreate]
    reactions = [(chat, n, i, m, r) for chat, n, m in said if m.reactions for i, r in enumerate(m.reactions)]
    export.reading.member(member.number, export.lengths[member.number] - len(found) + records + len(reactions))
    export.me = export.me or _owner(export, [chat for chat, _ in talks])
    if export.me is None:
        lost = sum(len(entries) for _, entries in talks) + len(reactions)
        reason = "whose messages these are is told nowhere; add the export with its account.js"
        export.reading.problem(member.number, "-", reason, records=lost)
        return
    _messages(export, member, said, talks)
    _reactions(export, member, reactions)
    _invitations(export, member, [(chat, n, e) for chat, entries in talks for n, e in entries if not e.messageCreate])


def _owner(export: Export, chats: list[str]) -> int | None:
    """The one id in all one-to-one conversations, or the one the owner has named."""
    pairs = [set(chat.split("-")) for chat in chats if "-" in chat]
    common = set.intersection(*pairs) if pairs else set()
    common = common & export.owner.me or common
    only = next(iter(common)) if len(common) == 1 else ""
    return int(only) if only.isdecimal() and len(only) < 20 else None


def _messages(export: Export, member: Member, said: list, talks: list[tuple[str, list[Entry]]]) -> None:
    frame = pl.DataFrame(
        {"number": [n for _, n, _ in said], "chat": [c for c, _, _ in said], "id": [m.id for *_, m in said],
         "sender": [m.senderId for *_, m in said], "at": [m.createdAt for *_, m in said], "text": [m.text for *_, m in said]},
        schema={"number": pl.Int64, "chat": pl.String, "id": pl.Int64, "sender": pl.Int64, "at": pl.String, "text": pl.String},
    )  # fmt: skip
    groups = [row for chat, entries in talks if "-" not in chat for row in _rooms(entries, export.me or 0)]
    rooms = pl.DataFrame(groups, schema={"number": pl.Int64, "room": _LIST, "n": pl.Int32, "large": pl.Boolean}, orient="row")
    frame = frame.with_columns(happened_at=instants(pl.col("at")), text=texts.unescape(pl.col("text"))).join(
        rooms, on="number", how="left"
    )
    _add(export, member, frame.with_columns(time_precision=pl.lit("millisecond")), r"^(\d+)-(\d+)$")


def _rooms(entries: list[Entry], me: int) -> Iterator[tuple[int, list[str], int | None, bool]]:
    """For each message of a group: its number, those it reached besides the owner, how many it reached (null: not known).

    In a room of more than fifty only those mentioned are counterparts; whom an "@handle" means is not told, unless the owner.
    """
    changes = [c for _, e in entries for c in (e.joinConversation, e.participantsJoin, e.participantsLeave) if c]
    snapshot = {i for c in changes for i in c.participantsSnapshot or ()}
    added = {i for _, e in entries if e.participantsJoin for i in e.participantsJoin.userIds or ()}
    seen = {i for c in changes for i in (*(c.userIds or ()), c.initiatingUserId) if i} | {
        m.senderId for _, e in entries if (m := e.messageCreate)
    }
    inside = snapshot | (seen - added) | {me}
    told: dict[int, list[str]] = {}
    for number, event in sorted(entries, key=_when):
        if event.participantsJoin:
            inside, told = inside | set(event.participantsJoin.userIds or ()), {}
        elif event.participantsLeave:
            inside, told = inside - set(event.participantsLeave.userIds or ()), {}
        elif event.messageCreate:
            sender = event.messageCreate.senderId
            if sender not in inside:
                inside, told = inside | {sender}, {}
            if sender not in told:
                told[sender] = [str(i) for i in sorted(inside - {me, sender})]
            crowd = large(len(inside - {me}))
            yield number, [] if crowd else told[sender], len(inside) - 1 if snapshot else None, crowd


def _when(entry: Entry) -> str:
    event = entry[1]
    change = event.joinConversation or event.participantsJoin or event.participantsLeave or event.conversationNameUpdate
    return event.messageCreate.createdAt if event.messageCreate else change.createdAt if change else ""


def _add(export: Export, member: Member, frame: pl.DataFrame, pair: str) -> None:
    """Messages as acts: columns number, chat, id, sender, happened_at, text; room, n and large (of a group) where known."""
    me = export.me or 0
    a, b = (pl.col("chat").str.extract(pair, i).cast(pl.Int64, strict=False) for i in (1, 2))
    frame = frame.with_columns(member=pl.lit(member.number, pl.Int32), a=a, b=b)
    frame = frame.with_columns(group=pl.col("a").is_null(), mine=pl.col("sender") == me)
    frame = frame.with_columns(other=pl.when(pl.col("a") == me).then("b").when(pl.col("b") == me).then("a"))
    notes = frame.filter((pl.col("a") == me) & (pl.col("b") == me))
    export.reading.set_aside(member.number, "messages to oneself", notes.height)
    for number in frame.filter(~pl.col("group") & pl.col("other").is_null())["number"]:
        export.reading.problem(member.number, number, "a conversation the owner has no part in; check whose export this is")
    frame = export.timeless(frame.filter(pl.col("group") | (pl.col("other").is_not_null() & (pl.col("other") != me))))
    to_me = pl.any_horizontal(False, *(pl.col("text").str.contains(rf"(?i)@{handle}\b") for handle in export.handles))
    overheard = frame["large"].fill_null(False) & ~frame["mine"] & ~frame.select(to_me.fill_null(False)).to_series()
    export.reading.set_aside(member.number, LARGE, overheard.sum())
    frame = frame.filter(~overheard)
    export.acts(
        frame.select(
            "text", "happened_at", "time_precision", "id",
            channel=pl.when("group").then(pl.lit("group")).otherwise(pl.lit("message")),
            direction=pl.when("mine").then(pl.lit("given")).otherwise(pl.lit("received")),
            counterparts=pl.when(~pl.col("mine")).then(pl.concat_list(pl.col("sender").cast(pl.String)))
            .when("group").then(pl.col("room")).otherwise(pl.concat_list(pl.col("other").cast(pl.String))),
            n_targets=pl.when("group").then(pl.col("n")).otherwise(pl.lit(1, pl.Int32)),
            thread=pl.when("group").then(pl.col("chat"))
            .otherwise(pl.concat_str(pl.min_horizontal("a", "b"), pl.lit("-"), pl.max_horizontal("a", "b"))),
            is_reply=answers(frame.select("happened_at", "group", "mine", room="chat")), record=place(),
        ),
        "id",
    )  # fmt: skip


def _reactions(export: Export, member: Member, reactions: list) -> None:
    me = export.me
    rows = [
        (f"{n}.{i}", chat, str(m.id), r.senderId, m.senderId, r.reactionKey, r.createdAt)
        for chat, n, i, m, r in reactions
        if me in (r.senderId, m.senderId) and r.senderId != m.senderId
    ]
    export.reading.set_aside(member.number, "reactions between others", len(reactions) - len(rows))
    schema = {
        "number": pl.String,
        "thread": pl.String,
        "post": pl.String,
        "by": pl.Int64,
        "to": pl.Int64,
        "key": pl.String,
        "at": pl.String,
    }
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        member=pl.lit(member.number, pl.Int32), happened_at=instants(pl.col("at"))
    )
    given = pl.col("by") == me
    export.acts(
        export.timeless(frame).with_columns(
            channel=pl.lit("reaction"), direction=pl.when(given).then(pl.lit("given")).otherwise(pl.lit("received")),
            counterparts=pl.concat_list(pl.when(given).then("to").otherwise("by").cast(pl.String)), n_targets=pl.lit(1, pl.Int32),
            composed=pl.lit(False), value_kind=pl.lit("applause"), time_precision=pl.lit("millisecond"), record=place(),
        ),
        "post", "by", "key",
    )  # fmt: skip


def _invitations(export: Export, member: Member, changes: list[tuple[str, int, Event]]) -> None:
    """Who was added to a group by whom, where the owner is one of them; other comings and goings only tell who was there."""
    me, rows, aside = export.me, [], 0
    for chat, number, event in changes:
        change = event.participantsJoin or event.joinConversation
        added = [i for i in change.userIds or () if i != me] if event.participantsJoin else []
        by = change.initiatingUserId if change else None
        if change is None and not (event.participantsLeave or event.conversationNameUpdate):
            export.reading.problem(member.number, number, "an entry of a kind X does not document; report it")
        elif by == me and added:
            rows.append((str(number), chat, "given", [str(i) for i in added], len(added), change.createdAt))
        elif by and by != me and (event.joinConversation or me in (change.userIds or ())):
            rows.append((str(number), chat, "received", [str(by)], len(change.userIds or ()) or 1, change.createdAt))
        else:
            aside += 1
    export.reading.set_aside(member.number, "comings and goings in groups", aside)
    schema = {
        "number": pl.String,
        "thread": pl.String,
        "direction": pl.String,
        "counterparts": _LIST,
        "n_targets": pl.Int32,
        "at": pl.String,
    }
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        member=pl.lit(member.number, pl.Int32), happened_at=instants(pl.col("at"))
    )
    export.acts(
        export.timeless(frame).with_columns(
            channel=pl.lit("invitation"), composed=pl.lit(False), value_kind=pl.lit("applause"),
            time_precision=pl.lit("millisecond"), record=place(),
        ),
        "thread", "happened_at",
    )  # fmt: skip


def read_chat(export: Export, member: Member) -> None:
    """Add XChat messages (2026): who, whom, when, no text. They are not the direct messages of the same days."""
    found, numbers = export.rows(member, wrapped("messageEvent", ChatEvent))
    if not export.read_well(member):
        return
    export.reading.member(member.number, export.lengths[member.number])
    if export.me is None:
        export.reading.problem(
            member.number, "-", "whose messages these are is told nowhere; add the export with its account.js", records=len(found)
        )
        return
    for number, event in zip(numbers, found, strict=True):
        if not any(
            (event.detail.messageCreateEvent, event.detail.markConversationReadEvent, event.detail.conversationKeyChangeEvent)
        ):
            export.reading.problem(member.number, number, "an event of a kind X does not document; report it")
    export.reading.set_aside(member.number, "read receipts", sum(1 for e in found if e.detail.markConversationReadEvent))
    export.reading.set_aside(
        member.number, "changes of encryption keys", sum(1 for e in found if e.detail.conversationKeyChangeEvent)
    )
    said = [(n, e) for n, e in zip(numbers, found, strict=True) if e.detail.messageCreateEvent]
    frame = pl.DataFrame(
        {"number": [n for n, _ in said], "chat": [e.conversationId for _, e in said], "id": [e.sequenceId for _, e in said],
         "sender": [e.senderId for _, e in said], "at": [e.createdAtMsec for _, e in said]},
        schema={"number": pl.Int64, "chat": pl.String, "id": pl.Int64, "sender": pl.Int64, "at": pl.Int64},
    )  # fmt: skip
    frame = frame.with_columns(
        happened_at=epoch(pl.col("at"), "ms"), time_precision=pl.lit("millisecond"), text=pl.lit(None, pl.String),
        room=pl.lit([], _LIST), n=pl.lit(None, pl.Int32), large=False,
    )  # fmt: skip
    _add(export, member, frame, r"^(\d+):(\d+)$")
