"""What becomes of the samples beside the project: `python -m tests.samples` writes docs/samples.md.

Counts and reasons only: no name, no text, no path inside an archive.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from flows.reader import read
from tests.conftest import SHARED
from tests.exports import law
from transforms.archive import Unreadable, open_archive
from transforms.sources import recognise, sources

PAGE = Path(__file__).parents[1] / "docs" / "samples.md"
HEAD = """# What becomes of the samples

Written by `python -m tests.samples` where samples lie beside the project (`../shared/samples`): public test files and published
exports of other people, so nothing tells who their owner is. A chat of which that cannot be known is a problem that says so.
Every record of every member that is read is an act, an account, a state, a total, or told below; every other member is
ignored for a stated reason or counted as unread.
"""
PACKED = (".zip", ".tar", ".gz", ".tgz")


def archives(samples: Path) -> Iterator[Path]:
    """Every folder of samples, and after it the packed exports in it; without what is meant to be broken."""
    for folder in sorted(p for p in samples.glob("*/*") if p.is_dir() and p.parent.name != "hostile"):
        yield folder
        yield from sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix in PACKED)


def name(samples: Path, path: Path) -> str:
    """Platform and repository; of a packed one also how it is packed."""
    platform, repository = path.relative_to(samples).parts[:2]
    return f"{platform}/{repository}" + (f" ({''.join(path.suffixes)})" if path.is_file() else "")


def told(path: Path) -> pl.DataFrame | str:
    """The facts of an archive, or why it has none."""
    versions = {"all": "1", "sources": {n: s.VERSION for n, s in sources().items()}, "owner": ""}
    with tempfile.TemporaryDirectory() as folder:
        job = {"paths": [str(path)], "sha256": "", "target": f"{folder}/f", "zone": "UTC", "me": [], "keep_text": False}
        try:
            read(job | {"versions": versions})
        except Unreadable as why:
            return str(why).partition("; asked ")[0]
        facts = pl.read_parquet(f"{folder}/f")
    assert law(facts) == []
    return facts


def layouts(path: Path, platforms: list[str]) -> str:
    """Of each platform the layout that most of its members fit, the newest of equals."""
    archive = open_archive([path])
    claimed = recognise(archive)
    found = []
    for platform in platforms:
        mine, eras = {m.number for m in claimed.get(platform, [])}, sources()[platform].LAYOUTS
        fit = {era: len(mine & {m.number for m in archive.find(*patterns)}) for era, patterns in eras.items()}
        found.append(f"{platform} {max(fit, key=lambda era: fit[era])}")
    return ", ".join(found)


def rows(facts: pl.DataFrame, kind: str) -> pl.DataFrame:
    return facts.filter(pl.col("fact") == kind)


def acts(facts: pl.DataFrame) -> str:
    """`comment 3/1`: given and received, by channel."""
    count = rows(facts, "act").group_by("channel", "direction").len()
    number = {(c, d): n for c, d, n in count.iter_rows()}
    channels = sorted({c for c, _ in number})
    return ", ".join(f"{c} {number.get((c, 'given'), 0)}/{number.get((c, 'received'), 0)}" for c in channels)


def page(samples: Path) -> str:
    """The whole page."""
    table = ["| archive | layout | members read, ignored, unread | records | acts given/received |", f"|{' --- |' * 5}"]
    rest = ["| archive | records | what is told of them |", "| --- | --- | --- |"]
    unread = ["| archive | unread members |", "| --- | --- |"]
    unknown = ["| archive | what it looks like |", "| --- | --- |"]
    for path in archives(samples):
        facts, of = told(path), name(samples, path)
        if isinstance(facts, str):
            unknown.append(f"| {of} | {facts} |")
            continue
        source, member = rows(facts, "source"), rows(facts, "member")
        count = Counter(member["status"])
        shown = ", ".join(str(count[s]) for s in ("read", "ignored", "unread"))
        platforms = source["platform"].unique().sort().to_list()
        table.append(f"| {of} | {layouts(path, platforms)} | {shown} | {source['records'].sum():,} | {acts(facts) or 'none'} |")
        why = rows(facts, "problem").group_by("severity", "reason").agg(pl.col("records").sum()).sort("severity", "reason")
        rest += [f"| {of} | {n:,} | {severity}: {reason} |" for severity, reason, n in why.iter_rows()]
        left = member.filter(pl.col("status") == "unread")["path"].str.extract(r"(\.[A-Za-z0-9]{1,8})$").fill_null("no ending")
        kinds = left.value_counts().sort("path")
        if kinds.height:
            unread.append(f"| {of} | {', '.join(f'{n} {ending}' for ending, n in kinds.iter_rows())} |")
    parts = [HEAD, "\n".join(table), "## Records that are no act", "\n".join(rest), "## Members nobody reads"]
    return "\n\n".join([*parts, "\n".join(unread), "## Folders that hold no export", "\n".join(unknown)]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(SHARED / "samples"))
