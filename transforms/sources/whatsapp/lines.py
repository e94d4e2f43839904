"""From the text of a chat to one row per message: where each begins, and which part of a date is the day.

Every part of this is vectorised: a chat of years is a hundred thousand lines.
"""

from __future__ import annotations

import polars as pl

from transforms.times import written

HEADER = (
    r"\[?\x{feff}?(\d{1,4})[./-] ?(\d{1,2})[./-] ?(\d{1,4})\.?,?\s(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?"
    r"(?:\s*([AaPp])\.?\s?[Mm]\.?)?(?:\]|\s[-–])\s?"
).replace(r"\x{feff}", "\ufeff")
_LINE = r"^[\x{feff}\x{200e}\x{200f}]*" + HEADER + r"((?s:.*))$"
_PARTS = ("a", "b", "c", "hour", "minute", "second", "half", "rest")
_ORDERS = {"dmy": ("c", "b", "a"), "mdy": ("c", "a", "b"), "ymd": ("a", "b", "c")}


class Undecided(Exception):  # noqa: N818  it reads as what it says
    """A file whose dates mean two things: how many records it holds."""

    def __init__(self, reason: str, records: int) -> None:
        super().__init__(reason)
        self.records = records


def lines(data: bytes, zone: str) -> pl.DataFrame:
    """number, happened_at (UTC, from the clock in `zone`), time_precision, rest (author and text). Raises Undecided."""
    text = data.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n").rstrip("\n")
    every = pl.Series("line", text.split("\n")).to_frame()
    parts = pl.col("line").str.extract_groups(_LINE)
    f = every.with_columns(parts.struct.rename_fields(list(_PARTS)).struct.unnest())
    f = f.with_columns(record=pl.col("a").is_not_null().cum_sum())
    heads = f.filter(pl.col("a").is_not_null())
    more = f.filter(pl.col("a").is_null(), pl.col("record") > 0).group_by("record").agg(more=pl.col("line").str.join("\n"))
    heads = heads.join(more, on="record", how="left", maintain_order="left").with_columns(
        rest=pl.concat_str("rest", "more", separator="\n", ignore_nulls=True), number=(pl.col("record") - 1).cast(pl.String)
    )
    dates = _dates(heads)
    hour = pl.col("hour").cast(pl.Int64)
    half = pl.col("half").str.to_lowercase()
    hour = pl.when((half == "p") & (hour < 12)).then(hour + 12).when((half == "a") & (hour == 12)).then(0).otherwise(hour)
    clock = pl.format("{} {}:{}:{}", "date", hour.cast(pl.String).str.zfill(2), "minute", pl.col("second").fill_null("00"))
    at = written(clock, "%Y-%m-%d %H:%M:%S", zone=zone)
    precision = pl.when(pl.col("second").is_null()).then(pl.lit("minute")).otherwise(pl.lit("second"))
    return heads.with_columns(date=dates).select("number", "rest", happened_at=at, time_precision=precision)


def _dates(heads: pl.DataFrame) -> pl.Series:
    """The dates as ISO text, in the one order of day and month that all of them allow and that goes forward."""
    n = heads.height
    if heads["a"].str.len_chars().max() == 4:
        return _as(heads, "ymd")
    found = {order: _as(heads, order) for order in _ORDERS}
    if heads["c"].str.len_chars().max() == 4:
        del found["ymd"]
    days = {order: dates.str.to_date("%Y-%m-%d", strict=False) for order, dates in found.items()}
    cost = {order: (d.null_count(), (d.diff().dt.total_days() < 0).sum() or 0) for order, d in days.items()}
    best = min(cost.values())
    likely = [order for order, c in cost.items() if c == best]
    if len(likely) > 1 and "ymd" in likely:
        likely.remove("ymd")  # no phone writes a short year first; old copies of chats do
    if len(likely) == 1 or days[likely[0]].equals(days[likely[1]]):
        return found[likely[0]]
    dotted = heads["line"].head(1).str.contains(r"\d\.\s?\d{1,2}\.").all()
    if dotted:
        return found["dmy"]
    raise Undecided("day and month cannot be told apart in so few days; export the chat again when it is longer", n)


def _as(heads: pl.DataFrame, order: str) -> pl.Series:
    year, month, day = (pl.col(c) for c in _ORDERS[order])
    year = pl.when(year.str.len_chars() <= 2).then(pl.lit("20") + year.str.zfill(2)).otherwise(year)
    return heads.select(pl.format("{}-{}-{}", year, month.str.zfill(2), day.str.zfill(2))).to_series()
