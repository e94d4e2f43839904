"""The records of app.bsky.*, as a repository and the API both hold them. Source: lexicons of bluesky-social/atproto."""

from __future__ import annotations

from typing import Any

import msgspec
import polars as pl

MENTION, LINK = "app.bsky.richtext.facet#mention", "app.bsky.richtext.facet#link"
_OTHER = (msgspec.ValidationError, RecursionError)


class Ref(msgspec.Struct, gc=False):
    """A link to a record (at://did/collection/rkey)."""

    uri: str | None = None


class Reply(msgspec.Struct, gc=False):
    """Which post is answered, in which thread."""

    root: Ref | None = None
    parent: Ref | None = None


class Slice(msgspec.Struct, gc=False, rename="camel"):
    """A place in the text, in bytes of UTF-8."""

    byte_start: int = 0
    byte_end: int = 0


class Feature(msgspec.Struct, gc=False, rename={"type": "$type"}):
    """What a place in the text is: a mention (did), a link (uri), a tag."""

    type: str | None = None
    did: str | None = None
    uri: str | None = None


class Facet(msgspec.Struct, gc=False):
    """A place in the text and what it is."""

    index: Slice | None = None
    features: list[Feature] | None = None


class Entity(msgspec.Struct, gc=False):
    """What facets were called until 2023."""

    type: str | None = None
    value: str | None = None


class Embedded(msgspec.Struct, gc=False):
    """A record shown inside a post; in `recordWithMedia` one level deeper."""

    uri: str | None = None
    record: Ref | None = None


class Media(msgspec.Struct, gc=False):
    """What is shown beside a quoted record; a card of a web page among others."""

    external: Ref | None = None


class Embed(msgspec.Struct, gc=False):
    """What a post shows below its text."""

    record: Embedded | None = None
    external: Ref | None = None
    media: Media | None = None


class Record(msgspec.Struct, gc=False, rename="camel"):
    """Any record; each kind fills some of it. Times are what the client asserted."""

    created_at: str | None = None
    subject: Ref | str | None = None
    text: str | None = None
    reply: Reply | None = None
    facets: list[Facet] | None = None
    entities: list[Entity] | None = None
    embed: Embed | None = None
    in_list: str | None = msgspec.field(name="list", default=None)
    purpose: str | None = None
    display_name: str | None = None

    @property
    def about(self) -> str | None:
        """The post, account or list that a like, repost, follow, block or list item names."""
        return self.subject.uri if isinstance(self.subject, Ref) else self.subject

    @property
    def parent(self) -> str | None:
        return self.reply.parent.uri if self.reply and self.reply.parent else None

    @property
    def root(self) -> str | None:
        return self.reply.root.uri if self.reply and self.reply.root else None

    @property
    def quoted(self) -> str | None:
        if self.embed is None or self.embed.record is None:
            return None
        inner = self.embed.record
        return inner.uri or (inner.record.uri if inner.record else None)

    @property
    def mentions(self) -> list[str]:
        told = [x.did for f in self.facets or [] for x in f.features or [] if x.type == MENTION and x.did]
        return told + [e.value for e in self.entities or [] if e.type == "mention" and e.value]

    @property
    def full_text(self) -> str | None:
        """The text with its shortened links spelled out, and the address of its card."""
        text = self.text
        links = [(f.index, x.uri) for f in self.facets or [] for x in f.features or [] if x.type == LINK and x.uri and f.index]
        if text and links:
            raw = text.encode()
            for place, uri in sorted(links, key=lambda link: -link[0].byte_start):
                if 0 <= place.byte_start <= place.byte_end <= len(raw):
                    raw = raw[: place.byte_start] + uri.encode() + raw[place.byte_end :]
            text = raw.decode("utf-8", "ignore")
        embed = self.embed
        card = (embed.external or (embed.media.external if embed.media else None)) if embed else None
        return f"{text}\n{card.uri}".strip() if card and card.uri and card.uri not in (text or "") else text


def typed(values: list[Any]) -> tuple[dict[int, Record], list[int]]:
    """Decoded CBOR maps as records, by index, and the indices of those that are none."""
    try:
        return dict(enumerate(msgspec.convert(values, list[Record]))), []
    except _OTHER:
        pass
    good: dict[int, Record] = {}
    bad: list[int] = []
    for i, value in enumerate(values):
        try:
            good[i] = msgspec.convert(value, Record)
        except _OTHER:
            bad.append(i)
    return good, bad


def authority(uri: pl.Expr) -> pl.Expr:
    """Whose record an at:// address names: a DID (or, where somebody wrote it by hand, a handle)."""
    return uri.str.extract(r"^at://([^/?#\s]+)")
