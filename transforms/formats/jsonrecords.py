"""A JSON member of many records, decoded at once; where one is broken, that one alone is lost.

Where a member is cut short, what was whole before the cut is kept, and the place of the cut is told.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

import msgspec

from transforms.archive import Unreadable, utf8

T = TypeVar("T")
CUT = "cut short here; get the export again"
Bad = dict[int, str]  # number of a record that cannot be read → CUT where the member ends there, else nothing
_BROKEN = (msgspec.DecodeError, RecursionError, UnicodeError)  # ValidationError is a DecodeError
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+("?)|[\]\[{}]', re.DOTALL)


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


def records(data: bytes, kind: type[T], key: str | None = None, *inner: str) -> tuple[dict[int, T], Bad]:
    """The records of a JSON list (or of the list under `key` of an object), by index, and the indices that do not fit.

    `inner`: keys under which records hold lists of records; a cut in one leaves what it holds so far. Raises Unreadable
    where the document is no such list. A key that is missing or null is an empty list.
    """
    good, numbers, bad = numbered(data, kind, key, *inner)
    return dict(zip(numbers, good, strict=True)), bad


def numbered(
    data: bytes, kind: type[T], key: str | None = None, *inner: str
) -> tuple[list[T], Sequence[int], Bad]:
    """The same as a list of records, their indices, and the indices that do not fit."""
    data = utf8(data)
    try:
        found = _decode(data, kind, key)
        return found, range(len(found)), {}
    except _BROKEN:
        pass
    try:
        whole = _decode(data, msgspec.Raw, key)
    except _BROKEN:
        left = uncut(data, re.escape(key or ""), *inner)
        if left is None:
            raise Unreadable("not the JSON that was expected, or cut short; get the export again") from None
        found, numbers, bad = numbered(left, kind, key)
        return found, numbers, bad | {len(found) + len(bad): CUT}
    good: dict[int, Any] = {}
    bad = {}
    one = msgspec.json.Decoder(kind)
    for i, raw in enumerate(whole):
        try:
            good[i] = one.decode(raw)
        except _BROKEN:
            bad[i] = ""
    return list(good.values()), list(good), bad


def lines(data: bytes, kind: type[T]) -> tuple[dict[int, T], Bad]:
    """The same of a file with one JSON object on each line; empty lines are no records."""
    one = msgspec.json.Decoder(kind)
    data = utf8(data)
    try:
        return dict(enumerate(one.decode_lines(data))), {}
    except _BROKEN:
        pass
    good: dict[int, Any] = {}
    bad: Bad = {}
    for i, line in enumerate(row for row in data.splitlines() if row.strip()):
        try:
            good[i] = one.decode(line)
        except _BROKEN:
            bad[i] = ""
    return good, bad


def uncut(data: bytes, outer: str = ".*", *inner: str) -> bytes | None:
    """A JSON document that ends too early, up to its last whole record and closed there; None where there is none.

    Records are what the first list on the way down holds, if its key matches `outer` (of a document that is a list: ""), and
    what lists under the keys `inner` hold that are within records. Any other list belongs to its record.
    """
    # how each is closed, whether it is a list of records, and whether all lists down to it are (None: there is none)
    opened: list[tuple[bytes, bool, bool | None]] = []
    end, closing, key, wanted, within = 0, b"", b"", re.compile(outer.encode()), {i.encode() for i in inner}
    for token in _TOKEN.finditer(data):
        mark = token[0]
        if mark[:1] == b'"':
            if not token[1]:
                break
            key = mark[1:-1]
        elif mark in b"[{":
            above = opened[-1][2] if opened else None
            if mark == b"{":
                opened.append((b"}", False, above))
                continue
            name = key if opened and opened[-1][0] == b"}" else b""
            ours = bool(wanted.fullmatch(name)) if above is None else above and name in within
            opened.append((b"]", ours, ours))
            continue
        elif not opened or opened.pop()[0] != mark:
            return None
        if opened and opened[-1][1]:
            end, closing = token.end(), b"".join(close for close, *_ in reversed(opened))
    return data[:end] + closing if opened and end else None


def document(data: bytes, kind: type[T]) -> T:
    """One JSON object. Raises Unreadable where it does not fit."""
    try:
        return msgspec.json.decode(utf8(data), type=kind)
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
