"""A copy to show to others."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.screen import Choice, Stop, say

app = typer.Typer()


@app.command()
def share(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="The file to write, as in shown.duckdb.")],
) -> None:
    """Write a copy of the published file in which nobody can be named, to show to others."""
    from dashboards.published import published
    from flows import share as copy

    choice: Choice = context.obj
    if path.exists() or not path.parent.is_dir():
        found = "is there already" if path.exists() else f"no folder {path.parent}"
        raise Stop(f"{path} — {found} — name a new file in a folder that is there", 2)
    rows = copy.share(published(choice.place().folder), path)
    choice.show([{"table": table, "rows": kept, "held_back": held} for table, (kept, held) in rows.items()])
    say(f"written: {path}; names are made up, texts left out, dates are months; what fewer than {copy.FEW} share is held back")
