"""A Takeout of YouTube with N comments."""

from __future__ import annotations

import json
import random
from pathlib import Path

import msgspec
import polars as pl

_SAID = "thanks for this great film about naïve lenses über 🎉 where do I find more of it"
HEAD = "Channel ID,Comment create timestamp,Price,Comment ID,Parent comment ID,Video ID,Comment text,Top-level comment ID"


def write(folder: Path, n: int, seed: int = 7) -> Path:
    """Write the comments; one in ten is a reply with a mention, one in a thousand a gift."""
    rng, words = random.Random(seed), _SAID.split()
    target = folder / "Takeout/YouTube and YouTube Music/comments/comments.csv"
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w") as out:
        out.write(HEAD + "\n")
        for i in range(n):
            parts, parent = [{"text": " ".join(rng.choices(words, k=rng.randint(1, 40)))}], ""
            name = f"Ugx{i:020d}AaABAg"
            if rng.random() < 0.1:
                parent, name = name, f"{name}.9x{i:012d}"
                parts.insert(0, {"text": "@person ", "mention": {"channelId": f"UC{rng.randint(0, 999):022d}"}})
            text = ",".join(json.dumps(p, ensure_ascii=False) for p in parts).replace('"', '""')
            at = f"20{10 + i % 15}-{1 + i % 12:02d}-{1 + i % 28:02d}T12:{i % 60:02d}:{i // 60 % 60:02d}.{i % 1000000:06d}+00:00"
            price = 5_000_000 if rng.random() < 0.001 else 0
            out.write(f'UCinvented_Owner_0000000,{at},{price},{name},{parent},vid{i % 9999:08d},"{text}",{parent}\n')
    return folder


def floor(folder: Path) -> int:
    """The same bytes by the fastest plain reader: the table, and the JSON in it."""
    table = pl.read_csv(next(folder.rglob("comments.csv")), infer_schema=False)
    cells = msgspec.json.decode("[[" + "],[".join(table["Comment text"]) + "]]", type=list[list[dict]])
    return len(cells)
