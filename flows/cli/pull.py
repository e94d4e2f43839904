"""The pulls: ask the platforms' APIs for what is new."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli.screen import Choice, Stop, complain, say

app = typer.Typer()


@app.command()
def pull(
    context: typer.Context,
    platforms: Annotated[list[str] | None, typer.Argument(help="Which; else all that givetake.toml names.")] = None,
) -> None:
    """Ask the platforms' APIs for what is new, and put it into the inbox; `run` does it too."""
    from flows.pull import platforms as known
    from flows.pull import pull_all
    from flows.stages import alone

    choice: Choice = context.obj
    home, settings = choice.place().make(), choice.settings()
    if strange := sorted(set(platforms or ()) - set(known())):
        raise Stop(f"{', '.join(strange)} — cannot be pulled — {', '.join(known())} can", 2)
    if not platforms and not settings.pull:
        raise Stop("nothing to pull — write [pull.<platform>] in givetake.toml; docs/pulls.md shows how", 2)
    with alone(home):
        told = pull_all(home, settings, platforms)
    for row in told:
        if row["line"]:
            complain(row["line"])
    choice.show(told, ("platform", "outcome", "archives", "requests", "bytes", "seconds"))
    if any(row["outcome"] == "failed" for row in told):
        raise Stop("a pull failed; the reason is above, the others are done")
    say("next: givetake run")
