"""The charts of the app. Colours are Okabe and Ito's, apart for every kind of colour vision; each verdict has its own shape.

Frames go in, Altair comes out; the app's theme gives type and paper, in the light and in the dark.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl
import streamlit as st

from dashboards.report_plots import VERDICTS

DARK = {
    "#0072b2": "#56b4e9",
    "#009e73": "#2fc79c",
    "#d55e00": "#f28e4b",
    "#aa4499": "#d98ccb",
    "#8c8c8c": "#9a9a9a",
    "#e69f00": "#e6b84d",
}
GIVEN, RECEIVED = "#0072b2", "#d55e00"
SERIES = ("#0072b2", "#d55e00", "#009e73", "#aa4499", "#e69f00", "#8c8c8c", "#56b4e9")
POINTS, LINES = 2000, 400
Drawn = alt.Chart | alt.LayerChart | alt.FacetChart
FAINT = "#8d877e"
PICK = "picked"


def tone(colour: str) -> str:
    """The same colour, as it reads on the paper of the moment."""
    return DARK.get(colour, colour) if st.context.theme.type == "dark" else colour


def show(chart: Drawn, told: str, **more: Any) -> Any:
    """Put a chart on the page, with words for those who do not see it."""
    styled = chart.configure_legend(title=None, orient="top", labelLimit=240, columns=2, symbolOpacity=1).configure_view(
        strokeWidth=0
    )
    return st.altair_chart(styled, width="stretch", alt=told, **more)


def _verdict() -> dict[str, Any]:
    domain = list(VERDICTS)
    return {
        "color": alt.Color("verdict:N", scale=alt.Scale(domain=domain, range=[tone(c) for c, _ in VERDICTS.values()])),
        "shape": alt.Shape("verdict:N", scale=alt.Scale(domain=domain, range=[s for _, s in VERDICTS.values()])),
    }


def scatter(people: pl.DataFrame) -> Drawn:
    """Connections by given and received, both as log(1 + x); on the dotted line as much comes as goes. A click picks one."""
    people = people.select("connection_id", "name", "given", "received", "verdict", "balance", "balance_lo", "balance_hi").head(
        POINTS
    )
    people = people.sort(pl.col("verdict") != "too early")  # the sure ones on top
    high = 1.25 * max(1.0, *people["given"], *people["received"])
    ticks = [t for t in (0, 1, 3, 10, 30, 100, 300, 1000, 3000, 10000) if t <= high]
    scale = alt.Scale(type="symlog", constant=1, domain=[0, high], nice=False)
    x = alt.X("received:Q", scale=scale, axis=alt.Axis(values=ticks, format="~s", title="received from them →"))
    y = alt.Y("given:Q", scale=scale, axis=alt.Axis(values=ticks, format="~s", title="given to them →"))
    line = alt.Chart(pl.DataFrame({"given": [0.0, high], "received": [0.0, high]}))
    even = line.mark_line(strokeDash=[3, 5], color=FAINT, opacity=0.8).encode(x=x, y=y)
    pick = alt.selection_point(name=PICK, fields=["connection_id"], on="click", empty=False)
    points = (
        alt.Chart(people)
        .mark_point(filled=True, size=80, opacity=0.8, cursor="pointer")
        .encode(
            x=x,
            y=y,
            **_verdict(),
            tooltip=[
                alt.Tooltip("name:N", title="who"),
                alt.Tooltip("given:Q", format=",.0f"),
                alt.Tooltip("received:Q", format=",.0f"),
                alt.Tooltip("balance:Q", format="+.2f"),
                alt.Tooltip("verdict:N"),
            ],
        )
        .add_params(pick)
    )
    return alt.layer(even, points).properties(height=480)


def leanings(people: pl.DataFrame) -> Drawn:
    """Every balance that can be told, in order, with its 90 % interval; an even sample of them where there are many."""
    step = max(1, -(-people.height // LINES))
    told = people.sort("balance", "connection_id").gather_every(step).with_row_index("rank")
    x = alt.X("rank:O", axis=None, scale=alt.Scale(padding=0.3))
    title, scale = "they more ← → you more", alt.Scale(domain=[-1, 1])
    y = alt.Y("balance:Q", scale=scale, title=title)
    base = alt.Chart(told)
    tips = [
        alt.Tooltip("name:N", title="who"),
        alt.Tooltip("verdict:N"),
        *(alt.Tooltip(f"{c}:Q", format="+.2f") for c in ("balance", "balance_lo", "balance_hi")),
    ]
    return alt.layer(
        alt.Chart(pl.DataFrame({"balance": [0.0]})).mark_rule(color=FAINT, strokeDash=[3, 5]).encode(y=y),
        base.mark_rule(opacity=0.45, strokeWidth=2).encode(
            x=x, y=alt.Y("balance_lo:Q", scale=scale, title=title), y2="balance_hi:Q", color=_verdict()["color"], tooltip=tips
        ),
        base.mark_point(filled=True, size=46, opacity=1).encode(x=x, y=y, **_verdict(), tooltip=tips),
    ).properties(height=320)


def flows(months: pl.DataFrame, by: str = "1q", title: str = "a quarter") -> Drawn:
    """Value given (up) and received (down) over time: month_on, given, received."""
    parts = (
        months.drop_nulls("month_on")
        .sort("month_on")
        .group_by_dynamic("month_on", every=by)
        .agg(pl.col("given").sum(), -pl.col("received").sum())
    )
    told = parts.unpivot(["given", "received"], index="month_on", variable_name="side", value_name="value")
    size = max(2.0, min(18.0, 560 / max(1, parts.height)))
    return (
        alt.Chart(told)
        .mark_bar(width=size, opacity=0.9)
        .encode(
            x=alt.X("month_on:T", title=None, axis=alt.Axis(grid=False)),
            y=alt.Y("value:Q", title=title, axis=alt.Axis(labelExpr="format(abs(datum.value), '~s')", tickCount=5)),
            color=_sides(),
            tooltip=[alt.Tooltip("month_on:T", title="from", format="%B %Y"), "side:N", alt.Tooltip("value:Q", format=",.1f")],
        )
        .properties(height=240)
    )


def _sides() -> alt.Color:
    return alt.Color("side:N", scale=alt.Scale(domain=["given", "received"], range=[tone(GIVEN), tone(RECEIVED)]))


def timeline(acts: pl.DataFrame) -> Drawn:
    """Acts of one tie by kind, given above and received below the line: happened_at, direction, kind, value, channel."""
    told = acts.drop_nulls("happened_at").with_columns(
        side=pl.col("direction"),
        size=pl.col("value").fill_null(0) + 0.4,
        lane=pl.when(pl.col("direction") == "given").then(pl.lit("given")).otherwise(pl.lit("received")),
    )
    return (
        alt.Chart(told)
        .mark_circle(opacity=0.7, strokeWidth=0)
        .encode(
            x=alt.X("happened_at:T", title=None, axis=alt.Axis(grid=False, format="%b %Y", tickCount=6, labelOverlap=True)),
            y=alt.Y("kind:N", title=None, sort="-x", axis=alt.Axis(grid=True, labelLimit=150)),
            yOffset=alt.YOffset("side:N"),
            color=_sides(),
            size=alt.Size("size:Q", scale=alt.Scale(domain=[0, 10], range=[50, 420]), legend=None),
            tooltip=[
                alt.Tooltip("happened_at:T", title="when", format="%d %B %Y"),
                "side:N",
                "kind:N",
                "channel:N",
                "platform:N",
                alt.Tooltip("value:Q", format=".2~f"),
            ],
        )
        .properties(height=alt.Step(17))
    )


def course(months: pl.DataFrame) -> Drawn:
    """A balance over time with its interval: month_on, balance, balance_lo, balance_hi."""
    base = alt.Chart(months.drop_nulls("month_on"))
    x = alt.X("month_on:T", title=None, axis=alt.Axis(grid=False, format="%b %Y", tickCount=6, labelOverlap=True))
    title, scale = "they more ← → you more", alt.Scale(domain=[-1, 1])
    y = alt.Y("balance:Q", scale=scale, title=title)
    tips = [
        alt.Tooltip("month_on:T", title="month", format="%B %Y"),
        *(alt.Tooltip(f"{c}:Q", format="+.2f") for c in ("balance", "balance_lo", "balance_hi")),
    ]
    colour = tone("#aa4499")
    return alt.layer(
        alt.Chart(pl.DataFrame({"balance": [0.0]})).mark_rule(color=FAINT, strokeDash=[3, 5]).encode(y=y),
        base.mark_area(opacity=0.22, color=colour, interpolate="step-after").encode(
            x=x, y=alt.Y("balance_lo:Q", scale=scale, title=title), y2="balance_hi:Q"
        ),
        base.mark_line(color=colour, interpolate="step-after", strokeWidth=2.5).encode(x=x, y=y),
        base.mark_point(color=colour, filled=True, size=30).encode(x=x, y=y, tooltip=tips),
    ).properties(height=230)


LOST = {
    "received_share": "value received",
    "opportunity_share": "doors opened",
    "real_share": "real ties",
    "attention_share": "your attention",
}


def curve(shares: pl.DataFrame, percent: int) -> Drawn:
    """What goes with each share cut, the share chosen, and the points of the two essays."""
    told = shares.rename(LOST).unpivot(list(LOST.values()), index="percent", variable_name="what", value_name="lost").drop_nulls()
    dashes = [[1, 0], [8, 3], [3, 3], [9, 3, 2, 3]]
    domain = list(LOST.values())
    x = alt.X("percent:Q", title="per cent of all connections let go →", scale=alt.Scale(domain=[0, 100]))
    lines = (
        alt.Chart(told)
        .mark_line(strokeWidth=2.5)
        .encode(
            x=x,
            y=alt.Y("lost:Q", title="goes with them", axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1])),
            color=alt.Color("what:N", scale=alt.Scale(domain=domain, range=[tone(c) for c in SERIES[:4]])),
            strokeDash=alt.StrokeDash("what:N", scale=alt.Scale(domain=domain, range=dashes)),
            tooltip=["what:N", "percent:Q", alt.Tooltip("lost:Q", format=".1%")],
        )
    )
    essays = pl.DataFrame({"percent": [0, 80], "essay": ["never delete (002)", "cut 80 % (001)"], "up": [1.0, 1.0]})
    marks = alt.Chart(essays).mark_rule(color=FAINT, strokeDash=[2, 4], strokeWidth=1.5).encode(x=x)
    names = alt.Chart(essays).encode(x=x, y=alt.Y("up:Q"), text="essay:N")
    left = names.transform_filter("datum.percent == 0").mark_text(align="left", dx=6, dy=10, color=FAINT, fontSize=12)
    right = names.transform_filter("datum.percent > 0").mark_text(align="right", dx=-6, dy=10, color=FAINT, fontSize=12)
    here = alt.Chart(pl.DataFrame({"percent": [percent]})).mark_rule(color=tone(GIVEN), strokeWidth=2).encode(x=x)
    return alt.layer(marks, lines, here, left, right).properties(height=340)


def stacked(told: pl.DataFrame, what: str, value: str, order: list[str], time: str = "on", title: str = "") -> Drawn:
    """Bars over time, stacked by `what`, in this order."""
    scale = alt.Scale(domain=order, range=[tone(SERIES[i % len(SERIES)]) for i in range(len(order))])
    size = max(2.0, min(18.0, 560 / max(1, told[time].n_unique())))
    return (
        alt.Chart(told)
        .mark_bar(width=size)
        .encode(
            x=alt.X(f"{time}:T", title=None, axis=alt.Axis(grid=False)),
            y=alt.Y(f"{value}:Q", title=title or None),
            color=alt.Color(f"{what}:N", scale=scale),
            order=alt.Order("rank:Q"),
            tooltip=[
                alt.Tooltip(f"{time}:T", title="from", format="%B %Y"),
                f"{what}:N",
                alt.Tooltip(f"{value}:Q", format=",.1f"),
            ],
        )
        .transform_calculate(rank=f"indexof({order!r}, datum['{what}'])")
        .properties(height=250)
    )


def parts(told: pl.DataFrame, what: str, value: str, colours: list[str]) -> Drawn:
    """One bar of shares that make a whole."""
    scale = alt.Scale(domain=told[what].to_list(), range=[tone(c) for c in colours])
    return (
        alt.Chart(told)
        .mark_bar(height=34)
        .encode(
            x=alt.X(f"sum({value}):Q", stack="normalize", title=None, axis=alt.Axis(format="%", tickCount=5, grid=False)),
            color=alt.Color(f"{what}:N", scale=scale, sort=None),
            order=alt.Order("rank:Q"),
            tooltip=[f"{what}:N", alt.Tooltip(f"{value}:Q", format=",.2~f")],
        )
        .transform_calculate(rank=f"indexof({told[what].to_list()!r}, datum['{what}'])")
        .properties(height=140)
    )
