"""A synthetic WhatsApp chat of N messages, and the fastest plain reader of the same bytes."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

_VOCABULARY = "the a to of and in is you for on that this with thanks great day work think know see plan café naïve 日本 🚀"
WORDS = _VOCABULARY.split()


def write(folder: Path, n: int) -> Path:
    """One chat of n messages, every twentieth of two lines; returns its folder."""
    rng, out = random.Random(7), []
    for i in range(n):
        at = datetime(2020, 1, 1) + timedelta(minutes=17 * i)
        text = " ".join(rng.choices(WORDS, k=rng.randrange(1, 25))) + ("\nand more" if i % 20 == 0 else "")
        out.append(f"{at:%d/%m/%Y, %H:%M} - {rng.choice(('Ada Example', 'Olive Owner'))}: {text}\n")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "WhatsApp Chat with Ada Example.txt").write_text("".join(out))
    return folder


def floor(folder: Path) -> int:
    """Lines split by one regular expression and dated; returns how many."""
    text = next(folder.glob("*.txt")).read_text().split("\n")
    line = pl.Series("line", text).to_frame()
    groups = (
        pl.col("line")
        .str.extract_groups(r"^(\d\d/\d\d/\d{4}, \d\d:\d\d) - ([^:]+): (.*)$")
        .struct.rename_fields(["at", "by", "said"])
    )
    found = line.with_columns(groups).unnest("line").drop_nulls("at")
    return found.with_columns(pl.col("at").str.to_datetime("%d/%m/%Y, %H:%M")).height
