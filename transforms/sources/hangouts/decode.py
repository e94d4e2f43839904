"""Hangouts.json as typed records: only the fields that are used, either root."""

from __future__ import annotations

import msgspec


class Struct(msgspec.Struct, gc=False):
    """An object of the export; keys it does not name are skipped."""


class Id(Struct):
    """Somebody: an account number of Google, for a telephone a number of Hangouts."""

    gaia_id: str | None = None
    chat_id: str | None = None


class Segment(Struct):
    """A piece of a text. A line break has no text."""

    type: str | None = None
    text: str | None = None


class Content(Struct):
    """What a message says."""

    segment: list[Segment] | None = None


class Message(Struct):
    """A message."""

    message_content: Content | None = None


class Call(Struct):
    """The start or the end of a call."""

    event_type: str | None = None
    participant_id: list[Id] | None = None
    hangout_duration_secs: str | int | None = None


class Change(Struct):
    """People who joined or left."""

    type: str | None = None
    participant_id: list[Id] | None = None


class SelfEvent(Struct):
    """The owner, as each event names them."""

    user_id: Id | None = None


class Event(Struct):
    """One thing that happened in a conversation."""

    timestamp: str | int
    sender_id: Id | None = None
    event_id: str | None = None
    event_type: str | None = None
    chat_message: Message | None = None
    hangout_event: Call | None = None
    membership_change: Change | None = None
    self_event_state: SelfEvent | None = None


class Name(Struct):
    """The id of a conversation."""

    id: str | None = None


class ReadState(Struct):
    """Up to where the owner has read, and so who the owner is."""

    participant_id: Id | None = None


class Self(Struct):
    """The owner in a conversation."""

    self_read_state: ReadState | None = None
    inviter_id: Id | None = None
    invite_timestamp: str | int | None = None


class Phone(Struct):
    """A telephone number in international form."""

    e164: str | None = None


class Participant(Struct):
    """Somebody in a conversation, now or once."""

    id: Id | None = None
    fallback_name: str | None = None
    phone_number: Phone | None = None


class Conversation(Struct):
    """Who talks to whom."""

    id: Name | None = None
    type: str | None = None
    self_conversation_state: Self | None = None
    current_participant: list[Id] | None = None
    participant_data: list[Participant] | None = None


class Inner(Struct):
    """What both roots wrap a conversation in; the older one has the events here."""

    conversation_id: Name | None = None
    conversation: Conversation = msgspec.field(default_factory=Conversation)
    event: list[Event] | None = None


class Entry(Struct):
    """One conversation with its events, of either root."""

    conversation: Inner | None = None
    conversation_state: Inner | None = None
    events: list[Event] | None = None


class LooseInner(Inner):
    """The same with events undecoded, for a conversation in which one is broken."""

    event: list[msgspec.Raw] | None = None


class LooseEntry(Entry):
    """The same with events undecoded."""

    conversation: LooseInner | None = None
    conversation_state: LooseInner | None = None
    events: list[msgspec.Raw] | None = None
