"""Every source on mutated exports, in short; `make fuzz` does it at length."""

from __future__ import annotations

import random

import polars as pl
import pytest

from tests.hostile.fuzz import Later, cases, fuzz, read, wrong
from tests.hostile.mutate import mutated
from transforms.sources import sources

EACH = 10  # mutations of every source in every test run
KiB = 1024


@pytest.mark.parametrize("platform", sources())
def test_no_mutation_breaks_a_source(platform: str) -> None:
    tried, failed = fuzz(platform, seed=1, times=EACH, named=False)
    assert tried == EACH
    assert failed == {}


def test_mutations_reach_the_reading_of_records() -> None:
    """Most mutated exports are still claimed: else the fuzzing would try the front door alone."""
    told, rng = cases("mastodon"), random.Random(0)
    with Later(named=False) as later:
        claimed = [wrong("mastodon", mutated(told[rng.choice(sorted(told))], rng)[0]) or len(later.asked) for _ in range(30)]
    assert len(set(claimed)) > 15


WHOLE = ("json", "js", "xml", "atom", "car")  # a part of these is no whole; a table or a chat may end at any line
KINDS = ("act", "account", "state", "response")


@pytest.mark.slow
@pytest.mark.parametrize("platform", sources())
def test_a_file_cut_anywhere_is_never_read_short_in_silence(platform: str) -> None:
    """Of each sort of file the largest of at most 4 KiB, cut at every byte: what is missing is told."""
    told = cases(platform)
    largest: dict[str, tuple[str, str]] = {}
    for case, path in sorted(((c, p) for c, held in told.items() for p in held), key=lambda cp: len(told[cp[0]][cp[1]])):
        if len(told[case][path]) <= 4 * KiB:
            largest[path.rpartition(".")[2]] = case, path
    failed, tried = {}, 0
    with Later(named=False):
        for sort, (case, path) in largest.items():
            body = told[case][path]
            most = _kept(read(platform, told[case])[1])
            for end in range(0, len(body.rstrip()) - 1):
                found, facts = read(platform, told[case] | {path: body[:end]})
                silent = sort in WHOLE and facts is not None and _kept(facts) < most and "problem" not in set(facts["severity"])
                if found or silent:
                    failed[f"{case}/{path}[:{end}]"] = found or "read short in silence"
                tried += 1
    print(f"{platform}: {tried} cuts")
    assert failed == {}


def _kept(facts: pl.DataFrame | None) -> int:
    return 0 if facts is None else facts.filter(pl.col("fact").is_in(KINDS)).height
