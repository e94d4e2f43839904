"""Random worlds, measured by the real SQL and laid out as published nights, with the names a stranger may give himself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import duckdb
import polars as pl

from tests.worlds import anything, told, world

MARTS = Path(__file__).parents[1] / "sql" / "marts"
HOSTILE = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(2)>", "[here](https://example.org)", "**bold** _it_ `code`",
    ":red[red] :material/home: :smile:", "$x^2$ and $y$", "www.example.org a@example.org https://example.org/x",
    "\u202eturned\u2066", "# head\n- list", "Robert'); DROP TABLE connection;--", "a|b~~c~~", "李 雷", "مريم",
)  # fmt: skip
SEEN = [
    {"channel": c, "direction": d, "visibility": "seen", "since": None, "until": dt.datetime(2025, 1, 1), "claim": "a world"}
    for c in ("message", "comment", "invitation", "post") for d in ("given", "received") if (c, d) != ("post", "received")
]  # fmt: skip


def random_world(seed: int, acts: int, connections: int) -> dict[str, pl.DataFrame]:
    """Every sort of row, with companies, profiles and hostile names."""
    tables = anything(seed, acts, connections)
    people = tables["core.connection"]
    names = [HOSTILE[i] if i < len(HOSTILE) else f"Person Number {i}" for i in range(people.height)]
    tables["core.connection"] = people.with_columns(
        name=pl.Series(names, dtype=pl.String),
        company=pl.Series([f"Example {i % 97}" for i in range(people.height)], dtype=pl.String),
    )
    ids = people["connection_id"]
    urls = ["javascript:alert(3)" if i % 5 == 0 else f"https://example.org/{i}" for i in range(people.height)]
    tables["core.account"] = pl.DataFrame({
        "key": ids, "connection_id": ids, "name": pl.Series(names, dtype=pl.String), "handle": "handle_" + ids,
        "url": pl.Series(urls, dtype=pl.String),
    })  # fmt: skip
    tables["core.sees"] = pl.DataFrame(SEEN, schema_overrides={"since": pl.Datetime})
    tables["core.archive"] = pl.DataFrame({"archive": ["a"], "owner_key": ["me"], "exported_at": [dt.datetime(2024, 12, 1)],
                                           "records": [acts], "acts": [acts], "kept_acts": [acts]})  # fmt: skip
    return tables


def publish(tables: Mapping[str, pl.DataFrame], folder: Path, run: str) -> Path:
    """Measure and publish a world as the night `run` of an owner's folder; its file."""
    night = folder / "nights" / run
    night.mkdir(parents=True)
    path = night / "givetake.duckdb"
    con: duckdb.DuckDBPyConnection = world(tables)
    con.execute(f"attach '{path}' as out (storage_version 'v1.0.0')").fetchall()
    for table in sorted(p.stem for p in MARTS.glob("*.yml")):
        con.execute(f"create table out.{table} as from marts.{table}").fetchall()
        for column, about in told(f"marts.{table}")["columns"].items():
            doc = about["doc"].replace("'", "''")
            con.execute(f"comment on column out.{table}.{column} is '{doc}'").fetchall()
    con.close()
    link = folder / "published.new"
    link.symlink_to(f"nights/{run}")
    link.replace(folder / "published")
    return path
