"""The plots of the report: Vega-Lite specifications, drawn to SVG offline.

The SVG carries the light colours of palette.py as attributes; the style sheet of the page swaps them in the dark. Each is drawn
at the width it is seen at, so that its letters keep their size on a phone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import log1p
from typing import Any

import vl_convert

from dashboards.palette import BLUE, GIVEN, GREEN, ORANGE, PURPLE, RECEIVED, VERDICTS

INK, FAINT, LINE = "#2b2a28", "#6f6b64", "#d9d4cb"  # named again in report.css
LEANINGS = 220
LOST: dict[str, tuple[str, str, list[int]]] = {
    "received_share": ("value received", BLUE, [1, 0]),
    "opportunity_share": ("doors opened", ORANGE, [8, 3]),
    "real_share": ("real ties", GREEN, [3, 3]),
    "attention_share": ("your attention", PURPLE, [9, 3, 2, 3]),
}
YOURS = "replace(replace(datum.label, ' give', ''), 'I ', 'you ')"  # a short legend, told to you
ESSAYS = {0: "never delete (002)", 80: "cut 80 % (001)"}
_TICKS = [0, 1, 3, 10, 30, 100, 300, 1000, 3000, 10000]
_CONFIG: dict[str, Any] = {
    "background": "transparent", "font": "system-ui, sans-serif", "view": {"stroke": None},
    "axis": {"labelColor": FAINT, "titleColor": INK, "gridColor": LINE, "domainColor": LINE, "tickColor": LINE,
             "labelFontSize": 12, "titleFontSize": 13, "titleFontWeight": "normal", "gridOpacity": 0.6},
    "legend": {"labelColor": INK, "labelFontSize": 13, "orient": "top", "title": None, "symbolSize": 90, "labelLimit": 240,
               "columnPadding": 22, "symbolOpacity": 1},
}  # fmt: skip


def start() -> None:
    """Draw nothing: what draws takes half a second to start, and may do so while something else is waited for."""
    _svg({"width": 1, "data": {"values": []}, "mark": "point"}, "")


def scatter(people: Sequence[dict[str, Any]], width: int) -> str:
    """Connections by given and received, both as log(1 + x); on the line as much comes as goes."""
    if not people:
        return ""
    high = 1.25 * max(1.0, *(p[side] for p in people for side in ("given", "received")))
    shown = [{k: p[k] for k in ("name", "given", "received", "verdict")} for p in people if p["given"] or p["received"]]
    axis = {"values": [t for t in _TICKS if t <= high], "format": ",d"}
    scale = {"type": "symlog", "constant": 1, "domain": [0, high], "nice": False}
    x = {"field": "received", "type": "quantitative", "scale": scale, "axis": axis | {"title": "received from them  →"}}
    y = {"field": "given", "type": "quantitative", "scale": scale, "axis": axis | {"title": "given to them  →"}}
    place, named = {"x": x, "y": y}, _labelled(shown, high, width)
    shown.sort(key=lambda p: p["verdict"] != "too early")  # the sure ones on top
    return _svg(
        {"width": width, "height": width * 5 // 6 + 30, "layer": [
            {"data": {"values": [{"given": 0, "received": 0}, {"given": high, "received": high}]},
             "mark": {"type": "line", "color": FAINT, "strokeDash": [4, 4], "opacity": 0.7}, "encoding": place},
            {"data": {"values": shown}, "mark": {"type": "point", "filled": True, "size": 62, "opacity": 0.82},
             "encoding": place | {"color": _colour(), "shape": _shape()}},
            *({"data": {"values": [p for p in named if p["align"] == align]},
               "mark": {"type": "text", "dy": -11, "fontSize": 12, "color": INK, "align": align, "dx": dx},
               "encoding": place | {"text": {"field": "short", "type": "nominal"}}}
              for align, dx in (("left", -5), ("center", 0), ("right", 8))),
        ]},
        "Every connection by what was given to them and received from them",
    )  # fmt: skip


def leanings(people: Sequence[dict[str, Any]], width: int) -> str:
    """Every balance that can be told, in order, with its 90 % interval; an even sample of them where there are many."""
    if not people:
        return ""
    step = max(1, -(-len(people) // (LEANINGS * width // 620)))
    rows = [
        {k: p[k] for k in ("balance", "balance_lo", "balance_hi", "verdict")} | {"rank": i} for i, p in enumerate(people[::step])
    ]
    x = {"field": "rank", "type": "ordinal", "axis": None, "scale": {"padding": 0.3}}
    ends = {
        "values": [-1, -0.5, 0, 0.5, 1],
        "format": "+.1f",
        "title": "they more  ←  balance  →  you more",
        "grid": True,
    }
    y = {"type": "quantitative", "scale": {"domain": [-1, 1]}, "axis": ends}
    return _svg(
        {"width": width, "height": 300, "data": {"values": rows}, "layer": [
            {"mark": {"type": "rule", "opacity": 0.45, "strokeWidth": 2},
             "encoding": {"x": x, "y": y | {"field": "balance_lo"}, "y2": {"field": "balance_hi"}, "color": _colour()}},
            {"mark": {"type": "point", "filled": True, "size": 46, "opacity": 1},
             "encoding": {"x": x, "y": y | {"field": "balance"}, "color": _colour(), "shape": _shape()}},
            {"mark": {"type": "rule", "color": FAINT, "strokeDash": [4, 4]}, "encoding": {"y": {"datum": 0}}},
        ]},
        "Balances with their intervals, from they give more to you give more",
    )  # fmt: skip


def years(months: Iterable[dict[str, Any]], width: int) -> str:
    """What was given (up) and received (down), a quarter a bar."""
    quarters: dict[tuple[int, int], list[float]] = {}
    for m in months:
        both = quarters.setdefault((m["month_on"].year, (m["month_on"].month - 1) // 3), [0.0, 0.0])
        both[0] += m["given"] or 0
        both[1] += m["received"] or 0
    if not quarters:
        return ""
    rows = [
        {"on": f"{year}-{3 * quarter + 2:02}-15", "value": sign * value, "side": side}
        for (year, quarter), both in sorted(quarters.items())
        for side, sign, value in (("given", 1, both[0]), ("received", -1, both[1]))
    ]
    bar = max(2.0, min(22.0, 0.72 * width / len(quarters)))
    sides = {"domain": ["given", "received"], "range": [GIVEN, RECEIVED]}
    return _svg(
        {"width": width, "height": 220, "data": {"values": rows}, "mark": {"type": "bar", "width": bar, "opacity": 0.85},
         "encoding": {
             "x": {"field": "on", "type": "temporal",
                   "axis": {"title": None, "grid": False, "format": "%Y", "tickCount": "year", "labelOverlap": True}},
             "y": {"field": "value", "type": "quantitative", "stack": True,
                   "axis": {"title": "a quarter", "labelExpr": "format(abs(datum.value), '~s')", "tickCount": 5}},
             "color": {"field": "side", "type": "nominal", "scale": sides},
         }},
        "Value given and received, a quarter a bar",
    )  # fmt: skip


def curve(shares: Sequence[dict[str, Any]], width: int) -> str:
    """What goes with each share of connections cut, and the points of the two essays."""
    rows = [
        {"percent": s["percent"], "lost": s[column], "what": told}
        for s in shares
        for column, (told, *_) in LOST.items()
        if s[column] is not None
    ]
    if not rows:
        return ""
    names, colours, dashes = ([told[i] for told in LOST.values()] for i in range(3))
    x = {"field": "percent", "type": "quantitative", "scale": {"domain": [0, 100]},
         "axis": {"title": "of a hundred connections let go  →", "tickCount": 10}}  # fmt: skip
    marks = [{"percent": percent, "essay": essay, "up": 1} for percent, essay in ESSAYS.items()]
    return _svg(
        {"width": width, "height": 280, "layer": [
            {"data": {"values": marks}, "mark": {"type": "rule", "color": FAINT, "strokeDash": [2, 4]}, "encoding": {"x": x}},
            {"data": {"values": rows}, "mark": {"type": "line", "strokeWidth": 2.5}, "encoding": {
                "x": x,
                "y": {"field": "lost", "type": "quantitative", "axis": {"title": "goes with them", "format": "%"}},
                "color": {"field": "what", "type": "nominal", "scale": {"domain": names, "range": colours}},
                "strokeDash": {"field": "what", "type": "nominal", "scale": {"domain": names, "range": dashes}}}},
            *({"data": {"values": [mark]},
               "mark": {"type": "text", "align": align, "dx": dx, "dy": 10, "fontSize": 12, "color": FAINT},
               "encoding": {"x": x, "y": {"field": "up", "type": "quantitative"}, "text": {"field": "essay"}}}
              for mark, align, dx in zip(marks, ("left", "right"), (6, -6), strict=True)),
        ]},
        "What goes with each share of connections let go",
    )  # fmt: skip


def _labelled(people: Sequence[dict[str, Any]], high: float, width: int) -> list[dict[str, Any]]:
    """The strongest, unless their names would run into one named already."""
    taken: list[tuple[float, float]] = []
    chosen = []
    for p in people:
        at = (log1p(p["received"]) / log1p(high), log1p(p["given"]) / log1p(high))
        if all(abs(at[0] - x) > 130 / width or abs(at[1] - y) > 28 / width for x, y in taken):
            taken.append(at)
            align = "left" if at[0] < 75 / width else "right" if at[0] > 1 - 75 / width else "center"
            chosen.append(p | {"align": align, "short": p["name"] if len(p["name"]) < 24 else p["name"][:22] + "…"})
        if len(chosen) == width // 44:
            break
    return chosen


def _colour() -> dict[str, Any]:
    scale = {"domain": list(VERDICTS), "range": [colour for colour, _ in VERDICTS.values()]}
    return {"field": "verdict", "type": "nominal", "scale": scale, "legend": {"labelExpr": YOURS}}


def _shape() -> dict[str, Any]:
    scale = {"domain": list(VERDICTS), "range": [shape for _, shape in VERDICTS.values()]}
    return {"field": "verdict", "type": "nominal", "scale": scale, "legend": {"labelExpr": YOURS}}


def _svg(spec: dict[str, Any], title: str) -> str:
    """Drawn, sized by the page, and told to those who do not see it by its title."""
    schema = "https://vega.github.io/schema/vega-lite/v6.json"
    columns = 0 if spec["width"] > 500 else 3
    config = _CONFIG | {"aria": False, "legend": _CONFIG["legend"] | {"columns": columns}}
    svg = vl_convert.vegalite_to_svg({"$schema": schema, "config": config, "description": title, **spec})
    return svg.replace("<svg ", f'<svg role="img" aria-label="{title}" ', 1)
