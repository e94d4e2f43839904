"""What goes in: add an export, list what is in and what can be read, take one out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.screen import Choice, Stop, complain, progress, say

if TYPE_CHECKING:
    from flows.inbox import Parcel
    from flows.settings import Home

app = typer.Typer()


@app.command()
def add(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(help="Exports as they came: zip, tar, folder, or a folder of those.")],
    mine: Annotated[bool, typer.Option("--mine", help="Yes, the account in it is mine.")] = False,
) -> None:
    """Say what each export is and copy it into the inbox."""
    from flows import inbox
    from flows.doctor import Patient, complaints
    from flows.read import forget_archive, read_inbox

    choice: Choice = context.obj
    home, settings = choice.place().make(), choice.settings()
    if missing := [p for p in paths if not p.exists()]:
        raise Stop(f"{missing[0]} — nothing is there — name an export: a zip, a tar or a folder", 2)
    before = {p.sha256 for p in inbox.parcels(home)}
    parcels = {p.sha256: p for path in paths for p in inbox.add(home, path)}
    with progress() as move:
        told = read_inbox(home, settings, only=list(parcels.values()), mine=mine, progress=move)
    for read in told:
        for line in read.lines(read.name):
            complain(line)
        if read.outcome in ("refused", "failed") and read.sha256 not in before:
            forget_archive(home, parcels[read.sha256])
    good = [r for r in told if r.outcome not in ("refused", "failed")]
    choice.show(
        [{"archive": r.sha256, "name": r.name, "is": _is(home, r.sha256), "outcome": r.outcome} for r in good],
        ("name", "is", "outcome", "archive"),
    )  # fmt: skip
    if not good:
        raise Stop("nothing taken in; the reasons are above")
    new = {platform["platform"] for read in good for platform in read.platforms}
    for platform, found, to_do in complaints(Patient(home, choice.settings, choice.rows)):
        if platform in new:
            complain(f"{platform} — {found} — {to_do}")
    say("next: givetake run")


@app.command()
def sources(context: typer.Context) -> None:
    """The platforms that can be read, and what your exports of each let one see."""
    from dashboards.published import NotPublished
    from transforms.sources import sources as all_sources

    choice: Choice = context.obj
    seen: dict[str, list[str]] = {}
    try:
        for row in choice.rows("from channel where visibility <> 'not observable' order by platform, channel, direction"):
            named = "" if row["visibility"] == "seen" else f" ({row['visibility']})"
            seen.setdefault(row["platform"], []).append(f"{row['channel']} {row['direction']}{named}")
    except NotPublished:
        say("what each lets one see is known after the first `givetake run`")
    choice.show(
        [
            {
                "platform": name, "title": source.TITLE, "layouts": list(source.LAYOUTS), "sees": seen.get(name, []),
                "about": " ".join((source.__doc__ or "").strip().split("\n\n")[0].split()),
            }
            for name, source in all_sources().items()
        ],
        ("platform", "title", "layouts", "sees"),
    )  # fmt: skip


@app.command()
def archives(context: typer.Context) -> None:
    """What is in the inbox, and what the last night found in it."""
    from dashboards.published import NotPublished
    from flows.inbox import parcels

    choice: Choice = context.obj
    told: dict[str, list[dict[str, Any]]] = {}
    try:
        for row in choice.rows("select * from source"):
            told.setdefault(row["archive"], []).append(row)
    except NotPublished:
        say("what is in them is known after the first `givetake run`")
    choice.show(
        [
            {"name": parcel.paths[0].name, "archive": parcel.sha256, "bytes": parcel.size} | row
            for parcel in parcels(choice.place())
            for row in told.get(parcel.sha256, [{"platform": None, "exported_on": None, "records": None, "problems": None}])
        ],
        ("name", "platform", "exported_on", "records", "acts", "merged", "problems", "archive")
        if told else ("name", "bytes", "archive"),
    )  # fmt: skip


@app.command()
def remove(
    context: typer.Context,
    archive: Annotated[str, typer.Argument(help="Its name in the inbox, or the start of its sha256.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Take an archive and its facts out; the next run counts without it."""
    from flows.inbox import parcels
    from flows.read import forget_archive

    choice: Choice = context.obj
    home = choice.place()
    found = [p for p in parcels(home) if _fits(p, archive)]
    if len(found) != 1:
        choice.show([{"name": p.paths[0].name, "archive": p.sha256} for p in found])
        raise Stop(f"{archive} — fits {len(found)} archives — name one as `givetake archives` lists it", 2)
    if not yes and not typer.confirm(f"Take {found[0].paths[0].name} out of {home.inbox}?", err=True):
        raise Stop("nothing taken out", 1)
    forget_archive(home, found[0])
    choice.show([{"name": found[0].paths[0].name, "archive": found[0].sha256}])
    say("next: givetake run")


def _fits(parcel: Parcel, archive: str) -> bool:
    return any(p.name == archive for p in parcel.paths) or (len(archive) >= 4 and parcel.sha256.startswith(archive.lower()))


def _is(home: Home, sha256: str) -> str:
    """The platforms in an archive and how many acts each holds, by its facts."""
    import polars as pl

    facts = pl.scan_parquet(home.facts / f"{sha256}.parquet", glob=False)
    told = facts.group_by("platform").agg(acts=(pl.col("fact") == "act").sum()).sort("platform").collect()
    return ", ".join(f"{row['platform']} ({row['acts']} acts)" for row in told.to_dicts())
