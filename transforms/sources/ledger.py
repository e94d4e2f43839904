"""The owner's own ledger: what no export holds, a dinner or a referral by phone. `ledger.csv` in the owner's folder.

Columns: happened_on (YYYY-MM-DD), direction (given, received or both), person (an account as in people.csv, the person's
name there, or a name that only one connection has), kind (a value kind; talk for a meeting), n_targets (default 1), note.
The owner vouches for a row, so its kind needs no confirmation.
"""

from __future__ import annotations

import polars as pl

from transforms import times
from transforms.act import Owner, Reading
from transforms.archive import Archive, Member

TITLE = "Ledger"
VERSION = "1"
LAYOUTS = {"2026": ("ledger.csv",)}
IGNORES: dict[str, str] = {}

KINDS = (
    "status", "thanks", "applause", "link", "ask", "spam", "talk", "amplification", "endorsement", "help", "resource",
    "credit", "introduction", "offer", "recommendation", "gift",
)  # fmt: skip
_CHANNELS = {"gift": "gift", "recommendation": "recommendation", "endorsement": "endorsement"}
_COLUMNS = ("happened_on", "direction", "person", "kind", "n_targets", "note")


def claims(archive: Archive) -> list[Member]:
    """The file alone, by its name and its header."""
    return [m for m in archive.find("ledger.csv") if b"happened_on" in archive.head(m, 200)]


def read(archive: Archive, owner: Owner) -> Reading:
    """Every row an act; a row that cannot be understood is a problem."""
    reading = Reading("ledger", owner_key="me")
    for member in claims(archive):
        try:
            written = pl.read_csv(archive.read(member), infer_schema=False, truncate_ragged_lines=True, encoding="utf8-lossy")
        except pl.exceptions.PolarsError:
            reading.problem(member.number, "-", "not a CSV with a header; see docs/ledger.md")
            reading.member(member.number, 1)
            continue
        _rows(reading, member, written)
    return reading


def _rows(reading: Reading, member: Member, written: pl.DataFrame) -> None:
    have = {c.strip().lower(): c for c in written.columns}
    cell = {
        c: pl.col(have[c]).str.strip_chars().replace("", None) if c in have else pl.lit(None, dtype=pl.String) for c in _COLUMNS
    }
    rows = written.with_row_index("i").select(
        "i",
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
    reading.member(member.number, written.height)
