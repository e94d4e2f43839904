"""The published night opened by other programs: older and newer DuckDB, Node, SQLAlchemy, and its Parquet by polars and pandas.

The clients are fetched from the package indexes; what cannot be had is skipped. Each tells of every table its rows, columns
and comments, and a sum over real dates and numbers, and must say what our own reader says.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import sqlalchemy as sa

from dashboards.published import open_night
from flows.publish import FILE, publish
from tests.nights import AS_OF, beside, warehouse

ROOT = Path(__file__).parents[1]
TABLES = "select table_name, comment from duckdb_tables() order by 1"
SUM = "select count(*), round(sum(value), 6), min(happened_at)::varchar, max(happened_at)::varchar from act"
PYTHON = """
import json, sys
sys.path.insert(0, sys.argv[1])
import duckdb
con = duckdb.connect(sys.argv[2], read_only=True)
tables = con.execute(sys.argv[3]).fetchall()
rows = {t: con.execute(f'select count(*) from "{t}"').fetchone()[0] for t, _ in tables}
print(json.dumps([duckdb.__version__, tables, rows, con.execute(sys.argv[4]).fetchone()]))
"""
NODE = """
const { DuckDBInstance } = require(process.argv[1]);
(async () => {
  const instance = await DuckDBInstance.create(process.argv[2], { access_mode: "READ_ONLY" });
  const con = await instance.connect();
  const all = async (sql) => (await con.runAndReadAll(sql)).getRowsJson();
  const tables = await all(process.argv[3]);
  const rows = {};
  for (const [table] of tables) rows[table] = Number((await all(`select count(*) from "${table}"`))[0][0]);
  const [count, ...rest] = (await all(process.argv[4]))[0];
  console.log(JSON.stringify(["node", tables, rows, [Number(count), ...rest]]));
})();
"""


def ours(file: Path) -> list[Any]:
    """What our reader says of a published file, as JSON has it."""
    with open_night(file) as con:
        tables = con.execute(TABLES).fetchall()
        rows = {t: con.execute(f'select count(*) from "{t}"').fetchall()[0][0] for t, _ in tables}
        return json.loads(json.dumps([tables, rows, con.execute(SUM).fetchall()[0]]))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published folder of few tables."""
    folder = tmp_path_factory.mktemp("home") / "me"
    folder.mkdir()
    publish(warehouse(folder / "warehouse.duckdb"), folder, "n1", AS_OF, marts=beside(folder / "marts"))
    return folder / "published"


def test_parquet_says_the_same_to_polars_pandas_and_arrow(small: Path) -> None:
    pandas, parquet = pytest.importorskip("pandas"), pytest.importorskip("pyarrow.parquet")
    with open_night((small / FILE).resolve()) as con:
        told = {t: con.sql(f'from "{t}"').pl() for t, _ in con.execute(TABLES).fetchall()}
    assert told["act"].height
    for table, frame in told.items():
        path = small / "marts" / f"{table}.parquet"
        polars = pl.read_parquet(path)
        assert polars.sort(polars.columns).equals(frame.sort(frame.columns))
        again = pl.from_pandas(pandas.read_parquet(path)) if frame.height else frame
        assert again.select(pl.col(pl.String)).equals(polars.select(pl.col(pl.String)))
        assert parquet.read_table(path).column_names == frame.columns


def test_sqlalchemy_opens_it_as_superset_would(small: Path) -> None:
    engine = sa.create_engine(f"duckdb:///{(small / FILE).resolve()}?access_mode=read_only")
    with engine.connect() as con:
        assert con.execute(sa.text("select count(*) from act")).scalar_one() > 0
        with pytest.raises(sa.exc.DatabaseError, match="read-only"):
            con.execute(sa.text("create table t as select 1"))
    engine.dispose()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published file of a whole night on the synthetic owner."""
    home = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-c", "from flows.cli import main; main()", "demo", "--plain", "--home", str(home)]
    subprocess.run(command, cwd=ROOT, check=True, timeout=900, capture_output=True, env=os.environ | {"PYTHONPATH": str(ROOT)})
    return (home / "demo" / "published" / FILE).resolve()


def fetched(command: list[str], where: Path) -> None:
    """A client laid into a folder, or the test is skipped."""
    where.mkdir()
    done = subprocess.run(command, cwd=where, capture_output=True, text=True, timeout=600)
    if done.returncode:
        pytest.skip(f"not to be had here: {done.stderr.strip().splitlines()[-1][:200]}")


@pytest.mark.slow
@pytest.mark.parametrize("version", ["1.1", "1.4", "1.5", "2.0"])
def test_duckdb_opens_it(demo: Path, tmp_path: Path, version: str) -> None:
    where = tmp_path / "duckdb"
    wanted = f"duckdb=={version}.*"
    fetched([sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--only-binary=:all:", "-t", str(where), wanted], where)
    command = [sys.executable, "-I", "-c", PYTHON, str(where), str(demo), TABLES, SUM]
    found, *told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert found.startswith(version)
    assert told == ours(demo)


@pytest.mark.slow
def test_node_opens_it(demo: Path, tmp_path: Path) -> None:
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("no node with npm")
    where = tmp_path / "node"
    fetched(["npm", "install", "--silent", "--no-audit", "--no-fund", "@duckdb/node-api"], where)
    module = where / "node_modules" / "@duckdb" / "node-api"
    command = ["node", "-e", NODE, "--", str(module), str(demo), TABLES, SUM]
    told = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)[1:] == ours(demo)


@pytest.mark.slow
def test_parquet_of_the_demo_says_the_same(demo: Path) -> None:
    test_parquet_says_the_same_to_polars_pandas_and_arrow(demo.parent)
