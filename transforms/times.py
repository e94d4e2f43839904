"""Instants as UTC: expressions over what platforms write. What is no instant between 1990 and 2100 is null."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import polars as pl

FIRST, LAST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
INSTANT = pl.Datetime("us", "UTC")


def sane(at: Any) -> pl.Expr:
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
    return text.map_batches(_iso, return_dtype=INSTANT, is_elementwise=True)


def _iso(text: pl.Series) -> pl.Series:
    """Date and clock stand in the first 19 characters; what is behind them has few forms, so each is read once."""
    between = str(text.drop_nulls().head(1).str.slice(10, 1).str.replace("^[^ ]", "T").first() or "T")
    shaped = text.str.contains(f"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}{between}[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}")
    clock = text.str.head(19).str.to_datetime(f"%Y-%m-%d{between}%H:%M:%S", time_unit="us", strict=False, cache=False)
    behind = text.str.slice(19).set(~shaped | clock.is_null(), None)
    forms = behind.drop_nulls().unique()
    midnight = datetime(2000, 1, 1, tzinfo=UTC)
    later = behind.replace_strict(forms, _any_iso("2000-01-01T00:00:00" + forms) - midnight).cast(pl.Duration("us"))
    at = clock.dt.replace_time_zone("UTC") + later
    odd = at.is_null() & text.is_not_null()
    if odd.any():
        at = at.scatter(odd.arg_true(), _any_iso(text.filter(odd)))
    return pl.select(sane(at)).to_series()


def _any_iso(text: pl.Series) -> pl.Series:
    """Whatever ISO 8601 allows and platforms do, brought into one form."""
    plain = text.str.strip_chars().str.replace(r"(?i)\s*(utc|z)$", "+00:00").str.replace(r" (\d\d:)", "T$1")
    zoned = plain.zip_with(plain.str.contains(r"T.*[+-]\d\d:?\d\d$"), plain + "+00:00")
    zoned = zoned.str.replace(r"(T\d\d:\d\d)([+-])", "$1:00$2").str.replace(r"(\.\d{6})\d+", "$1")
    return zoned.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%#z", time_unit="us", strict=False).cast(INSTANT)


def written(text: pl.Expr, *formats: str, zone: str = "UTC") -> pl.Expr:
    """From wall-clock text in `zone`, the first format that fits.

    An hour that a clock shows twice is read as its first; one it never shows as an hour later, as clocks do.
    """
    return text.map_batches(lambda t: _written(t, formats, zone), return_dtype=INSTANT, is_elementwise=True)


def _written(text: pl.Series, formats: tuple[str, ...], zone: str) -> pl.Series:
    text = text.str.strip_chars()
    local = pl.Series(text.name, [None], dtype=pl.Datetime("us")).new_from_index(0, text.len())
    for form in formats:  # each is asked for what none before it could read
        rest = local.is_null() & text.is_not_null()
        if rest.any():
            read = text.filter(rest).str.to_datetime(form, time_unit="us", strict=False, cache=False)
            local = local.scatter(rest.arg_true(), read)
    return shown(local, zone)


def shown(local: pl.Series, zone: str) -> pl.Series:
    """What a clock in `zone` showed as an instant, as `written` has it."""
    at = local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    skipped = at.is_null() & local.is_not_null()
    if skipped.any():
        later = local.filter(skipped).dt.offset_by("1h").dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        at = at.scatter(skipped.arg_true(), later)
    return pl.select(sane(at.dt.convert_time_zone("UTC"))).to_series()


def snowflake(number: pl.Expr, shift: int = 22, start_ms: int = 1288834974657) -> pl.Expr:
    """The creation time inside an id. X: shift 22 from 2010-11-04; LinkedIn: 22 from 0; Mastodon: 16 from 0."""
    return epoch((number.cast(pl.Int64, strict=False) // (1 << shift)) + start_ms, "ms")
