"""Rows 10 and 12: exports in any order, again and again, overlapping; every clock and zone. The numbers are the same."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

from tests.exports import tarred, zipped
from tests.faults.homes import CASES, FIRST, LATER, Base, clear, copy, look, night
from tests.faults.machine import Ended, Plan, forked

ZONES = ("UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe")
DAY = 86_400
CLOCKS = {
    "a day back": -DAY, "as it is": 0, "a year on": 366 * DAY, "ten years back": -3653 * DAY,
}  # fmt: skip
# Nights as of these days: the clocks of Berlin, St John's and Lord Howe go forward or back in them.
EDGES = ("2026-03-29", "2026-10-25", "2026-03-08", "2026-04-05", "2026-10-04", "2024-02-29")


def exports(folder: Path) -> list[Path]:
    """What an owner may have: each export as a zip, one of them also as a tar that holds the same again, one as a folder."""
    folder.mkdir()
    made = [zipped(CASES / platform / case / "archive", folder / f"{platform}.zip") for platform, case in (FIRST | LATER).items()]
    again = tarred(CASES / "x" / FIRST["x"] / "archive", folder / "x again.tar")
    return [*made, again, CASES / "mastodon" / LATER["mastodon"] / "archive"]


def _add(home: Path, export: Path) -> Ended:
    from flows import inbox
    from flows.settings import Home

    return forked(lambda: len(inbox.add(Home(home, "me").make(), export)) and 0)


def orders(folder: Path, trials: Iterator[int]) -> Iterator[tuple[str, list[str]]]:
    """Row 10: a random order, each export up to three times, nights between; against each once, in one order."""
    made = exports(folder / "exports")
    plain, _, _ = _in_order(folder / "plain", made, [])
    for trial in trials:
        chance = random.Random(trial)
        told = [e for e in made for _ in range(chance.randint(1, 3))]
        chance.shuffle(told)
        nights = [n for n in range(len(told)) if chance.random() < 0.15]
        seen, acts, wrong = _in_order(folder / "shuffled", told, nights)
        if seen != plain:
            wrong.append("another order, other numbers")
        yield f"{len(told)} exports added, {len(nights)} nights between, {acts} archives at the end", wrong


def _in_order(home: Path, exports: list[Path], nights: list[int]) -> tuple[str, int, list[str]]:
    """Add these, with nights after some: the hash of the last night, the archives there are, and what went wrong."""
    (home / "me" / "inbox").mkdir(parents=True, mode=0o700)
    ended = []
    for n, export in enumerate(exports):
        ended.append(_add(home, export))
        if n in nights:
            ended.append(night(home, gates=False))
    ended.append(night(home, gates=False))
    state = look(home)
    there = len(list((home / "me" / "facts").glob("*.parquet")))
    clear(home)
    return state["hash"], there, state["wrong"] + [f"ended with {e.code}: {e.lines[-1:]}" for e in ended if e.code]


def clocks(folder: Path, base: Base, plan: Plan, trials: Iterator[int]) -> Iterator[tuple[str, list[str]]]:
    """Row 12: the same home under another zone and clock; as of the days on which clocks change, one hash each."""
    from datetime import date

    from tests.faults.homes import run

    told = [(zone, clock, edge) for edge in EDGES for zone in ZONES for clock in CLOCKS]
    expected: dict[str, str] = {}
    home = folder / "struck"
    for trial in trials:
        zone, clock, edge = told[(trial * 7) % len(told)]

        def under(zone: str = zone, edge: str = edge) -> int:
            import time

            os.environ["TZ"] = zone
            time.tzset()
            return run(home, as_of=date.fromisoformat(edge), gates=False)

        if edge not in expected:
            copy(base.path, home)
            forked(lambda edge=edge: run(home, as_of=date.fromisoformat(edge), gates=False))
            expected[edge] = look(home)["hash"]
        copy(base.path, home)
        plan.set(clock=CLOCKS[clock])
        ended = forked(under)
        plan.off()
        wrong = [] if ended.code == 0 else [f"ended with {ended.code}: {ended.lines[-1:]}"]
        seen = look(home)
        wrong += seen["wrong"] + ([] if seen["hash"] == expected[edge] else ["another clock, other numbers"])
        yield f"the clock of {zone}, {clock}, as of {edge}", wrong
