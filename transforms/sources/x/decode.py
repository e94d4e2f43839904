"""From the bytes of a member to typed records, and what every part of this source shares.

A member is decoded as a whole into Structs that name only the fields used. Only where that fails is it decoded record by
record, so that one bad record costs one problem and not the file.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

import msgspec
import polars as pl

from transforms.act import Owner, Reading
from transforms.archive import Archive, Member, Unreadable, utf8
from transforms.formats.jsonrecords import CUT, uncut
from transforms.times import iso, sane

# Ids are strings of digits, in the oldest exports numbers; read as int64. A vanished account is -1.
Id = Annotated[int, msgspec.Meta(ge=-1, le=2**63 - 1)]
_ASSIGNMENT = re.compile(rb'(?:\xef\xbb\xbf)?[^\[{"=]{0,200}=')  # `window.YTD.like.part0 =`, `Grailbird.data.tweets_2014_05 =`
# Half of a surrogate pair: a first half without its second, a second not behind its first.
_HALF = re.compile(rb"(?i)\\u(?:d[89ab]\w\w(?!\\ud[c-f])|d[c-f]\w\w(?<!\\ud[89ab]\w\w\\ud[c-f]\w\w))")
_BROKEN = (msgspec.MsgspecError, UnicodeError, RecursionError)


class Struct(msgspec.Struct, gc=False):
    """A JSON object of the export; keys it does not name are skipped."""


@dataclass
class Export:
    """One X archive while it is read: where findings go, who the owner is, and how long each member's array was."""

    archive: Archive
    reading: Reading
    owner: Owner
    me: int | None = None
    handles: set[str] = field(default_factory=set)  # the owner's, present and former, lower case
    lengths: dict[int, int] = field(default_factory=dict)
    flawed: set[int] = field(default_factory=set)  # members with a record that could not be read
    keys: list[pl.DataFrame] = field(default_factory=list)  # accounts that acts and states name
    newest: datetime | None = None

    def rows(self, member: Member, *shapes: type, place: str = "") -> tuple[list, Sequence[int]]:
        """Records of a member and their numbers, in any of the shapes; what fits none is a problem.

        The caller counts the member's records, except where it cannot be decoded at all: then it is one problem, one
        record, and empty here. A record in a `wrapped` shape is unwrapped.
        """
        try:
            return self._decoded(member, _payload(utf8(self.archive.read(member))), shapes, place)
        except Unreadable as reason:
            self._broken(member, str(reason))
            return [], ()

    def _decoded(self, member: Member, view: bytes | memoryview, shapes: Sequence[type], place: str) -> tuple[list, Sequence]:
        for shape in shapes:
            try:
                found = _decoder(list[shape]).decode(view)
            except msgspec.ValidationError:
                continue
            except _BROKEN:
                break
            self.lengths[member.number] = len(found)
            return [r.it for r in found] if hasattr(shape, "it") else found, range(len(found))
        try:
            raws = _raws(view)
        except _BROKEN as damage:
            left = uncut(bytes(view), "", "messages")
            if left is None:
                raise Unreadable(f"not the JSON X writes ({_say(damage)}); get the export again") from None
            found, numbers = self._decoded(member, left, shapes, place)
            self.reading.problem(member.number, f"{place}{self.lengths[member.number]}", CUT)
            self.lengths[member.number] += 1
            self.flawed.add(member.number)
            return found, numbers
        self.lengths[member.number] = len(raws)
        found, numbers = [], []
        for number, raw in enumerate(raws):
            record = self.one(member, f"{place}{number}", raw, *shapes)
            if record is not None:
                found.append(record)
                numbers.append(number)
        return found, numbers

    def one(self, member: Member, number: int | str, raw: msgspec.Raw, *shapes: type):
        """One record in the first shape that fits, unwrapped; None after a problem where none does."""
        why = ""
        for shape in shapes:
            try:
                record = _decoder(shape).decode(raw)
                return getattr(record, "it", record)
            except _BROKEN as damage:
                why = why or _say(damage)
        self.flawed.add(member.number)
        self.reading.problem(
            member.number, number, f"not as X documents it ({why}); report it if other records of this file read well"
        )
        return None

    def single(self, member: Member, shape: type):
        """The one object a member holds (a manifest); None after a problem."""
        try:
            return _decoder(shape).decode(_payload(utf8(self.archive.read(member))))
        except Unreadable as reason:
            self._broken(member, str(reason))
        except _BROKEN as damage:
            self._broken(member, f"not the JSON X writes ({_say(damage)}); get the export again")
        return None

    def acts(self, frame: pl.DataFrame, *identity: str) -> None:
        """Add acts; remember whom they name, and the newest instant, which dates an export that does not say when it was made."""
        if frame.is_empty():
            return
        if "happened_at" in frame.columns:
            self.newest = max(filter(None, (self.newest, frame["happened_at"].max())), default=None)
        if "counterparts" in frame.columns:
            self.keys.append(frame.select(key=pl.col("counterparts").explode()).drop_nulls().unique(maintain_order=True))
        self.reading.acts(frame, identity)

    def timeless(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Set rows without a readable instant aside as problems; give back the others. Needs `member` and `number`."""
        lost = frame.filter(pl.col("happened_at").is_null())
        for member, number in lost.select("member", "number").iter_rows():
            self.reading.problem(member, number, "its date is no instant between 1990 and 2100; get the export again")
        return frame.filter(pl.col("happened_at").is_not_null()) if lost.height else frame

    def _broken(self, member: Member, reason: str) -> None:
        self.reading.problem(member.number, "-", reason)
        self.reading.member(member.number, 1)

    def read_well(self, member: Member) -> bool:
        """Whether a member could be decoded as a whole or in part."""
        return member.number in self.lengths


def wrapped(name: str, shape: type) -> type:
    """`{"<name>": {…}}`, as nearly every record is since 2020."""
    return msgspec.defstruct(name, [("it", shape, msgspec.field(name=name))], gc=False)


def instants(at: pl.Expr) -> pl.Expr:
    """`2021-02-10T18:00:00.000Z` as X writes it everywhere but in tweets; any other ISO 8601 where it does not."""

    def read(texts: pl.Series) -> pl.Series:
        plain = texts.str.to_datetime("%Y-%m-%dT%H:%M:%S.%3fZ", time_unit="us", strict=False).dt.replace_time_zone("UTC")
        return plain if plain.null_count() == texts.null_count() else pl.select(iso(pl.lit(texts))).to_series()

    return sane(at.map_batches(read, return_dtype=pl.Datetime("us", "UTC")))


def place() -> pl.Expr:
    """The place of a record as published, from the columns `member` and `number`."""
    return pl.concat_str(pl.col("member"), pl.lit(":"), pl.col("number"))


def _payload(data: bytes) -> memoryview:
    """The JSON behind the assignment; nothing is copied."""
    start = _ASSIGNMENT.match(data)
    end = len(data)
    while end and data[end - 1] in b" \t\r\n;":
        end -= 1
    return memoryview(data)[start.end() if start else 0 : end]


def _raws(view: memoryview) -> list[msgspec.Raw]:
    """Records undecoded. Half characters, left where text was cut inside an emoji, are replaced: no decoder takes them."""
    try:
        return _decoder(list[msgspec.Raw]).decode(view)
    except _BROKEN:
        return _decoder(list[msgspec.Raw]).decode(_HALF.sub(rb"\\ufffd", view))


@functools.cache
def _decoder(shape: type) -> msgspec.json.Decoder:
    return msgspec.json.Decoder(shape, strict=False)  # not strict: numbers are written as strings


def _say(damage: Exception) -> str:
    """What a decoder found, which holds places and types, never content."""
    return (
        re.sub(r"\s*\(byte \d+\)", "", str(damage).split("\n")[0])[:120]
        if isinstance(damage, msgspec.MsgspecError)
        else type(damage).__name__
    )
