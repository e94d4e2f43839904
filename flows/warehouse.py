"""Build the warehouse: every sql/<schema>/<table>.sql becomes one table, in the order the SQL itself tells."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import yaml

from flows.own_files import KINDS, PEOPLE
from flows.settings import Home, Settings
from transforms.act import ACCOUNT, ACT, FACT, PLACE, RESPONSE, STATE

SQL = Path(__file__).parents[1] / "sql"


_SHAPES = {
    "act": ["act_id", *ACT, *PLACE],
    "account": [*ACCOUNT, *PLACE],
    "state": [*STATE, *PLACE],
    "response": [*RESPONSE, *PLACE],
    "sees": ["channel", "direction", "visibility", "since", "until", "claim"],
    "listing": ["state", "direction", "is_complete"],
    "problem": ["member", "record", "reason", "severity", "records"],
    "member": ["member", "path", "pattern", "status", "reason", "records"],
    "source": ["exported_at", "owner_key", "owner_name", "owner_aliases", "records"],
}


def connect(path: Path, *, memory: str = "2GB") -> duckdb.DuckDBPyConnection:
    """Open a database of ours for writing: no extensions from anywhere, temporary files beside it."""
    con = duckdb.connect(
        str(path),
        config={"autoinstall_known_extensions": False, "autoload_known_extensions": False, "allow_community_extensions": False,
                "python_enable_replacements": False, "memory_limit": memory, "preserve_insertion_order": False},
    )  # fmt: skip
    con.execute("set enable_progress_bar = false").fetchall()  # it writes to stdout
    return con


def raw(con: duckdb.DuckDBPyConnection, facts: Iterable[Path], home: Home) -> None:
    """Make schema `raw`: views over the facts of these archives by kind of row, and the owner's own files as tables."""
    _run(con, "create schema if not exists raw")
    files = [str(f) for f in facts]
    columns = ", ".join(f'"{c}"' for c in dict.fromkeys(["fact", "platform", "archive", *FACT]))
    if files:
        listed = ", ".join("'" + f.replace("'", "''") + "'" for f in files)
        _run(con, f"create or replace view raw.fact as select {columns} from read_parquet([{listed}], hive_partitioning = false)")
    else:
        nothing = pl.DataFrame(schema=naive(FACT) | {"archive": pl.String})
        con.register("nothing", nothing.to_arrow())
        _run(con, f"create or replace table raw.fact as select {columns} from nothing")
    for fact, shape in _SHAPES.items():
        listed = ", ".join(f'"{c}"' for c in shape)
        _run(con, f"create or replace view raw.{fact} as select archive, platform, {listed} from raw.fact where fact = '{fact}'")
    _table(con, "raw.people", home.people, PEOPLE)
    _table(con, "raw.kind_verdict", home.kinds, KINDS)
    for table in ("run", "check_result"):  # empty: publishing writes them
        columns = yaml.safe_load((SQL / "marts" / f"{table}.yml").read_text())["columns"]
        typed = ", ".join(f"{column} {spec['type']}" for column, spec in columns.items())
        _run(con, f"create or replace table raw.{table} ({typed})")


def naive(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A schema of facts as it is stored: instants are UTC and carry no zone."""
    return {c: pl.Datetime("us") if isinstance(t, pl.Datetime) else t for c, t in schema.items()}


def parameters(settings: Settings, home: Home, as_of: Any) -> dict[str, Any]:
    """The variables every model may read."""
    relevant = settings.relevant
    lower = {f"relevant_{name}": [w.strip().lower() for w in words] for name, words in relevant.model_dump().items()}
    measures = settings.measures
    return {
        "as_of": as_of, "owner": home.owner, "half_life_days": float(measures.half_life_days),
        "momentum_days": float(measures.momentum_days), "policy": measures.policy, "weights": settings.weights,
        "zone": settings.timezone, **lower,
    }  # fmt: skip


def _table(con: duckdb.DuckDBPyConnection, name: str, path: Path, columns: list[str]) -> None:
    """A file of the owner's as a table of text: missing columns are null, rows without their first column are no rows."""
    frame = pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    if path.exists():
        written = pl.read_csv(path, infer_schema=False, truncate_ragged_lines=True)
        written = written.rename({c: c.strip().lower() for c in written.columns})
        have = [pl.col(c).str.strip_chars() if c in written.columns else pl.lit(None, dtype=pl.String).alias(c) for c in columns]
        frame = (
            written.select(have)
            .filter(pl.col(columns[0]).fill_null("") != "")
            .unique(columns[0], keep="last", maintain_order=True)
        )
    con.register("written", frame.to_arrow())
    _run(con, f"create or replace table {name} as select * from written")
    con.unregister("written")


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

    What no file of these schemas makes (`raw.*`, or `core.*` when only measures are built) must exist already. A file
    whose first line ends with "(a view)" only passes columns on, and is not stored twice.
    """
    _run(con, (SQL / "macros.sql").read_text())
    files = models(schemas)
    selects = {table: path.read_text() for table, path in files.items()}
    order = TopologicalSorter({table: sorted(reads(con, select) & files.keys()) for table, select in selects.items()})
    made = list(order.static_order())
    for schema in sorted({table.split(".")[0] for table in made}):
        _run(con, f"create schema if not exists {schema}")
    for table in made:
        kept = "view" if selects[table].partition("\n")[0].endswith("(a view)") else "table"
        _run(con, f"create or replace {kept} {table} as {selects[table]}")
    _run(con, "checkpoint")  # closing does so too, and says nothing where the disk fails
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
