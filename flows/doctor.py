"""What is wrong with a home and what to do: one look after another, each a row of what, state, found and to do.

Nothing here changes anything or asks the network; a line holds no name, handle or member path.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

from flows.inbox import Parcel, parcels
from flows.settings import Home, Settings

GOOD, POOR, BAD = "good", "look at it", "wrong"
Finding = tuple[str, str, str, str]  # what, state, found, to do
Rows = Callable[[str], list[dict[str, Any]]]
GiB, MiB = 1 << 30, 1 << 20
TRIED = 256 * MiB  # archives not yet read are tried up to this size in all
STALE_EXPORT = 120  # days
START = "import prefect.server.api.server"  # what dies of a wrong fastapi, long before a server is up


@dataclass
class Patient:
    """A home, as one call of the doctor sees it. `rows` reads the published night, `moved` shows progress."""

    home: Home
    load: Callable[[], Settings]
    rows: Rows
    stale_days: int = 3
    moved: Callable[[str, int, int], None] | None = None

    @cached_property
    def settings(self) -> Settings | None:
        """The settings; None where they cannot be read."""
        with suppress(ValueError):
            return self.load()
        return None

    @cached_property
    def parcels(self) -> list[Parcel]:
        return parcels(self.home) if self.home.folder.is_dir() else []

    @cached_property
    def facts(self) -> dict[str, dict[str, set[str]]]:
        """By platform, over all its archives: the paths of members, the channels of acts, why records could not be read."""
        import polars as pl

        told: dict[str, dict[str, set[str]]] = {}
        for path in sorted(self.home.facts.glob("*.parquet")):
            with suppress(pl.exceptions.PolarsError):
                facts = pl.scan_parquet(path, glob=False)
                grouped = facts.group_by("platform").agg(
                    paths=pl.col("path").filter(pl.col("fact") == "member").drop_nulls().unique(),
                    channels=pl.col("channel").filter(pl.col("fact") == "act").drop_nulls().unique(),
                    reasons=pl.col("reason").filter(pl.col("fact") == "problem", pl.col("severity") == "problem").mode(),
                )
                for row in grouped.collect().to_dicts():
                    kept = told.setdefault(row["platform"], {"paths": set(), "channels": set(), "reasons": set()})
                    for name in kept:
                        kept[name].update(row[name])
        return told


def looks(patient: Patient) -> Iterator[Finding]:
    """Every finding, good ones too."""
    with _starting(patient.home) as started:
        for look in (_machine, _home, _settings, _inbox, _orders, _pulls, _last_night, _schedule):
            yield from look(patient)
        yield started()


def complaints(patient: Patient) -> Iterator[tuple[str, str, str]]:
    """What the exports of each platform lack: (platform, found, to do)."""
    from transforms.orders import complaints as amiss

    for name, told in sorted(patient.facts.items()):
        lines = list(amiss(name, told["paths"], told["channels"]))
        if lines:
            yield name, ", ".join(found for found, _ in lines), lines[0][1]


def stale(home: Home, settings: Settings) -> list[tuple[str, int]]:
    """Platforms whose newest export is too old, and how many days; what is pulled or shut is not. Raises NotPublished."""
    from dashboards.published import connect
    from transforms.orders import orders

    asked = "select platform, current_date - max(exported_on) from source where exported_on is not null group by all order by 1"
    with connect(home.folder) as con:
        found = con.execute(asked).fetchall()
    return [
        (name, days) for name, days in found
        if days > STALE_EXPORT and name in orders() and name not in settings.pull and not orders()[name].closed
    ]  # fmt: skip


def missing_parts(names: list[str]) -> list[str]:
    """Which numbered parts of one export are not there, by the names of its files: `… 2 of 3`, `…-001` and `…-003`."""
    numbers, of = set(), 0
    for name in names:
        stem = re.sub(r"\.(zip|tgz|tar|tar\.gz)$", "", name, flags=re.I)
        if match := re.search(r"(\d+) ?of ?(\d+)$", stem, re.I):
            numbers.add(int(match[1]))
            of = max(of, int(match[2]))
        elif match := re.search(r"(?:[-_. ](?=\d{3}$)|part[-_ ]?)(\d{1,3})$", stem, re.I):  # three digits, or it may be a day
            numbers.add(int(match[1]))
    last = max(of, *numbers) if numbers else 0
    return [str(n) for n in range(1, last + 1) if n not in numbers] if last < 1000 else []


class _starting:  # noqa: N801  a context
    """Whether Prefect can start, tried in a process of its own while the other looks are taken."""

    def __init__(self, home: Home) -> None:
        self.scratch = tempfile.TemporaryDirectory(prefix="givetake-")
        silent = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", START], env=os.environ | silent | {"PREFECT_HOME": self.scratch.name},
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip

    def __enter__(self) -> Callable[[], Finding]:
        return self.finding

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()
        self.scratch.cleanup()

    def finding(self) -> Finding:
        from flows.prefect_home import alive

        plain = "`givetake run --plain` does without it"
        if url := os.environ.get("PREFECT_API_URL"):
            if not alive(url):
                return "prefect", POOR, "nothing answers at PREFECT_API_URL", f"start that server, or unset it; {plain}"
            return "prefect", GOOD, "your server answers", ""
        try:
            error = self.process.communicate(timeout=180)[1].decode(errors="replace").strip()
        except subprocess.TimeoutExpired:
            return "prefect", POOR, "takes more than 3 minutes to start", plain
        kind = (error.splitlines() or [""])[-1].partition(":")[0]
        if self.process.returncode:
            return "prefect", BAD, f"cannot start: {kind}", f"make setup puts the versions right; {plain}"
        return "prefect", GOOD, f"{installed('prefect')} can start", ""


def _machine(patient: Patient) -> Iterator[Finding]:
    """Versions that are known not to work together, and room on the disk."""
    python = platform.python_version()
    yield "python", GOOD if sys.version_info >= (3, 11) else BAD, python, "3.11 or newer"
    fastapi = tuple(int(n) for n in installed("fastapi").split(".")[:2])
    yield "fastapi", GOOD if fastapi < (0, 151) else BAD, installed("fastapi"), "below 0.151, or Prefect dies: make setup"
    alchemy = tuple(int(n) for n in installed("sqlalchemy").split(".")[:2])
    to_do = "below 2.1, or Prefect's schedule never fires: make setup"
    yield "sqlalchemy", GOOD if alchemy < (2, 1) else BAD, installed("sqlalchemy"), to_do
    home = patient.home
    there = next(p for p in (home.root, *home.root.parents) if p.exists())
    free = shutil.disk_usage(there).free
    need = 3 * sum(p.stat().st_size for p in (*home.facts.glob("*.parquet"), home.warehouse) if p.exists()) + 256 * MiB
    state = BAD if free < need else GOOD if free > 2 * GiB else POOR
    to_do = "" if state == GOOD else f"free some: a night may need {need / GiB:.1f} GiB"
    yield "disk", state, f"{free / GiB:.1f} GiB free", to_do


def _home(patient: Patient) -> Iterator[Finding]:
    """That it is there, and private."""
    home = patient.home
    if not home.folder.is_dir():
        yield "home", BAD, f"no {home.folder}", "givetake init, or givetake demo"
        return
    if not os.access(home.folder, os.W_OK):
        yield "home", BAD, f"{home.folder} cannot be written", "make it yours, or choose another --home"
    private = [p for top in (home.folder, home.root / ".prefect") if top.exists() for p in (top, *top.rglob("*"))]
    bare = [p for p in private if not p.is_symlink() and stat.S_IMODE(p.stat().st_mode) & 0o077]
    yield (
        "privacy", POOR if bare else GOOD, f"{len(bare)} entries others may read" if bare else f"{home.folder} is yours alone",
        f"chmod -R go= {home.root}" if bare else "",
    )  # fmt: skip


def _settings(patient: Patient) -> Iterator[Finding]:
    """That they can be read, and that what the exports ask of the owner is there."""
    from flows.read import people
    from transforms.sources import sources

    settings = patient.settings
    if settings is None:
        try:
            patient.load()
        except ValueError as why:  # of pydantic or of TOML
            told = why.errors(include_input=False) if hasattr(why, "errors") else []
            where = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in told) or type(why).__name__
            yield "settings", BAD, where, "see givetake.toml and GIVETAKE_* in the environment"
        return
    yield "settings", GOOD, f"time zone {settings.timezone}, half-life {settings.measures.half_life_days:g} days", ""
    asking = sorted({sources()[name].TITLE for name in patient.facts if getattr(sources().get(name), "ASKS_OWNER", False)})
    if asking and "timezone" not in settings.model_fields_set:
        yield "timezone", POOR, f"none set, so UTC; {', '.join(asking)} may need yours", "givetake init --timezone Europe/Berlin"
    if asking and not any(row.get("me") for row in people(patient.home)):
        yield "me", POOR, f"nobody in people.csv is you; {', '.join(asking)} may need it", "givetake init --me ADDRESS,ACCOUNT"


def _inbox(patient: Patient) -> Iterator[Finding]:
    """Archives without facts: why they cannot be read, tried in a home that is thrown away; and parts that are missing."""
    from flows.read import read_inbox

    home, found = patient.home, patient.parcels
    if not found and not patient.facts:
        yield "inbox", POOR, "empty", "givetake add PATH; docs/get-your-exports.md says how to get one"
    for parcel in found:
        if gone := missing_parts([path.name for path in parcel.paths]):
            numbers = f"part {', '.join(gone[:5])}" if len(gone) < 6 else f"{len(gone)} parts"
            yield "inbox", POOR, f"{parcel.paths[0].name}: {numbers} missing", "add every file of this export, then givetake run"
    new = [p for p in found if not (home.facts / f"{p.sha256}.parquet").exists()]
    tried: list[Parcel] = []
    for parcel in sorted(new, key=lambda p: p.size):
        if sum(p.size for p in tried) + parcel.size < TRIED:
            tried.append(parcel)
    with tempfile.TemporaryDirectory(prefix="givetake-") as scratch:
        trial = Home(Path(scratch), home.owner).make()
        settings = patient.settings or Settings.model_construct()
        told = read_inbox(trial, settings, only=tried, progress=patient.moved) if tried else []
    lines = {read.sha256: read.line for read in told if read.outcome == "failed"}
    for parcel in new:
        line = lines.get(parcel.sha256, "")
        what, _, to_do = line.partition(" — ") if " — " in line else line.partition("; ")
        name = parcel.paths[0].name
        yield "inbox", POOR, f"{name}: {what}" if line else f"{name} has not been read", to_do or "givetake run"


def _orders(patient: Patient) -> Iterator[Finding]:
    """What the exports lack, and which are old."""
    from dashboards.published import NotPublished
    from transforms.orders import orders

    for name, found, to_do in complaints(patient):
        yield "export", POOR, f"{name}: {found}", to_do
    with suppress(NotPublished):
        for name, days in stale(patient.home, patient.settings or Settings.model_construct()):
            yield "export", POOR, f"{name}: the newest is {days} days old", orders()[name].again


def _pulls(patient: Patient) -> Iterator[Finding]:
    """What the last pulls said, and tokens that are missing."""
    from flows.pull import lacking, last

    if patient.settings is None:
        return
    for name, why in lacking(patient.home, patient.settings):
        yield "pull", BAD, f"{name}: {why.partition(' — ')[0]}", why.partition(" — ")[2]
    for row in last(patient.home):
        if row["outcome"] == "failed" and row["platform"] in patient.settings.pull:
            _, what, to_do = [*row["line"].split(" — ", 2), "", ""][:3]
            yield "pull", BAD, f"{row['platform']}: {what}", to_do


def _last_night(patient: Patient) -> Iterator[Finding]:
    """Its age and schema, the promises it broke, and the records no source could read."""
    from dashboards.published import NotPublished
    from flows.publish import SCHEMA_VERSION

    try:
        run = patient.rows("select max(finished_at) as ended_at, max(schema_version) as schema_version from run")[0]
    except NotPublished:
        yield "night", BAD if any(patient.home.facts.glob("*.parquet")) else POOR, "none published", "givetake run"
        return
    age = (datetime.now(UTC).replace(tzinfo=None) - run["ended_at"]).total_seconds() / 86400
    stale = age > patient.stale_days
    yield "night", POOR if stale else GOOD, f"published {age:.1f} days ago", "givetake run" if stale else ""
    if run["schema_version"] != SCHEMA_VERSION:
        found = f"the night has the tables of version {run['schema_version']}, this program makes {SCHEMA_VERSION}"
        yield "schema", POOR, found, "givetake run"
    for row in patient.rows("select * from check_result where outcome <> 'held' order by severity, table_name"):
        yield "promise", POOR, f"{row['table_name']}: {row['promise']} {row['outcome']} ({row['found']})", row["why"]
    for row in patient.rows("select platform, sum(problems)::bigint as n from source group by all having n > 0 order by 1"):
        reasons = sorted(patient.facts.get(row["platform"], {}).get("reasons", set()))  # each says what, and what to do
        why, _, to_do = (reasons or [""])[0].partition("; ")
        found = f"{row['platform']}: {row['n']} could not be read" + (f", most often: {why}" if why else "")
        yield "records", POOR, found, to_do or "givetake archives says in which; the rest counts"


def _schedule(patient: Patient) -> Iterator[Finding]:
    """That something runs the night, and at an hour that comes once a night."""
    from flows.schedule import found

    by = found(patient.home)
    if not by:
        yield "schedule", POOR, "nothing runs the night", "givetake init sets it up, or keep `givetake serve` running"
    else:
        yield "schedule", GOOD, by, ""
