"""A Bluesky repository of N posts and N likes: `write(folder, n)`; `floor(folder)` is its plain typed decode."""

from __future__ import annotations

import random
from pathlib import Path

import libipld
import msgspec
import polars as pl

from tests.sources.bluesky.make import repository
from transforms.sources.bluesky.records import Record

TEXT = "a kiln of my own at last and thank you for the bricks which one would you take maybe tomorrow"
DID = "did:plc:oliveoliveoliveoliveoliv"


def write(folder: Path, n: int) -> None:
    """Write the repository; 2 n records."""
    rng = random.Random(7)
    records = {}
    for i in range(n):
        at = f"20{23 + i % 2}-{1 + i % 12:02}-{1 + i % 28:02}T{i % 24:02}:{i % 60:02}:{i % 59:02}.123Z"
        about = {"uri": f"at://did:plc:{i % 500:024}/app.bsky.feed.post/3k{i}", "cid": "bafyreia"}
        records[f"app.bsky.feed.like/3l{i:09}"] = {"$type": "app.bsky.feed.like", "subject": about, "createdAt": at}
        text = " ".join(rng.choices(TEXT.split(), k=rng.randrange(2, 40)))
        post = {"$type": "app.bsky.feed.post", "text": text, "createdAt": at}
        records[f"app.bsky.feed.post/3m{i:09}"] = post | ({"reply": {"root": about, "parent": about}} if i % 2 else {})
    (folder / "olive.car").write_bytes(repository({"did": DID, "version": 3, "rev": "3lbqg2c3s2k2a", "records": records}))


def floor(folder: Path) -> int:
    """The blocks, whether or not they are what their names say, into columns of their types; not by the tree."""
    blocks = libipld.decode_car((folder / "olive.car").read_bytes())[1].values()
    records = msgspec.convert([b for b in blocks if "$type" in b], list[Record])
    table = pl.DataFrame({
        "at": [r.created_at for r in records], "about": [r.about for r in records], "text": [r.text for r in records],
        "parent": [r.parent for r in records], "root": [r.root for r in records],
    })  # fmt: skip
    return table.with_columns(pl.col("at").str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ")).height
