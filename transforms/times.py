"""Instants as UTC: expressions over what platforms write. What is no instant between 1990 and 2100 is null."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

FIRST, LAST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
INSTANT = pl.Datetime("us", "UTC")


def sane(at: pl.Expr) -> pl.Expr:
    """The instant, or null where no platform existed (year 0, 1970 from a zero, 9999)."""
    return pl.when(at.is_between(FIRST, LAST, closed="left")).then(at)


def epoch(number: pl.Expr, unit: str = "s") -> pl.Expr:
    """From an epoch number in `s`, `ms` or `us`; strings are allowed."""
    factor = {"s": 1_000_000, "ms": 1_000, "us": 1}[unit]
    whole = number.cast(pl.Int64, strict=False)
    low, high = (int(t.timestamp() * 1_000_000) // factor for t in (FIRST, LAST))
    return (pl.when(whole.is_between(low, high)).then(whole) * factor).cast(INSTANT)


def iso(text: pl.Expr) -> pl.Expr:
    """From ISO 8601 with `Z` or an offset; without either it is UTC (say so where that is a guess)."""
    plain = text.str.strip_chars().str.replace(r"(?i)\s*(utc|z)$", "+00:00").str.replace(r" (\d\d:)", "T$1")
    zoned = pl.when(plain.str.contains(r"T.*[+-]\d\d:?\d\d$")).then(plain).otherwise(plain + "+00:00")
    zoned = zoned.str.replace(r"(T\d\d:\d\d)([+-])", "$1:00$2").str.replace(r"(\.\d{6})\d+", "$1")
    return sane(zoned.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%#z", time_unit="us", strict=False).cast(INSTANT))


def written(text: pl.Expr, *formats: str, zone: str = "UTC") -> pl.Expr:
    """From wall-clock text in `zone`, the first format that fits.

    An hour that a clock shows twice is read as its first; one it never shows as an hour later, as clocks do.
    """
    tries = [text.str.strip_chars().str.to_datetime(f, time_unit="us", strict=False) for f in formats]
    local = pl.coalesce(tries)
    in_zone = [
        t.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null") for t in (local, local + pl.duration(hours=1))
    ]
    return sane(pl.coalesce(in_zone).dt.convert_time_zone("UTC"))


def snowflake(number: pl.Expr, shift: int = 22, start_ms: int = 1288834974657) -> pl.Expr:
    """The creation time inside an id. X: shift 22 from 2010-11-04; LinkedIn: 22 from 0; Mastodon: 16 from 0."""
    return epoch((number.cast(pl.Int64, strict=False) // (1 << shift)) + start_ms, "ms")
