"""The owner's own ledger: what no export holds, a dinner or a referral by phone. `ledger.csv` in the owner's folder.

Columns: happened_on (YYYY-MM-DD), direction (given, received or both), person (an account as in people.csv, the person's
name there, or a name that only one connection has), kind (a value kind; talk for a meeting), n_targets (default 1), note.
The owner vouches for a row, so its kind needs no confirmation. Spreadsheets of many countries write `;` between cells, and other
letters than UTF-8.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import polars as pl

from transforms import times
from transforms.act import Owner, Reading
from transforms.archive import Archive, Member, Unreadable
from transforms.formats import csvs

TITLE = "Ledger"
VERSION = "2"
LAYOUTS = {"2026": ("ledger.csv",)}
IGNORES: dict[str, str] = {}

KINDS = (
    "status", "thanks", "applause", "link", "ask", "spam", "talk", "amplification", "endorsement", "help", "resource",
    "credit", "introduction", "offer", "recommendation", "gift",
)  # fmt: skip
_CHANNELS = {"gift": "gift", "recommendation": "recommendation", "endorsement": "endorsement"}
_COLUMNS = ("happened_on", "direction", "person", "kind", "n_targets", "note")
_NEEDS = {"happenedon", "direction", "person", "kind"}
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_LONGEST = 30  # lines of one record
_OPEN, _MORE = "its quotes do not close", 'more cells than columns; a note with a comma belongs in "quotes"'


def claims(archive: Archive) -> list[Member]:
    """The file by its name and its header; alone by its name, since it can be no other's then."""
    return [m for m in archive.find("ledger.csv") if len(archive.members) == 1 or csvs.header(archive.head(m), _NEEDS)]


def read(archive: Archive, owner: Owner) -> Reading:
    """Every row an act; a row that cannot be understood is a problem."""
    reading = Reading("ledger", owner_key="me")
    for member in claims(archive):
        try:
            data = csvs.windows(archive.read(member))
        except Unreadable as why:
            reading.problem(member.number, "-", str(why))
            reading.member(member.number, 1)
            continue
        head, *rows = [*_records(data.decode("utf-16" if data[:2] in _UTF16 else "utf-8-sig"))] or [[]]
        squashed = [csvs.squash(c) for c in head]
        columns = [c if squashed.index(c) == i else f"#{i}" for i, c in enumerate(squashed)]
        if not set(columns) >= _NEEDS:
            why = "no first line that names the columns happened_on, direction, person and kind; see docs/ledger.md"
            reading.problem(member.number, "-", why)
            reading.member(member.number, 1)
            continue
        reading.member(member.number, len(rows))
        whole = []
        for i, cells in enumerate(rows):
            if len(cells) > len(columns) or not cells:
                reading.problem(member.number, i, f"{_OPEN if not cells else _MORE}; mend the row")
            else:
                whole.append([i, *cells, *[""] * (len(columns) - len(cells))])
        schema = {"row": pl.Int64} | dict.fromkeys(columns, pl.String)
        _rows(reading, member, pl.DataFrame(whole, schema=schema, orient="row"))
    return reading


def _records(text: str) -> Iterator[list[str]]:
    """The cells of every record, none where its quotes do not close. A note may have lines of its own."""
    lines, at = text.splitlines(), 0
    separator = max(",;\t", key=lines[0].count) if lines else ","
    while at < len(lines):
        ends = range(at + 1, min(at + _LONGEST, len(lines)) + 1)
        pieces = ("\n".join(lines[at:end]) for end in ends)
        end, piece = next(((e, p) for e, p in zip(ends, pieces, strict=True) if p.count('"') % 2 == 0), (at + 1, None))
        yield [] if piece is None else next(csv.reader(io.StringIO(piece), delimiter=separator), [""])
        at = end


def _rows(reading: Reading, member: Member, written: pl.DataFrame) -> None:
    have = {c: csvs.squash(c) for c in _COLUMNS if csvs.squash(c) in written.columns}
    cell = {c: pl.col(have[c]).str.strip_chars().replace("", None) if c in have else pl.lit(None, pl.String) for c in _COLUMNS}
    empty = pl.all_horizontal(cell[c].is_null() for c in have)
    reading.set_aside(member.number, "empty rows", written.filter(empty).height)
    rows = written.filter(~empty).select(
        i="row",
        happened_at=times.written(cell["happened_on"] + " 00:00", "%Y-%m-%d %H:%M"),
        direction=cell["direction"].str.to_lowercase(),
        person=cell["person"],
        kind=cell["kind"].str.to_lowercase(),
        n_targets=cell["n_targets"].fill_null("1").cast(pl.Int32, strict=False),
        note=cell["note"],
    )
    wrong = (
        pl.when(pl.col("happened_at").is_null()).then(pl.lit("happened_on is no date; write it as 2024-05-31"))
        .when(~pl.col("direction").is_in(["given", "received", "both"]).fill_null(False))
        .then(pl.lit("direction is none of given, received, both"))
        .when(~pl.col("kind").is_in(KINDS).fill_null(False)).then(pl.lit(f"kind is none of {', '.join(KINDS)}"))
        .when(pl.col("person").is_null()).then(pl.lit("no person"))
        .when(~(pl.col("n_targets") >= 1).fill_null(False)).then(pl.lit("n_targets is no number from 1 on"))
    )  # fmt: skip
    rows = rows.with_columns(wrong=wrong)
    for i, reason in rows.filter(pl.col("wrong").is_not_null()).select("i", "wrong").iter_rows():
        reading.problem(member.number, i, f"{reason}; mend the row")
    good = rows.filter(pl.col("wrong").is_null())
    both = pl.when(pl.col("direction") == "both").then(pl.lit(["given", "received"])).otherwise(pl.concat_list("direction"))
    record = pl.format(f"{member.number}:{{}}", "i")
    acts = good.with_columns(direction=both, record=record).explode("direction")
    acts = acts.with_columns(
        channel=pl.col("kind").replace_strict(_CHANNELS, default="meeting"),
        counterparts=pl.concat_list("person"),
        value_kind=pl.col("kind"),
        value_rule=pl.lit("channel:ledger"),
        proven=True,
        composed=~pl.col("kind").is_in(["applause", "endorsement", "amplification"]),
        text=pl.col("note"),
        time_precision=pl.lit("day"),
        evidence=pl.lit("ledger"),
    )
    reading.acts(acts, identity=["happened_at", "person", "kind", "note"])
    reading.accounts(
        good.select(key="person", name="person", identified=pl.lit("name"), record=record).unique("key", keep="first")
    )
    reading.exported_at = acts["happened_at"].max()
    for channel in sorted(set(acts["channel"])):
        for direction in ("given", "received"):
            reading.sees(channel, direction, claim="the owner's own record of both directions")
