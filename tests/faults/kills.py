"""Rows 1, 2 and 4: a night killed at any moment and at every point, a disk that is full or fails.

Between two stages there are only files, so a trial starts at the stage it strikes, from what the stages before it left and
over all that the trials before it left lying about. After every few the night is run whole, undisturbed, and looked at.
"""

from __future__ import annotations

import math
import random
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.faults.homes import Base, copy, mended, night, restore, stands
from tests.faults.machine import BROKEN, FULL, OPERATIONS, Ended, Plan

EVERY = "|".join(OPERATIONS)
SERIES = 10  # trials between two reruns


@dataclass
class Stage:
    """One stage as trials strike it: the home before it, its seconds, the operations it does and the bytes it adds."""

    number: int
    name: str
    before: Path
    seconds: float
    operations: list[tuple[str, str]]  # what is done, to which file, in order
    grows: int

    @property
    def rest(self) -> slice:
        return slice(self.number, None)


class Struck:
    """A home that is struck again and again."""

    def __init__(self, folder: Path, base: Base, plan: Plan, gates: bool = True) -> None:
        self.folder, self.base, self.plan, self.gates = folder, base, plan, gates
        self.home = folder / "struck"  # always here: the warehouse names its facts by their whole path
        self.stages = list(self._look())
        self.since = self.left = 0

    def _look(self) -> Iterator[Stage]:
        """Go through a night stage by stage, and keep the home before each."""
        from flows import stages

        self.folder.mkdir()
        copy(self.base.path, self.home)
        for number, stage in enumerate(stages.STAGES):
            before, log = self.folder / f"before-{number}", self.folder / "log"
            copy(self.home, before)
            log.unlink(missing_ok=True)
            self.plan.set(self.home, log, EVERY, tracing=1, bounded=1, room=1 << 40)
            done = night(self.home, slice(number, number + 1), self.gates)
            grows = (1 << 40) - self.plan.room
            self.plan.off()
            if done.code:
                raise RuntimeError(f"{stage.__name__} alone ended with {done.code}: {done.lines[-1:]}")
            told = [(op, _named(path)) for op, path in traced(log)]
            yield Stage(number, stage.__name__, before, done.seconds, told, max(grows, 0))

    def strike(self, stage: Stage, afresh: bool = True, kill_after: float | None = None, alone: bool = False, **fault) -> Ended:
        """Run the night from this stage on, with a fault."""
        if afresh:
            restore(self.home, stage.before)
        self.plan.set(self.home, **fault)
        ended = night(self.home, stage.rest, self.gates, kill_after=kill_after, alone=alone)
        self.plan.off()
        return ended

    def judge(self, ended: Ended) -> list[str]:
        """What is wrong now, and every few times, and at last, after a rerun."""
        wrong = stands(self.home, self.base, ended)
        self.since, self.left = self.since + 1, self.left - 1
        if self.since == SERIES or not self.left or wrong:
            wrong += [f"after up to {SERIES} faults: {w}" for w in mended(self.home, self.base, self.gates)]
            self.since = 0
            shutil.rmtree(self.home)
        return wrong


def traced(log: Path) -> list[tuple[str, str]]:
    """The operations a plan wrote down, without their bytes."""
    data, at, told = log.read_bytes() if log.exists() else b"", 0, []
    while at < len(data):
        end = data.index(b"\n", at)
        op, _, _, length, path, _ = data[at:end].decode().split("\t")
        at = end + 1 + int(length)
        told.append((op, path))
    return told


def _named(path: str) -> str:
    """A file by what it is, whatever the run, the archive or the process."""
    name = path.partition("/struck/me")[2] or "/"
    return re.sub(r"\.\d+(?=$|\.)", ".<pid>", re.sub(r"\d{8}T\d{12}Z", "<run>", re.sub(r"[0-9a-f]{64}", "<sha256>", name)))


def random_moments(struck: Struck, seeds: Iterator[int]) -> Iterator[tuple[str, list[str]]]:
    """Row 1: SIGKILL at a random moment of the night, to all its processes or to the first alone."""
    for seed in seeds:
        chance = random.Random(seed)
        stage = chance.choices(struck.stages, [s.seconds for s in struck.stages])[0]
        if chance.random() < 0.1:
            stage = struck.stages[0]  # a whole night
        moment = chance.uniform(0, stage.seconds * (1.1 if stage.number else 6))
        ended = struck.strike(stage, kill_after=moment, alone=chance.random() < 0.3)
        yield f"{stage.name} {'killed' if ended.code == -9 else 'done before the kill'}", struck.judge(ended)


def points(struck: Struck) -> list[tuple[Stage, str, str, int]]:
    """Every named point of a night: a stage, an operation on a file, and which operation of the stage it is. At most
    three of each name in a stage: the first, the last, one between."""
    found = []
    for stage in struck.stages:
        hits: dict[tuple[str, str], list[int]] = {}
        for n, name in enumerate(stage.operations, 1):
            hits.setdefault(name, []).append(n)
        for (op, file), at in hits.items():
            found += [(stage, op, file, n) for n in sorted({at[0], at[len(at) // 2], at[-1]})]
    return found


def named_points(struck: Struck, trials: Iterator[int]) -> Iterator[tuple[str, list[str]]]:
    """Row 2: SIGKILL before and after each of these."""
    told = [(point, when) for point in points(struck) for when in ("kill before", "kill after")]
    for trial in trials:
        (stage, op, file, n), when = told[spread(trial, len(told))]
        ended = struck.strike(stage, on=EVERY, at=n, action=when)
        wrong = [] if ended.code == -9 else [f"not killed but ended with {ended.code}: {ended.lines[-1:]}"]
        yield f"{when} {op} of {file} in {stage.name}", wrong + struck.judge(ended)


def spread(trial: int, many: int) -> int:
    """The trial as one of so many, each once, and the first few of them spread over all."""
    return trial * next(step for step in range(int(many * 0.618), many + 2) if math.gcd(step, many) == 1) % many


def full_disk(struck: Struck, trials: Iterator[int], steps: int = 12) -> Iterator[tuple[str, list[str]]]:
    """Row 4: the room left grows step by step until the night passes, stage by stage."""
    told = [(stage, step) for stage in struck.stages if stage.grows for step in range(steps)]
    for trial in trials:
        stage, step = told[trial % len(told)]
        room = stage.grows * step // steps
        ended = struck.strike(stage, bounded=1, room=room, error=FULL)
        yield f"{room} bytes left in {stage.name}: ended with {ended.code}", _refused(ended) + struck.judge(ended)


def broken_disk(struck: Struck, trials: Iterator[int]) -> Iterator[tuple[str, list[str]]]:
    """Row 4: the nth operation of a stage fails with EIO."""
    told = [(stage, n) for stage in struck.stages for n in range(1, len(stage.operations) + 1)]
    for trial in trials:
        stage, n = told[spread(trial, len(told))]
        ended = struck.strike(stage, on=EVERY, at=n, action="fail", error=BROKEN)
        op, file = stage.operations[n - 1]
        wrong = _refused(ended)
        yield f"EIO at {op} of {file} in {stage.name}: ended with {ended.code}", wrong + struck.judge(ended)


def _refused(ended: Ended) -> list[str]:
    """A failure is one line that says what to do, and exit code 1."""
    if ended.code == 0:
        return []
    wrong = [] if ended.code == 1 else [f"ended with {ended.code}"]
    if "Traceback" in ended.err or len(ended.lines) != 1:
        wrong.append(f"{len(ended.lines)} lines on stderr: {[line[:160] for line in ended.lines[-2:]]}")
    elif "a bug" in ended.err or "report this" in ended.err:
        wrong.append(f"a fault of the disk is told as a bug: {ended.lines[-1][:200]}")
    return wrong
