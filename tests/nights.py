"""A tiny warehouse and what stands beside its marts, for tests of the gate, of publishing and of reading."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import yaml

MARTS = Path(__file__).parents[1] / "sql" / "marts"
AS_OF = datetime(2026, 11, 20)


def promise(kind: str, severity: str = "critical", spoil: str = "", **kwargs: Any) -> dict[str, Any]:
    meta = {"why": "a test needs it"} | ({"spoil": spoil} if spoil else {})
    return {"type": kind, "kwargs": kwargs, "severity": severity, "meta": meta}


ACT = {
    "row": "one row per act",
    "columns": {
        "act_id": {"type": "VARCHAR", "doc": "the act"},
        "version": {"type": "INTEGER", "doc": "the same in every row of a night, for tests of readers"},
        "value": {"type": "DOUBLE", "doc": "what it counts, owner's terms"},
        "happened_at": {"type": "TIMESTAMP", "doc": "when, UTC"},
    },
    "promises": [
        promise("expect_table_row_count_to_be_between", min_value=1),
        promise("expect_column_values_to_not_be_null", column="act_id"),
        promise("expect_column_values_to_be_unique", column="act_id"),
        promise("expect_column_values_to_be_between", "warning", column="value", min_value=0, max_value=1e6),
    ],
}


def beside(folder: Path, **tables: dict[str, Any]) -> Path:
    """A folder of yml files: `act`, the two tables every night has, and those given."""
    folder.mkdir()
    for table in ("run", "check_result"):
        shutil.copy(MARTS / f"{table}.yml", folder)
    for table, told in ({"act": ACT} | tables).items():
        (folder / f"{table}.yml").write_text(yaml.safe_dump(told, sort_keys=False))
    return folder


def warehouse(path: Path, version: int = 1, acts: int = 1000) -> Path:
    """A closed warehouse with marts.act, a view, and the two tables every night has."""
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as con:
        con.execute("create schema core; create schema marts; create table core.private as select 'text' as text")
        con.execute(
            f"create table core.act as select 'a' || i as act_id, {version}::integer as version, i / 7 as value,"
            f" timestamp '2026-01-01' + to_minutes(i) as happened_at from range({acts}) as r(i);"
            " create view marts.act as select * from core.act"
        )
        for table in ("run", "check_result"):
            columns = yaml.safe_load((MARTS / f"{table}.yml").read_text())["columns"]
            listed = ", ".join(f"{name} {told['type']}" for name, told in columns.items())
            con.execute(f"create table marts.{table} ({listed})").fetchall()
    return path
