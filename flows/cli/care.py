"""What is wrong and what to do about it; which versions are at work."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import version as installed
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.screen import Choice, Stop, say

if TYPE_CHECKING:
    from flows.settings import Home

app = typer.Typer()
GOOD, POOR, BAD = "good", "look at it", "wrong"
Finding = tuple[str, str, str, str]  # what, state, found, to do


@app.command()
def doctor(
    context: typer.Context,
    stale_days: Annotated[int, typer.Option(min=1, help="A night older than this is looked at.")] = 3,
) -> None:
    """What is wrong and what to do. Exit 1 where something is."""
    choice: Choice = context.obj
    home = choice.place()
    found = [
        dict(zip(("what", "state", "found", "to_do"), finding, strict=True))
        for look in (_machine, _home, _settings, _inbox, _last_night)
        for finding in look(choice, home, stale_days)
    ]
    choice.show(found)
    if any(row["state"] == BAD for row in found):
        raise Stop("something is wrong; what to do about it stands above")
    say("nothing is wrong")


@app.command()
def version(context: typer.Context) -> None:
    """The versions at work."""
    names = ("givetake", "duckdb", "polars", "great-expectations", "prefect")
    context.obj.show([{n.replace("-", "_"): installed(n) for n in names} | {"python": platform.python_version()}])


def _machine(choice: Choice, home: Home, stale_days: int) -> Iterator[Finding]:
    """Versions that are known not to work together, and room on the disk."""
    python = platform.python_version()
    yield "python", GOOD if sys.version_info >= (3, 11) else BAD, python, "3.11 or newer"
    fastapi = tuple(int(n) for n in installed("fastapi").split(".")[:2])
    yield "fastapi", GOOD if fastapi < (0, 151) else BAD, installed("fastapi"), "below 0.151, or Prefect dies: make setup"
    there = next(p for p in (home.root, *home.root.parents) if p.exists())
    free = shutil.disk_usage(there).free / (1 << 30)
    yield "disk", GOOD if free > 2 else POOR, f"{free:.0f} GiB free", "a night needs about three times the size of its facts"


def _home(choice: Choice, home: Home, stale_days: int) -> Iterator[Finding]:
    """That what is private is."""
    if not home.folder.is_dir():
        yield "home", BAD, f"no {home.folder}", "givetake add PATH, or givetake demo"
        return
    if not os.access(home.folder, os.W_OK):
        yield "home", BAD, f"{home.folder} cannot be written", "make it yours, or choose another --home"
    private = (home.root / ".prefect", *home.folder.iterdir())
    bare = [p for p in private if p.exists() and not p.is_symlink() and p.stat().st_mode & 0o077]
    yield (
        "privacy", POOR if bare else GOOD, f"{len(bare)} entries others may read" if bare else f"{home.folder} is yours alone",
        f"chmod -R go= {home.folder}" if bare else "",
    )  # fmt: skip


def _settings(choice: Choice, home: Home, stale_days: int) -> Iterator[Finding]:
    """That they can be read."""
    try:
        settings = choice.settings()
    except ValueError as why:  # of pydantic or of TOML
        yield "settings", BAD, f"{type(why).__name__}", "see givetake.toml and GIVETAKE_* in the environment"
        return
    yield "settings", GOOD, f"time zone {settings.timezone}, half-life {settings.measures.half_life_days:g} days", ""


def _inbox(choice: Choice, home: Home, stale_days: int) -> Iterator[Finding]:
    """Archives without facts were refused or could not be read."""
    from flows.inbox import parcels

    found = parcels(home) if home.folder.is_dir() else []
    if not found:
        yield "inbox", POOR, "empty", "givetake add PATH"
    for parcel in found:
        if not (home.facts / f"{parcel.sha256}.parquet").exists():
            yield "inbox", POOR, f"{parcel.paths[0].name} has not been read", "givetake run says why"


def _last_night(choice: Choice, home: Home, stale_days: int) -> Iterator[Finding]:
    """Its age, the promises it broke, and the records no source could read."""
    from datetime import UTC, datetime

    from dashboards.published import NotPublished

    try:
        ended = choice.rows("select max(finished_at) as at from run")[0]["at"]
    except NotPublished:
        yield "night", BAD if any(home.facts.glob("*.parquet")) else POOR, "none published", "givetake run"
        return
    age = (datetime.now(UTC).replace(tzinfo=None) - ended).total_seconds() / 86400
    stale = age > stale_days
    yield "night", POOR if stale else GOOD, f"published {age:.1f} days ago", "givetake serve" if stale else ""
    for row in choice.rows("select * from check_result where outcome <> 'held' order by severity, table_name"):
        yield "promise", POOR, f"{row['table_name']}: {row['promise']} {row['outcome']} ({row['found']})", row["why"]
    for row in choice.rows("select platform, sum(problems)::bigint as n from source group by all having n > 0 order by platform"):
        yield "records", POOR, f"{row['platform']}: {row['n']} could not be read", "givetake archives says in which"
