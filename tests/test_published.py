"""The published file is all that its reader can reach, and no statement can hurt the machine it runs on."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from pathlib import Path

import duckdb
import polars as pl
import pytest

from dashboards import published
from dashboards.published import FILE, NotPublished, Refused, connect, fresh, query

SECRET = "the-secret-beside-it"

# Each would read, write, load or change something beside the published file, and is refused.
# {out}: a folder of the user's; {file}: the published file; {other}: another database in that folder.
DENIED = """
select * from read_text('{out}/secret.txt')
select * from read_blob('{out}/secret.txt')
select * from '{out}/secret.csv'
select * from read_csv('{out}/secret.csv')
select * from read_csv('{out}/*.csv')
select * from read_csv_auto('{out}/secret.csv', sample_size = 1)
select * from sniff_csv('{out}/secret.csv')
select * from read_json('{out}/secret.json')
select * from read_json_auto('{out}/secret.json')
select * from read_ndjson_objects('{out}/secret.json')
select * from read_parquet('{out}/secret.parquet')
select * from parquet_metadata('{out}/secret.parquet')
select * from parquet_schema('{out}/secret.parquet')
select * from parquet_kv_metadata('{out}/secret.parquet')
select * from glob('{out}/*')
select * from read_text('/etc/passwd')
select * from read_text('/proc/self/environ')
select * from read_csv('https://example.org/x.csv')
select * from 's3://example/x.parquet'
copy act to '{out}/stolen.csv'
copy act to '{out}/stolen.parquet' (format parquet)
copy (select 1) to '/dev/stdout'
copy act from '{out}/secret.csv'
export database '{out}/stolen'
import database '{out}/stolen'
attach '{other}' as other
attach '{other}' as other (read_only)
attach '{out}/new.duckdb' as other
attach ':memory:' as other
attach 'https://example.org/x.duckdb' as other
install httpfs
install spatial from community
load httpfs
load '{out}/secret.duckdb_extension'
update extensions
set enable_external_access = true
set lock_configuration = false
reset lock_configuration
set memory_limit = '100GB'
set threads = 64
set temp_directory = '{out}'
set max_temp_directory_size = '10GB'
set allowed_directories = ['{out}']
set allowed_paths = ['{out}/secret.txt']
set allow_community_extensions = true
set autoinstall_known_extensions = true
set custom_extension_repository = 'https://example.org'
set extension_directory = '{out}'
set home_directory = '{out}'
set secret_directory = '{out}'
set log_query_path = '{out}/log.sql'
set profiling_output = '{out}/profile.json'
pragma profiling_output = '{out}/profile.json'
create secret s (type s3, key_id 'a', secret 'b')
create persistent secret s (type http)
select * from duckdb_secrets()
select * from which_secret('s3://example', 's3')
create table stolen as select 1 as a
create view v as select 1 as a
create schema s
create macro m() as table select 1
create sequence s
insert into act select * from act
delete from act
update act set version = 2
drop table act
alter table act add column a integer
comment on table act is 'x'
truncate act
vacuum full act
select * from secret_variable
select getenv('HOME')
select * from pragma_storage_info('{other}')
select * from query('select * from read_text(''{out}/secret.txt'')')
select * from query_table('{out}/secret.csv')
select * from json_execute_serialized_sql(json_serialize_sql('select * from read_text(''{out}/secret.txt'')'))
""".strip().splitlines()

# Each is let through by DuckDB, and comes to nothing in the child. (In a process of one's own, the log aborts it.)
IDLE = """
attach '{file}' as again; select * from again.act
call enable_logging(storage = 'file', storage_path = '{out}/log'); select 1
select * from enable_logging(storage = 'file', storage_path = '{out}/log')
call enable_logging(level = 'trace'); select 1; select message from duckdb_logs
pragma enable_profiling; select 1
create temp table t as select 1; select * from t
checkpoint
force checkpoint
set search_path = 'temp'
select * from duckdb_databases()
select * from duckdb_settings()
""".strip().splitlines()

# Each burns memory or time, which memory_limit alone does not bound.
HEAVY = """
select length(repeat('x', 2000000000))
select length(repeat('x', 4000000000))
select count(*) from (select unnest(range(2000000000)))
select list(range) from range(1000000000)
select string_agg(range::varchar, ',') from range(1000000000)
select count(*) from range(100000000000) a
select count(*) from range(1000000) a, range(1000000) b where (a.range * b.range) % 7 = 3
with recursive t(a) as (select 1 union all select a + 1 from t) select count(*) from t
with recursive t(a) as (select 'x' union all select a || a from t) select max(length(a)) from t
select sum(hash(a.range, b.range)) from range(10000000) a, range(10000000) b
select * from range(1000000000) order by hash(range) limit 1
create temp table t as select range, repeat('x', 100) from range(1000000000)
select count(distinct repeat(range::varchar, 50)) from range(1000000000)
select range(1000000000)::varchar
select list_sort(range(1000000000))
select list_sum(list_transform(range(100000000), lambda x: x * x))
select repeat('x', 100000000)
select lpad('', 2000000000, 'x')
""".strip().splitlines()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one published night, and things beside it that nobody may reach."""
    folder = tmp_path_factory.mktemp("home")
    night(folder, "n1", 1)
    for name in ("secret.txt", "secret.csv", "secret.json"):
        (folder / name).write_text(f'[{{"a": "{SECRET}"}}]\n')
    with duckdb.connect(str(folder / "other.duckdb")) as con:
        con.execute(f"create table t as select '{SECRET}' as a; copy t to '{folder}/secret.parquet'")
    return folder


def night(folder: Path, name: str, version: int) -> None:
    """Publish, as far as a reader can tell."""
    (folder / "nights" / name).mkdir(parents=True)
    with duckdb.connect(str(folder / "nights" / name / FILE)) as con:
        con.execute(f"create table act as select {version} as version, range as n from range(10)")
    (folder / "link").symlink_to(f"nights/{name}")
    os.replace(folder / "link", folder / "published")


@pytest.fixture(scope="module")
def locked(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(home) as con:
        yield con


def filled(statement: str, home: Path) -> str:
    return statement.format(out=home, file=published.published(home), other=home / "other.duckdb")


def test_a_reader_reads(locked: duckdb.DuckDBPyConnection) -> None:
    assert locked.execute("select count(*), sum(n) from act").fetchall() == [(10, 45)]


@pytest.mark.parametrize("statement", DENIED)
def test_nothing_else_is_within_reach(home: Path, locked: duckdb.DuckDBPyConnection, statement: str) -> None:
    secret_variable = pl.DataFrame({"a": [SECRET]})  # noqa: F841  SQL could read it by its name
    before = sorted(p for p in home.rglob("*"))
    with pytest.raises((duckdb.Error, RuntimeError)) as refused:
        locked.cursor().execute(filled(statement, home)).fetchall()
    assert SECRET not in str(refused.value)
    assert sorted(p for p in home.rglob("*")) == before


@pytest.mark.parametrize("statement", IDLE)
def test_what_is_let_through_leaves_no_trace(home: Path, statement: str) -> None:
    path, before = published.published(home), {p: p.stat().st_mtime_ns for p in home.rglob("*")}
    content = path.read_bytes()
    with suppress(Refused) if "log" in statement else nullcontext():
        assert SECRET not in str(query(path, filled(statement, home)))
    assert {p: p.stat().st_mtime_ns for p in home.rglob("*")} == before
    assert path.read_bytes() == content


def test_every_statement_is_refused_in_the_child_too(home: Path) -> None:
    path = published.published(home)
    for statement in DENIED[:3] + DENIED[19:20] + DENIED[25:26]:
        with pytest.raises(Refused) as refused:
            query(path, filled(statement, home))
        assert "\n" not in str(refused.value)


def test_values_come_as_json_has_them(home: Path) -> None:
    sql = """select date '2026-01-02' as d, timestamp '2026-01-02 03:04:05' as t, 1.5::decimal(9, 2) as x, 2::hugeint as h,
             'ab'::blob as b, [1, null] as l, {'a': 1} as s, null as n, 'é' as u"""
    assert query(published.published(home), sql) == (
        list("dtxhblsnu"),
        [["2026-01-02", "2026-01-02T03:04:05", 1.5, 2, "6162", [1, None], {"a": 1}, None, "é"]],
    )


def test_no_more_rows_than_asked_for(home: Path) -> None:
    columns, rows = query(published.published(home), "from range(1000000)", limit=3)
    assert (columns, rows) == (["range"], [[0], [1], [2]])


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select nix from act", 'Referenced column "nix" not found'),
        ("selec", "syntax error"),
        ("select * from nix", "Table with name nix does not exist"),
        ("select 'x'::integer", "Could not convert string 'x'"),
        ("", "no statement"),
        ("-- nothing", "no statement"),
    ],
)
def test_an_error_is_one_line(home: Path, sql: str, said: str) -> None:
    with pytest.raises(Refused, match=said) as refused:
        query(published.published(home), sql)
    assert "\n" not in str(refused.value)
    assert "Traceback" not in str(refused.value)


def test_what_duckdb_prints_is_no_answer(home: Path) -> None:
    columns, rows = query(published.published(home), "pragma enable_profiling; select 1 as a")
    assert (columns, rows) == (["a"], [[1]])


def heavy(home: Path, statement: str) -> None:
    start, before = time.monotonic(), sorted(home.rglob("*"))
    with pytest.raises(Refused, match=r"took longer than 3 s|Out of Memory|needed more than|larger than 64 MiB|at once"):
        query(published.published(home), statement, timeout=3, memory=1 << 30)
    assert time.monotonic() - start < 6
    assert query(published.published(home), "select count(*) from act") == (["count_star()"], [[10]])
    assert sorted(home.rglob("*")) == before
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < (1 << 20) + (64 << 10)  # KiB on Linux


@pytest.mark.parametrize("statement", HEAVY[:3] + HEAVY[7:8])
def test_no_statement_outgrows_its_child(home: Path, statement: str) -> None:
    heavy(home, statement)


@pytest.mark.slow
@pytest.mark.parametrize("statement", HEAVY)
def test_no_heavy_statement_outgrows_its_child(home: Path, statement: str) -> None:
    heavy(home, statement)


def test_a_child_of_a_broken_file_says_so(home: Path, tmp_path: Path) -> None:
    whole = published.published(home).read_bytes()
    for name, content in {"cut": whole[: len(whole) // 2], "junk": b"x" * 5000, "empty": b""}.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(Refused):
            query(tmp_path / name, "select * from act")
    with pytest.raises(Refused):
        query(tmp_path / "absent", "select 1")
    assert not (tmp_path / "absent").exists()


def test_no_night_yet_is_said(tmp_path: Path) -> None:
    for ask in (connect, fresh):
        with pytest.raises(NotPublished, match="`givetake run`"):
            ask(tmp_path)


def test_a_reader_keeps_its_night_and_learns_of_the_next(tmp_path: Path) -> None:
    night(tmp_path, "n1", 1)
    token = fresh(tmp_path)
    assert fresh(tmp_path) == token
    with connect(tmp_path) as old:
        night(tmp_path, "n2", 2)
        assert fresh(tmp_path) != token
        assert old.execute("select max(version) from act").fetchone() == (1,)
        with connect(tmp_path) as new:  # beside the old one, in the same process
            assert new.execute("select max(version) from act").fetchone() == (2,)


def test_a_night_that_went_while_it_was_opened_is_followed_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    night(tmp_path, "n1", 1)
    first, open_night = published.published(tmp_path), published.open_night

    def late(path: Path) -> duckdb.DuckDBPyConnection:
        if path == first:
            night(tmp_path, "n2", 2)
            path.unlink()
        return open_night(path)

    monkeypatch.setattr(published, "open_night", late)
    with connect(tmp_path) as con:
        assert con.execute("select max(version) from act").fetchone() == (2,)
