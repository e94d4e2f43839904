"""All measures over one owner's acts: how long, how much memory, and how both grow.

    python -m tests.bench.measures [millions of acts, 1 and 10 unless said]

10 000 connections, ten years, every sort of act. Each size runs in a process of its own on a database file; the acts are
made by another, so that the peak is that of measuring. Seconds are wall clock.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

CONNECTIONS = 10_000


def main(millions: list[int]) -> dict[str, float]:
    """Measure and print; seconds and MB by name."""
    told: dict[str, float] = {}
    for size in millions:
        with tempfile.TemporaryDirectory() as folder:
            file = str(Path(folder) / "warehouse.duckdb")
            _run("make", file, str(size))
            told |= {f"measures_{size}m_{name}": value for name, value in _run("measure", file).items()}
    for name, value in told.items():
        print(f"{name:28} {value:12,.2f}")
    for small, large in pairwise(millions):
        grown = told[f"measures_{large}m_seconds"] / told[f"measures_{small}m_seconds"]
        print(f"{large / small:g} times the acts take {grown:.2f} times as long")
    return told


def _run(what: str, *arguments: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.measures", "--", what, *arguments]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])


def _make(file: str, millions: str) -> dict[str, float]:
    from flows.warehouse import connect
    from tests.worlds import anything, lay

    with connect(Path(file)) as con:
        lay(con, anything(1, int(millions) * 1_000_000, CONNECTIONS))
    return {}


def _measure(file: str) -> dict[str, float]:
    from flows.warehouse import build, connect, variables
    from tests.worlds import SETTINGS

    started = time.perf_counter()
    with connect(Path(file)) as con:
        variables(con, SETTINGS)
        build(con, ("measure", "marts"))
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "cpu_seconds": used.ru_utime + used.ru_stime, "peak_mb": used.ru_maxrss / 1024}


if __name__ == "__main__":
    if sys.argv[1:2] == ["--"]:
        _, _, what, *arguments = sys.argv
        print(json.dumps({"make": _make, "measure": _measure}[what](*arguments)))
    else:
        main([int(n) for n in sys.argv[1:]] or [1, 10])
