"""The app over the published nights."""

from __future__ import annotations

import sys
from contextlib import suppress
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
