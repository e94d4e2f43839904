"""Acts that several records of one archive may tell: once each, and what is left over counted."""

from __future__ import annotations

import polars as pl

from transforms.act import Reading

TWICE = "told by another record too"


def tell(reading: Reading, acts: pl.DataFrame) -> pl.DataFrame:
    """Add acts that carry a global id in `uri`, their `member` and record `i`; the first of those with one id is kept.

    What has no date where one belongs (`time_precision` is not unknown) becomes a problem. Returns the acts added, with
    their `record`. The archive is as old as the newest of them, unless their times are only asserted by a client.
    """
    acts = acts.with_columns(record=pl.concat_str("member", "i", separator=":"))
    undated = pl.col("happened_at").is_null() & (pl.col("time_precision") != "unknown")
    lost = acts.filter(undated).select("member", "i", "record").unique("record", maintain_order=True)
    for member, i, _ in lost.iter_rows():
        reading.problem(member, i, "no date between 1990 and 2100; look it up and add it to the ledger")
    acts = acts.join(lost, on="record", how="anti", maintain_order="left") if lost.height else acts
    kept = acts
    if acts["uri"].n_unique() < acts.height:
        first = acts.select(pl.struct("channel", "direction", "uri").is_first_distinct()).to_series()
        kept = acts.filter(first)
        aside(reading, acts.filter(~first).join(kept, on="record", how="anti").unique("record", maintain_order=True), TWICE)
    reading.acts(kept, identity=["uri"])
    newest = kept.filter(pl.col("time_precision") != "asserted")["happened_at"].max()
    newest = newest or (kept["happened_at"].max() if reading.exported_at is None else None)
    if newest and (reading.exported_at is None or newest > reading.exported_at):
        reading.exported_at = newest
    return kept


def aside(reading: Reading, rows: pl.DataFrame, reason: str) -> None:
    """Set rows with a `member` aside, counted per member."""
    for member, n in rows.group_by("member").len().sort("member").iter_rows():
        reading.set_aside(member, reason, n)


def alone(key: str | pl.Expr) -> pl.Expr:
    """A column of keys as lists of one, empty where there is none. `list.drop_nulls` would take twelve times as long."""
    value = pl.col(key) if isinstance(key, str) else key
    return pl.when(value.is_null()).then(pl.lit([], pl.List(pl.String))).otherwise(pl.concat_list(value))
