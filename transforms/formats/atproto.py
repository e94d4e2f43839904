"""A repository of the AT Protocol: a CAR file whose Merkle search tree says which records there are.

Sources: https://ipld.io/specs/transport/car/carv1/ and https://atproto.com/specs/repository. Only what the tree of the root
commit links is the state of the account: other blocks are history (deleted follows among them) and are not looked at. A
block counts only if its bytes hash to its CID; the signature of the commit is not checked (its key is on the network).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import libipld

from transforms.archive import Unreadable

MAX_BLOCKS = 10_000_000
MAX_DEPTH = 256  # a tree over SHA-256 keys, two bits a level, cannot be deeper than 128
_SHA256 = (b"\x01\x71\x12\x20", b"\x01\x55\x12\x20")  # CIDv1 of DAG-CBOR and of raw bytes, sha2-256, 32 bytes
_BROKEN = (ValueError, RecursionError, UnicodeError, TypeError, OverflowError)
_GONE = "get the export again"


@dataclass
class Repo:
    """The records of one account, in the order of the tree; `missing` counts branches of it that are not there."""

    did: str
    rev: str | None
    collections: list[str] = field(default_factory=list)
    rkeys: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)  # decoded, or None where the block is missing or damaged
    missing: int = 0

    @property
    def made_at(self) -> datetime | None:
        """When the last commit was made, from its revision (a TID: microseconds in base 32); version 2 has none."""
        try:
            number = 0
            for letter in self.rev or "":
                number = number * 32 + "234567abcdefghijklmnopqrstuvwxyz".index(letter)
            made = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=number >> 10)
        except (ValueError, OverflowError):
            return None
        return made if made.year >= 2022 else None


def repo(data: bytes) -> Repo:
    """Read a repository. Raises Unreadable where its commit or the root of its tree is missing."""
    view = memoryview(data)
    root, at = _header(data)
    found = _blocks(view, at)
    commit = _decoded(view, found.get(root))
    if not isinstance(commit, dict) or commit.get("version") not in (2, 3) or not isinstance(commit.get("did"), str):
        raise Unreadable(f"its root is no commit of version 2 or 3; {_GONE}")
    tree = commit.get("data")
    if not isinstance(tree, bytes) or tree not in found:
        raise Unreadable(f"the root of its tree is missing, as in an answer to `since`; {_GONE}, whole")
    out = Repo(commit["did"], commit["rev"] if isinstance(commit.get("rev"), str) else None)
    for key, cid in _walk(view, found, tree):
        if key is None:
            out.missing += 1
            continue
        collection, _, rkey = key.partition("/")
        out.collections.append(collection)
        out.rkeys.append(rkey)
        out.values.append(_decoded(view, found.get(cid)))
    return out


def _varint(data: bytes | memoryview, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = data[at]
        at += 1
        number |= (byte & 127) << shift
        if byte < 128:
            return number, at
        shift += 7
        if shift > 63:
            raise ValueError


def _header(data: bytes) -> tuple[bytes, int]:
    try:
        length, at = _varint(data, 0)
        header = libipld.decode_dag_cbor(data[at : at + length])
        if header["version"] == 1 and isinstance(header["roots"][0], bytes):
            return header["roots"][0], at + length
    except (*_BROKEN, LookupError):
        pass
    raise Unreadable(f"not a CAR file of version 1; {_GONE}")


def _blocks(view: memoryview, at: int) -> dict[bytes, tuple[int, int]]:
    """CID → where its bytes are, for every block that is what its CID says. Ends at a cut."""
    found: dict[bytes, tuple[int, int]] = {}
    sha256 = hashlib.sha256
    size = len(view)
    while at < size:
        try:
            length, at = _varint(view, at)
        except (IndexError, ValueError):
            break
        start, end = at + 36, at + length
        if end > size or length < 36 or len(found) >= MAX_BLOCKS:
            break
        cid = view[at:start].tobytes()
        if cid[:4] in _SHA256 and sha256(view[start:end]).digest() == cid[4:]:
            found[cid] = (start, end)
        at = end
    return found


def _decoded(view: memoryview, place: tuple[int, int] | None) -> Any:
    if place is None:
        return None
    try:
        return libipld.decode_dag_cbor(bytes(view[place[0] : place[1]]))
    except _BROKEN:
        return None


def _walk(view: memoryview, found: dict[bytes, tuple[int, int]], tree: bytes) -> Iterator[tuple[str | None, bytes]]:
    """Every key and CID in order, (None, …) for a branch that is missing, damaged or hangs in the tree twice."""
    seen: set[bytes] = set()
    stack: list[tuple[str | None, Any, int]] = [(None, tree, 0)]
    while stack:
        key, cid, depth = stack.pop()
        if key is not None:
            yield key, cid
            continue
        node = None if not isinstance(cid, bytes) or cid in seen or depth > MAX_DEPTH else _decoded(view, found.get(cid))
        entries = _entries(node)
        if entries is None:
            yield None, b""
            continue
        seen.add(cid)
        below: list[tuple[str | None, Any, int]] = [] if node["l"] is None else [(None, node["l"], depth + 1)]
        for name, value, right in entries:
            below.append((name, value, depth))
            if right is not None:
                below.append((None, right, depth + 1))
        stack += reversed(below)


def _entries(node: Any) -> list[tuple[str, bytes, Any]] | None:
    """Key, record and right branch of each entry of a node; None where it is no node."""
    out, key = [], b""
    try:
        node["l"]
        for entry in node["e"]:
            key = key[: entry["p"]] + entry["k"]
            if not isinstance(entry["v"], bytes):
                return None
            out.append((key.decode("ascii"), entry["v"], entry["t"]))
    except (*_BROKEN, LookupError):
        return None
    return out
