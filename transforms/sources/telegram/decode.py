"""result.json as Telegram Desktop writes it, decoded at once; where something in it is broken, that alone is lost.

Source: https://github.com/telegramdesktop/tdesktop, Telegram/SourceFiles/export/output/export_output_json.cpp.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

import msgspec

from transforms.archive import Unreadable, utf8
from transforms.formats.jsonrecords import CUT, uncut

T = TypeVar("T")
_BROKEN = (msgspec.DecodeError, RecursionError, UnicodeError)


class Part(msgspec.Struct, gc=False):
    """A piece of text with a meaning; `user_id` where a person without a handle is mentioned."""

    text: str | None = None
    type: str | None = None
    user_id: int | None = None


class Reactor(msgspec.Struct, gc=False, rename={"from_": "from"}):
    """One who reacted; `date` is on the clock of the machine that exported."""

    from_: str | None = None
    from_id: int | str | None = None
    date: str | None = None


class Reaction(msgspec.Struct, gc=False):
    """An emoji on a message; `recent` names some of those who chose it."""

    type: str | None = None
    emoji: str | None = None
    document_id: str | None = None
    recent: list[Reactor] | None = None


class Card(msgspec.Struct, gc=False):
    """Somebody's contact: shared in a message, or of the owner's address book."""

    user_id: int | None = None
    first_name: str | None = None
    last_name: str | None = None
    phone_number: str | None = None
    username: str | None = None
    date: str | None = None
    date_unixtime: str | None = None

    @property
    def name(self) -> str | None:
        return " ".join(n for n in (self.first_name, self.last_name) if n) or None

    @property
    def phone(self) -> str | None:
        digits = "".join(c for c in self.phone_number or "" if c.isdigit())
        return f"+{digits.lstrip('0')}" if len(digits) > 6 else None


class Message(msgspec.Struct, gc=False, rename={"from_": "from"}):
    """A message or, with `action`, something that happened."""

    id: int
    type: str
    date: str | None = None
    date_unixtime: str | None = None
    from_: str | None = None
    from_id: int | str | None = None
    actor: str | None = None
    actor_id: int | str | None = None
    action: str | None = None
    members: list[str | None] | None = None
    inviter: str | None = None
    duration_seconds: int | None = None
    forwarded_from: str | None = None
    forwarded_from_id: int | str | None = None
    reply_to_message_id: int | None = None
    reply_to_peer_id: str | None = None
    text: str | list[str | Part] | None = None
    text_entities: msgspec.Raw = msgspec.Raw(b"[]")
    reactions: list[Reaction] | None = None
    contact_information: Card | None = None


class Chat(msgspec.Struct, gc=False):
    """A conversation."""

    type: str | None = None
    id: int | None = None
    name: str | None = None
    messages: list[Message] | None = None


class _LooseChat(msgspec.Struct, gc=False):
    type: str | None = None
    id: int | None = None
    name: str | None = None
    messages: list[msgspec.Raw] | None = None


class Listing(msgspec.Struct, Generic[T], gc=False, rename={"all": "list"}):
    """A part of the full export."""

    all: list[T] | None = None


class _Document(msgspec.Struct, gc=False):
    personal_information: Card | None = None
    contacts: Listing[Card] | None = None
    frequent_contacts: Listing[msgspec.Raw] | None = None
    chats: Listing[Chat] | None = None
    left_chats: Listing[Chat] | None = None
    type: str | None = None
    id: int | None = None
    name: str | None = None
    messages: list[Message] | None = None


class _LooseDocument(msgspec.Struct, gc=False):
    personal_information: msgspec.Raw = msgspec.Raw(b"null")
    contacts: msgspec.Raw = msgspec.Raw(b"null")
    frequent_contacts: msgspec.Raw = msgspec.Raw(b"null")
    chats: msgspec.Raw = msgspec.Raw(b"null")
    left_chats: msgspec.Raw = msgspec.Raw(b"null")
    type: msgspec.Raw = msgspec.Raw(b"null")
    messages: msgspec.Raw = msgspec.Raw(b"null")


@dataclass
class Export:
    """What one file holds: every record with its number, what could not be read, how many there are."""

    me: Card | None = None
    contacts: list[tuple[str, Card]] | None = None
    frequent: int = 0
    chats: list[tuple[Chat, list[int], list[Message]]] = field(default_factory=list)
    broken: dict[str, str] = field(default_factory=dict)  # places → CUT at the end of what is left of a file
    records: int = 0
    single: bool = False  # one chat, not the account


def decode(data: bytes) -> Export:
    """Raises Unreadable where the document itself is broken or is no export."""
    data = utf8(data)
    try:
        found = msgspec.json.decode(data, type=_Document)
    except _BROKEN:
        return _loosely(data)
    out = Export(found.personal_information)
    if found.contacts:
        out.contacts = [(f"c{i}", c) for i, c in enumerate(found.contacts.all or [])]
    out.frequent = len(found.frequent_contacts.all or []) if found.frequent_contacts else 0
    chats = [c for part in (found.chats, found.left_chats) if part for c in part.all or []]
    out.single = found.type is not None or found.messages is not None
    if out.single:
        chats.append(Chat(found.type, found.id, found.name, found.messages))
    number = 0
    for chat in chats:
        n = len(chat.messages or [])
        out.chats.append((chat, list(range(number, number + n)), chat.messages or []))
        number += n
    out.records = number + out.frequent + len(out.contacts or [])
    return out


def _loosely(data: bytes) -> Export:
    try:
        found = msgspec.json.decode(data, type=_LooseDocument)
    except _BROKEN:
        left = uncut(data, "list|messages", "messages")
        if left is None:
            raise Unreadable("not the JSON that was expected, or cut short; export it again") from None
        out = decode(left)
        out.broken["cut" if out.chats else "c-cut"] = CUT
        out.records += 1
        return out
    out = Export(_one(found.personal_information, Card))
    contacts = _list(out, "contacts", found.contacts)
    if contacts is not None:
        out.contacts = [(f"c{i}", c) for i, raw in enumerate(contacts) if (c := _kept(out, f"c{i}", raw, Card))]
    out.frequent = len(_list(out, "frequent_contacts", found.frequent_contacts) or [])
    chats = [(f"chat{i}", raw) for i, raw in enumerate(_list(out, "chats", found.chats) or [])]
    chats += [(f"left{i}", raw) for i, raw in enumerate(_list(out, "left_chats", found.left_chats) or [])]
    out.single = bytes(found.messages) != b"null"
    if out.single:
        chats.append(("chat", msgspec.Raw(data)))
    number = 0
    for place, raw in chats:
        chat = _one(raw, _LooseChat)
        if chat is None:
            out.broken[place] = ""
            out.records += 1
            continue
        rows = list(enumerate(chat.messages or [], number))
        number += len(rows)
        good = [(i, m) for i, text in rows if (m := _kept(out, str(i), text, Message))]
        out.chats.append((Chat(chat.type, chat.id, chat.name), [i for i, _ in good], [m for _, m in good]))
    out.records += number + out.frequent + len(contacts or [])
    return out


def _one(raw: msgspec.Raw, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(raw, type=kind)
    except _BROKEN:
        return None


def _kept(out: Export, place: str, raw: msgspec.Raw, kind: type[T]) -> T | None:
    found = _one(raw, kind)
    if found is None:
        out.broken[place] = ""
    return found


def _list(out: Export, part: str, raw: msgspec.Raw) -> list[msgspec.Raw] | None:
    if bytes(raw) == b"null":
        return None
    listing = _one(raw, Listing[msgspec.Raw])
    if listing is None:
        out.broken[part] = ""
        out.records += 1
        return None
    return listing.all or []
