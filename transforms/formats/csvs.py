"""CSV as platforms really write it: preambles, UTF-16 with tabs, two ways to escape a quote, rows cut short.

Every cell is a string. polars parses what is well formed, strictly; what it refuses is gone through record by record with
the `csv` module, so that one broken record costs itself and not the file. Records are counted either way: each is a row of
`frame` or an entry of `broken`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

import polars as pl

DEEPEST = 50  # lines a preamble may take before the header
_RETRIES = 50  # how often, on average, a line may be read again while looking for the next whole record
csv.field_size_limit(64 << 20)

_HEAD = 1 << 16  # bytes in which a header is looked for at first
_BOMS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
_LONE = rb'\\"(?!["\r\n,;\t]|\Z)'  # in the doubled dialect a quote after a backslash ends the cell or is doubled


class NotCsv(Exception):  # noqa: N818  it reads as what it says
    """Bytes in which the table was not found: what was found, and what to do. Holds no content."""


@dataclass(frozen=True)
class Table:
    """Rows of strings, columns named by `squash`, plus `row`: the number of the record among all of the file, from 0."""

    frame: pl.DataFrame
    broken: list[tuple[int, str]]  # number of the record, what is wrong with it

    @property
    def records(self) -> int:
        return self.frame.height + len(self.broken)


def squash(name: str) -> str:
    """A column or file name as they are compared, since eras differ in case, blanks and underscores."""
    return re.sub(r"[\W_]+", "", name).lower()


def windows(data: bytes) -> bytes:
    """What is not UTF-8, or UTF-16 by its mark, as the letters of Windows."""
    try:
        data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8")
    except UnicodeError:
        return data.decode("cp1252", "replace").encode()
    return data


def header(data: bytes, *needs: Iterable[str]) -> list[str] | None:
    """The columns named in the first lines, where one of the `needs` is met; None where none is. For peeking at a file."""
    try:
        return _header(_text(data)[0], needs)[0]
    except NotCsv:
        return None


def table(data: bytes, *needs: Iterable[str], check: tuple[str, str] | None = None) -> Table:
    """Read a table.

    `needs`: sets of columns (squashed names), one of which the header must have; what stands above it is cut.
    `check`: a column and a pattern that it has in every whole record, where the format promises one (a date). If that is
    the first column it also tells where records begin, which saves texts whose line breaks nobody quoted.
    Raises NotCsv where there is no such header.
    """
    frame = _as_it_stands(data, needs, check)
    if frame is not None:
        return Table(frame, [])
    text, harmed = _text(data)
    columns, start, separator = _header(text, needs)
    check = check if check and check[0] in columns else None
    raw = text[start:].encode()
    raw = raw.rstrip(b"\r\n") if raw.endswith((b"\n\n", b"\n\r\n")) else raw
    both = b"\\" in raw and b'\\"' in raw
    backslash = both and re.search(_LONE, raw) is not None
    if not harmed:
        for escaped in (backslash, not backslash) if both else (False,):
            frame = _strict(_doubled(raw) if escaped else raw, columns, separator, check)
            if frame is not None:
                return Table(frame, [])
    return _lenient(text[start:].rstrip("\r\n"), columns, separator, check, backslash, harmed)


def _as_it_stands(data: bytes, needs: Iterable[Iterable[str]], check: tuple[str, str] | None) -> pl.DataFrame | None:
    """A whole body in UTF-8 that quotes in one way, without a copy of it; None where it is not as simple as that."""
    head = data[:_HEAD].decode("utf-8", "replace")
    if head.startswith("\ufeff") or "\x00" in head or b'\\"' in data or data.endswith((b"\n\n", b"\n\r\n")):
        return None
    try:
        columns, start, separator = _header(head, needs)
    except NotCsv:
        return None
    above = head[:start]
    if "\ufffd" in above or not above.endswith("\n") or start == len(head):
        return None
    return _strict(data, columns, separator, check if check and check[0] in columns else None, above)


def _text(data: bytes) -> tuple[str, bool]:
    """Decoded; True where some bytes could not be."""
    encoding = next((e for bom, e in _BOMS if data.startswith(bom)), "utf-8")
    if encoding == "utf-8" and data[1:40:2].count(0) > 15:
        encoding = "utf-16-le"  # as an export without its mark
    try:
        text, harmed = data.decode(encoding), False
    except UnicodeDecodeError:
        text, harmed = data.decode(encoding, "replace"), True
    if "\n" not in text:
        text = text.replace("\r", "\n")
    return text, harmed


def _header(text: str, needs: Iterable[Iterable[str]]) -> tuple[list[str], int, str]:
    """Column names, where the body starts, the separator."""
    if not re.search("[^\ufeff\x00 \t\r\n]", text):
        raise NotCsv("empty; get the export again")
    wanted = [set(n) for n in needs]
    start = 0
    for line in islice(re.finditer(r"[^\n]*\n?", text), DEEPEST):
        start = line.end()
        first = line[0].strip("\ufeff\r\n").replace("\r", " ")
        separator = max(",\t;", key=first.count)
        columns = [squash(c) for c in next(csv.reader([first], delimiter=separator), [])]
        if columns and any(w <= set(columns) for w in wanted):
            return _named(columns), start, separator
    raise NotCsv("no line names the columns this file should have; if it is whole, its format is new")


def _named(columns: list[str]) -> list[str]:
    """Unnamed and repeated columns get names nobody asks for."""
    return [c if c and c not in columns[:i] else f"#{i}" for i, c in enumerate(columns)]


def _doubled(raw: bytes) -> bytes:
    r"""From the dialect that writes `\"` and `\\` to the one that writes `""` and `\`."""
    return re.sub(rb'\\(["\\])', lambda m: b'""' if m[1] == b'"' else b"\\", raw)


def _strict(
    raw: bytes, columns: list[str], separator: str, check: tuple[str, str] | None, above: str = ""
) -> pl.DataFrame | None:
    """The whole body by polars, which begins below what is `above`, or None where any record of it is not whole."""
    schema = dict.fromkeys(columns, pl.String)
    if not raw:
        return pl.DataFrame(schema=schema).with_row_index("row")
    try:
        frame = pl.read_csv(
            raw, has_header=False, schema=schema, separator=separator, empty_string_is_null=False, missing_columns="insert",
            skip_lines=above.count("\n"),
        )  # fmt: skip
    except pl.exceptions.PolarsError:
        return None
    # polars fills short rows up in silence: as many separators must be in the file as whole rows and their cells need
    quoted = b'"' in raw  # else no cell holds one
    cells = frame.select(pl.all().str.count_matches(separator, literal=True).sum()).sum_horizontal()[0] if quoted else 0
    if raw.count(separator.encode()) - above.count(separator) != cells + frame.height * (len(columns) - 1):
        return None
    if check and not frame[check[0]].str.contains(check[1]).all():
        return None
    return frame.with_row_index("row")


def _lenient(body: str, columns: list[str], separator: str, check, backslash: bool, harmed: bool) -> Table:
    """Record by record: first as quoted, then by where records begin; the way that saves most."""
    column, pattern = check or (columns[0], "")
    place, fits = columns.index(column), re.compile(pattern).search

    def wrong(cells: list[str]) -> str:
        if len(cells) != len(columns):
            return f"{len(cells)} cells where {len(columns)} are named"
        if not fits(cells[place]):
            return f"the column {column} is not in its form"
        return "bytes that are no text" if harmed and any("\ufffd" in c for c in cells) else ""

    lines = [line + "\n" for line in body.split("\n")]
    best = None
    for escaped in (backslash, not backslash) if '\\"' in body else (backslash,):
        style = {"delimiter": separator, "strict": True, "escapechar": "\\" if escaped else None}
        ways = [_as_quoted(lines, style, wrong)]
        if check and place == 0:
            ways.append(_as_begun(lines, style, wrong, re.compile(f'"?(?:{pattern.removeprefix("^")})'), len(columns)))
        for found in ways:
            if best is None or _cost(found) < _cost(best):
                best = found
    rows = [(i, cells) for i, (cells, reason) in enumerate(best) if not reason]
    frame = pl.DataFrame([cells for _, cells in rows], schema=dict.fromkeys(columns, pl.String), orient="row")
    frame = frame.with_columns(row=pl.Series([i for i, _ in rows], dtype=pl.UInt32)).select("row", *columns)
    return Table(frame, [(i, reason) for i, (_, reason) in enumerate(best) if reason])


_Found = list[tuple[list[str], str]]


def _cost(found: _Found) -> tuple[int, int]:
    """Most whole records, then fewest broken ones."""
    broken = sum(1 for _, reason in found if reason)
    return broken - len(found), broken


def _as_quoted(lines: list[str], style: dict, wrong: Callable[[list[str]], str]) -> _Found:
    """Records as their quotes say; after a broken one, line by line to the next that is whole."""
    found: _Found = []
    at, budget, lost = 0, _RETRIES * (len(lines) + 100), False
    while at < len(lines) and budget > 0:
        for cells, reason, used in _records(islice(lines, at, None), style, wrong):
            budget -= used
            if cells and not reason:
                found.append((cells, ""))
                lost = False
            elif cells or reason:
                if not lost:
                    found.append(([], reason))
                lost = True
                at += 1
                break
            at += used
    if at < len(lines) and not lost:
        found.append(([], "too broken to look further; get the export again"))
    return found


def _records(lines: Iterator[str], style: dict, wrong: Callable[[list[str]], str]) -> Iterator[tuple[list[str], str, int]]:
    """Each record with what is wrong with it and the lines it took."""
    reader, before = csv.reader(lines, **style), 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error:
            yield [], "its quotes do not close", max(reader.line_num - before, 1)
            return
        if cells is None:
            return
        yield cells, wrong(cells) if cells else "", reader.line_num - before
        before = reader.line_num


def _as_begun(lines: list[str], style: dict, wrong: Callable[[list[str]], str], begins: re.Pattern, width: int) -> _Found:
    """Records by where they begin; in one whose quotes are amiss the last column takes what is left."""
    starts = [i for i, line in enumerate(lines) if begins.match(line)]
    found: _Found = [] if starts and starts[0] == 0 else [([], "stands before the first record")]
    for start, end in pairwise([*starts, len(lines)]):
        chunk = lines[start:end]
        cells, reason = [], ""
        records = [r for r in _records(iter(chunk), style, wrong) if r[0] or r[1]]
        if len(records) == 1:
            cells, reason, _ = records[0]
        if not cells or reason:
            cells, reason = _rest_last("".join(chunk).rstrip("\r\n"), style, wrong, width)
        found.append((cells, reason))
    return found


def _rest_last(record: str, style: dict, wrong: Callable[[list[str]], str], width: int) -> tuple[list[str], str]:
    cells = record.split(style["delimiter"], width - 1)
    quote = style["escapechar"] + '"' if style["escapechar"] else '""'
    rest = cells[-1].removeprefix('"')
    closed = rest.endswith('"') and not rest.endswith(quote)
    cells = [*(c.strip('"') for c in cells[:-1]), (rest[:-1] if closed else rest).replace(quote, '"')]
    reason = wrong(cells)
    return ([], "its quotes do not close") if reason else (cells, "")
