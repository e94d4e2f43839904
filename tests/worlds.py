"""Worlds of core.* tables to measure: from CSV files or from a seed, typed as the .yml beside each table says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import yaml

from flows.warehouse import SQL, build, variables

INPUTS = ("act", "connection", "account", "introduction", "archive", "state", "sees", "response")
WEIGHTS = (
    dict.fromkeys(("status", "thanks", "applause", "link", "ask", "spam"), 0)
    | dict.fromkeys(("talk", "amplification", "endorsement"), 1)
    | dict.fromkeys(("help", "resource", "credit"), 3)
    | dict.fromkeys(("introduction", "offer", "recommendation", "gift"), 9)
)
SETTINGS = {
    "as_of": dt.datetime(2025, 1, 1), "owner": "me", "half_life_days": 180.0, "momentum_days": 90.0,
    "policy": "keep", "weights": WEIGHTS, "zone": "UTC",
    "relevant_companies": [], "relevant_positions": [], "relevant_words": [], "relevant_people": [],
}  # fmt: skip
DEFAULTS: dict[str, dict[str, Any]] = {
    "core.act": {
        "platform": "x", "channel": "message", "value_kind": "talk", "value_rule": "channel:message", "n_targets": 1,
        "proven": False, "broadcast": False, "composed": True, "templated": False, "two_sided": True, "is_reply": False,
        "time_precision": "second", "archive": "a", "record": "1:0", "evidence": "export", "introduces": [],
    },
    "core.connection": {"i_follow": False, "follows_me": False, "is_connected": False, "relevant": False, "platforms": "x"},
    "core.account": {"platform": "x", "account_kind": "person", "is_own": False},
    "core.archive": {"platform": "x", "unread_members": 0, "merged": 0, "problems": 0, "set_aside": 0},
    "core.state": {"platform": "x", "account": "me", "is_complete": True, "direction": "both", "state": "connection"},
    "core.sees": {"platform": "x", "account": "me", "archive": "a", "visibility": "seen"},
    "core.response": {"platform": "x"},
}  # fmt: skip


@cache
def told(table: str) -> dict[str, Any]:
    """The .yml beside a table: row, columns, promises."""
    schema, name = table.split(".")
    return yaml.safe_load((SQL / schema / f"{name}.yml").read_text())


def world(tables: Mapping[str, pl.DataFrame | Path], settings: Mapping[str, Any] | None = None) -> duckdb.DuckDBPyConnection:
    """A database in memory with these core tables (frames or CSV files, missing columns by default) and all measures."""
    con = duckdb.connect()
    lay(con, tables)
    variables(con, SETTINGS | dict(settings or {}))
    build(con, ("measure", "marts"))
    return con


def lay(con: duckdb.DuckDBPyConnection, tables: Mapping[str, pl.DataFrame | Path]) -> None:
    """Make the core tables in a database and fill them."""
    con.execute("create schema core; create schema raw").fetchall()
    for name in ("run", "check_result"):
        columns = told(f"marts.{name}")["columns"]
        con.execute(f"create or replace table raw.{name} ({_typed(columns)})").fetchall()
    for name in INPUTS:
        table = f"core.{name}"
        con.execute(f"create table {table} ({_typed(told(table)['columns'])})").fetchall()
        if table in tables:
            fill(con, table, tables[table])


def fill(con: duckdb.DuckDBPyConnection, table: str, rows: pl.DataFrame | Path) -> None:
    """Insert rows, cast to the documented types; a column they lack takes its default, an unknown one is an error."""
    if isinstance(rows, Path):
        rows = pl.read_csv(rows, infer_schema=False)
    columns, defaults = told(table)["columns"], DEFAULTS.get(table, {})
    assert set(rows.columns) <= set(columns), f"{table} has no {set(rows.columns) - set(columns)}"
    missing = [pl.lit(value).alias(name) for name, value in defaults.items() if name not in rows.columns]
    if table == "core.act" and "account_key" not in rows.columns and "connection_id" in rows.columns:
        missing.append(pl.col("connection_id").alias("account_key"))
    rows = rows.with_columns(missing)
    con.register("rows", rows)
    have = [name for name in columns if name in rows.columns]
    names, values = ", ".join(f'"{n}"' for n in have), ", ".join(f'"{n}"::{columns[n]["type"]}' for n in have)
    con.execute(f"insert into {table} ({names}) select {values} from rows").fetchall()
    con.unregister("rows")


def _typed(columns: Mapping[str, Mapping[str, str]]) -> str:
    return ", ".join(f'"{name}" {about["type"]}' for name, about in columns.items())


def anything(seed: int, acts: int, connections: int, days: int = 3650) -> dict[str, pl.DataFrame]:
    """Random core tables that hold every sort of row: undated, one-sided, unattributed, templated, broadcast, rejected."""
    rng = np.random.default_rng(seed)
    as_of = np.datetime64("2025-01-01", "us")
    names = pl.Series([f"c{i:05d}" for i in range(connections)], dtype=pl.String)

    def choice(values: list[Any], p: list[float] | None = None, n: int = acts) -> pl.Series:
        return pl.Series(values)[rng.choice(len(values), n, p=p).tolist() if n < 1000 else rng.choice(len(values), n, p=p)]

    def chance(p: float, n: int = acts) -> pl.Series:
        return pl.Series(rng.random(n) < p)

    # a few ties hold most acts; instants on whole hours, so that many coincide; some lie after T
    who = names[(connections * rng.random(acts) ** 3).astype(int)] if connections else pl.Series([None] * acts, dtype=pl.String)
    hours = rng.integers(-30 * 24, days * 24, acts) if days > 60 else rng.integers(-24, days * 24, acts)
    kinds = list(WEIGHTS)
    act = pl.DataFrame({
        "act_id": pl.select(pl.format("a{}", pl.int_range(acts))).to_series(),
        "channel": choice(["message", "comment", "invitation", "post"], [0.7, 0.2, 0.05, 0.05]),
        "direction": choice(["given", "received"]),
        "value_kind": choice(kinds, [0.48 if k == "talk" else 0.52 / (len(kinds) - 1) for k in kinds]),
        "proven": chance(0.1),
        "verdict": choice([None, "confirmed", "rejected"], [0.9, 0.05, 0.05]),
        "n_targets": choice([1, 2, 3, 4, 7, None], [0.7, 0.1, 0.05, 0.05, 0.05, 0.05]),
        "broadcast": chance(0.02),
        "happened_at": pl.Series(as_of - hours.astype("timedelta64[h]")).set(chance(0.02), None),
        "composed": chance(0.8),
        "templated": chance(0.1),
        "two_sided": chance(0.8),
        "post": choice([None, "p1", "p2", "p3"], [0.9, 0.04, 0.03, 0.03]),
        "words": choice([None, 0, 7, 40, 300], [0.1, 0.1, 0.4, 0.3, 0.1]),
        "connection_id": who.set(chance(0.05), None),
        "account_key": who,
        "exported_at": choice([dt.datetime(2024, 12, 1), dt.datetime(2024, 6, 1)]),
    })  # fmt: skip
    connection = pl.DataFrame({
        "connection_id": names, "name": names,
        "connected_on": choice([None, dt.date(2020, 1, 1), dt.date(2024, 6, 1)], n=connections),
        "i_follow": chance(0.5, connections), "follows_me": chance(0.5, connections), "relevant": chance(0.1, connections),
        "pin": choice([None, "keep", "prune"], [0.9, 0.05, 0.05], connections),
        "expect": choice([None, "one-way", "even"], [0.8, 0.1, 0.1], connections),
    })  # fmt: skip
    edges = connections // 3
    introduction = pl.DataFrame({
        "connection_id": names[rng.integers(0, max(connections, 1), edges).tolist()],
        "introduced_id": names[rng.integers(0, max(connections, 1), edges).tolist()],
        "happened_at": choice([None, dt.datetime(2021, 5, 1), dt.datetime(2025, 5, 1)], n=edges),
    })  # fmt: skip
    state = connection.select(
        "connection_id", key="connection_id", archive=pl.lit("a"), exported_at=pl.lit(dt.datetime(2024, 12, 1)),
        since_at=choice([None, dt.datetime(2021, 1, 1), dt.datetime(2024, 10, 1), dt.datetime(2025, 2, 1)], n=connections),
    )  # fmt: skip
    return {"core.act": act, "core.connection": connection, "core.introduction": introduction, "core.state": state}
