"""Hostile files through the real path: the inbox, the child process, the facts. None crashes, lingers, grows or gets out."""

from __future__ import annotations

import os
import random
import shutil
import time
from pathlib import Path

import polars as pl
import pytest

from flows.inbox import Parcel, parcels
from flows.read import Child, _read, read_inbox
from flows.settings import Home, Settings
from tests.exports import law
from tests.hostile import bombs
from tests.hostile.fuzz import Later, cases, wrong
from transforms.archive import sha256
from transforms.sources import sources

MEMORY = 512 << 20  # bytes resident, of the child
GOOD = Path(__file__).parents[1] / "sources" / "x" / "2025-tweets" / "archive"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    os.umask(0o077)
    return Home(tmp_path / "home").make()


def rss(child: Child) -> int:
    """The most memory the child has had resident, in bytes."""
    status = Path(f"/proc/{child._process.pid}/status").read_text() if child._process else ""
    return next((int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("VmHWM")), 0)


def outside(home: Home) -> set[str]:
    return {str(p) for p in home.root.parent.rglob("*") if not p.is_relative_to(home.facts) and not p.is_relative_to(home.inbox)}


def through(home: Home, paths: list[Path]) -> dict[str, tuple[str, str, float, int]]:
    """What became of each file: outcome, line, CPU seconds, resident bytes of the child afterwards."""
    told, before = {}, outside(home)
    with Child() as child:
        for path in paths:
            began = time.monotonic()
            read = _read(home, Settings(), Parcel((path,), sha256([path])), child, set(), False)
            told[path.name] = read.outcome, read.line, time.monotonic() - began, rss(child)
    assert outside(home) == before, "nothing is written outside the facts"
    return told


def test_archives_made_to_harm_do_none(home: Home) -> None:
    folder = home.root.parent / "bombs"
    says = bombs.write(folder)
    told = through(home, [folder / name for name in says])
    for name, (outcome, line, _, used) in told.items():
        assert "\n" not in line, name
        assert says[name] in line or outcome == "read", (name, line)
        assert used < MEMORY, (name, used)
        assert "report this" not in line, (name, line)
    for facts in home.facts.glob("*.parquet"):
        frame = pl.read_parquet(facts)
        assert law(frame) == []
        assert frame.filter(pl.col("text").str.contains("root:")).is_empty()


def test_what_is_no_file_in_the_inbox_is_passed_over(home: Home) -> None:
    bombs.loose(home.inbox)
    shutil.copytree(GOOD, home.inbox / "good")
    assert {p.paths[0].name for p in parcels(home)} == {"good", "links"}
    assert sorted(r.outcome for r in read_inbox(home, Settings())) == ["failed", "read"]


def corpus(samples: Path) -> list[Path]:
    return [p for p in sorted((samples / "hostile").rglob("*")) if p.is_file() and p.name != "PROVENANCE.md"]


@pytest.mark.slow
def test_every_file_of_the_corpus_has_its_reason(home: Home, samples: Path) -> None:
    told = through(home, corpus(samples))
    assert len(told) > 500
    assert {n: t for n, t in told.items() if t[0] == "failed" and (not t[1] or "\n" in t[1] or "report this" in t[1])} == {}
    assert max(t[3] for t in told.values()) < MEMORY
    print(f"{len(told)} files, slowest {max(t[2] for t in told.values()):.1f} s, {max(t[3] for t in told.values()) >> 20} MiB")


@pytest.mark.slow
@pytest.mark.parametrize("platform", sources())
def test_every_file_of_the_corpus_as_a_member_of_every_export(samples: Path, platform: str) -> None:
    """Each is put in the place of a member of that source's cases; JSON behind the head the platform writes, too."""
    rng, held, failed = random.Random(platform), list(cases(platform).values()), {}
    with Later(named=False):
        for path in corpus(samples):
            body = path.read_bytes()
            whole = dict(rng.choice(held))
            member = rng.choice(sorted(whole))
            head = whole[member].split(b"=", 1)[0] + b"= " if whole[member].startswith(b"window.") else b""
            whole[member] = head + body
            if found := wrong(platform, whole):
                failed[path.name] = found
    assert failed == {}
