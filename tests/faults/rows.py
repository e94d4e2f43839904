"""The rows of the bar that are about faults of our own pipeline: what is tried, how often, and what is said of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults import damage, grown, homes, inputs, kills, others, power
from tests.faults.machine import Plan

HOMES: dict[tuple[Path, bool], kills.Struck] = {}
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
        if (folder, gates) not in HOMES:
            HOMES[folder, gates] = kills.Struck(folder / f"gates-{gates}", homes.base(folder), Plan(), gates)
        home = HOMES[folder, gates]
        home.left = len(numbers)
        for number, (told, wrong) in zip(numbers, what(home, iter(numbers)), strict=True):
            yield number, told, wrong

    return run


def counted(pattern: Callable[[str], str]) -> Callable[[list[dict[str, Any]]], str]:
    """How often each kind of ending was seen."""
    return lambda told: ", ".join(f"{n} {what}" for what, n in Counter(pattern(t["what"]) for t in told).most_common())


def _ending(what: str) -> str:
    return f"ended with {what.rpartition('ended with ')[2]}"


def _before_in(what: str) -> str:
    return what.split(" in ")[0]


def different(told: list[dict[str, Any]]) -> str:
    """How many different things were tried."""
    return f"{len({t['what'] for t in told})} different"


def on_base(what: Callable[..., Iterator[tuple[str, list[str]]]], plan: bool = False) -> Callable[[Path, Iterator[int]], Trials]:
    """A row whose trials each begin with a home of last night's, with something new in its inbox."""

    def run(folder: Path, left: Iterator[int]) -> Trials:
        numbers = list(left)
        if numbers:
            base = homes.base(folder)
            told = what(folder, base, Plan(), iter(numbers)) if plan else what(folder, base, iter(numbers))
            for number, (said, wrong) in zip(numbers, told, strict=True):
                yield number, said, wrong

    return run


def plainly(what: Callable[..., Iterator[tuple[str, list[str]]]]) -> Callable[[Path, Iterator[int]], Trials]:
    """A row that makes what it needs."""

    def run(folder: Path, left: Iterator[int]) -> Trials:
        numbers = list(left)
        for number, (said, wrong) in zip(numbers, what(folder, iter(numbers)) if numbers else (), strict=True):
            yield number, said, wrong

    return run


def opens(told: list[dict[str, Any]]) -> str:
    """How often the readers of row 15 opened the published file."""
    counted = sum(int(n) for t in told for n in re.findall(r"(\d+) opens", t["what"]))
    return f"{counted} opens"


def worst(pattern: str, unit: str) -> Callable[[list[dict[str, Any]]], str]:
    """The largest figure of a row."""
    return lambda told: f"at most {max((float(n) for t in told for n in re.findall(pattern, t['what'])), default=0)} {unit}"


def last(told: list[dict[str, Any]]) -> str:
    """What the last trial saw."""
    return str(told[-1]["what"])


ROWS = {
    "1": Row("SIGKILL at a random moment", 500, struck(kills.random_moments, gates=True), counted(lambda w: w.split(" ", 1)[1])),
    "1p": Row("SIGKILL at a random moment, through Prefect", 30, on_base(others.through_prefect)),
    "2": Row("SIGKILL before and after every named point", 1000, struck(kills.named_points), different),
    "3": Row("power lost: unflushed writes and names lost in any part", 100, on_base(power.power_losses, plan=True)),
    "4a": Row("disk full, step by step until it passes", 108, struck(kills.full_disk), counted(_ending)),
    "4b": Row("EIO at the nth operation", 600, struck(kills.broken_disk), counted(_ending)),
    "5": Row("a bit flipped or a file cut, in all we wrote", 1000, on_base(damage.damages), counted(_before_in)),
    "10": Row("exports in any order, repeated, overlapping", 300, plainly(inputs.orders)),
    "12": Row("clocks and zones", 144, on_base(inputs.clocks, plan=True), different),
    "13": Row("two to four starts at once", 200, struck(others.starts), worst(r"after ([\d.]+) s", "s of CPU to say busy")),
    "15": Row("readers while nights are published", 200, plainly(others.readers), opens),
    "16": Row("Prefect's server its own, absent, killed, slow", 50, on_base(others.prefect), counted(str)),
    "19": Row("the network and the modes of files, through Prefect", 5, on_base(others.surroundings, plan=True), last),
    "25": Row("ten times the load", 5, plainly(grown.load), last),
    "26": Row("a home of an older version", len(grown.OLDER), on_base(grown.older), different),
    "27": Row("a fresh installation from the lock", 1, plainly(grown.fresh)),
}
