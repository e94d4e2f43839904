"""What the pages ask of the published night: rows and frames by our own SELECTs, each asked once a night.

A run of a page stays with one night; `watch` looks every few seconds whether a newer one was published.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import streamlit as st

from dashboards import published
from dashboards.report import readable

SEEN = "dashboards.night"  # in the session: the path and the token of the night it shows
NAMED = "coalesce(nullif(trim(c.name), ''), 'somebody unnamed (' || left(c.connection_id, 6) || ')')"
EVERY = 10  # seconds


def folder() -> Path:
    """The owner's folder this app was started for."""
    return Path(st.secrets["folder"])


def enter() -> None:
    """Stay with the night published now until the end of this run of the page."""
    st.session_state[SEEN] = (str(published.published(folder())), published.fresh(folder()))


def _seen() -> tuple[str, str]:
    """The night entered; a page that is run by itself enters the newest."""
    if SEEN not in st.session_state:
        enter()
    return st.session_state[SEEN]


@st.fragment(run_every=EVERY)
def watch() -> None:
    """Show a new night as soon as it is there."""
    seen = st.session_state.get(SEEN)
    try:
        now = published.fresh(folder())
    except published.NotPublished:
        return  # the one shown stays
    if seen and now != seen[1]:
        st.session_state["news"] = True
        st.rerun()


def frame(select: str, **values: Any) -> pl.DataFrame:
    """What one of our own SELECTs finds, names made fit to be seen. Do not change it in place: it is shared."""
    path, token = _seen()
    return _frame(path, token, select, tuple(sorted(values.items())))


def rows(select: str, **values: Any) -> list[dict[str, Any]]:
    """The same as dicts."""
    return frame(select, **values).to_dicts()


def one(select: str, **values: Any) -> dict[str, Any]:
    """The only row."""
    return frame(select, **values).row(0, named=True)


def before() -> pl.DataFrame | None:
    """Connections as the kept night before this one had them; None where there is none."""
    path, token = _seen()
    shown = Path(path)
    older = [p for p in shown.parent.parent.glob(f"*/{published.FILE}") if p.parent.name < shown.parent.name]
    if not older:
        return None
    last = max(older, key=lambda p: p.parent.name)
    try:
        return _frame(str(last), token, f"select {COMPARED}, (select max(as_of) from network) as as_of from connection c", ())
    except Exception:  # of an older version, or being taken away just now: nothing can be compared
        return None


COMPARED = f"connection_id, {NAMED} as name, verdict, realness, circle, advice, acts_given, acts_received, given, received"


@st.cache_resource(max_entries=3, show_spinner=False)
def _opened(path: str, token: str) -> Any:
    return published.open_night(Path(path))


@st.cache_resource(max_entries=80, show_spinner=False)
def _frame(path: str, token: str, select: str, values: tuple[tuple[str, Any], ...]) -> pl.DataFrame:
    with _opened(path, token).cursor() as cursor:
        found = cursor.sql(select, params=dict(values) or None).pl()
    told = [
        pl.Series(name, [readable(x) or None for x in found[name]], pl.String)
        for name in ("name", "company", "position")
        if name in found.columns
    ]
    return found.with_columns(told)
