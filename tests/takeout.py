"""What must hold for every product of a Takeout, whatever is in it: damage stays where it is, more keys change nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl

from tests.exports import OWNER, law
from transforms.archive import Archive, Member, open_archive
from transforms.sources import sources

ROOM = Path(__file__).parent / "sources"
SAMPLES = Path(__file__).parents[1] / ".." / "shared" / "samples"
Files = dict[str, bytes]


def cases(platform: str) -> list[str]:
    """Names of the golden cases of a platform."""
    return sorted(p.parent.name for p in (ROOM / platform).glob("*/archive"))


def files(platform: str, case: str) -> Files:
    """The members of a golden case."""
    folder = ROOM / platform / case / "archive"
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


def facts(platform: str, of: Files) -> pl.DataFrame:
    """What a platform makes of members held in memory; the law of records is checked on the way."""
    members = tuple(Member(n, p, len(b), lambda _, b=b: iter((b,))) for n, (p, b) in enumerate(sorted(of.items()), 1))
    found = sources()[platform].read(Archive(members), OWNER).facts()
    assert law(found) == []
    return found


def kept(found: pl.DataFrame, *without: int) -> list[tuple]:
    """Acts outside some members, as far as other members do not add to them."""
    rows = found.filter(pl.col("fact") == "act").sort("record", "act_id")
    rows = rows.filter(~pl.col("record").str.split(":").list.first().cast(pl.Int32).is_in(without))
    return rows.select("record", "act_id", "channel", "direction", "happened_at", "text").rows()


def truncations(of: Files, path: str, step: int) -> list[tuple[int, Files]]:
    """The same members with one of them cut, at places a few bytes apart."""
    return [(at, of | {path: of[path][:at]}) for at in range(0, len(of[path]), step)]


def grown(value: Any) -> Any:
    """JSON with a key more in every object."""
    if isinstance(value, dict):
        return {"added_later": {"x": [1, None]}} | {k: grown(v) for k, v in value.items()}
    return [grown(v) for v in value] if isinstance(value, list) else value


def grown_files(of: Files) -> Files:
    """Every JSON member that can be decoded, with a key more in every object."""
    out = dict(of)
    for path, data in of.items():
        if path.endswith(".json"):
            try:
                out[path] = json.dumps(grown(json.loads(data)), ensure_ascii=False).encode()
            except ValueError:
                continue
    return out


def sample(platform: str, folder: str) -> dict[str, int]:
    """Records of a real export: read, kept, problems, set aside. The law is checked."""
    found = sources()[platform].read(open_archive([SAMPLES / folder]), OWNER).facts()
    assert law(found) == []
    aside = dict(found.filter(pl.col("fact") == "problem").group_by("severity").agg(pl.col("records").sum()).iter_rows())
    records = found.filter(pl.col("fact") == "source")["records"].sum()
    told = {"records": records, "problem": aside.get("problem", 0), "set aside": aside.get("set aside", 0)}
    return told | {"acts": found.filter(pl.col("fact") == "act").height}
