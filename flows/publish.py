"""Publish a night: build it beside, audit it, then swap it in by one rename. Readers always find a whole, checked night.

In order: the folder `nights/<run>.building` is filled; the file is audited; every file is flushed to the disk; the
folder gets its name; the link `published` is replaced. A kill between any two steps leaves the last good night published,
and what is left over goes at the next publish.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import duckdb

from dashboards.published import FILE
from flows.gate import GateBroken, Result, broken, check, promises, read_yml

SCHEMA_VERSION = 1  # of the published tables; a change to them raises it, with a line in CHANGELOG.md
STORAGE_VERSION = "v1.0.0"  # any client from DuckDB 1.1 on opens it
MARTS = Path(__file__).parents[1] / "sql" / "marts"
NOT_THE_NIGHT = ("run", "check_result")  # tables about the run: equal nights may differ in them


def versions() -> dict[str, Any]:
    """What is at work, in the columns of the published table `run`."""
    try:
        own = version("givetake")
    except PackageNotFoundError:
        own = "not installed"
    return {
        "givetake_version": own,
        "schema_version": SCHEMA_VERSION,
        "python_version": platform.python_version(),
        "duckdb_version": duckdb.__version__,
        "polars_version": version("polars"),
    }


def publish(
    warehouse: Path,
    folder: Path,
    run_id: str,
    as_of: datetime,
    *,
    stages: Iterable[Mapping[str, Any]] = (),
    checks: Iterable[Mapping[str, Any]] = (),
    report: Callable[[Path], None] | None = None,
    keep: int = 5,
    marts: Path = MARTS,
) -> dict[str, Any]:
    """Publish the marts of a closed warehouse into an owner's folder and return what CURRENT.json says.

    `run_id`s sort by time. `stages` and `checks` are rows of `run` and `check_result`, `report` writes report.html into
    the folder it is given. Raises GateBroken, with the results, where the audit breaks a critical promise; whatever is
    raised, what was published stays.
    """
    nights = folder / "nights"
    building, night = nights / f"{run_id}.building", nights / run_id
    nights.mkdir(mode=0o700, parents=True, exist_ok=True)
    _prune(folder, keep)
    if night.exists() and night == (folder / "published").resolve():
        raise FileExistsError(f"nights/{run_id} — this run is published already — a run has one name")
    shutil.rmtree(night, ignore_errors=True)  # of a run killed before its night was published
    building.mkdir(mode=0o700)
    try:
        current = _fill(building, warehouse, run_id, as_of, stages, checks, marts, report)
        _settle(building)
        os.rename(building, night)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise
    _sync(nights)
    _swap(folder, f"nights/{run_id}")
    _prune(folder, keep)
    return current


def content_hash(folder: Path) -> str:
    """What a night says, whatever the order of its rows: two nights are equal where this is.

    Without `run` and `check_result`. Numbers count to nine places, as a sum in parallel adds up in no fixed order.
    """
    digest = hashlib.sha256()
    with duckdb.connect(str((folder / FILE).resolve()), read_only=True) as con:
        for table, columns in _columns(con).items():
            if table not in NOT_THE_NIGHT:
                values = ", ".join(f"round({_name(c)}, 9) + 0" if t == "DOUBLE" else _name(c) for c, t in columns.items())
                row = f"md5_number_lower(json_array({values})::varchar)::hugeint"
                rows = con.sql(f"select count(*), sum({row}) from {_name(table)}").fetchone()
                digest.update(repr((table, columns, rows)).encode())
    return digest.hexdigest()


def _fill(
    building: Path, warehouse: Path, run_id: str, as_of: datetime, stages: Any, checks: Any, marts: Path, report: Any
) -> dict[str, Any]:
    """Everything that is in a night, in its building folder; what CURRENT.json says of it."""
    file = building / FILE
    told = {path.stem: read_yml(path) for path in sorted(marts.glob("*.yml"))}
    with duckdb.connect(config={"temp_directory": str(building / "spill")}) as con:
        con.execute(f"attach {_text(str(warehouse))} as warehouse (read_only)").fetchall()
        con.execute(f"attach {_text(str(file))} as night (storage_version '{STORAGE_VERSION}')").fetchall()
        con.execute("use night").fetchall()
        con.execute("begin").fetchall()  # one flush to the disk, not one for each comment
        for table in _columns(con, "warehouse", "marts"):
            con.execute(f"create table {_name(table)} as from warehouse.marts.{_name(table)}").fetchall()
        _comment(con, told)
        _append(con, "run", stages)
        _append(con, "check_result", checks)
        con.execute("commit").fetchall()
        _close(con)
    results = check(file, {f"main.{table}": promises(marts / f"{table}.yml") for table in told})
    if broken(results):
        raise GateBroken("published", results)
    with duckdb.connect(config={"temp_directory": str(building / "spill")}) as con:
        con.execute(f"attach {_text(str(file))} as night").fetchall()
        con.execute("use night").fetchall()
        _append(con, "check_result", check_rows(run_id, "published", results))
        columns = _columns(con)
        rows = {t: con.sql(f"select count(*) from {_name(t)}").fetchall()[0][0] for t in columns}
        (building / "marts").mkdir(mode=0o700)
        for table in columns:
            path = _text(str(building / "marts" / f"{table}.parquet"))
            con.execute(f"copy {_name(table)} to {path} (format parquet, compression zstd)").fetchall()
        _close(con)
    if (wal := file.with_name(f"{FILE}.wal")).exists():
        raise RuntimeError(f"{wal.name} — DuckDB left a log beside the file it closed — run again")
    shutil.rmtree(building / "spill", ignore_errors=True)
    if report:
        report(building)
    head = {"run_id": run_id, "as_of": as_of.isoformat(), "schema_version": SCHEMA_VERSION}
    catalog = {
        table: {
            "row": told[table]["row"],
            "rows": rows[table],
            "columns": {c: {"type": t, "doc": told[table]["columns"][c]["doc"]} for c, t in columns[table].items()},
        }
        for table in columns
    }
    _write(building / "catalog.json", head | {"versions": versions(), "tables": catalog})
    with file.open("rb") as f:
        current = head | {"rows": rows, "sha256": hashlib.file_digest(f, "sha256").hexdigest()}
    _write(building / "CURRENT.json", current)
    return current


def check_rows(run_id: str, boundary: str, results: Iterable[Result]) -> list[dict[str, Any]]:
    """Results of the gate as rows of the published table `check_result`."""
    now = datetime.now(UTC).replace(tzinfo=None)
    return [
        {
            "run_id": run_id, "checked_at": now, "boundary": boundary, "table_name": r.table.removeprefix("main."),
            "promise": r.promise, "column_name": r.column, "severity": r.severity, "why": r.why, "outcome": r.outcome,
            "found": r.found,
        }
        for r in results
    ]  # fmt: skip


def _comment(con: duckdb.DuckDBPyConnection, told: Mapping[str, Any]) -> None:
    """Say of every table and column what its yml says. Raises ValueError where a yml and its table differ."""
    made = _columns(con)
    for table in sorted(made.keys() | told.keys()):
        documented = {c: spec["type"] for c, spec in told.get(table, {}).get("columns", {}).items()}
        if documented != made.get(table) or list(documented) != list(made[table]):
            raise ValueError(f"sql/marts/{table}.yml — its columns are not those of the table — make them agree")
        con.execute(f"comment on table {_name(table)} is {_text(told[table]['row'])}").fetchall()
        for column, spec in told[table]["columns"].items():
            con.execute(f"comment on column {_name(table)}.{_name(column)} is {_text(spec['doc'])}").fetchall()


def _append(con: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    if told := [dict(row) for row in rows]:
        statement = f"insert into {_name(table)} by name select unnest($told, recursive := true)"
        con.execute(statement, {"told": told}).fetchall()  # at once: a row at a time takes a millisecond


def _columns(con: duckdb.DuckDBPyConnection, database: str = "", schema: str = "main") -> dict[str, dict[str, str]]:
    """Tables of a schema, each with its columns and their types, in order."""
    listed = con.execute(
        "select table_name, column_name, data_type from duckdb_columns() where schema_name = $schema"
        " and database_name = coalesce(nullif($database, ''), current_database()) order by table_name, column_index",
        {"schema": schema, "database": database},
    ).fetchall()
    tables: dict[str, dict[str, str]] = {}
    for table, column, kind in listed:
        tables.setdefault(table, {})[column] = kind
    return tables


def _close(con: duckdb.DuckDBPyConnection) -> None:
    """Write everything into the file itself, so that it needs no log beside it."""
    for statement in ("checkpoint night", "use memory", "detach night"):
        con.execute(statement).fetchall()


def _settle(building: Path) -> None:
    """Readable by this user only, and on the disk."""
    for path in [*building.rglob("*"), building]:
        path.chmod(0o700 if path.is_dir() else 0o600)
        _sync(path)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _swap(folder: Path, target: str) -> None:
    draft = folder / ".published.new"
    draft.unlink(missing_ok=True)
    draft.symlink_to(target)
    os.replace(draft, folder / "published")
    _sync(folder)


def _prune(folder: Path, keep: int) -> None:
    """Remove what was never finished, and all but the last nights; never the one that is published."""
    nights = sorted(p for p in (folder / "nights").iterdir() if p.is_dir())
    whole = [p for p in nights if p.suffix != ".building"]
    for path in [p for p in nights if p not in whole] + whole[: max(len(whole) - keep, 0)]:
        if path != (folder / "published").resolve():
            shutil.rmtree(path)


def _write(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
