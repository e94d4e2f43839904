"""What the commands share: what was chosen, data to stdout as a table, tabs or JSON, and words to stderr."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flows.settings import Home, Settings

Row = Mapping[str, Any]
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # also those that turn text around


class Stop(Exception):  # noqa: N818
    """An end with words for the user and an exit code: where, what was found, what to do."""

    def __init__(self, said: str, code: int = 1) -> None:
        super().__init__(said)
        self.code = code


@dataclass(frozen=True)
class Choice:
    """The options every command has."""

    home: str = ""
    owner: str = ""
    as_json: bool = False

    def place(self) -> Home:
        """The home of the owner chosen."""
        from flows.settings import Home

        try:
            return Home.find(self.home or None, self.owner or None)
        except ValueError as why:
            raise Stop(str(why), 2) from None

    def settings(self, **flags: Any) -> Settings:
        """The owner's settings."""
        from flows.settings import Settings

        return Settings.load(self.place(), **flags)

    def rows(self, select: str, **values: Any) -> list[dict[str, Any]]:
        """Rows of the last good night, by one of our own SELECTs."""
        from dashboards.published import connect

        with connect(self.place().folder) as con:
            told = con.execute(select, values)
            names = [column[0] for column in told.description]
            return [dict(zip(names, row, strict=True)) for row in told.fetchall()]

    def show(self, rows: Sequence[Row], columns: Sequence[str] = (), title: str = "", wrap: Sequence[str] = ()) -> None:
        """Print rows: all as JSON, or `columns` of them, as many as fit, in order of importance; those in `wrap` may fold."""
        if self.as_json:
            json.dump([dict(r) for r in rows], sys.stdout, default=_plain, ensure_ascii=False, indent=1)
            print()
            return
        columns = columns or list(rows[0] if rows else [])
        cells = [[cell(r.get(c)) for c in columns] for r in rows]
        if sys.stdout.isatty():
            _table(columns, cells, title, wrap)
        else:
            print("\t".join(columns))
            print(*("\t".join(line) + "\n" for line in cells), sep="", end="")


def say(words: str) -> None:
    """Words for the person, on stderr."""
    print(_CONTROL.sub(" ", words), file=sys.stderr, flush=True)


def complain(words: str) -> None:
    """Lines that say where, what was found and what to do."""
    for line in words.splitlines():
        say(f"givetake: {line}")


def cell(value: Any) -> str:
    """A value as a person reads it, on one line, harmless to a terminal."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{round(value, 2) + 0:g}" if abs(value) < 1000 else f"{value:,.0f}"  # + 0: no −0
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, list | tuple):
        return ", ".join(map(cell, value))
    return _CONTROL.sub(" ", str(value))


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """A bar with the time left on a terminal, nothing elsewhere: progress(what, done, of)."""
    if not sys.stderr.isatty():
        yield lambda what, done, of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    bars: dict[str, Any] = {}
    left = TimeRemainingColumn(elapsed_when_finished=True)
    shown = (TextColumn("{task.description}"), BarColumn(None), MofNCompleteColumn(), left)
    with Progress(*shown, console=Console(stderr=True), transient=True) as bar:

        def move(what: str, done: int, of: int) -> None:
            if what not in bars:
                bars[what] = bar.add_task(what, total=of)
            bar.update(bars[what], completed=done, total=of)

        yield move


def _table(columns: Sequence[str], cells: list[list[str]], title: str, wrap: Sequence[str]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    width = shutil.get_terminal_size().columns
    wide = [min(14 if c in wrap else 30, max([len(c), *(len(line[i]) for line in cells)])) for i, c in enumerate(columns)]
    fits = next((n for n in range(len(columns), 1, -1) if sum(wide[:n]) + 2 * n <= width), min(2, len(columns)))
    table = Table(title=title or None, box=None, pad_edge=False, padding=(0, 2, 0, 0), title_justify="left")
    for i, name in enumerate(columns[:fits]):
        numeric = all(re.fullmatch(r"–|[-−]?[\d,.]+", line[i]) for line in cells)
        if name in wrap or (i == fits - 1 and not numeric):  # the last may fold: a reason is a sentence
            table.add_column(Text(name), overflow="fold")
        else:
            table.add_column(Text(name), justify="right" if numeric else "left", no_wrap=True, max_width=30)
    for line in cells:
        table.add_row(*map(Text, line[:fits]))
    Console(highlight=False).print(table)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else str(value)
