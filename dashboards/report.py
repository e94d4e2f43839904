"""The network's balance at a glance: one static HTML file a night, whole in itself, for the screen and for paper.

Nothing in it is loaded from anywhere: styles, the small script and the plots (SVG, drawn offline by Vega-Lite) are inside, and
its Content-Security-Policy forbids the rest. It works without the script, which only sorts and searches the table.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from dashboards import published, report_plots

HERE = Path(__file__).parent
ROWS, CARDS, POINTS, MONTHS = 120, 6, 600, 240  # what a page shows of a network of any size
NAME = 48  # characters of a name
# Control and direction characters: a name must not turn the page around.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
_COLUMNS = """connection_id, name, platforms, company, first_contact_on, last_contact_on, contact_days, acts_given, acts_received,
    given, received, effective_acts, balance, balance_lo, balance_hi, verdict, strength, circle, gap_days, overdue, realness,
    opportunity, opened, advice, reason"""
_MOST = "given + received desc, strength desc, connection_id"
# Whom to turn to, in which order, and how it is put to somebody about a friend.
CARE = (
    ("advice = 'nurture: dormant'", "opportunity desc, contact_days desc", "Long unheard, not lost",
     "Real ties that have gone quiet. Old acquaintances tend to be glad of a line, and to know what nobody near you knows."),
    ("advice = 'nurture: fading'", "strength desc", "Getting quiet", "You used to be in touch more often than this."),
    ("advice = 'nurture: cooling'", "strength desc", "Less than it was",
     "Fewer days in touch this quarter than the quarter before."),
    ("advice = 'nurture: I owe'", "received desc", "They have been generous",
     "More has come from them than has gone back. A good moment to ask what they need."),
    ("acts_given = 0 and received >= 3 and advice not like 'prune%'", "received desc", "Never answered",
     "They did something for you, and no answer of yours is in these exports. Perhaps you thanked them in person."),
)  # fmt: skip


def render(database: Path, target: Path) -> None:
    """Write the report of one published night (`givetake.duckdb`) to `target`."""
    with published.open_night(database) as con:
        ask = lambda sql: _rows(con, sql)  # noqa: E731
        network = ask("from network")[0]
        top = ask(f"select {_COLUMNS} from connection order by {_MOST} limit {POINTS}")
        care = []
        for where, order, title, why in CARE:
            counted = f"select {_COLUMNS}, count(*) over () as found from connection where {where}"
            if people := ask(f"{counted} order by {order}, connection_id limit {CARDS}"):
                care.append({"title": title, "why": why, "people": people, "more": people[0]["found"] - len(people)})
        verdicts = {r["verdict"]: r["n"] for r in ask("select verdict, count(*) as n from connection group by all")}
        sure = "select balance, balance_lo, balance_hi, verdict from connection where verdict <> 'too early'"
        leaning = ask(f"{sure} order by balance, connection_id")
        dated = "select month_on, given, received from network_month where month_on is not null"
        months = ask(f"{dated} order by month_on desc limit {MONTHS}")
        channels = ask("select platform, channel, direction, visibility, since, until, acts, first_on, last_on from channel")
        sources = ask("from source order by platform, exported_on desc")
        unsure = ask(
            f"select {_COLUMNS} from connection where effective_acts between 1 and 5 and given + received >= 6 "
            f"order by {_MOST} limit 5"
        )
    page = _page()
    script = (HERE / "report.js").read_text("utf-8")
    html = page.render(
        network=network, top=top[:ROWS], care=care, verdicts=verdicts, sources=sources, coverage=_coverage(channels),
        unsure=unsure, span=_span(months), style=Markup((HERE / "report.css").read_text("utf-8")), script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        scatter=Markup(report_plots.scatter(top)), leanings=Markup(report_plots.leanings(leaning)),
        years=Markup(report_plots.years(months)), shown=min(len(top), POINTS),
    )  # fmt: skip
    target.write_text(html, "utf-8")


def _rows(con: Any, sql: str) -> list[dict[str, Any]]:
    """Rows as dicts, names made fit to be seen."""
    done = con.execute(sql)
    columns = [c[0] for c in done.description]
    rows = [dict(zip(columns, row, strict=True)) for row in done.fetchall()]
    for row in rows:
        for column in row.keys() & {"name", "company"}:
            row[column] = readable(row[column])
        if "connection_id" in row:
            row["name"] = row["name"] or f"somebody unnamed ({row['connection_id'][:6]})"
    return rows


def readable(name: str | None) -> str:
    """A name on one line, without characters that hide or turn text, of bounded length."""
    plain = " ".join(_UNSEEN.sub(" ", (name or "")[: NAME * 8]).split())
    return plain if len(plain) <= NAME else plain[: NAME - 1].rstrip() + "…"


def _coverage(channels: list[dict[str, Any]]) -> list[tuple[str, list[tuple[str, dict[str, Any]]]]]:
    """(platform, [(channel, {given: row, received: row})]), in the order of the alphabet."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for row in sorted(channels, key=lambda r: (r["platform"], r["channel"])):
        found.setdefault(row["platform"], {}).setdefault(row["channel"], {})[row["direction"]] = row
    return [(platform, list(rows.items())) for platform, rows in found.items()]


def _span(months: Iterable[dict[str, Any]]) -> tuple[date, date] | None:
    on = [m["month_on"] for m in months]
    return (min(on), max(on)) if on else None


@cache
def _page() -> Any:
    """The template; everything put into it is escaped."""
    env = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    env.filters |= {
        "n": number,
        "pct": percent,
        "ago": ago,
        "day": day,
        "at": _place,
        "slug": lambda s: re.sub(r"\W+", "-", s).lower(),
    }
    return env.get_template("report.html")


def number(value: float | None, digits: int = 0) -> str:
    """1 234 with a thin blank; an en dash where nothing is known."""
    return "–" if value is None else f"{value:,.{digits}f}".replace(",", "\u2009")


def percent(share: float | None) -> str:
    """A share of 1 as per cent."""
    return "–" if share is None else f"{100 * share:.0f}\u2009%"


def day(on: date | datetime | None) -> str:
    """30 June 2026."""
    return "–" if on is None else f"{on.day} {on:%B %Y}"


def ago(days: float | None) -> str:
    """Days in the words one would use."""
    if days is None:
        return "an unknown time"
    for size, unit in ((365.25, "year"), (30.44, "month"), (7, "week")):
        if days >= 2 * size or (unit == "year" and days >= 350):
            count = round(days / size)
            return f"{count} {unit}{'s' * (count != 1)}"
    count = round(days)
    return f"{count} day{'s' * (count != 1)}"


def _place(balance: float) -> str:
    """Where a balance (−1 … 1) stands on a bar, in per cent from the left."""
    return f"{50 + 50 * max(-1.0, min(1.0, balance)):.1f}"
