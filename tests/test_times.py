"""Instants and texts as platforms write them: the usual forms are read in one go, the odd ones between them all the same."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from transforms import text as texts
from transforms import times

NEW_YEAR = datetime(2020, 1, 1, 10, 11, tzinfo=UTC)
ISO = {
    "2020-01-01T10:11:00Z": NEW_YEAR,
    "2020-01-01T10:11:00.250Z": NEW_YEAR.replace(microsecond=250_000),
    "2020-01-01T10:11:00.1234567Z": NEW_YEAR.replace(microsecond=123_456),
    "2020-01-01 10:11:00 UTC": NEW_YEAR,
    "2020-01-01 10:11:00": NEW_YEAR,
    "2020-01-01T12:11:00+02:00": NEW_YEAR,
    "2020-01-01 03:11:00-0700": NEW_YEAR,
    "2020-01-01T10:11Z": NEW_YEAR,
    " 2020-01-01T10:11:00z ": NEW_YEAR,
    "1989-12-31T23:30:00-01:00": datetime(1990, 1, 1, 0, 30, tzinfo=UTC),
    "2020-02-30T10:11:00Z": None, "2020-01-01T25:11:00Z": None, "2020-01-01": None, "1970-01-01T00:00:00Z": None,
    "2020-01-0110:11:00": None, "2020-1-01  10:11:00": None, "9999-01-01T00:00:00Z": None, "": None, None: None,
}  # fmt: skip


@pytest.mark.parametrize("first", ISO)
def test_iso_reads_every_form_whichever_is_first(first: str | None) -> None:
    written = [first, *ISO]
    told = pl.Series(written, dtype=pl.String).to_frame("at").select(times.iso(pl.col("at")))["at"].to_list()
    assert told == [ISO[w] for w in written]


def test_a_clock_on_the_nights_it_is_changed() -> None:
    """Berlin skips 02:30 on 2024-03-31 and shows it twice on 2024-10-27."""
    night = pl.DataFrame({"at": ["2024-03-31 01:30", "2024-03-31 02:30", "2024-10-27 02:30", "31.03.2024 03:30", "no time"]})
    told = night.select(times.written(pl.col("at"), "%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M", zone="Europe/Berlin"))["at"]
    hours = [t and (t.month, t.day, t.hour, t.minute) for t in told]
    assert hours == [(3, 31, 0, 30), (3, 31, 1, 30), (10, 27, 0, 30), (3, 31, 1, 30), None]


def test_what_is_left_alone_by_clean_is_composed_already() -> None:
    every = pl.Series([chr(c) for c in (*range(0xD800), *range(0xE000, 0x20000))])
    alone = every.filter(~every.str.contains(texts._COMPOSING))
    assert alone.len() > 30_000
    for before in ("", "a", "\uac00"):  # nothing of it joins a letter before it either
        assert ((before + alone).str.normalize("NFC") == before + alone).all()
    told = pl.DataFrame({"t": ["cafe\u0301 \r\n\u200b", "  ", None, "plain"]}).select(texts.clean(pl.col("t")))["t"].to_list()
    assert told == ["caf\u00e9", None, None, "plain"]


def test_words_of_scripts_without_blanks() -> None:
    told = pl.DataFrame({"t": ["two words", "日本語", "日本 and more", "", None]}).select(texts.words(pl.col("t")))["t"].to_list()
    assert told == [2, 2, 3, 0, 0]
