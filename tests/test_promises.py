"""Every promise beside every table: fit, held by a warehouse that is right, and broken by one that is not."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.gate import Promise, check, promises, read_yml
from flows.warehouse import SQL
from tests.worlds import anything, world

YMLS = {f"{path.parent.name}.{path.stem}": path for path in sorted(SQL.glob("*/*.yml"))}
PROMISES = {table: promises(path) for table, path in YMLS.items()}
TIMES = 20  # each wrong value comes so often, so that `mostly` does not forgive it
NULLS = 5000  # rows of nothing at all: more than any other
TYPED = {
    "VARCHAR[]": "['x']", "VARCHAR": "'x'", "BOOLEAN": "true", "DATE": "date '2020-01-01'",
    "TIMESTAMP": "timestamp '2020-01-01'",
}  # fmt: skip


def rows_of(promise: Promise) -> bool:
    return promise.type == "expect_table_row_count_to_be_between"


def vacuous(promise: Promise) -> bool:
    """A row count from 0 on: it says that a table may be empty, and cannot fail."""
    return rows_of(promise) and promise.kwargs.get("min_value", 0) == 0 and promise.kwargs.get("max_value") is None


def wrong(promise: Promise, columns: dict[str, Any]) -> dict[str, str]:
    """Values, as SQL, that break a promise which has no spoil of its own; {} where it takes none."""
    kwargs, kind = promise.kwargs, promise.type
    named = (promise.column or "").split(", ")
    types = [str(columns[c]["type"]) for c in named if c in columns]
    if kind.endswith("_unique"):
        return {c: TYPED.get(t, "1") for c, t in zip(named, types, strict=True)}
    if kind == "expect_column_values_to_be_in_set":
        known = kwargs["value_set"]
        return {
            named[0]: "'not in the set'" if types[0] == "VARCHAR" else str(max(known) + 1) if max(known) is not True else "false"
        }
    if kind.endswith("_to_be_between") and not rows_of(promise):
        high = kwargs.get("max_value") is not None
        if types[0] in ("DATE", "TIMESTAMP"):
            return {named[0]: "'9999-12-31'" if high else "'0001-01-01'"}
        return {named[0]: str(kwargs["max_value"] + 1 if high else kwargs["min_value"] - 1)}
    if kind == "expect_column_pair_values_a_to_be_greater_than_b":
        times = types[0] in ("DATE", "TIMESTAMP")
        return dict(zip(named, ("'2020-01-01'", "'2021-01-01'") if times else ("0", "1"), strict=True))
    return {}


SPOILT = [(t, n) for t, listed in PROMISES.items() for n, p in enumerate(listed) if p.spoil]
GENERIC = {t: [p for p in listed if not p.spoil and not vacuous(p)] for t, listed in PROMISES.items()}


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two warehouses that are right, each with all tables: `bare`, where all are empty, and the measures and marts of a
    world of random acts. A core table is spoilt in the bare one, where nothing else can be what is wrong."""
    folder = tmp_path_factory.mktemp("warehouse")
    with world(anything(seed=3, acts=1500, connections=40)) as con:
        for name in ("bare", "whole"):
            con.execute(f"attach '{folder / name}.duckdb' as {name}").fetchall()
            for table, yml in YMLS.items():
                con.execute(f"create schema if not exists {name}.{table.split('.')[0]}").fetchall()
                columns = ", ".join(f'"{c}" {told["type"]}' for c, told in read_yml(yml)["columns"].items())
                con.execute(f"create table {name}.{table} ({columns})").fetchall()
                if name == "whole" and (table in made(con)):
                    con.execute(f"insert into whole.{table} from {table}").fetchall()
            con.execute(f"detach {name}").fetchall()
    return {s: folder / f"{'bare' if s == 'core' else 'whole'}.duckdb" for s in ("core", "measure", "marts")}


def made(con: duckdb.DuckDBPyConnection) -> set[str]:
    """Tables and views of the world."""
    listed = con.execute("select distinct schema_name || '.' || table_name from duckdb_columns() where database_name = 'memory'")
    return {table for (table,) in listed.fetchall()}


@pytest.mark.parametrize("table", YMLS)
def test_a_table_promises_enough(table: str) -> None:
    told, listed = read_yml(YMLS[table]), PROMISES[table]
    assert told["row"].startswith("one row per ")
    assert all(c.get("type") and c.get("doc") for c in told["columns"].values())
    assert any(rows_of(p) for p in listed), "no row count: an empty table passes everything else"
    assert any(p.type == "expect_column_values_to_not_be_null" for p in listed), "no null share"
    for p in listed:
        if table.startswith("marts."):  # it is checked once more in the published file, where tables have no schema
            assert not re.search(r"\b(raw|core|measure|marts)\.", p.kwargs.get("query", "")), p
        assert p.spoil or wrong(p, told["columns"]) or rows_of(p) or "not_be_null" in p.type, f"{p.type} {p.column}: no spoil"


def test_a_warehouse_that_is_right_holds_every_promise(right: dict[str, Path]) -> None:
    for schema, path in right.items():
        found = check(path, {t: p for t, p in PROMISES.items() if t.startswith(f"{schema}.")})
        excused = "row_count" if schema == "core" else "nothing"  # the bare one has no rows at all
        assert [r for r in found if r.outcome != "held" and excused not in r.promise] == []


@pytest.mark.parametrize(("table", "n"), SPOILT, ids=[f"{t}-{n}" for t, n in SPOILT])
def test_a_spoil_breaks_its_promise(right: dict[str, Path], tmp_path: Path, table: str, n: int) -> None:
    promise = PROMISES[table][n]
    spoilt = Path(shutil.copy(right[table.split(".")[0]], tmp_path / "spoilt.duckdb"))
    with duckdb.connect(str(spoilt)) as con:
        con.execute(promise.spoil.replace("{table}", table)).fetchall()
    assert [r.outcome for r in check(spoilt, {table: [promise]})] == ["broken"], promise


def test_every_other_promise_is_broken_by_wrong_rows(right: dict[str, Path], tmp_path: Path) -> None:
    spoilt = Path(shutil.copy(right["core"], tmp_path / "spoilt.duckdb"))
    least = {t: [p for p in listed if rows_of(p) and p.kwargs.get("min_value")] for t, listed in GENERIC.items()}
    unbroken = [r for r in check(spoilt, {t: p for t, p in least.items() if p}) if r.outcome != "broken"]
    with duckdb.connect(str(spoilt)) as con:
        for table, listed in GENERIC.items():
            columns = read_yml(YMLS[table])["columns"]
            for values in [*(wrong(p, columns) for p in listed)]:
                if values:
                    names, given = ", ".join(f'"{c}"' for c in values), ", ".join(values.values())
                    con.execute(f"insert into {table} ({names}) select {given} from range({TIMES})").fetchall()
            con.execute(f'insert into {table} ("{next(iter(columns))}") select null from range({NULLS})').fetchall()
    others = {t: [p for p in listed if p not in least[t]] for t, listed in GENERIC.items()}
    unbroken += [r for r in check(spoilt, {t: p for t, p in others.items() if p}) if r.outcome != "broken"]
    assert unbroken == []
