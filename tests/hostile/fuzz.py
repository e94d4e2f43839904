"""Fuzz every source with mutated exports: `python -m tests.hostile.fuzz [--seconds N | --each N] [--source NAME] [--seed N]`.

What must hold of any bytes: no exception but Unreadable, every record kept or set aside, what comes out is a fact as
transforms/act.yml has it and can be written, no reason quotes what was read, and it takes no more time than its size allows.
"""

from __future__ import annotations

import argparse
import io
import random
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

import polars as pl

from flows.settings import WEIGHTS
from tests.exports import OWNER, law
from tests.hostile.mutate import CANARY, Files, archive, files, mutated
from transforms import value
from transforms.act import ACCOUNT_KINDS, CHANNELS, DIRECTIONS, IDENTIFIED, PRECISIONS, STATES
from transforms.archive import Unreadable
from transforms.sources import pattern, recognise, sources

ROOM = Path(__file__).parents[1] / "sources"
SECONDS = 10  # of CPU that one small export may take
WORDS = {
    "channel": CHANNELS, "direction": (*DIRECTIONS, "both"), "time_precision": PRECISIONS, "state": STATES,
    "account_kind": ACCOUNT_KINDS, "identified": IDENTIFIED,
}  # fmt: skip


def cases(platform: str) -> dict[str, Files]:
    """The golden cases of a source, as files in memory."""
    return {p.name: files(p / "archive") for p in sorted((ROOM / platform).glob("*")) if (p / "archive").is_dir()}


def wrong(platform: str, held: Files) -> str:
    """What is wrong with how a source reads these files; "" where nothing is."""
    return read(platform, held)[0]


def read(platform: str, held: Files) -> tuple[str, pl.DataFrame | None]:
    """What is wrong with how a source reads these files, and what it makes of them; None where it refuses them."""
    whole, started = archive(held), time.process_time()
    try:
        [pattern(m.path) for m in whole.members]
        if not recognise(whole).get(platform):
            return "", None
        found = sources()[platform].read(whole, OWNER)
        told = pl.concat([r.facts() for r in (found if isinstance(found, list) else [found])])
        told.write_parquet(io.BytesIO())
    except Unreadable as why:
        return (f"quotes content: {why}" if CANARY in str(why) else ""), None
    except BaseException as bug:  # also polars' PanicException
        if isinstance(bug, KeyboardInterrupt):
            raise
        return ("" if "claimed by" in str(bug) else _place(bug)), None
    took = time.process_time() - started
    return (f"took {took:.0f} s" if took > SECONDS else _facts(told)), told


def _facts(told: pl.DataFrame) -> str:
    if lost := law(told):
        return f"law: {lost[0].partition(': ')[2]}"
    for column, words in WORDS.items():
        if odd := set(told[column].drop_nulls()) - set(words):
            return f"{column} is {sorted(odd)[0]!r}"[:80]
    by = {fact: rows for (fact,), rows in told.group_by("fact")}
    for fact, column in (("account", "key"), ("state", "key"), ("act", "act_id"), ("act", "record"), ("problem", "reason")):
        if fact in by and (by[fact][column].is_null() | (by[fact][column] == "")).any():
            return f"{fact} without {column}"
    if "act" in by:
        who = by["act"]["counterparts"].explode()
        if by["act"]["counterparts"].list.len().fill_null(0).sum() and (who.drop_nulls() == "").any():
            return "a counterpart without a key"
        if (by["act"]["counterparts"].list.eval(pl.element().is_null()).list.any()).any():
            return "a counterpart that is null"
        years = by["act"]["happened_at"].dt.year()
        if ((years < 1) | (years > 9999)).any():
            return "a time no calendar has"
    for column in ("reason", "claim", "severity", "status", "pattern", "visibility"):
        if told[column].str.contains(CANARY, literal=True).any():
            return f"{column} quotes content"
    return ""


def _place(bug: BaseException) -> str:
    ours = [f for f in traceback.extract_tb(bug.__traceback__) if "/transforms/" in f.filename]
    at = f"{Path(ours[-1].filename).parent.name}/{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else "?"
    return f"{type(bug).__name__} at {at}: {str(bug)[:90]!r}"


class Later:
    """Kinds of texts named at the end, all at once: that costs twenty times what reading costs, and is the same for all."""

    def __init__(self, named: bool = True) -> None:
        self.real, self.asked, self.named = value.classify, [], named

    def __call__(self, frame: pl.DataFrame) -> pl.DataFrame:
        self.asked.append(frame)
        columns = {"value_kind": "talk", "value_rule": "later", "language_covered": True, "stock": False, "language": "en"}
        return frame.with_columns(pl.lit(v).alias(c) for c, v in columns.items())

    def __enter__(self) -> Later:
        value.classify = self
        return self

    def __exit__(self, *_: object) -> None:
        value.classify = self.real
        for many in (self.asked[i : i + 2000] for i in range(0, len(self.asked) if self.named else 0, 2000)):
            told = self.real(pl.concat(many, how="diagonal_relaxed").unique())
            assert set(told["value_kind"]) <= set(WEIGHTS), "a kind nobody knows"


def fuzz(platform: str, seed: int, times: int, seconds: float = 1e9, named: bool = True) -> tuple[int, dict[str, str]]:
    """How many mutations were tried, and one example of each thing that went wrong; `named`: kinds of texts, too."""
    rng, told, failed, began, n = random.Random(f"{platform} {seed}"), cases(platform), {}, time.process_time(), 0
    with Later(named):
        while n < times and time.process_time() - began < seconds:
            case = rng.choice(sorted(told))
            held, done = mutated(told[case], rng)
            if found := wrong(platform, held):
                failed.setdefault(found, f"{case}/{done} (mutation {n} of seed {seed})")
            n += 1
    return n, failed


def main() -> int:
    """Fuzz all sources, or one; the exit code says whether something was wrong."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--seconds", type=float, default=1e9, help="of CPU for each source")
    asked.add_argument("--each", type=int, default=10**9)
    asked.add_argument("--source", nargs="+", choices=sorted(sources()), default=sorted(sources()))
    asked.add_argument("--seed", type=int, default=0)
    given = asked.parse_args()
    bad, tried = Counter(), 0
    for platform in given.source:
        began = time.process_time()
        n, failed = fuzz(platform, given.seed, given.each, given.seconds)
        tried += n
        print(f"{platform:14} {n:7} mutations {time.process_time() - began:6.1f} s  {len(failed)} kinds of failure", flush=True)
        for found, example in failed.items():
            bad[platform] += 1
            print(f"    {found}\n        {example}", flush=True)
    print(f"{tried} mutations, {sum(bad.values())} kinds of failure")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
