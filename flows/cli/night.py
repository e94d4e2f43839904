"""The night: run one now, every night, or one on a synthetic owner."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from datetime import datetime, time
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.screen import Choice, Stop, complain, progress, say

if TYPE_CHECKING:
    from flows.settings import Home

app = typer.Typer()


@app.command()
def run(
    context: typer.Context,
    as_of: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="As if it were that day (UTC).")] = None,
    plain: Annotated[bool, typer.Option("--plain", help="The same stages without Prefect.")] = False,
) -> None:
    """One night now: read, check, measure, publish."""
    choice: Choice = context.obj
    figures = _night(choice, choice.place().make(), as_of, plain)
    choice.show([figures], [k for k, v in figures.items() if isinstance(v, int | str)])


@app.command()
def serve(
    context: typer.Context,
    cron: Annotated[str, typer.Option(help="When, as cron has it.")] = "15 4 * * *",
    timezone: Annotated[str, typer.Option(help="Whose clock; else each owner's own.")] = "",
) -> None:
    """Run every night until stopped, every owner of the home unless --owner names one."""
    from zoneinfo import ZoneInfo

    from flows import prefect_home

    choice: Choice = context.obj
    home = choice.place().make()
    if len(cron.split()) != 5:
        raise Stop(f"--cron — {cron} — write five fields, as in '15 4 * * *'", 2)
    try:
        ZoneInfo(timezone or "UTC")
    except (KeyError, ValueError, OSError):
        raise Stop(f"--timezone — {timezone} is no time zone — write it as Europe/Berlin", 2) from None
    homes = [home] if choice.owner else prefect_home.owners(home)
    url = prefect_home.surround(home, logging="INFO")
    if url and url == prefect_home.at_work(home):
        raise Stop(f"{home.root} — another serve is at work — stop it first", 4)
    with nullcontext(url) if url else prefect_home.server(home) as url:
        from flows.nightly import every_night

        say(f"{', '.join(h.owner for h in homes)}: every night at {cron} ({timezone or 'by their own clock'})")
        say(f"Prefect shows it at {url.removesuffix('/api')}; the password is in {home.root / '.prefect' / 'password'}")
        every_night(homes, cron, timezone)


@app.command()
def demo(
    context: typer.Context,
    plain: Annotated[bool, typer.Option("--plain", help="The same stages without Prefect.")] = False,
) -> None:
    """Make a synthetic owner's exports for several platforms and run a whole night on them, in a home of its own."""
    from flows.cli.found import tell
    from flows.demo import UNTIL, write

    choice: Choice = context.obj
    root = Choice().place().root
    home = Choice(choice.home or str(root.with_name(f"{root.name}-demo")), choice.owner or "demo").place().make()
    started = monotonic()
    write(home.folder)
    say(f"exports of a synthetic owner made in {monotonic() - started:.1f} s, in {home.inbox}; the night is as of {UNTIL}")
    choice = Choice(str(home.root), home.owner, choice.as_json)
    figures = _night(choice, home, datetime.combine(UNTIL, time.min), plain)
    if choice.as_json:
        choice.show([figures])
        return
    tell(choice)
    me = sys.argv[0] if Path(sys.argv[0]).name == "givetake" else "givetake"
    say("")
    say(f"look around: {me} dashboard --home {home.root} (or connections, explain NAME, cut, report)")
    say(f"then your own: {me} add PATH, {me} run")


def _night(choice: Choice, home: Home, as_of: datetime | None, plain: bool) -> dict[str, Any]:
    """One night, its times told apart on stderr: its figures."""
    from flows import prefect_home, stages

    started, start = monotonic(), 0.0
    settings, day = choice.settings(), as_of.date() if as_of else None
    with progress() as move:
        if plain:
            figures = stages.night(home, settings, day, move)
        else:
            with stages.alone(home):
                pass  # a second run says so at once, not when Prefect is up
            with nullcontext(lambda: None) if prefect_home.surround(home) else prefect_home.server_of_a_night(home) as wait:
                from flows.nightly import once

                figures, begun = once(home, settings, day, move, say, wait)
            start = begun - started
    took = monotonic() - started
    for line in figures["lines"]:
        complain(line)
    if figures["checks_not_held"]:
        complain(f"{figures['checks_not_held']} of {figures['checks']} checks did not hold — `givetake doctor` says which")
    say(f"{'nothing new' if figures['nothing_new'] else 'published'}: {home.published.resolve()}")
    begun = figures["seconds"].get(stages.CHECKS_START, 0.0)
    data = sum(figures["seconds"].values()) - begun
    say(
        f"night in {took:.1f} s: data {data:.1f}, start of Great Expectations {begun:.1f}"
        + (f", Prefect {took - data - begun:.1f} of which its start {start:.1f}" if start else "")
    )
    return figures
