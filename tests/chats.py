"""What must hold for every export of chats: damage stays where it is, new keys change nothing, order changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from tests.exports import OWNER, law
from transforms.archive import Archive, Member
from transforms.sources import sources

ROOM = Path(__file__).parent / "sources"
Files = dict[str, bytes]


def archive(files: Files) -> Archive:
    return Archive(tuple(Member(n, p, len(b), lambda _, b=b: iter((b,))) for n, (p, b) in enumerate(sorted(files.items()), 1)))


def files(platform: str, case: str) -> Files:
    folder = ROOM / platform / case / "archive"
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


def facts(platform: str, of: Files) -> pl.DataFrame:
    """All facts of an archive; the law of records holds or this fails."""
    found = sources()[platform].read(archive(of), OWNER)
    told = pl.concat([r.facts() for r in (found if isinstance(found, list) else [found])])
    assert law(told) == []
    return told


def acts(found: pl.DataFrame, *without: int) -> list[tuple]:
    """What acts say, whatever their place; those of some members left out."""
    rows = found.filter(pl.col("fact") == "act")
    rows = rows.filter(~pl.col("record").str.split(":").list.first().cast(pl.Int32).is_in(without))
    columns = ("act_id", "channel", "direction", "counterparts", "n_targets", "happened_at", "text", "value_kind", "introduces")
    return sorted(rows.select(columns).rows(), key=str)


def grown(value: Any) -> Any:
    """Every object with two keys more."""
    if isinstance(value, dict):
        return {"zzNew": [1, {"a": None}]} | {k: grown(v) for k, v in value.items()} | {"zz_newer": "text"}
    return [grown(v) for v in value] if isinstance(value, list) else value


def changed(of: Files, change: Callable[[Any], Any], ending: str = ".json") -> Files:
    """The same files with every JSON document changed."""
    return {n: json.dumps(change(json.loads(b))).encode() if n.endswith(ending) else b for n, b in of.items()}


def cuts(data: bytes, pieces: int = 40) -> list[int]:
    return sorted({int(i * (len(data) - 2) / pieces) for i in range(pieces + 1)})
