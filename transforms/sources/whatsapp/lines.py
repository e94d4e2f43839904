"""From the text of a chat to one row per message: where each begins, and which part of a date is the day.

Every part of this is vectorised: a chat of years is a hundred thousand lines.
"""

from __future__ import annotations

import re

import polars as pl

from transforms.archive import utf8
from transforms.times import INSTANT, shown

# The halves of the day in the languages whose clocks have twelve hours
_MORNING = (
    r"PG|PD|SA|ÖÖ|[Aa]\.?\s?[Mm]\.?|vm\.?|fm|de\.|dop\.|da manhã|π\.?μ\.?|дп|ق\.ظ\.?|ص|पूर्वाह्न|म\.पू\.|முற்பகல்"
    r"|上午|凌晨|清晨|早上|午前|오전"
)
_EVENING = (
    r"PTG|MD|CH|ÖS|[Pp]\.?\s?[Mm]\.?|nm\.?|em|du\.|odp\.|da (?:tarde|noite)|μ\.?μ\.?|пп|ب\.ظ\.?|م|अपराह्न|म\.उ\.|பிற்பகல்"
    r"|下午|晚上|中午|午後|오후"
)
_AROUND = re.compile(  # the clock
    rf"[.,،日일\s\u200f]*(?:(?:г\.|AP|BE),?)?\s*(?:à|às|alle|klo|kl\.|um|at|во)?\s*(?:(?P<a>{_MORNING})|(?P<p>{_EVENING}))?\s*(?:ч\.|s)?\s*"
)
_MARKS = "[\ufeff\u200e\u200f]"
_LINE = (  # the end: of an iPhone, of Android, of an iPhone until 2016
    rf"^({_MARKS}*\[?{_MARKS}?(\d{{1,4}})\u200f?[./年년-] ?(\d{{1,2}})\u200f?[./月월-] ?(\d{{1,4}})(\D{{1,14}})"
    r"(\d{1,2})(?:[:.]|\s?h\s?)(\d\d)(?:(?:[:.]|\s?min\s?)(\d\d))?([^\d\]]*?)(\]|\s[-–]|:\s)\s?)"
)
_FIRST = re.compile(_LINE, re.M)
_SWAPPED = (  # the clock before the date, as in Vietnam
    rf"^({_MARKS}*\[?)(\d{{1,2}}:\d\d(?::\d\d)?)(\s?[^\d\]،,]*?)[،,]?\s+(\d{{1,4}}[./-]\d{{1,2}}[./-]\d{{1,4}})(\]|\s[-–]\s)"
)
_DATE_FIRST = ("${1}${4} ${2}${3}${5}", r"\1\4 \2\3\5")  # for polars, for re
_LOOK = 50  # lines, to see how a phone writes dates
_LONGEST = 60  # characters before the author
_PARTS = ("head", "a", "b", "c", "before", "hour", "minute", "second", "after", "end")
_DIGITS = {chr(zero + n): str(n) for zero in (0x660, 0x6F0, 0x966, 0x9E6) for n in range(10)}  # Arabic, Persian, Hindi, Bengali
_PERSIAN, _BUDDHIST, _REPUBLIC = (1369, 1409), (2533, 2643), (98, 189)  # years as phones of Iran, Thailand and Taiwan count
_NEW_YEAR_1403 = 1094997  # days, on 2024-03-20
_ORDERS = {"dmy": ("c", "b", "a"), "mdy": ("c", "a", "b"), "ymd": ("a", "b", "c"), "ydm": ("a", "c", "b")}


class Undecided(Exception):  # noqa: N818  it reads as what it says
    """A file whose dates mean two things: how many records it holds."""

    def __init__(self, reason: str, records: int) -> None:
        super().__init__(reason)
        self.records = records


def begin(text: str, *, named: bool) -> bool:
    """Whether this is the beginning of a chat; a file that is `named` like one may begin with the rest of a line."""
    text = re.sub(_SWAPPED, _DATE_FIRST[1], text, flags=re.M)
    found = _FIRST.search(text) if named else _FIRST.match(text)
    return found is not None and _half(found[5] + found[9]) is not None and (named or found[10] != ": ")


def _half(words: str) -> str | None:
    """What the words around a clock say: a or p, or empty where it has 24 hours; None where they are no words of a clock."""
    found = _AROUND.fullmatch(words)
    return (found.lastgroup or "") if found else None


def lines(data: bytes, zone: str) -> pl.DataFrame:
    """number, happened_at (UTC, from the clock in `zone`), time_precision, rest (author and text). Raises Undecided."""
    every = _split(utf8(data).replace(b"\r\n", b"\n").rstrip(b"\n"))
    if every["line"].head(_LOOK).str.contains(_SWAPPED).any():
        every = every.with_columns(pl.col("line").str.replace(_SWAPPED, _DATE_FIRST[0]))
    parts = pl.col("line").str.head(_LONGEST).str.extract_groups(_LINE)
    f = every.with_columns(parts.struct.rename_fields(list(_PARTS)).struct.unnest())
    f = f.with_columns(around=pl.concat_str("before", "after"))
    halves = {words: _half(words) for words in f["around"].unique().drop_nulls()}
    ends = f["end"].drop_nulls()
    if None in halves.values() or ends.n_unique() > 1:  # nor is a line that was copied out of another phone's chat
        f = f.with_columns(half=pl.col("around").replace_strict(halves, default=None, return_dtype=pl.String))
        first = f.filter(pl.col("half").is_not_null())["end"].first()
        f = f.with_columns(a=pl.when(pl.col("half").is_not_null(), pl.col("end") == (first or "")).then("a"))
    f = f.with_columns(record=pl.col("a").is_not_null().cum_sum())
    heads = f.filter(pl.col("a").is_not_null()).with_columns(rest=pl.col("line").str.strip_prefix(pl.col("head")))
    if heads["a"].str.contains("[^0-9]").any():
        heads = heads.with_columns(pl.col("a", "b", "c", "hour", "minute", "second").str.replace_many(_DIGITS))
    more = f.filter(pl.col("a").is_null(), pl.col("record") > 0).group_by("record").agg(more=pl.col("line").str.join("\n"))
    heads = heads.join(more, on="record", how="left", maintain_order="left").with_columns(
        rest=pl.concat_str("rest", "more", separator="\n", ignore_nulls=True), number=(pl.col("record") - 1).cast(pl.String)
    )
    hour, minute, second = (pl.col(c).cast(pl.Int64, strict=False) for c in ("hour", "minute", "second"))
    late, early = (pl.col("around").is_in([w for w, told in halves.items() if told == half]) for half in "pa")
    hour = pl.when(late & (hour < 12)).then(hour + 12).when(early & (hour == 12)).then(0).otherwise(hour)
    second = second.fill_null(0)
    clock = pl.duration(hours=hour, minutes=minute, seconds=second, time_unit="us")
    local = _dates(heads).cast(pl.Datetime("us")) + pl.when((hour < 24) & (minute < 60) & (second <= 60)).then(clock)
    precision = pl.when(pl.col("second").is_null()).then(pl.lit("minute")).otherwise(pl.lit("second"))
    at = local.map_batches(lambda t: shown(t, zone), return_dtype=INSTANT)
    return heads.select("number", "rest", happened_at=at, time_precision=precision)


def _split(text: bytes) -> pl.DataFrame:
    """The lines of a text; bytes that are no UTF-8 are marked as such."""
    try:
        whole = pl.Series([text]).cast(pl.String)
    except pl.exceptions.ComputeError:
        whole = pl.Series([text.decode("utf-8", "replace")])
    return whole.str.split("\n").explode().to_frame("line")


def _dates(heads: pl.DataFrame) -> pl.Expr:
    """The dates, in the one order of day and month that all of them allow and that goes forward. Each day is asked once."""
    runs = heads.select(pl.struct("a", "b", "c").rle()).unnest("a").unnest("value")
    days = {order: _as(runs, order) for order in _orders(heads)}
    back = {order: (d.diff().dt.total_days() < 0).sum() or 0 for order, d in days.items()}
    cost = {order: (runs["len"].filter(d.is_null()).sum(), back[order]) for order, d in days.items()}
    likely = [order for order, c in cost.items() if c == min(cost.values())]
    if len(likely) > 1:  # no phone writes a short year first, or a day behind the year; copies of chats do
        likely = [order for order in likely if order[0] != "y"] or likely[:1]
    dotted = heads["line"].head(1).str.contains(r"\d\.\s?\d{1,2}\.").all()
    if len(likely) > 1 and not days[likely[0]].equals(days[likely[1]]):
        if not dotted:
            why = "day and month cannot be told apart in so few days; export the chat again when it is longer"
            raise Undecided(why, heads.height)
        likely = ["dmy"]
    every = runs.select(day=days[likely[0]], n="len").select(pl.col("day").repeat_by("n").explode())
    return pl.lit(every.to_series())


def _orders(heads: pl.DataFrame) -> list[str]:
    """Those a year of four digits allows, where most dates have one."""
    first, last = ((heads[c].str.len_chars() == 4).mean() or 0 for c in ("a", "c"))
    return [o for o in _ORDERS if (o[0] == "y" if first > 0.5 else o[0] != "y" or last <= 0.5)]


def _as(runs: pl.DataFrame, order: str) -> pl.Series:
    year, month, day = (pl.col(c) for c in _ORDERS[order])
    year = pl.when(year.str.len_chars() <= 2).then(pl.lit("20") + year.str.zfill(2)).otherwise(year)
    told = year.cast(pl.Int32, strict=False)
    year = pl.when(told.is_between(*_BUDDHIST)).then((told - 543).cast(pl.String)).otherwise(year)
    year = pl.when(told.is_between(*_REPUBLIC)).then((told + 1911).cast(pl.String)).otherwise(year)
    date = pl.format("{}-{}-{}", year, month.str.zfill(2), day.str.zfill(2)).str.to_date("%Y-%m-%d", strict=False)
    month, day = month.cast(pl.Int32, strict=False), day.cast(pl.Int32, strict=False)
    return runs.select(pl.when(told.is_between(*_PERSIAN)).then(_persian(told, month, day)).otherwise(date)).to_series()


def _persian(year: pl.Expr, month: pl.Expr, day: pl.Expr) -> pl.Expr:
    """A date of the Persian calendar, whose leap years come 8 in 33: six months of 31 days, five of 30, and the last."""
    first, after = (365 * y + y // 33 * 8 + (y % 33 + 3) // 4 for y in (year + 1595, year + 1596))
    nth = pl.when(month <= 6).then((month - 1) * 31).otherwise((month - 7) * 30 + 186) + day - 1
    there = month.is_between(1, 12) & day.is_between(1, pl.when(month <= 6).then(31).otherwise(30)) & (nth < after - first)
    return pl.when(there).then(pl.date(2024, 3, 20) + pl.duration(days=first + nth - _NEW_YEAR_1403))
