"""The rows of the bar that are about faults of our own pipeline: what is tried, how often, and what is said of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults import homes, kills
from tests.faults.machine import Plan

Trials = Iterator[tuple[int, str, list[str]]]


@dataclass(frozen=True)
class Row:
    """One row: `run` does trials of these numbers in a folder; `seen` says in a few words what its results were."""

    title: str
    trials: int
    run: Callable[[Path, Iterator[int]], Trials]
    seen: Callable[[list[dict[str, Any]]], str] = lambda told: ""


def struck(what: Callable[..., Iterator[tuple[str, list[str]]]], gates: bool = False) -> Callable[[Path, Iterator[int]], Trials]:
    """A row that strikes one home over and over; without the gates, which write nothing, where not the time of a kill counts."""

    def run(folder: Path, left: Iterator[int]) -> Trials:
        numbers = list(left)
        if not numbers:
            return
        home = kills.Struck(folder, homes.base(folder), Plan(), gates)
        for number, (told, wrong) in zip(numbers, what(home, iter(numbers)), strict=True):
            yield number, told, wrong

    return run


def counted(pattern: Callable[[str], str]) -> Callable[[list[dict[str, Any]]], str]:
    """How often each kind of ending was seen."""
    return lambda told: ", ".join(f"{n} {what}" for what, n in Counter(pattern(t["what"]) for t in told).most_common())


def _ending(what: str) -> str:
    return f"ended with {what.rpartition('ended with ')[2]}"


def different(told: list[dict[str, Any]]) -> str:
    """How many different things were tried."""
    return f"{len({t['what'] for t in told})} points"


ROWS = {
    "1": Row("SIGKILL at a random moment", 500, struck(kills.random_moments, gates=True), counted(lambda w: w.split(" ", 1)[1])),
    "2": Row("SIGKILL at every named point", 1000, struck(kills.named_points), different),
    "4a": Row("disk full, step by step", 108, struck(kills.full_disk), counted(_ending)),
    "4b": Row("EIO at the nth operation", 600, struck(kills.broken_disk), counted(_ending)),
}
