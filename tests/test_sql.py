"""Every table against its cases: tests/sql/<schema>.<table>/<case>/{core.*.csv, variables.yml, expected.csv}.

The name of a case says what it shows. Columns a CSV lacks take defaults (tests/worlds.py); only the columns and rows of
expected.csv are compared, a number to the digits printed there, a whole one exactly. `inputs:` in variables.yml names
a case whose input tables are used.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from flows.warehouse import SQL, models, reads
from tests.worlds import told, world

ROOM = Path(__file__).parent / "sql"
CASES = sorted(p.parent for p in ROOM.glob("*/*/expected.csv"))
TABLES = sorted(models(("measure", "marts")))


@pytest.mark.parametrize("case", CASES, ids=[f"{p.parent.name}/{p.name}" for p in CASES])
def test_case(case: Path) -> None:
    given = case / "variables.yml"
    settings: dict[str, Any] = yaml.safe_load(given.read_text()) if given.exists() else {}
    inputs = case / settings.pop("inputs", ".")
    expected = pl.read_csv(case / "expected.csv", infer_schema=False)
    con = world({path.stem: path for path in inputs.glob("core.*.csv")}, settings)
    columns = ", ".join(f'"{name}"::varchar as "{name}"' for name in expected.columns)
    found = con.sql(f"select {columns} from {case.parent.name} order by all").pl()
    expected = expected.sort(expected.columns, nulls_last=True)
    assert len(found) == len(expected), f"{len(found)} rows for {len(expected)}: {found.rows()}"
    wrong = [
        f"{row[0]} {name}: {is_} for {should}"
        for row, other in zip(expected.rows(), found.rows(), strict=True)
        for name, should, is_ in zip(expected.columns, row, other, strict=True)
        if not alike(should, is_)
    ]
    assert not wrong, "\n".join(wrong)


def alike(should: str | None, found: str | None) -> bool:
    """Equal as text, or as numbers to the digits `should` prints."""
    if should == found or should is None or found is None:
        return should == found
    try:
        digits = len(should.partition(".")[2])
        return abs(float(should) - float(found)) <= (0.5 * 10**-digits if digits else 0) + 1e-9
    except ValueError:
        return False


@pytest.fixture(scope="module")
def empty() -> Any:
    return world({})


@pytest.mark.parametrize("table", TABLES)
def test_what_is_documented_is_what_is_made(table: str, empty: Any) -> None:
    about = told(table)
    made = empty.execute(
        "select column_name, data_type from duckdb_columns() where schema_name = $s and table_name = $t order by column_index",
        dict(zip("st", table.split("."), strict=True)),
    ).fetchall()
    assert [(name, column["type"]) for name, column in about["columns"].items()] == made
    assert about["row"].startswith("one row per ")
    assert all(column["doc"] for column in about["columns"].values())
    types = {promise["type"] for promise in about["promises"]}
    assert "expect_table_row_count_to_be_between" in types


@pytest.mark.parametrize("table", TABLES)
def test_a_file_is_one_select_that_reads_downwards(table: str, empty: Any) -> None:
    text = models((table.split(".")[0],))[table].read_text()
    assert text.startswith("-- One row per ")
    assert len(empty.extract_statements(text)) == 1
    below = {"measure": {"core", "measure"}, "marts": {"core", "measure", "marts", "raw"}}[table.split(".")[0]]
    assert {read.split(".")[0] for read in reads(empty, text)} <= below


def test_every_yml_has_its_table() -> None:
    ymls = {f"{path.parent.name}.{path.stem}" for schema in ("measure", "marts") for path in (SQL / schema).glob("*.yml")}
    assert ymls == set(TABLES)


def test_every_case_folder_is_run() -> None:
    assert {p for p in ROOM.glob("*/*") if p.is_dir()} == set(CASES)
    assert CASES
