"""The network's balance at a glance: one static HTML file a night, whole in itself, for the screen and for paper.

Nothing in it is loaded from anywhere: styles, the small script and the plots (SVG, drawn offline by Vega-Lite) are inside, and
its Content-Security-Policy forbids the rest. It works without the script, which only sorts and searches the table.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from dashboards import care, doors, published, report_plots, words
from dashboards.words import ago, day, number, percent, readable

HERE = Path(__file__).parent
ROWS, CARDS, POINTS, MONTHS = 60, 6, 600, 240  # what a page shows of a network of any size
WIDTHS = (620, 340)  # every plot is drawn for a page and for a phone
_COLUMNS = """connection_id, name, platforms, company, first_contact_on, last_contact_on, contact_days, acts_given, acts_received,
    given, received, effective_acts, balance, balance_lo, balance_hi, verdict, strength, circle, gap_days, overdue, realness,
    opportunity, opened, advice, reason"""
_MOST = "given + received desc, strength desc, connection_id"


def render(database: Path, target: Path) -> None:
    """Write the report of one published night (`givetake.duckdb`) to `target`."""
    with published.open_night(database) as con:
        ask = lambda sql: _rows(con, sql)  # noqa: E731
        network = ask("from network")[0]
        top = ask(f"select {_COLUMNS} from connection order by {_MOST} limit {POINTS}")
        cared = care.groups(ask, "c.*", CARDS)
        verdicts = {r["verdict"]: r["n"] for r in ask("select verdict, count(*) as n from connection group by all")}
        sure = "select balance, balance_lo, balance_hi, verdict from connection where verdict <> 'too early'"
        leaning = ask(f"{sure} order by balance, connection_id")
        dated = "select month_on, given, received from network_month where month_on is not null"
        months = ask(f"{dated} order by month_on desc limit {MONTHS}")
        channels = ask("select platform, channel, direction, visibility, since, until, acts, first_on, last_on from channel")
        sources = ask("from source order by platform, exported_on desc")
        opened = doors.opened(ask, "c.name", CARDS)
        curve = ask("from cut_curve order by percent")
        rest = ask(
            "select connection_id, name, c.reason, count(*) over () as found from connection c "
            f"join cut_plan using (connection_id) where advice like 'prune%' order by regret_rank limit {CARDS}"
        )
        moved = ask("select platform, change, count(*) as n from change group by all order by all")
        unsure = ask(
            f"select {_COLUMNS} from connection where effective_acts between 1 and 5 and given + received >= 6 "
            f"order by {_MOST} limit 5"
        )
    page = _page()
    script = (HERE / "report.js").read_text("utf-8")
    plots = {
        "scatter": lambda width: report_plots.scatter(top, width),
        "leanings": lambda width: report_plots.leanings(leaning, width),
        "years": lambda width: report_plots.years(months, width),
        "curve": lambda width: report_plots.curve(curve, width),
    }
    html = page.render(
        network=network, top=top[:ROWS], care=cared, doors=opened, verdicts=verdicts, sources=sources, unsure=unsure, rest=rest,
        coverage=_coverage(channels), curve=curve, moved=moved, span=_span(months), shown=min(len(top), POINTS),
        plots={name: [Markup(draw(width)) for width in WIDTHS] for name, draw in plots.items()},
        style=Markup((HERE / "report.css").read_text("utf-8")), script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
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
        "kindly": lambda advice: words.ADVICE.get(advice, advice),
        "told": lambda person, group: care.told(group, person),
        "what": doors.what,
        "led": doors.led,
        "listed": words.listed,
        "slug": lambda s: re.sub(r"\W+", "-", s).lower(),
    }
    return env.get_template("report.html")


def _place(balance: float) -> str:
    """Where a balance (−1 … 1) stands on a bar, in per cent from the left."""
    return f"{50 + 50 * max(-1.0, min(1.0, balance)):.1f}"
