"""Build the warehouse: every sql/<schema>/<table>.sql becomes one table, in the order the SQL itself tells."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

SQL = Path(__file__).parents[1] / "sql"


def models(schemas: Iterable[str]) -> dict[str, Path]:
    """The files of these schemas by the table each makes: `core.act` -> sql/core/act.sql."""
    return {f"{schema}.{path.stem}": path for schema in schemas for path in sorted((SQL / schema).glob("*.sql"))}


def reads(con: duckdb.DuckDBPyConnection, select: str) -> set[str]:
    """The schema-qualified tables a SELECT reads, by DuckDB's own parser; a bare name is a CTE."""
    told = con.execute("select json_serialize_sql($select)", {"select": select}).fetchone()
    tree = json.loads(told[0]) if told else {}
    if tree.get("error"):
        raise ValueError(f"not one SELECT: {tree['error_message']}")
    return {f"{n['schema_name']}.{n['table_name']}" for n in _nodes(tree) if n.get("type") == "BASE_TABLE" and n["schema_name"]}


def build(con: duckdb.DuckDBPyConnection, schemas: Iterable[str] = ("core", "measure", "marts")) -> list[str]:
    """Make the tables of these schemas and return their names in the order they were made.

    What no file of these schemas makes (`raw.*`, or `core.*` when only measures are built) must exist already.
    """
    _run(con, (SQL / "macros.sql").read_text())
    files = models(schemas)
    selects = {table: path.read_text() for table, path in files.items()}
    order = TopologicalSorter({table: sorted(reads(con, select) & files.keys()) for table, select in selects.items()})
    made = list(order.static_order())
    for schema in sorted({table.split(".")[0] for table in made}):
        _run(con, f"create schema if not exists {schema}")
    for table in made:
        _run(con, f"create or replace table {table} as {selects[table]}")
    return made


def variables(con: duckdb.DuckDBPyConnection, values: Mapping[str, Any]) -> None:
    """Set the parameters of the SQL (as_of, owner, half_life_days, momentum_days, policy, weights, zone, relevant_*)."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            kinds, weights = list(value), [float(w) for w in value.values()]
            con.execute(f"set variable {name} = map($kinds, $weights)", {"kinds": kinds, "weights": weights}).fetchall()
        elif isinstance(value, list):
            con.execute(f"set variable {name} = $value::varchar[]", {"value": value}).fetchall()
        else:
            con.execute(f"set variable {name} = $value", {"value": value}).fetchall()


def _run(con: duckdb.DuckDBPyConnection, statements: str) -> None:
    con.execute(statements).fetchall()


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object in a parse tree."""
    if isinstance(tree, dict):
        yield tree
        for value in tree.values():
            yield from _nodes(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _nodes(value)
