"""What Google Chat writes, as typed records: only the fields that are used."""

from __future__ import annotations

from typing import Any

import msgspec


class Struct(msgspec.Struct, gc=False):
    """An object of the export; keys it does not name are skipped."""


class Person(Struct):
    """Somebody, as this message or group knows them."""

    name: str | None = None
    email: str | None = None
    user_type: str | None = None


class Emoji(Struct):
    """A reaction."""

    unicode: str | None = None


class Reaction(Struct):
    """Who reacted alike."""

    emoji: Emoji | None = None
    reactor_emails: list[str] | None = None


class Version(Struct):
    """What a message was before it was edited."""

    created_date: str | None = None


class Mention(Struct):
    """Whom a piece of a text names."""

    user: Person | None = None


class Annotation(Struct):
    """A piece of a text that is more than text."""

    start_index: int = 0
    length: int = 0
    user_mention_metadata: Mention | None = None


class Quoted(Struct):
    """Whose message is answered."""

    creator: Person | None = None


class Message(Struct):
    """One message. What only few have is decoded apart, so that it may be of any form."""

    created_date: str | None = None
    updated_date: str | None = None
    creator: Person | None = None
    text: str | None = None
    topic_id: str | None = None
    message_id: str | None = None
    message_state: str | None = None
    reactions: list[Reaction] | None = None
    previous_message_versions: msgspec.Raw = msgspec.Raw()
    annotations: msgspec.Raw = msgspec.Raw()
    quoted_message_metadata: msgspec.Raw = msgspec.Raw()


class Group(Struct):
    """A conversation and who is in it."""

    members: list[Person] | None = None


class User(Struct):
    """Whose export this is."""

    user: Person | None = None


def _apart(raw: msgspec.Raw, kind: Any) -> Any:
    """A part of a message; None where it is missing or of another form."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def date(m: Message) -> str | None:
    """When it was first sent: an edited message has that with its previous versions only."""
    if m.created_date:
        return m.created_date
    versions = _apart(m.previous_message_versions, list[Version]) or ()
    return next((v.created_date for v in versions if v.created_date), m.updated_date)


def addressed(m: Message) -> list[tuple[str, bool]]:
    """Whom a message answers (true) or mentions: keys, or "name:<name>" as the text has it where nothing else is told."""
    quoted = _apart(m.quoted_message_metadata, Quoted)
    found = [(key_of(quoted.creator), True)] if quoted else []
    if b"user_mention_metadata" in bytes(m.annotations):
        for a in _apart(m.annotations, list[Annotation]) or ():
            if a.user_mention_metadata:
                written = (m.text or "")[a.start_index : a.start_index + a.length].lstrip("@")
                found.append((key_of(a.user_mention_metadata.user) or (f"name:{written}" if written else None), False))
    return [(key, answers) for key, answers in found if key]


def key_of(who: Person | None) -> str | None:
    """The address, else the name."""
    if who is None:
        return None
    return who.email.strip().lower() if who.email and who.email.strip() else f"name:{who.name}" if who.name else None
