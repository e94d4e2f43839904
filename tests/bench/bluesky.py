"""A Bluesky repository of N posts and N likes: `write(folder, n)`; `floor(folder)` decodes the blocks of the same file."""

from __future__ import annotations

import random
from pathlib import Path

import libipld

from tests.sources.bluesky.make import repository

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
    """The blocks, decoded."""
    return len(libipld.decode_car((folder / "olive.car").read_bytes())[1])
