"""The charts of the app. Frames go in, Altair comes out; the app's theme gives type and paper, in the light and in the dark."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl
import streamlit as st

from dashboards.palette import BLACK, BLUE, DARK, GIVEN, PURPLE, RECEIVED, SERIES, VERDICTS
from dashboards.report_plots import ESSAYS, LOST, YOURS

POINTS, LINES = 2000, 400
Drawn = alt.Chart | alt.LayerChart | alt.FacetChart
FAINT = "#8d877e"
PICK = "picked"


def tone(colour: str) -> str:
    """The same colour, as it reads on the paper of the moment."""
    return DARK.get(colour, colour) if st.context.theme.type == "dark" else colour


def show(chart: Drawn, told: str, columns: int = 3, **more: Any) -> Any:
    """Put a chart on the page, with words for those who do not see it; its legend in columns that fit a phone."""
    ink = "#b8b1a6" if st.context.theme.type == "dark" else "#57534d"
    styled = (
        chart.configure_legend(title=None, orient="top", labelLimit=240, columns=columns, symbolOpacity=1, labelColor=ink)
        .configure_axis(labelColor=ink, titleColor=ink)
        .configure_view(strokeWidth=0)
    )
    return st.altair_chart(styled, width="stretch", alt=told, **more)


def _verdict(*but: str) -> dict[str, Any]:
    shown = {name: drawn for name, drawn in VERDICTS.items() if name not in but}
    colours, shapes = [tone(c) for c, _ in shown.values()], [s for _, s in shown.values()]
    legend = alt.Legend(labelExpr=YOURS)
    return {
        "color": alt.Color("verdict:N", legend=legend, scale=alt.Scale(domain=list(shown), range=colours)),
        "shape": alt.Shape("verdict:N", legend=legend, scale=alt.Scale(domain=list(shown), range=shapes)),
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
    x = alt.X("received:Q", scale=scale, axis=alt.Axis(values=ticks, format=",d", title="received from them →"))
    y = alt.Y("given:Q", scale=scale, axis=alt.Axis(values=ticks, format=",d", title="given to them →"))
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
    base, sure = alt.Chart(told), _verdict("too early")
    tips = [
        alt.Tooltip("name:N", title="who"),
        alt.Tooltip("verdict:N"),
        *(alt.Tooltip(f"{c}:Q", format="+.2f") for c in ("balance", "balance_lo", "balance_hi")),
    ]
    return alt.layer(
        alt.Chart(pl.DataFrame({"balance": [0.0]})).mark_rule(color=FAINT, strokeDash=[3, 5]).encode(y=y),
        base.mark_rule(opacity=0.45, strokeWidth=2).encode(
            x=x, y=alt.Y("balance_lo:Q", scale=scale, title=title), y2="balance_hi:Q", color=sure["color"], tooltip=tips
        ),
        base.mark_point(filled=True, size=46, opacity=1).encode(x=x, y=y, **sure, tooltip=tips),
    ).properties(height=320)


def _quarters(on: str) -> alt.X:
    return alt.X(f"{on}:T", timeUnit="yearquarter", title=None, axis=alt.Axis(grid=False, format="%Y", labelOverlap=True))


def flows(months: pl.DataFrame) -> Drawn:
    """Value given (up) and received (down), a quarter a bar: month_on, given, received."""
    parts = (
        months.drop_nulls("month_on")
        .sort("month_on")
        .group_by_dynamic("month_on", every="1q")
        .agg(pl.col("given").sum(), -pl.col("received").sum())
    )
    told = parts.unpivot(["given", "received"], index="month_on", variable_name="side", value_name="value")
    return (
        alt.Chart(told)
        .mark_bar()
        .encode(
            x=_quarters("month_on"),
            y=alt.Y("value:Q", title="a quarter", axis=alt.Axis(labelExpr="format(abs(datum.value), '~s')", tickCount=5)),
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
    colour = tone(PURPLE)
    return alt.layer(
        alt.Chart(pl.DataFrame({"balance": [0.0]})).mark_rule(color=FAINT, strokeDash=[3, 5]).encode(y=y),
        base.mark_area(opacity=0.22, color=colour, interpolate="step-after").encode(
            x=x, y=alt.Y("balance_lo:Q", scale=scale, title=title), y2="balance_hi:Q"
        ),
        base.mark_line(color=colour, interpolate="step-after", strokeWidth=2.5).encode(x=x, y=y),
        base.mark_point(color=colour, filled=True, size=30).encode(x=x, y=y, tooltip=tips),
    ).properties(height=230)


def curve(shares: pl.DataFrame, percent: int) -> Drawn:
    """What goes with each share cut, the share chosen, and the points of the two essays."""
    domain, colours = [name for name, _, _ in LOST.values()], [colour for _, colour, _ in LOST.values()]
    dashes = [dash for _, _, dash in LOST.values()]
    told = shares.rename(dict(zip(LOST, domain, strict=True))).unpivot(
        domain, index="percent", variable_name="what", value_name="lost"
    )
    axis = alt.Axis(tickCount=10, title="of a hundred connections let go →")
    x = alt.X("percent:Q", scale=alt.Scale(domain=[0, 100]), axis=axis)
    lines = (
        alt.Chart(told.drop_nulls())
        .mark_line(strokeWidth=2.5)
        .encode(
            x=x,
            y=alt.Y("lost:Q", title="goes with them", axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1])),
            color=alt.Color("what:N", scale=alt.Scale(domain=domain, range=[tone(c) for c in colours])),
            strokeDash=alt.StrokeDash("what:N", scale=alt.Scale(domain=domain, range=dashes)),
            tooltip=["what:N", "percent:Q", alt.Tooltip("lost:Q", format=".1%")],
        )
    )
    essays = pl.DataFrame({"percent": list(ESSAYS), "essay": list(ESSAYS.values()), "up": [1.0] * len(ESSAYS)})
    marks = alt.Chart(essays).mark_rule(color=FAINT, strokeDash=[2, 4], strokeWidth=1.5).encode(x=x)
    names = alt.Chart(essays).encode(x=x, y=alt.Y("up:Q"), text="essay:N")
    left = names.transform_filter("datum.percent == 0").mark_text(align="left", dx=6, dy=10, color=FAINT, fontSize=12)
    right = names.transform_filter("datum.percent > 0").mark_text(align="right", dx=-6, dy=10, color=FAINT, fontSize=12)
    here = alt.Chart(pl.DataFrame({"percent": [percent]})).mark_rule(color=tone(GIVEN), strokeWidth=2).encode(x=x)
    return alt.layer(marks, lines, here, left, right).properties(height=340)


def stacked(told: pl.DataFrame, what: str, value: str, order: list[str], time: str = "on", title: str = "") -> Drawn:
    """A bar a quarter, stacked by `what`, in this order."""
    scale = alt.Scale(domain=order, range=[tone(SERIES[i % len(SERIES)]) for i in range(len(order))])
    return (
        alt.Chart(told)
        .mark_bar()
        .encode(
            x=_quarters(time),
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


def bars(told: pl.DataFrame, what: str, value: str) -> Drawn:
    """A bar for each row, in the order given, with its figure at the end."""
    base = alt.Chart(told).encode(
        y=alt.Y(f"{what}:N", sort=None, title=None, axis=alt.Axis(ticks=False, domain=False, labelLimit=150)),
        x=alt.X(f"{value}:Q", axis=None),
        tooltip=[f"{what}:N", f"{value}:Q"],
    )
    figures = base.mark_text(align="left", dx=5, color=tone(BLACK), fontSize=13).encode(text=f"{value}:Q")
    return alt.layer(base.mark_bar(color=tone(BLUE), height=16), figures).properties(height=alt.Step(26))
