"""A JSON member of many records, decoded at once; where one is broken, that one alone is lost."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

import msgspec

from transforms.archive import Unreadable

T = TypeVar("T")
_BROKEN = (msgspec.DecodeError, RecursionError, UnicodeError)  # ValidationError is a DecodeError


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the cycle collector: hundreds of thousands of records hold no cycles, and looking for them doubles the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def records(data: bytes, kind: type[T], key: str | None = None) -> tuple[dict[int, T], list[int]]:
    """The records of a JSON list (or of the list under `key` of an object), by index, and the indices that do not fit.

    Raises Unreadable where the document is no such list. A key that is missing or null is an empty list.
    """
    good, numbers, bad = numbered(data, kind, key)
    return dict(zip(numbers, good, strict=True)), bad


def numbered(data: bytes, kind: type[T], key: str | None = None) -> tuple[list[T], Sequence[int], list[int]]:
    """The same as a list of records, their indices, and the indices that do not fit."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        found = _decode(data, kind, key)
        return found, range(len(found)), []
    except _BROKEN:
        pass
    try:
        whole = _decode(data, msgspec.Raw, key)
    except _BROKEN:
        raise Unreadable("not the JSON that was expected, or cut short; get the export again") from None
    good: dict[int, Any] = {}
    bad: list[int] = []
    one = msgspec.json.Decoder(kind)
    for i, raw in enumerate(whole):
        try:
            good[i] = one.decode(raw)
        except _BROKEN:
            bad.append(i)
    return list(good.values()), list(good), bad


def lines(data: bytes, kind: type[T]) -> tuple[dict[int, T], list[int]]:
    """The same of a file with one JSON object on each line; empty lines are no records."""
    one = msgspec.json.Decoder(kind)
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        return dict(enumerate(one.decode_lines(data))), []
    except _BROKEN:
        pass
    good: dict[int, Any] = {}
    bad: list[int] = []
    for i, line in enumerate(row for row in data.splitlines() if row.strip()):
        try:
            good[i] = one.decode(line)
        except _BROKEN:
            bad.append(i)
    return good, bad


def document(data: bytes, kind: type[T]) -> T:
    """One JSON object. Raises Unreadable where it does not fit."""
    try:
        return msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=kind)
    except _BROKEN:
        raise Unreadable("not the JSON that was expected, or cut short; get the export again") from None


def _decode(data: bytes, kind: type, key: str | None) -> list[Any]:
    found = _decoder(kind, key).decode(data)
    return found if key is None else found.found or []


@cache
def _decoder(kind: type, key: str | None) -> msgspec.json.Decoder:
    if key is None:
        return msgspec.json.Decoder(list[kind])
    wrapper = msgspec.defstruct("Wrapper", [("found", list[kind] | None, None)], rename={"found": key})
    return msgspec.json.Decoder(wrapper)
