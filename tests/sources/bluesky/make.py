"""Makes the repositories (CAR files) of the cases from their repo.json: `python -m tests.sources.bluesky.make`.

repo.json: did, version, rev, `records` {collection/rkey: record}, `deleted` {…} (blocks no tree links), and what to break:
`flip` and `drop` (keys whose block is damaged or missing), `drop_branch` (a key whose node is missing), `cut` (bytes kept).
"""

from __future__ import annotations

import hashlib
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOM = Path(__file__).parent


class Link(bytes):
    """A CID inside a record."""


def cbor(value: Any) -> bytes:
    """DAG-CBOR: shortest heads, keys by length and then bytes, links as tag 42."""
    if value is None or isinstance(value, bool):
        return {None: b"\xf6", False: b"\xf4", True: b"\xf5"}[value]
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, Link):
        return b"\xd8\x2a" + _head(2, len(value) + 1) + b"\x00" + value
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if isinstance(value, str):
        return _head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return _head(4, len(value)) + b"".join(cbor(v) for v in value)
    items = sorted(((k.encode(), v) for k, v in value.items()), key=lambda kv: (len(kv[0]), kv[0]))
    return _head(5, len(items)) + b"".join(_head(3, len(k)) + k + cbor(v) for k, v in items)


def _head(major: int, n: int) -> bytes:
    if n < 24:
        return bytes([major << 5 | n])
    size = next(s for s in (1, 2, 4, 8) if n < 1 << 8 * s)
    return bytes([major << 5 | {1: 24, 2: 25, 4: 26, 8: 27}[size]]) + n.to_bytes(size, "big")


def cid(block: bytes) -> Link:
    return Link(b"\x01\x71\x12\x20" + hashlib.sha256(block).digest())


def height(key: str) -> int:
    """The layer of a key: pairs of leading zero bits of its hash."""
    return (256 - int.from_bytes(hashlib.sha256(key.encode()).digest(), "big").bit_length()) // 2


def tree(records: dict[str, Link], blocks: dict[Link, bytes], at: dict[str, Link], layer: int | None = None) -> Link:
    """Adds the nodes of the search tree over sorted keys to `blocks`; `at` tells the node of each key. Returns the root."""
    keys = sorted(records)
    layer = max((height(k) for k in keys), default=0) if layer is None else layer
    here = [k for k in keys if height(k) == layer]
    bounds = [None, *here, None]
    branches = []
    for low, high in pairwise(bounds):
        between = {k: records[k] for k in keys if (low is None or k > low) and (high is None or k < high)}
        branches.append(tree(between, blocks, at, layer - 1) if between else None)
    entries, before = [], b""
    for key, right in zip(here, branches[1:], strict=True):
        raw = key.encode()
        shared = next((i for i, (a, b) in enumerate(zip(raw, before, strict=False)) if a != b), min(len(raw), len(before)))
        entries.append({"p": shared, "k": raw[shared:], "v": records[key], "t": right})
        before = raw
    node = cbor({"l": branches[0], "e": entries})
    blocks[cid(node)] = node
    at.update(dict.fromkeys(here, cid(node)))
    return cid(node)


def varint(n: int) -> bytes:
    return bytes([n]) if n < 128 else bytes([n & 127 | 128]) + varint(n >> 7)


def car(root: Link, blocks: dict[Link, bytes], fake: dict[Link, bytes] | None = None) -> bytes:
    """CAR version 1; `fake` blocks are written under a CID that is not theirs."""
    header = cbor({"version": 1, "roots": [root]})
    body = b"".join(varint(len(c) + len(b)) + c + (fake or {}).get(c, b) for c, b in blocks.items())
    return varint(len(header)) + header + body


def repository(plan: dict[str, Any]) -> bytes:
    """The CAR file a repo.json describes."""
    records = {k: cbor(v) for k, v in plan["records"].items()}
    nodes: dict[Link, bytes] = {}
    at: dict[str, Link] = {}
    data = tree({k: cid(b) for k, b in records.items()}, nodes, at)
    commit: dict[str, Any] = {"did": plan["did"], "version": plan["version"], "data": data, "prev": None, "sig": bytes(64)}
    if "rev" in plan:
        commit["rev"] = plan["rev"]
    top = cbor(commit)
    blocks = {cid(top): top, **nodes}
    for extra in [*records.values(), *(cbor(v) for v in plan.get("deleted", {}).values())]:
        blocks[cid(extra)] = extra
    gone = {cid(records[k]) for k in plan.get("drop", [])} | {at[k] for k in plan.get("drop_branch", [])}
    flipped = {cid(records[k]): records[k][:-1] + b"?" for k in plan.get("flip", [])}
    return car(cid(top), {c: b for c, b in blocks.items() if c not in gone}, flipped)[: plan.get("cut")]


def plans() -> list[Path]:
    return sorted(ROOM.glob("*/repo.json"))


if __name__ == "__main__":
    for path in plans():
        target = path.parent / "archive" / "repo.car"
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(repository(json.loads(path.read_text())))
