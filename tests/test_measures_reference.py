"""The SQL against an independent computation in plain Python, on random worlds that hold every sort of row."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import polars as pl
import pytest

from tests import reference
from tests.worlds import SETTINGS, anything, world

WORLDS: dict[str, tuple[dict[str, int], dict[str, Any]]] = {
    "few": ({"seed": 1, "acts": 60, "connections": 5, "days": 200}, {}),
    "dense": ({"seed": 2, "acts": 3000, "connections": 12, "days": 500}, {}),
    "sparse": ({"seed": 3, "acts": 3000, "connections": 400}, {"policy": "selective"}),
    "other settings": (
        {"seed": 4, "acts": 2000, "connections": 30, "days": 900},
        {"as_of": dt.datetime(2024, 3, 13, 15, 30), "half_life_days": 45.0, "momentum_days": 30.0,
         "weights": SETTINGS["weights"] | {"talk": 0.5, "help": 0, "thanks": 2, "offer": 2}},
    ),
    "nobody": ({"seed": 5, "acts": 300, "connections": 0}, {}),
    "nothing": ({"seed": 6, "acts": 0, "connections": 6}, {}),
}  # fmt: skip


@pytest.fixture(scope="module", params=WORLDS)
def both(request: pytest.FixtureRequest) -> tuple[Any, dict[str, Any]]:
    """The same world measured twice: a database and the reference's numbers."""
    made, changed = WORLDS[request.param]
    con = world(anything(**made), changed)
    tables = {name: con.sql(f"from core.{name}").pl().to_dicts() for name in ("act", "connection", "introduction", "state")}
    return con, reference.measure(tables, SETTINGS | changed)


def differences(found: dict[str, Any], should: dict[str, Any]) -> list[str]:
    """Columns of `should` that `found` tells otherwise, numbers to 1e-9."""

    def alike(a: Any, b: Any) -> bool:
        if isinstance(a, float) and isinstance(b, float | int):
            return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)
        return a == b

    return [f"{name}: {found[name]} for {value}" for name, value in should.items() if not alike(found[name], value)]


def numeric(con: Any, table: str) -> set[str]:
    kinds = (pl.Float64, pl.Int64, pl.Int32, pl.Int128)
    return {name for name, kind in con.sql(f"from marts.{table} limit 0").pl().schema.items() if kind in kinds}


def test_connection(both: tuple[Any, dict[str, Any]]) -> None:
    con, should = both
    found = {row["connection_id"]: row for row in con.sql("from marts.connection").pl().to_dicts()}
    assert found.keys() == should["connection"].keys()
    assert [(c, d) for c, row in found.items() if (d := differences(row, should["connection"][c]))] == []
    if found:
        assert numeric(con, "connection") <= next(iter(should["connection"].values())).keys()


def test_connection_month(both: tuple[Any, dict[str, Any]]) -> None:
    con, should = both
    rows = con.sql("from marts.connection_month").pl().to_dicts()
    found = {(row["connection_id"], row["month_on"]): row for row in rows}
    assert len(found) == len(rows)
    assert found.keys() == should["connection_month"].keys()
    assert [(c, d) for c, row in found.items() if (d := differences(row, should["connection_month"][c]))] == []
    if found:
        assert numeric(con, "connection_month") <= next(iter(should["connection_month"].values())).keys()


def test_network(both: tuple[Any, dict[str, Any]]) -> None:
    con, should = both
    (row,) = con.sql("from marts.network").pl().to_dicts()
    assert differences(row, should["network"]) == []
    circles = ("weekly", "monthly", "half-yearly", "yearly", "outer")
    by_circle = {f"real_{circle.replace('-', '_')}": circle for circle in circles}
    assert numeric(con, "network") - by_circle.keys() - {"follow_backs_without_act"} <= should["network"].keys()
    real = [row["circle"] for row in should["connection"].values() if row["realness"] == "real"]
    assert {name: row[name] for name in by_circle} == {name: real.count(circle) for name, circle in by_circle.items()}
