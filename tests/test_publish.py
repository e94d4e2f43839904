"""A night is published whole and checked, or not at all."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from flows import publish as publishing
from flows.gate import GateBroken
from flows.publish import FILE, check_rows, content_hash, publish
from tests.nights import ACT, AS_OF, beside, promise, warehouse


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return beside(tmp_path_factory.mktemp("sql") / "marts")


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory, marts: Path) -> tuple[Path, dict[str, Any]]:
    """A folder with one published night, and what publish returned. Made under a careless umask."""
    folder = tmp_path_factory.mktemp("home") / "o'wner 100% $HOME"  # a folder may be called almost anything
    folder.mkdir()
    stage = {"run_id": "n1", "stage": "measure", "rows": 3, "as_of": AS_OF} | publishing.versions()
    before = os.umask(0o022)
    try:
        current = publish(
            warehouse(folder / "warehouse.duckdb"), folder, "n1", AS_OF, marts=marts, stages=[stage],
            checks=check_rows("n1", "warehouse", []), report=lambda to: (to / "report.html").write_text("<p>"),
        )  # fmt: skip
    finally:
        os.umask(before)
    return folder, current


def rows(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str((folder / "published" / FILE).resolve()), read_only=True) as con:
        return con.execute(sql).fetchall()


def test_a_night_has_all_its_parts(night: tuple[Path, dict[str, Any]]) -> None:
    folder, current = night
    found = sorted(p.relative_to(folder / "nights" / "n1").as_posix() for p in (folder / "nights" / "n1").rglob("*"))
    parquet = [f"marts/{t}.parquet" for t in ("act", "check_result", "run")]
    assert found == sorted(["CURRENT.json", "catalog.json", FILE, "marts", "report.html", *parquet])
    assert os.readlink(folder / "published") == "nights/n1"
    assert json.loads((folder / "published" / "CURRENT.json").read_text()) == current
    digest = subprocess.run(["sha256sum", folder / "published" / FILE], capture_output=True, text=True, check=True)
    assert digest.stdout.split()[0] == current["sha256"]
    assert (current["run_id"], current["as_of"], current["schema_version"]) == ("n1", "2026-11-20T00:00:00", 1)
    for table, count in current["rows"].items():
        assert pl.scan_parquet(folder / "published" / "marts" / f"{table}.parquet").select(pl.len()).collect().item() == count
        assert rows(folder, f"select count(*) from {table}") == [(count,)]


def test_only_marts_are_published_and_every_table_and_column_says_what_it_is(night: tuple[Path, dict[str, Any]]) -> None:
    folder, _ = night
    assert rows(folder, "select schema_name || '.' || table_name from duckdb_tables() order by 1") == [
        ("main.act",), ("main.check_result",), ("main.run",),
    ]  # fmt: skip
    assert rows(folder, "select count(*) from duckdb_tables() where comment is null") == [(0,)]
    assert rows(folder, "select count(*) from duckdb_columns() where comment is null and not internal") == [(0,)]
    comment = "select comment from duckdb_columns() where table_name = 'act' and column_name = 'value'"
    assert rows(folder, comment) == [("what it counts, owner's terms",)]
    catalog = json.loads((folder / "published" / "catalog.json").read_text())
    assert catalog["schema_version"] == 1
    assert catalog["versions"]["duckdb_version"] == duckdb.__version__
    act = catalog["tables"]["act"]
    assert (act["row"], act["rows"]) == ("one row per act", 1000)
    assert act["columns"]["happened_at"] == {"type": "TIMESTAMP", "doc": "when, UTC"}


def test_any_client_from_1_1_on_can_open_it(night: tuple[Path, dict[str, Any]]) -> None:
    folder, _ = night
    head = (folder / "published" / FILE).read_bytes()[:24]
    assert head[8:12] == b"DUCK"
    assert int.from_bytes(head[12:20], "little") == 64  # the storage version of v1.0.0 … v1.1.x


def test_what_was_checked_and_run_is_in_it(night: tuple[Path, dict[str, Any]]) -> None:
    folder, _ = night
    told = rows(folder, "select run_id, boundary, promise, column_name, outcome, found from check_result where table_name='act'")
    assert ("n1", "published", "expect_table_row_count_to_be_between", None, "held", 1000) in told
    assert len(told) == len(ACT["promises"])
    assert rows(folder, "select run_id, stage, rows, schema_version from run") == [("n1", "measure", 3, 1)]


def test_only_the_owner_can_read_it(night: tuple[Path, dict[str, Any]]) -> None:
    folder, _ = night
    for path in [folder / "nights", *(folder / "nights").rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_a_broken_critical_promise_publishes_nothing(tmp_path: Path) -> None:
    spoiled = ACT | {"promises": [*ACT["promises"], promise("unexpected_rows", query="select * from {batch} where version = 2")]}
    marts = beside(tmp_path / "sql", act=spoiled)
    publish(warehouse(tmp_path / "w.duckdb", 1), tmp_path, "n1", AS_OF, marts=marts)
    before = content_hash(tmp_path / "published")
    with pytest.raises(GateBroken) as stopped:
        publish(warehouse(tmp_path / "w.duckdb", 2), tmp_path, "n2", AS_OF, marts=marts)
    assert "main.act: unexpected_rows" in str(stopped.value)
    assert [r.found for r in stopped.value.results if r.promise == "unexpected_rows"] == [1000]
    assert [p.name for p in (tmp_path / "nights").iterdir()] == ["n1"]
    assert content_hash(tmp_path / "published") == before


def test_a_broken_warning_is_published_and_told(tmp_path: Path) -> None:
    warned = ACT | {"promises": [*ACT["promises"], promise("unexpected_rows", "warning", query="select * from {batch}")]}
    publish(warehouse(tmp_path / "w.duckdb"), tmp_path, "n1", AS_OF, marts=beside(tmp_path / "sql", act=warned))
    assert rows(tmp_path, "select outcome, found from check_result where severity = 'warning' order by found") == [
        ("held", 0), ("broken", 1000),
    ]  # fmt: skip


@pytest.mark.parametrize("step", ["check", "_settle", "_write", "report"])
def test_a_failure_at_any_step_leaves_the_last_night(
    tmp_path: Path, marts: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    publish(warehouse(tmp_path / "w.duckdb"), tmp_path, "n1", AS_OF, marts=marts)

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        if step != "report":
            patched.setattr(publishing, step, full)
        with pytest.raises(OSError, match="No space"):
            publish(tmp_path / "w.duckdb", tmp_path, "n2", AS_OF, marts=marts, report=full)
    assert [p.name for p in (tmp_path / "nights").iterdir()] == ["n1"]
    assert os.readlink(tmp_path / "published") == "nights/n1"


@pytest.mark.parametrize(
    "told", [{"act": ACT | {"columns": {}}}, {"absent": ACT}, {"act": ACT | {"columns": dict(reversed(ACT["columns"].items()))}}]
)
def test_what_is_documented_is_what_is_published(tmp_path: Path, told: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"its columns are not those of the table"):
        publish(warehouse(tmp_path / "w.duckdb"), tmp_path, "n1", AS_OF, marts=beside(tmp_path / "sql", **told))
    assert not (tmp_path / "published").exists()


def test_the_last_nights_are_kept_and_what_was_not_finished_goes(tmp_path: Path, marts: Path) -> None:
    (tmp_path / "nights" / "n0.building").mkdir(parents=True)
    (tmp_path / "nights" / "n4").mkdir()  # killed after it got its name, before it was published
    wh = warehouse(tmp_path / "w.duckdb")
    for n in range(1, 5):
        publish(wh, tmp_path, f"n{n}", AS_OF, marts=marts, keep=2)
    assert sorted(p.name for p in (tmp_path / "nights").iterdir()) == ["n3", "n4"]
    assert (tmp_path / "published" / FILE).is_file()
    with pytest.raises(FileExistsError, match="published already"):
        publish(wh, tmp_path, "n4", AS_OF, marts=marts)
    publish(wh, tmp_path, "n1", AS_OF, marts=marts, keep=1)  # a name out of order: the published one is never removed
    assert os.readlink(tmp_path / "published") == "nights/n1"
    assert (tmp_path / "published" / FILE).is_file()


def test_equal_nights_have_one_hash_and_others_another(tmp_path: Path) -> None:
    def hashed(sql: str) -> str:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        with duckdb.connect(str(folder / FILE)) as con:
            con.execute(sql)
        return content_hash(folder)

    base = "create table t as select i, i / 3 as v, case when i > 2 then 'x' end as s from range(5) r(i)"
    same = hashed(base)
    assert hashed(base + " order by i desc; create table run as select 1 a; create table check_result as select now() b") == same
    assert hashed(base.replace("i / 3", "i / 3 + 1e-14 * i")) == same
    changes = [
        ("i / 3", "i / 3 + 1e-6"), ("'x'", "'y'"), ("i > 2", "i > 1"), ("range(5)", "range(6)"), ("as s from", "as z from"),
        ("table t", "table u"), ("select i,", "select i::integer as i,"),
    ]  # fmt: skip
    assert len({same, *(hashed(base.replace(*c)) for c in changes)}) == len(changes) + 1
    assert hashed(base + "; insert into t select * from t") != same  # twins do not cancel out


READER = """
import json, sys, time
from pathlib import Path
from dashboards.published import connect, fresh
home, until, seen, opens, token = Path(sys.argv[1]), Path(sys.argv[2]), [], 0, ""
print("ready", flush=True)
while not until.exists():
    con = connect(home)
    rows = con.execute("select min(version), max(version), count(*) from act").fetchone()
    time.sleep(0.002)
    again = con.execute("select min(version), max(version), count(*) from act").fetchone()
    con.close()
    opens += 1
    if rows != again or rows[0] != rows[1] or rows[2] != 1000 or (seen and rows[0] < seen[-1]):
        sys.exit(f"mixed or backward: {rows} {again}")
    seen.append(rows[0])
print(json.dumps({"opens": opens, "nights": len(set(seen))}))
"""


@pytest.mark.parametrize("publishes", [20, pytest.param(200, marks=pytest.mark.slow)])
def test_readers_during_publishes_see_whole_nights_in_order(tmp_path: Path, marts: Path, publishes: int) -> None:
    stop, root = tmp_path / "stop", Path(__file__).parents[1]
    publish(warehouse(tmp_path / "w.duckdb", 0), tmp_path, "n000", AS_OF, marts=marts)
    readers = [
        subprocess.Popen([sys.executable, "-c", READER, tmp_path, stop], cwd=root, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    try:
        assert [r.stdout.readline() for r in readers] == ["ready\n"] * 2
        for n in range(1, publishes + 1):
            publish(warehouse(tmp_path / "w.duckdb", n), tmp_path, f"n{n:03}", AS_OF, marts=marts, keep=2)
        stop.touch()
        told = [json.loads(r.stdout.read()) for r in readers]
        assert [r.wait() for r in readers] == [0, 0]
    finally:
        for r in readers:
            r.kill()
            r.wait()
            r.stdout.close()
    assert sum(t["opens"] for t in told) >= publishes * 5, told
    assert max(t["nights"] for t in told) > publishes / 2, told


CHILD = """
import os, resource, sys
from pathlib import Path
from flows import publish as p
from tests.nights import AS_OF
folder, marts, run, point, when, size = Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:6], int(sys.argv[6])
def kill(*_): os.kill(os.getpid(), 9)
if point:
    real = getattr(p, point)
    setattr(p, point, kill if when == "before" else lambda *a, **k: (real(*a, **k), kill()))
if size:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
try:
    p.publish(folder / "w.duckdb", folder, run, AS_OF, marts=marts, report=lambda to: (to / "report.html").write_text("<p>"))
except Exception as e:
    sys.exit(f"{type(e).__name__}: {e}")
"""


def apart(folder: Path, marts: Path, run: str, point: str = "", when: str = "", size: int = 0) -> subprocess.CompletedProcess:
    """Publish in a process of its own: killed before or after a step, or with files no larger than so many bytes."""
    arguments = [str(folder), str(marts), run, point, when, str(size)]
    root = Path(__file__).parents[1]
    return subprocess.run([sys.executable, "-c", CHILD, *arguments], cwd=root, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("point", ["_comment", "_append", "_close", "check", "_write", "_settle", "_sync", "_swap"])
def test_a_kill_at_any_step_leaves_a_whole_night(tmp_path: Path, marts: Path, point: str, when: str) -> None:
    publish(warehouse(tmp_path / "w.duckdb", 1), tmp_path, "n1", AS_OF, marts=marts)
    warehouse(tmp_path / "w.duckdb", 2)
    assert apart(tmp_path, marts, "n2", point, when).returncode == -9
    assert rows(tmp_path, "select distinct version from act") == [(2 if (point, when) == ("_swap", "after") else 1,)]
    publish(tmp_path / "w.duckdb", tmp_path, "n3", AS_OF, marts=marts, keep=1)
    assert [p.name for p in (tmp_path / "nights").iterdir()] == ["n3"]
    assert rows(tmp_path, "select distinct version from act") == [(2,)]


@pytest.mark.slow
def test_a_full_disk_at_any_size_leaves_the_last_night(tmp_path: Path, marts: Path) -> None:
    """Files may grow a little further each time, until the night is published."""
    publish(warehouse(tmp_path / "w.duckdb", 1), tmp_path, "n1", AS_OF, marts=marts)
    before = (tmp_path / "published" / FILE).read_bytes()
    warehouse(tmp_path / "w.duckdb", 2, acts=20_000)
    failed, size = 0, 1
    while (done := apart(tmp_path, marts, "n2", size=size)).returncode:
        assert "Traceback" not in done.stderr
        assert (tmp_path / "published" / FILE).read_bytes() == before
        assert [p.name for p in (tmp_path / "nights").iterdir()] == ["n1"]
        failed, size = failed + 1, size * 2 if size < 1 << 17 else size + (1 << 17)
    assert failed > 10
    assert rows(tmp_path, "select distinct version, count(*) from act group by 1") == [(2, 20_000)]
