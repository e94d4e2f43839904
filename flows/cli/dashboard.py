"""The app over the published nights, and the notebook for SQL on them."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.screen import Choice, Stop, say

app = typer.Typer()


@app.command()
def dashboard(
    context: typer.Context,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Else 8501, or any that is free. 0: any.")] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address.")] = False,
) -> None:
    """The app: private to this machine, read-only, with each new night as it comes."""
    from dashboards import door
    from dashboards.published import published

    choice: Choice = context.obj
    folder = choice.place().folder
    published(folder)  # says what to do where there is no night yet
    if port and not door.free(port):
        raise Stop(f"--port — {port} is taken — choose another, or leave it out", 1)
    if port is None:
        port = door.PORT if door.free(door.PORT) else 0

    def opened(address: str) -> None:
        choice.show([{"address": address}]) if choice.as_json else print(address)
        sys.stdout.flush()
        say("the address is the key: keep it to yourself; Ctrl-C ends it")
        if not no_browser:
            typer.launch(address)

    try:
        with suppress(KeyboardInterrupt):
            door.serve(folder, port, opened)
    except ImportError as missing:
        if (missing.name or "").split(".")[0] not in ("streamlit", "starlette"):
            raise
        raise Stop("dashboard — Streamlit is not installed — pip install 'givetake[dashboard]', or make setup") from None


@app.command()
def notebook(
    context: typer.Context,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Else any that is free.")] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address.")] = False,
) -> None:
    """SQL on the published file in a marimo notebook, which is the owner's to change."""
    import dashboards
    from dashboards.published import published

    choice: Choice = context.obj
    folder = choice.place().folder
    published(folder)  # says what to do where there is no night yet
    if find_spec("marimo") is None:
        raise Stop("notebook — marimo is not installed — pip install 'givetake[notebook]', or make setup")
    kept = folder / "notebook.py"
    if not kept.exists():
        kept.write_text((Path(dashboards.__file__).parent / "notebook.py").read_text("utf-8"), "utf-8")
    say(f"{kept} is yours to change, take it away for a fresh one; ▷ in the lower right corner runs all of it")
    asked = [*(("--port", str(port)) if port else ()), *(("--headless",) if no_browser else ())]
    command = [sys.executable, "-m", "marimo", "edit", str(kept), "--host", "127.0.0.1", "--no-sandbox", "--skip-update-check"]
    os.execv(sys.executable, [*command, *asked])
