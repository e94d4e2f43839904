"""The owner's own files, people.csv and kinds.csv, changed by a command and nothing lost that a hand wrote.

Rows keep their order, columns nobody here knows stay, and a file is written whole or not at all.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from flows.inbox import write

PEOPLE = ["account", "person", "me", "pin", "expect", "introduced_by", "relevant", "not_same_as", "same_as"]
KINDS = ["act_id", "kind", "verdict"]
LEDGER = ["happened_on", "direction", "person", "kind", "n_targets", "note"]
Row = dict[str, str]


class Sheet:
    """A CSV file as a list of rows by column name; `key`, the first of `columns`, names a row."""

    def __init__(self, path: Path, columns: list[str]) -> None:
        self.path, self.key = path, columns[0]
        written: list[list[str]] = []
        if path.exists():
            with path.open(newline="", encoding="utf-8-sig") as f:
                written = list(csv.reader(f))
        head = (written or [[]])[0]
        head = head + [""] * (max(map(len, written), default=0) - len(head))  # a row may be longer than the header
        told = [name.strip().lower() or f"column {n}" for n, name in enumerate(head)]
        more = [column for column in columns if column not in told]
        self.rows: list[Row] = [dict(zip(told, line, strict=False)) for line in written[1:]]
        self.header, self._head = told + more, head + more

    def name(self, row: Row) -> str:
        """What a row is named by."""
        return row.get(self.key, "").strip()

    def row(self, name: str) -> Row:
        """The row of this name, the last where there are several; {} where there is none."""
        return next((row for row in reversed(self.rows) if self.name(row) == name), {})

    def put(self, name: str, **cells: str) -> None:
        """Set cells of the row of this name; a new row where there is none."""
        row = self.row(name)
        if not row:
            row = {self.key: name}
            self.rows.append(row)
        row.update(cells)

    def drop_empty(self, names: Iterable[str]) -> None:
        """Take out those rows of these names that say nothing but the name."""
        gone = set(names)
        self.rows = [
            row for row in self.rows
            if self.name(row) not in gone or any(v.strip() for c, v in row.items() if c != self.key)
        ]  # fmt: skip

    def save(self) -> None:
        """Write it whole or not at all, readable by this user only."""
        out = io.StringIO()
        lines = csv.writer(out, lineterminator="\n")
        lines.writerow(self._head)
        lines.writerows([row.get(column, "") for column in self.header] for row in self.rows)
        write(self.path, out.getvalue().encode())


def split(cell: str) -> list[str]:
    """The accounts in a cell, separated by semicolons."""
    return [part for part in map(str.strip, cell.split(";")) if part]


def join(accounts: Iterable[str]) -> str:
    """Accounts as one cell."""
    return "; ".join(sorted(set(accounts)))
