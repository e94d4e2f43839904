"""A night as plain functions, one a stage. The Prefect flow and `givetake run --plain` call the same ones.

Nothing here holds state between two stages but files: facts, the warehouse, the published night.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cache, partial
from pathlib import Path
from time import perf_counter
from typing import Any

from flows import warehouse
from flows.forget import settle
from flows.gate import GateBroken, broken, check, promises
from flows.inbox import intact, write
from flows.publish import check_rows, publish, versions
from flows.read import Read, read_inbox
from flows.settings import Home, Settings
from transforms.archive import sha256

ROOT = Path(__file__).parents[1]
CHECKS_START = "start of checks"  # importing Great Expectations takes seconds, whatever the data
CODE = (".py", ".sql", ".yml", ".html")
Progress = Callable[[str, int, int], None]


class Busy(Exception):  # noqa: N818  it reads as what it says
    """Another run of this owner is at work."""


class Damaged(Exception):  # noqa: N818
    """Facts are not what was written, and cannot be read again."""


class Nothing(Exception):  # noqa: N818
    """There is nothing to tell: no archive could be read."""


@dataclass
class Night:
    """One run of one owner: its name, the instant it tells of, and what its stages did."""

    home: Home
    settings: Settings
    as_of: datetime
    run_id: str
    progress: Progress | None = None
    stages: list[dict[str, Any]] = field(default_factory=list)
    checks: list[dict[str, Any]] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)
    pulls: list[dict[str, Any]] = field(default_factory=list)
    tokens: Mapping[str, str] = field(default_factory=dict, repr=False)  # platform → what its pull was handed; in memory alone

    @classmethod
    def begin(cls, home: Home, settings: Settings, as_of: datetime | None = None, progress: Progress | None = None) -> Night:
        """A new run; `as_of` (UTC, no zone) defaults to now."""
        now = datetime.now(UTC).replace(tzinfo=None)
        return cls(home, settings, as_of or now.replace(microsecond=0), f"{now:%Y%m%dT%H%M%S%f}Z", progress)

    @property
    def draft(self) -> Path:
        """The warehouse being built."""
        return self.home.folder / ".warehouse.building.duckdb"

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[dict[str, Any]]:
        """Time a stage and write it down as a row of `run`; the body may set `rows`."""
        if self.progress:
            self.progress(name, 0, 1)
        started, clock, row = datetime.now(UTC).replace(tzinfo=None), perf_counter(), {"rows": None}
        yield row
        self.stages.append(
            {"run_id": self.run_id, "started_at": started, "finished_at": datetime.now(UTC).replace(tzinfo=None),
             "as_of": self.as_of, "stage": name, "seconds": perf_counter() - clock, "rows": row["rows"], **versions()}
        )  # fmt: skip
        if self.progress:
            self.progress(name, 1, 1)


@contextlib.contextmanager
def alone(home: Home) -> Iterator[None]:
    """Hold the owner's lock, which the system lets go when this process ends, however it ends. Raises Busy."""
    home.make()
    with open(os.open(home.folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600), "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(f"{home.owner}: another run is at work; wait for it to end") from None
        yield


def fetch(night: Night) -> None:
    """Ask the platforms of `[pull]` what is new; one that fails stops no other, and the night goes on with what is there."""
    if night.settings.pull:
        from flows.pull import pull_all

        with night.stage("pull") as row:
            night.pulls = pull_all(night.home, night.settings, tokens=night.tokens)
            row["rows"] = sum(p["requests"] for p in night.pulls)


def gather(night: Night) -> list[Read]:
    """Read what is new in the inbox; what cannot be read is told and left."""
    settle(night.home)
    with night.stage("read") as row:
        night.reads = read_inbox(night.home, night.settings, progress=night.progress)
        row["rows"] = sum(r.records for r in night.reads)
    return night.reads


def lay(night: Night) -> None:
    """Lay the facts out as views of a new warehouse."""
    with night.stage("facts") as row:
        for stale in night.home.folder.glob(".warehouse.building.duckdb*"):
            stale.unlink()
        facts = sorted(night.home.facts.glob("*.parquet"))
        if not facts:
            told = [line for r in night.reads for line in lines(r)]
            raise Nothing("\n".join([*told, "nothing could be read yet; `givetake add` an export, or try `givetake demo`"]))
        looked_at = {r.sha256 for r in night.reads if r.outcome in ("read", "known")}
        for path in (f for f in facts if f.stem not in looked_at and f.with_suffix(".sha256").exists() and not intact(f)):
            raise Damaged(
                f"facts {path.stem[:8]} — damaged on the disk, and no archive in the inbox to read them from again — put the"
                " archive back, or facts/ from a copy; the last good night stays"
            )
        with warehouse.connect(night.draft) as con:
            warehouse.raw(con, facts, night.home)
        row["rows"] = len(facts)


def gate_facts(night: Night) -> None:
    """What the archives say keeps the promises of transforms/act.yml. Raises GateBroken."""
    with night.stage(CHECKS_START):
        _import_checks()  # begun while the archives were read: what is left of it
    _gate(night, "facts", {"raw.fact": promises(ROOT / "transforms" / "act.yml")})


def count(night: Night) -> None:
    """Every act once, accounts tied to people: the core tables."""
    _build(night, "core")


def gate_core(night: Night) -> None:
    """The core tables keep their promises. Raises GateBroken."""
    _gate(night, "warehouse", _promised("core"))


def measure(night: Night) -> None:
    """The measures and the tables to be published; then the warehouse takes the old one's place."""
    _build(night, "measure", "marts")


def gate_measures(night: Night) -> None:
    """The measures keep their promises. Raises GateBroken."""
    _gate(night, "warehouse", _promised("measure"))
    os.replace(night.draft, night.home.warehouse)


def bring_out(night: Night) -> dict[str, Any]:
    """Audit and publish the night; readers see it whole from one instant on. Raises GateBroken."""
    with night.stage("publish") as row:
        current = publish(
            night.home.warehouse, night.home.folder, night.run_id, night.as_of, stages=night.stages, checks=night.checks,
            report=_report, keep=night.settings.nights_kept,
        )  # fmt: skip
        row["rows"] = sum(current["rows"].values())
    write_inputs(night)
    return current


STAGES = (fetch, gather, lay, gate_facts, count, gate_core, measure, gate_measures, bring_out)


def night(
    home: Home,
    settings: Settings,
    as_of: date | None = None,
    progress: Progress | None = None,
    each: Callable[[str, Callable[[], Any]], Any] = lambda name, stage: stage(),
    tokens: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """One whole night, here and now: its figures. `each` runs a stage by name, as a Prefect task or plainly.

    `tokens` are for the pulls; a platform that is not in it has its own in the environment or the keyring.

    `as_of` is a UTC date, read as its 00:00. Raises Busy, Nothing or GateBroken; what was published stays.
    """
    with alone(home):
        run = Night.begin(home, settings, datetime.combine(as_of, time.min) if as_of else None, progress)
        run.tokens = tokens or {}
        prepare()  # while the child process reads
        for stage in STAGES:
            each(stage.__name__.replace("_", " "), partial(_run, stage, run))
            if stage is gather and nothing_new(run):
                break
        return figures(run)


def _run(stage: Callable[[Night], Any], night: Night) -> None:
    """Do a stage. Between two go files, never values."""
    stage(night)


def figures(run: Night) -> dict[str, Any]:
    """What a night did, in numbers and a line for each archive or record that was not read. Holds no name."""
    outcomes = [r.outcome for r in run.reads]
    rows = {s["stage"]: s["rows"] for s in run.stages}
    current = json.loads((run.home.published / "CURRENT.json").read_bytes()) if run.home.published.exists() else {"rows": {}}
    return {
        "run_id": run.run_id,
        "as_of": run.as_of.isoformat(),
        "nothing_new": "publish" not in rows,
        "archives": len(outcomes),
        **{f"archives_{name}": outcomes.count(name) for name in ("read", "known", "refused", "failed")},
        "records_read": rows.get("read", 0),
        "problems": sum(r.aside.get("problem", 0) for r in run.reads),
        "set_aside": sum(r.aside.get("set aside", 0) for r in run.reads),
        **{f"{table}s": current["rows"].get(table, 0) for table in ("act", "connection")},
        "checks": len(run.checks),
        "checks_not_held": sum(c["outcome"] != "held" for c in run.checks),
        "seconds": {s["stage"]: round(s["seconds"], 3) for s in run.stages},
        "pulls": len(run.pulls),
        "pulls_failed": sum(p["outcome"] == "failed" for p in run.pulls),
        "lines": [*(p["line"] for p in run.pulls if p["line"]), *(line for r in run.reads for line in lines(r))],
    }


def lines(read: Read) -> list[str]:
    """What became of an archive, named by the start of its sha256: the name of its file may tell who it is of."""
    return read.lines(f"archive {read.sha256[:8]}")


def nothing_new(night: Night) -> bool:
    """Whether the published night is whole, and made from the same facts, files, settings, code and UTC date."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        told = json.loads((night.home.published / "inputs.json").read_bytes())
        return told["inputs"] == _inputs(night) and told["files"] == _files(night.home.published.resolve())
    return False


def write_inputs(night: Night) -> None:
    """Remember what a night was made from, beside it."""
    folder = night.home.published.resolve()
    write(folder / "inputs.json", json.dumps({"inputs": _inputs(night), "files": _files(folder)}).encode())


def _files(folder: Path) -> dict[str, str]:
    """What a night consists of, so that what the disk changes later is seen: the sha256 of each file."""
    files = sorted(p for p in folder.rglob("[!.]*") if p.is_file() and p.name != "inputs.json")
    return {p.relative_to(folder).as_posix(): sha256([p]) for p in files}


def _inputs(night: Night) -> str:
    digest = hashlib.sha256()
    for facts in sorted(night.home.facts.glob("*.parquet")):
        stat = facts.stat()
        digest.update(f"{facts.name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    for own in (night.home.people, night.home.kinds):
        digest.update(own.read_bytes() if own.exists() else b"-")
    for path in sorted(p for room in ("sql", "flows", "dashboards") for p in (ROOT / room).rglob("*") if p.suffix in CODE):
        digest.update(path.read_bytes())
    digest.update(f"{night.settings.model_dump_json()} {night.as_of:%Y-%m-%d} {versions()}".encode())
    return digest.hexdigest()


def _build(night: Night, *schemas: str) -> None:
    with night.stage(schemas[0]) as row, warehouse.connect(night.draft) as con:
        warehouse.variables(con, warehouse.parameters(night.settings, night.home, night.as_of))
        made = warehouse.build(con, schemas)
        row["rows"] = sum(con.execute(f"select count(*) from {table}").fetchall()[0][0] for table in made)


def _promised(schema: str) -> dict[str, list[Any]]:
    return {table: promises(path.with_suffix(".yml")) for table, path in warehouse.models([schema]).items()}


def _gate(night: Night, boundary: str, tables: dict[str, list[Any]]) -> None:
    with night.stage(f"gate {next(iter(tables)).split('.')[0]}") as row:
        results = check(night.draft, tables)
        row["rows"] = len(results)
    night.checks += check_rows(night.run_id, boundary, results)
    if broken(results):
        raise GateBroken(boundary, results)


def _report(folder: Path) -> None:
    from dashboards.report import render

    render(folder / "givetake.duckdb", folder / "report.html")


@cache
def prepare() -> None:
    """Begin to start what is needed after reading, and takes seconds to start."""
    threading.Thread(target=_prepare, daemon=True).start()


def _prepare() -> None:
    _import_checks()
    with contextlib.suppress(Exception):  # a failure shows where the report is made
        from dashboards.report_plots import start

        start()


def _import_checks() -> None:
    with contextlib.suppress(Exception):  # a failure shows where they are used
        import great_expectations  # noqa: F401
