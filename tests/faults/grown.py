"""Rows 25, 26 and 27: ten times the load, a home that an older version made, and an installation from nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.faults.homes import AS_OF, Base, clear, copy, mended, run
from tests.faults.machine import NAME, Ended, forked

ROOT = Path(__file__).parents[2]
RECORDS = 10_000  # of each of three kinds: today's load
CAP_MB = 2048
OLDER = ("9ab7545", "119cb16")  # commits whose home must still be read, until there are releases


def load(folder: Path, trials: Iterator[int]) -> Iterator[tuple[str, list[str]]]:
    """Row 25: an archive of so many records, and one of ten times as many: the time per record stays, and memory is bounded."""
    from tests.bench import x_archive

    for _ in trials:
        one, ten = (_loaded(folder / f"load-{times}", RECORDS * times, x_archive.main) for times in (1, 10))
        wrong = [f"ended with {e.code}: {e.lines[-1:]}" for e, _ in (one, ten) if e.code]
        ratio = ten[1]["seconds"] / one[1]["seconds"] / 10
        peak = ten[1]["mb"]
        wrong += [f"{peak:.0f} MB of {CAP_MB}"] if peak > CAP_MB else []
        wrong += [f"ten times the records took {10 * ratio:.1f} times the time"] if ratio > 1.2 else []
        yield f"{30 * RECORDS} records: {peak:.0f} MB at most, {10 * ratio:.1f} times the CPU time of a tenth", wrong


def _loaded(home: Path, records: int, write) -> tuple[Ended, dict[str, float]]:
    """One night without gates on an archive of 3 x so many records: CPU seconds and the peak of its largest process."""
    (home / "me" / "inbox").mkdir(parents=True, mode=0o700)
    forked(lambda: write(home / "me" / "inbox" / "twitter-2026-01-01-load.zip", records) and 0)
    told = home / "told.json"

    def measured() -> int:
        import resource

        code = run(home, gates=False)
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        seconds = sum(u.ru_utime + u.ru_stime for u in used)
        told.write_text(json.dumps({"seconds": seconds, "mb": max(u.ru_maxrss for u in used) / 1024}))
        return code

    ended = forked(measured, patience=3600)
    figures = json.loads(told.read_text()) if told.exists() else {"seconds": 1.0, "mb": 0.0}
    clear(home)
    return ended, figures


def older(folder: Path, base: Base, trials: Iterator[int]) -> Iterator[tuple[str, list[str]]]:
    """Row 26: what an older version made of the inbox is read by this one, to the numbers of a home that is new."""
    clean = {k: v for k, v in os.environ.items() if k not in (NAME, "LD_PRELOAD")}
    for trial in trials:
        commit, home = OLDER[trial % len(OLDER)], folder / "struck"
        code = folder / f"code-{commit}"
        code.mkdir(exist_ok=True)
        packed = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True).stdout
        subprocess.run(["tar", "-x", "-C", code], input=packed, check=True)
        copy(base.path, home)
        for made in ("facts", "nights", "published", "warehouse.duckdb"):
            clear(home / "me" / made)
        began = subprocess.run(
            [sys.executable, "-c", "from flows.cli import main; main()", "run", "--plain", "--as-of", AS_OF.isoformat(),
             "--home", home], cwd=code, env=clean | {"PYTHONPATH": str(code)}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        wrong = [] if began.returncode == 0 else [f"the older version ended with {began.returncode}: {began.stderr[-200:]}"]
        yield f"a home of {commit}", wrong + mended(home, base, gates=False)


def fresh(folder: Path, trials: Iterator[int]) -> Iterator[tuple[str, list[str]]]:
    """Row 27: a clone, `make setup` from the lock, and a night of the demo through Prefect."""
    clean = {k: v for k, v in os.environ.items() if k not in (NAME, "LD_PRELOAD")}
    for _ in trials:
        with tempfile.TemporaryDirectory(prefix="faults-clone-") as place:
            clone, home = Path(place) / "clone", Path(place) / "home"
            steps = (["git", "clone", "-q", ROOT, clone], ["make", "-C", clone, "setup"],
                     [clone / ".venv" / "bin" / "givetake", "demo", "--home", home])  # fmt: skip
            wrong = []
            for step in steps:
                done = subprocess.run(step, env=clean, capture_output=True, text=True, check=False)
                if done.returncode:
                    wrong.append(f"{Path(step[0]).name} {step[1]} ended with {done.returncode}: {done.stderr[-300:]}")
                    break
            published = forked(lambda home=home: {"there": (home / "demo" / "published" / "givetake.duckdb").is_file()})
            if not wrong and not json.loads(published.out)["there"]:
                wrong.append("nothing was published")
        yield "a clone, its lock, the demo", wrong


