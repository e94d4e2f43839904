"""Run rows of the bar, resume them, and write their figures down."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from time import process_time
from typing import Any

from tests.faults import machine

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reliability.md"
MARK = "<!-- written by `python -m tests.faults --report` -->"


class Results:
    """What was tried and how it ended, one JSON object a line; kept between runs, so that a long one can be stopped."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.told: list[dict[str, Any]] = []
        if path.exists():
            self.told = [json.loads(line) for line in path.read_text().splitlines()]

    def of(self, row: str) -> list[dict[str, Any]]:
        """The last result of each trial of a row."""
        return list({t["trial"]: t for t in self.told if t["row"] == row}.values())

    def left(self, row: str, trials: int) -> Iterator[int]:
        """The trials of a row that were not done yet."""
        done = {t["trial"] for t in self.of(row)}
        return (n for n in range(trials) if n not in done)

    def add(self, **told: Any) -> None:
        """Write one down at once."""
        self.told.append(told)
        with self.path.open("a") as f:
            f.write(json.dumps(told) + "\n")


def warm() -> None:
    """Import and parse all that a night does, once, and start no thread that a fork would lose."""
    import duckdb
    import duckdb_engine
    import great_expectations
    import jinja2
    import polars

    import dashboards.report
    import flows.cli
    import flows.cli.night
    import flows.publish
    import flows.reader
    import flows.stages
    import flows.warehouse
    from transforms.archive import open_archive
    from transforms.sources import recognise

    dashboards.report._page()
    with tempfile.NamedTemporaryFile(suffix=".zip") as nobodys:
        with zipfile.ZipFile(nobodys, "w") as z:
            z.writestr("nobodys.txt", "")
        recognise(open_archive([Path(nobodys.name)], ""))
    flows.publish.read_yml = cache(flows.publish.read_yml)
    flows.stages.promises = flows.publish.promises = cache(flows.publish.promises)
    for path in sorted((ROOT / "sql").rglob("*.yml")):
        flows.publish.promises(path)
        flows.publish.read_yml(path)
    told = json.loads(machine.forked(_read_by_the_models).out)
    flows.warehouse.reads = lambda _, select: set(told[select])
    _ = (duckdb, duckdb_engine, great_expectations, jinja2, polars, dashboards.report, flows.cli, flows.stages)


def _read_by_the_models() -> dict[str, list[str]]:
    """The tables each SELECT reads. Asked in a copy of this process: DuckDB starts threads."""
    import duckdb

    from flows import warehouse

    with duckdb.connect() as con:
        selects = [path.read_text() for path in warehouse.models(["core", "measure", "marts"]).values()]
        return {select: sorted(warehouse.reads(con, select)) for select in selects}


def main(arguments: list[str]) -> int:
    """Exit code 1 where a trial went wrong."""
    from tests.faults.rows import ROWS

    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of {', '.join(ROWS)}; all unless said")
    parser.add_argument("--trials", type=int, help="so many of each row, not all")
    parser.add_argument("--results", type=Path, default=ROOT / ".faults.jsonl", help="where what was tried is kept")
    parser.add_argument("--report", action="store_true", help="write docs/reliability.md and try nothing")
    asked = parser.parse_args(arguments)
    results = Results(asked.results)
    if asked.report:
        PAGE.write_text(page(PAGE.read_text() if PAGE.exists() else "", results))
        return 0
    if not machine.possible():
        print("faults are made on Linux with a C compiler (cc); there is none here", file=sys.stderr)
        return 2
    machine.again("tests.faults", arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    os.umask(0o077)
    warm()
    bad = 0
    with machine.place() as folder:
        for number in asked.rows or ROWS:
            row = ROWS[number]
            left = results.left(number, min(asked.trials or row.trials, row.trials))
            bad += tried(number, row.run(folder, left), results)
    return 1 if bad else 0


def tried(number: str, trials: Iterable[tuple[int, str, list[str]]], results: Results) -> int:
    """Do the trials of a row, write each down; how many went wrong."""
    bad = 0
    for trial, what, wrong in trials:
        results.add(row=number, trial=trial, what=what, wrong=wrong)
        bad += bool(wrong)
        print(f"row {number} trial {trial}: {what}{': WRONG ' + '; '.join(wrong) if wrong else ''}", flush=True)
    return bad


def page(before: str, results: Results) -> str:
    """The page with its table of figures written anew; what stands outside the table stays."""
    from tests.faults.rows import ROWS

    head, _, rest = before.partition(MARK)
    tail = rest.partition(MARK)[2]
    lines = ["", "| row | fault | trials run | of | went wrong | seen |", "| --- | --- | --- | --- | --- | --- |"]
    for number, row in ROWS.items():
        told = results.of(number)
        bad = sum(bool(t["wrong"]) for t in told)
        figures = f"{len(told)} | {row.trials} | {bad} | {row.seen(told)}" if told else f"not run | {row.trials} | – | –"
        lines.append(f"| {number} | {row.title} | {figures} |")
    return head + MARK + "\n".join([*lines, "", ""]) + MARK + tail


if __name__ == "__main__":
    started = process_time()
    sys.exit(main(sys.argv[1:]))
