"""Archives for tests, built from folders: no binary export is ever committed."""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path

import polars as pl

from transforms.act import FACT, Owner
from transforms.archive import open_archive
from transforms.sources import sources

LISTS = [c for c, t in FACT.items() if t == pl.List(pl.String)]
TIMES = [c for c, t in FACT.items() if isinstance(t, pl.Datetime)]
OWNER = Owner(zone="Europe/Berlin", me=frozenset({"owner@example.org", "Olive Owner"}))


def zipped(folder: Path, target: Path, wrapper: str = "") -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as z:
        for f in sorted(p for p in folder.rglob("*") if p.is_file()):
            z.write(f, f"{wrapper}{f.relative_to(folder).as_posix()}")
    return target


def tarred(folder: Path, target: Path) -> Path:
    with tarfile.open(target, "w:gz" if target.name.endswith("gz") else "w") as t:
        for f in sorted(p for p in folder.rglob("*") if p.is_file()):
            t.add(f, f.relative_to(folder).as_posix())
    return target


def facts(platform: str, *paths: Path, owner: Owner = OWNER) -> pl.DataFrame:
    """What one source makes of an archive, all its readings together."""
    reading = sources()[platform].read(open_archive(paths), owner)
    readings = reading if isinstance(reading, list) else [reading]
    return pl.concat([r.facts() for r in readings])


def readable(frame: pl.DataFrame) -> str:
    """Facts as a person reviews them: CSV, only columns in use, lists joined by |, in a stable order."""
    frame = frame.drop("shingles").with_columns(
        [pl.when(pl.col(c).list.len() > 0).then(pl.col(c).list.join("|")).alias(c) for c in LISTS]
        + [pl.col(c).dt.to_string("%Y-%m-%dT%H:%M:%S%.fZ") for c in TIMES]
    )
    frame = frame.select([c for c in frame.columns if frame[c].null_count() < frame.height])
    frame = frame.select(pl.exclude("act_id"), *(["act_id"] if "act_id" in frame.columns else []))
    order = [c for c in ("fact", "platform", "record", "key", "channel", "direction", "state", "act_id") if c in frame.columns]
    return frame.sort(order, nulls_last=True, maintain_order=True).write_csv()


def law(frame: pl.DataFrame) -> list[str]:
    """Members whose records are not all kept or set aside: read = kept + problems + set aside, per member."""
    kept = (
        frame.filter(pl.col("fact").is_in(["act", "account", "state", "response"]) & pl.col("record").is_not_null())
        .with_columns(member=pl.col("record").str.split(":").list.first().cast(pl.Int32))
        .group_by("platform", "member").agg(kept=pl.col("record").n_unique())
    )  # fmt: skip
    aside = frame.filter(pl.col("fact") == "problem").group_by("platform", "member").agg(aside=pl.col("records").sum())
    read = frame.filter((pl.col("fact") == "member") & (pl.col("status") == "read"))
    read = read.group_by("platform", "member").agg(records=pl.col("records").sum())
    told = read.join(kept, on=["platform", "member"], how="full", coalesce=True).join(
        aside, on=["platform", "member"], how="full", coalesce=True
    )
    told = told.fill_null(0).filter(pl.col("records") != pl.col("kept") + pl.col("aside"))
    return [
        f"{r['platform']} member {r['member']}: {r['records']} records, {r['kept']} kept, {r['aside']} set aside"
        for r in told.to_dicts()
    ]
