"""messages.json as Skype writes it, decoded at once; where something in it is broken, that alone is lost.

Source: https://github.com/siwen-r/skype-export-parser, src/types/SkypeExport.d.ts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from transforms.archive import Unreadable, utf8
from transforms.formats.jsonrecords import CUT, uncut

T = TypeVar("T")
_BROKEN = (msgspec.DecodeError, RecursionError, UnicodeError)


class Properties(msgspec.Struct, gc=False):
    """What became of a message."""

    deletetime: str | int | float | None = None
    emotions: msgspec.Raw = msgspec.Raw()  # a list, or the JSON of one


class Message(msgspec.Struct, rename={"by": "from", "name": "displayName", "at": "originalarrivaltime"}, gc=False):
    """A message or, by its type, something that happened."""

    id: str | int | None = None
    name: str | None = None
    at: str | None = None
    messagetype: str | None = None
    content: str | None = None
    by: str | None = None
    properties: Properties | None = None


class Reactor(msgspec.Struct):
    """Who reacted; `time` in epoch milliseconds."""

    mri: str | None = None
    time: int | str | None = None


class Emotion(msgspec.Struct):
    """A reaction and all who chose it."""

    key: str | None = None
    users: list[Reactor] | None = None


class Thread(msgspec.Struct):
    """A group."""

    members: msgspec.Raw = msgspec.Raw()


class Conversation(msgspec.Struct, rename={"name": "displayName", "thread": "threadProperties", "messages": "MessageList"}):
    """A conversation; `name` is the other person's, or the topic."""

    id: str | None = None
    name: str | None = None
    thread: Thread | None = None
    messages: list[Message] | None = None


class Loose(msgspec.Struct, rename={"name": "displayName", "thread": "threadProperties", "messages": "MessageList"}):
    """A conversation of which a part is not as expected."""

    id: str | None = None
    name: msgspec.Raw = msgspec.Raw()
    thread: msgspec.Raw = msgspec.Raw()
    messages: list[msgspec.Raw] | None = None


class Document(msgspec.Struct, rename={"user": "userId", "date": "exportDate"}):
    """The file."""

    user: str | None = None
    date: str | None = None
    conversations: list[Conversation] | None = None


class LooseDocument(msgspec.Struct, rename={"user": "userId", "date": "exportDate"}):
    """A file of which a part is not as expected."""

    user: msgspec.Raw = msgspec.Raw()
    date: msgspec.Raw = msgspec.Raw()
    conversations: list[msgspec.Raw] | None = None


@dataclass
class Export:
    """One file: conversations, and the messages with their numbers and the places of their conversations."""

    user: str | None
    date: str | None
    conversations: list[Conversation] = field(default_factory=list)
    said: list[Message] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    broken: dict[str, str] = field(default_factory=dict)  # places → CUT at the end of what is left of a file
    records: int = 0


def decode(data: bytes) -> Export:
    """Raises Unreadable where the document itself is broken."""
    data = utf8(data)
    try:
        found = msgspec.json.decode(data, type=Document)
    except _BROKEN:
        return _loosely(data)
    out = Export(found.user, found.date, found.conversations or [])
    for place, talk in enumerate(out.conversations):
        out.said += talk.messages or ()
        out.places += [place] * len(talk.messages or ())
    out.records = len(out.said)
    out.numbers += range(out.records)
    return out


def _loosely(data: bytes) -> Export:
    try:
        found = msgspec.json.decode(data, type=LooseDocument)
    except _BROKEN:
        left = uncut(data, "conversations", "MessageList")
        if left is None:
            raise Unreadable("not the JSON that was expected, or cut short; export it again") from None
        out = decode(left)
        out.broken[str(out.records)] = CUT
        out.records += 1
        return out
    out = Export(_one(found.user, str), _one(found.date, str))
    number = 0
    for nth, raw in enumerate(found.conversations or ()):
        talk = _one(raw, Loose)
        if talk is None:
            out.broken[f"conversation{nth}"] = ""
            continue
        for i, text in enumerate(talk.messages or (), number):
            message = _one(text, Message)
            if message is None:
                out.broken[str(i)] = ""
            else:
                out.said.append(message)
                out.numbers.append(i)
                out.places.append(len(out.conversations))
        number += len(talk.messages or ())
        out.conversations.append(Conversation(talk.id, _one(talk.name, str), _one(talk.thread, Thread)))
    out.records = len(out.said) + len(out.broken)
    return out


def _one(raw: msgspec.Raw, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(raw, type=kind)
    except _BROKEN:
        return None


def nested(raw: msgspec.Raw, kind: type[T]) -> T | None:
    """A value, or the JSON of one inside a string."""
    text = _one(raw, str) if bytes(raw).startswith(b'"') else None
    try:
        return msgspec.json.decode(raw if text is None else text, type=kind)
    except _BROKEN:
        return None
