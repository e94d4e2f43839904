"""What the products of a Google Takeout share: one number per account, and dates as a person would say them.

Google numbers its accounts once: the id in Hangouts (`gaia_id`), in Google+ (`users/<number>`) and in the folder names of
Google Chat is the same number, and the address of a Google+ profile. https://support.google.com/accounts/answer/3024190
"""

from __future__ import annotations

import polars as pl

from transforms.archive import Archive
from transforms.times import INSTANT, sane

PROFILE = "https://plus.google.com/"
_COMMUNITIES = ("Google+*Communit", "Community*Google+", "Communauté*Google+", "Comunidade*Google+")
MEMBERS = tuple(f"*{name}*/*/*.vcf" for name in _COMMUNITIES)  # who else is in a community: nobody's contacts
_ENGLISH = ("%A, %B %d, %Y at %I:%M:%S %p UTC", "%A, %d %B %Y at %H:%M:%S UTC")
_MONTHS = {  # by their first letters, in the languages Google Chat is most used in
    1: "jan gen ene", 2: "feb fév fev", 3: "mar mär maa mrt", 4: "apr avr abr", 5: "may mai mag mei",
    6: "jun juin giu", 7: "jul juil lug", 8: "aug aoû ago", 9: "sep set", 10: "oct okt ott out", 11: "nov", 12: "dec dez déc dic",
}  # fmt: skip


def gaia(number: pl.Expr) -> pl.Expr:
    """What an account number asserts to be the same everywhere at Google, for `same_as`; null where it is no such number."""
    return pl.when(number.str.contains(r"^1\d{20}$")).then(pl.lit(f"url:{PROFILE}") + number)


def spoken(text: pl.Expr) -> pl.Expr:
    """From "Monday, February 10, 2025 at 3:45:22 PM UTC", with any blank before the half of the day, as UTC.

    Other languages put day, month and year in other orders; anything but UTC at the end, or a month that is not known, is null.
    """
    return text.map_batches(_spoken, return_dtype=INSTANT, is_elementwise=True)


def _spoken(text: pl.Series) -> pl.Series:
    """Most exports are in English and alike, so only what is not is looked at more closely."""
    told = text.str.replace_all("\u202f", " ", literal=True).str.to_datetime(_ENGLISH[0], time_unit="us", strict=False)
    told = pl.select(sane(told.dt.replace_time_zone("UTC"))).to_series()
    odd = told.is_null() & text.is_not_null()
    return told.scatter(odd.arg_true(), _any_way(text.filter(odd))) if odd.any() else told


def _any_way(text: pl.Series) -> pl.Series:
    plain = text.str.replace_all(r"[\s\u{202f}\u{a0}]+", " ").str.strip_chars(" ")
    told = pl.select(pl.coalesce(plain.str.to_datetime(f, time_unit="us", strict=False) for f in _ENGLISH)).to_series()
    odd = told.is_null() & plain.is_not_null()
    if odd.any():
        told = told.to_frame("told").select(pl.when(odd).then(pl.Series(_parts(plain))).otherwise("told").alias("told"))["told"]
    return pl.select(sane(told.dt.replace_time_zone("UTC"))).to_series()


def _parts(plain: pl.Series) -> pl.Series:
    """Day, month, year and hour wherever they stand."""
    text = pl.col("t").str.to_lowercase()
    date = text.str.replace(r"\d{1,2}[:.]\d\d[:.]\d\d.*", "")
    words = date.str.extract_all(r"\p{L}{3,}\.?")
    months = {letters: m for m, all_ in _MONTHS.items() for letters in all_.split()}
    sought = (r"\d[ .]*(de |di )?{}", r"\b{}\p{{L}}* \d")  # behind the day, else before it: `mardi 3 juin` is no day in March
    month = [pl.when(date.str.contains(p.format(k))).then(m) for p in sought for k, m in months.items()]
    clock = [text.str.extract(r"(\d{1,2})[:.](\d\d)[:.](\d\d)", i).cast(pl.Int32) for i in (1, 2, 3)]
    half = text.str.extract(r":\d\d:\d\d ?([ap])\.? ?m")
    hour = pl.when(half == "p").then(clock[0] % 12 + 12).when(half == "a").then(clock[0] % 12).otherwise(clock[0])
    day = date.str.replace(r"\d{4}", "").str.extract(r"\b(\d{1,2})\b").cast(pl.Int32)
    parts = pl.DataFrame({"t": plain}).select(
        year=date.str.extract(r"\b(\d{4})\b").cast(pl.Int32), month=pl.coalesce(month), day=day,
        hour=hour, minute=clock[1], second=clock[2], utc=text.str.contains(r"utc$") & (words.list.len() > 0),
    )  # fmt: skip
    written = pl.format("{}-{}-{} {}:{}:{}", "year", "month", "day", "hour", "minute", "second")
    instant = pl.when("utc").then(written).str.to_datetime("%Y-%-m-%-d %-H:%-M:%-S", time_unit="us", strict=False)
    return parts.select(instant).to_series()


def bare(archive: Archive) -> str | None:
    """What to tell of a Takeout in which no source has found anything of its own; None where it is no Takeout."""
    if not archive.find("archive_browser.html", "Archiv_Übersicht.html", "Takeout/*/*", "My Activity/*/MyActivity.*"):
        return None
    return (
        "a Google Takeout without anything said between people; choose YouTube, Google Chat, Mail, Contacts and Calendar, "
        "and My Activity as JSON"
    )
