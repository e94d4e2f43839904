"""The command line. Every module here with an `app` adds its commands; what is heavy is imported inside them.

`--home`, `--owner` and `--json` stand before or after a command's name. Exit codes: 0 done, 1 error, 2 usage, 3 a gate
stopped the run, 4 another run is at work. Data goes to stdout, everything else to stderr.
"""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from importlib import import_module
from pkgutil import iter_modules
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from flows.cli.screen import Choice, Stop, complain

EXIT = {"GateBroken": 3, "Busy": 4}  # by name: the modules that raise them are heavy
GLOBAL = {"--home": 1, "--owner": 1, "--json": 0}  # and how many values each takes
ORDER = (
    "demo", "init", "add", "run", "pull", "serve", "connections", "explain", "cut", "people", "kinds", "classify", "score", "sql",
    "dashboard", "notebook", "report", "sources", "archives", "remove", "forget", "share", "doctor", "version",
)  # fmt: skip


class _Ordered(TyperGroup):
    """Commands in the order a person meets them."""

    def list_commands(self, ctx: Any) -> list[str]:
        return sorted(super().list_commands(ctx), key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))


app = typer.Typer(
    name="givetake", cls=_Ordered, no_args_is_help=True, pretty_exceptions_enable=False,
    epilog="--home, --owner and --json may also follow a command's name.",
)  # fmt: skip


@app.callback()
def _choose(
    context: typer.Context,
    home: Annotated[str, typer.Option(help="Where everything is kept; else GIVETAKE_HOME, else your user data folder.")] = "",
    owner: Annotated[str, typer.Option(help="Whose network; else the only one there is.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="A list of objects with the published column names.")] = False,
) -> None:
    """Who gives and who takes in your network."""
    context.obj = Choice(home, owner, as_json)


for _module in sorted(m.name for m in iter_modules(__path__)):
    _commands = getattr(import_module(f"{__name__}.{_module}"), "app", None)
    if _commands:
        app.add_typer(_commands)


def main() -> None:
    """Run one command. Whatever goes wrong is one line: where, what was found, what to do."""
    os.umask(0o077)  # before any file is made: what is kept here is private
    sys.stdout = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="replace")
    os.dup2(2, 1)  # stdout is data, whatever a library prints
    code = run(sys.argv[1:])
    with suppress(BrokenPipeError):
        sys.stdout.close()
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """The exit code of one command line."""
    try:
        app(in_front(arguments), prog_name="givetake")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except Stop as stop:
        complain(str(stop))
        return stop.code
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        complain("stopped; the last good night stays")
        return 130
    except Exception as error:
        if os.environ.get("GIVETAKE_DEBUG"):
            raise
        complain(_line(error))
        return EXIT.get(type(error).__name__, 1)
    return 0


def in_front(arguments: list[str]) -> list[str]:
    """The options every command has, moved before its name. What follows `--` stays."""
    front: list[str] = []
    rest: list[str] = []
    left = list(arguments)
    while left:
        word = left.pop(0)
        if word == "--":
            rest += [word, *left]
            break
        taken = front if word.partition("=")[0] in GLOBAL else rest
        taken.append(word)
        if taken is front and "=" not in word:
            front += [left.pop(0) for _ in range(min(GLOBAL[word], len(left)))]
    return front + rest


def _line(error: Exception) -> str:
    """What may be told of an error: our own words, else its type and place; other messages may quote content."""
    ours = type(error).__module__.startswith(("flows.", "transforms.", "dashboards."))
    if ours or type(error) is ValueError:
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'a file'} — {error.strerror.lower()} — free it, or choose another --home"
    troubles = [t for t in map(os.strerror, (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS)) if t in str(error)]
    if troubles or type(error).__name__ in ("IOException", "FatalException"):  # as DuckDB tells it, now in words, now without
        found = troubles[0].lower() if troubles else "could not be written or read"
        return f"the disk of the home — {found} — make room or mend it, then run again; the last good night stays"
    if type(error).__name__ == "ValidationError" and hasattr(error, "errors"):
        told = [f"{'.'.join(map(str, e['loc']))} — {e['msg']}" for e in error.errors(include_input=False)]
        return "settings: " + "; ".join(told) + " — see givetake.toml and GIVETAKE_* in the environment"
    if type(error).__name__ == "TOMLDecodeError":
        return f"givetake.toml — {error} — write it as TOML"
    from flows.reader import place

    return f"{place(error)} — a bug, or a damaged file — GIVETAKE_DEBUG=1 shows all of it"
