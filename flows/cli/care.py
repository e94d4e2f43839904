"""What is wrong and what to do about it; which versions are at work."""

from __future__ import annotations

import platform
from importlib.metadata import version as installed
from typing import Annotated

import typer

from flows.cli.screen import Choice, Stop, progress, say

app = typer.Typer()


@app.command()
def doctor(
    context: typer.Context,
    stale_days: Annotated[int, typer.Option(min=1, help="A night older than this is looked at.")] = 3,
) -> None:
    """What is wrong and what to do. Exit 1 where something is."""
    from flows.doctor import BAD, GOOD, POOR, Patient, looks

    choice: Choice = context.obj
    with progress() as move:
        patient = Patient(choice.place(), choice.settings, choice.rows, stale_days, move)
        found = [dict(zip(("what", "state", "found", "to_do"), finding, strict=True)) for finding in looks(patient)]
    found.sort(key=lambda row: (BAD, POOR, GOOD).index(row["state"]))
    choice.show(found, wrap=("found", "to_do"))
    counts = [sum(row["state"] == state for row in found) for state in (BAD, GOOD)]
    if counts[0]:
        raise Stop(f"{counts[0]} wrong; what to do about it stands above")
    say("nothing is wrong" if counts[1] == len(found) else f"nothing is wrong; {len(found) - counts[1]} to look at")


@app.command()
def version(context: typer.Context) -> None:
    """The versions at work."""
    names = ("givetake", "duckdb", "polars", "great-expectations", "prefect")
    context.obj.show([{n.replace("-", "_"): installed(n) for n in names} | {"python": platform.python_version()}])
