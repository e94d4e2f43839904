"""The gate: every kind of promise is seen to hold and to fail, what cannot be evaluated is told, and no value gets out."""

from __future__ import annotations

import logging
import random
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from flows.gate import GateBroken, Promise, Result, broken, check, promises
from tests.nights import promise

CANARY = "a-private-sentence"


def made(kind: str, severity: str = "critical", **kwargs: Any) -> Promise:
    return Promise(kind, kwargs, severity, "a test needs it")


# Two promises of each kind about the table below, one that holds and one that does not, and what each counts.
KINDS = {
    "row count": (
        made("expect_table_row_count_to_be_between", min_value=1), 10,
        made("expect_table_row_count_to_be_between", min_value=11), 10,
    ),
    "not null": (
        made("expect_column_values_to_not_be_null", column="id"), 0,
        made("expect_column_values_to_not_be_null", column="part"), 4,
    ),
    "mostly not null": (
        made("expect_column_values_to_not_be_null", column="part", mostly=0.6), 4,
        made("expect_column_values_to_not_be_null", column="part", mostly=0.7), 4,
    ),
    "unique": (
        made("expect_column_values_to_be_unique", column="id"), 0,
        made("expect_column_values_to_be_unique", column="kind"), 10,
    ),
    "in set": (
        made("expect_column_values_to_be_in_set", column="kind", value_set=["a", "b", CANARY]), 0,
        made("expect_column_values_to_be_in_set", column="kind", value_set=["a", "b"]), 3,
    ),
    "between": (
        made("expect_column_values_to_be_between", column="n", min_value=0, max_value=9), 0,
        made("expect_column_values_to_be_between", column="n", min_value=1, max_value=8), 2,
    ),
    "instants between": (
        made("expect_column_values_to_be_between", column="happened_at", min_value="2026-01-01", max_value="2026-01-11"), 0,
        made("expect_column_values_to_be_between", column="happened_at", min_value="2026-01-02"), 1,
    ),
    "compound unique": (
        made("expect_compound_columns_to_be_unique", column_list=["kind", "n"]), 0,
        made("expect_compound_columns_to_be_unique", column_list=["kind", "flag"]), 8,
    ),
    "pair": (
        made("expect_column_pair_values_a_to_be_greater_than_b", column_A="n", column_B="less"), 0,
        made("expect_column_pair_values_a_to_be_greater_than_b", column_A="less", column_B="n"), 10,
    ),
    "pair, or equal": (
        made("expect_column_pair_values_a_to_be_greater_than_b", column_A="n", column_B="part", or_equal=True,
             ignore_row_if="either_value_is_missing"), 0,
        made("expect_column_pair_values_a_to_be_greater_than_b", column_A="n", column_B="part",
             ignore_row_if="either_value_is_missing"), 6,
    ),
    "max": (
        made("expect_column_max_to_be_between", column="n", max_value=9), None,
        made("expect_column_max_to_be_between", column="n", max_value=8), None,
    ),
    "unexpected rows": (
        made("unexpected_rows", query="select 1 from {batch} where n < 0"), 0,
        made("unexpected_rows", query=f"select * from {{batch}} where kind = '{CANARY}'"), 3,
    ),
    "unexpected rows of a join": (
        made("unexpected_rows", query="with t as (from {batch}) select * from t join {batch} b using (id) where b.n > 9"), 0,
        made("unexpected_rows", query="select * from {batch} a join other b on a.n = b.n"), 1,
    ),
}  # fmt: skip
# Each raises, in its own way: none of them is a verdict on the data.
ERRORS = {
    "an unknown column": made("expect_column_values_to_not_be_null", column="nix"),
    "an unknown promise": made("expect_the_unexpected", column="n"),
    "a wrong argument": made("expect_column_values_to_not_be_null", column="n", mostly=7),
    "a wrong type": made("expect_column_values_to_be_between", column="kind", min_value=0),
    "wrong SQL": made("unexpected_rows", query="selec from {batch}"),
    "an unknown table in SQL": made("unexpected_rows", query="select * from {batch} join nix using (id)"),
    "an error in SQL": made("unexpected_rows", query="select * from {batch} where kind::integer > 0"),
}


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("home") / "ware house 100%.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("create schema marts")
        con.execute(
            f"create table marts.act as select 'a' || i as id, ['a', 'b', '{CANARY}'][1 + i % 3] as kind, i as n, i - 1 as less,"
            " i % 2 = 0 as flag, case when i < 6 then i end as part, timestamp '2026-01-01' + to_days(i::integer) as happened_at"
            " from range(10) r(i)"
        )
        con.execute("create schema raw; create table raw.act as select 'x' as archive, 'a' as kind, 1 as n")  # the same name
        con.execute("create table marts.other as select 3 as n; create table marts.none as from marts.act limit 0")
        con.execute("create table marts.nulls as select null::varchar as kind, null::integer as n from range(5)")
    return path


@pytest.fixture(scope="module")
def results(database: Path) -> dict[str, dict[str, Result]]:
    """Everything checked in one go, as a night does it: {case: {held, broken, error}}."""
    listed = [(name, good, bad) for name, (good, _, bad, _) in KINDS.items()]
    found = check(database, {"marts.act": [p for _, good, bad in listed for p in (good, bad)] + list(ERRORS.values())})
    pairs = {name: {"held": found[2 * i], "broken": found[2 * i + 1]} for i, (name, *_) in enumerate(listed)}
    return pairs | {name: {"error": r} for name, r in zip(ERRORS, found[2 * len(listed) :], strict=True)}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_promise_holds_and_fails(results: dict[str, dict[str, Result]], kind: str) -> None:
    good, counted, bad, offenders = KINDS[kind]
    held, failed = results[kind]["held"], results[kind]["broken"]
    assert held == Result("marts.act", good.type, good.column, "critical", good.why, "held", counted)
    assert failed == Result("marts.act", bad.type, bad.column, "critical", bad.why, "broken", offenders)


@pytest.mark.parametrize("error", ERRORS)
def test_what_raised_is_not_evaluated_and_counts_as_broken(results: dict[str, dict[str, Result]], error: str) -> None:
    result = results[error]["error"]
    assert (result.outcome, result.found) == ("not evaluated", None)
    assert broken([result]) == [result]


def test_a_missing_table_or_schema_is_not_evaluated(database: Path) -> None:
    good = KINDS["row count"][0]
    found = check(database, {"marts.nix": [good, good], "core.act": [good], "marts.act": [good]})
    assert [(r.table, r.outcome) for r in found] == [
        ("marts.nix", "not evaluated"), ("marts.nix", "not evaluated"), ("core.act", "not evaluated"), ("marts.act", "held"),
    ]  # fmt: skip


def test_a_missing_or_broken_file_never_passes(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="build it first"):
        check(tmp_path / "nix.duckdb", {"marts.act": [KINDS["row count"][0]]})
    (tmp_path / "junk.duckdb").write_bytes(b"x" * 5000)
    assert [r.outcome for r in check(tmp_path / "junk.duckdb", {"marts.act": [KINDS["row count"][0]]})] == ["not evaluated"]


def test_empty_and_all_null_tables_do_not_pass(database: Path) -> None:
    """Other promises hold of nothing at all: only a row count and a null share speak up."""
    silent = [KINDS[kind][0] for kind in ("in set", "between")]
    speaks = [KINDS["row count"][0], made("expect_column_values_to_not_be_null", column="kind", mostly=0.01)]
    found = {t: check(database, {t: silent + speaks}) for t in ("marts.none", "marts.nulls")}
    assert [r.outcome for r in found["marts.none"]] == ["held", "held", "broken", "held"]
    assert [r.outcome for r in found["marts.nulls"]] == ["held", "held", "held", "broken"]


def test_only_critical_promises_stop_a_run(database: Path) -> None:
    bad = KINDS["not null"][2]
    found = check(database, {"marts.act": [bad, Promise(bad.type, bad.kwargs, "warning", "w"), KINDS["not null"][0]]})
    assert [r.severity for r in found if r.outcome == "broken"] == ["critical", "warning"]
    assert broken(found) == found[:1]
    said = str(GateBroken("warehouse", found))
    assert "marts.act: expect_column_values_to_not_be_null(part) broken" in said
    assert "\n" not in said


def test_no_value_gets_out(
    results: dict[str, dict[str, Result]], caplog: pytest.LogCaptureFixture, database: Path, capfd: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    again = check(database, {"marts.act": [*(bad for _, _, bad, _ in KINDS.values()), *ERRORS.values()]})
    told = " ".join(str(GateBroken("x", again)) + repr([(r.outcome, r.found, r.column, r.promise) for r in again]))
    assert CANARY not in told
    assert all(CANARY not in record.getMessage() for record in caplog.records if not record.name.startswith("tests"))
    assert capfd.readouterr() == ("", "")


def test_the_file_is_free_and_unchanged_afterwards(database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    before = database.read_bytes()
    check(database, {"marts.act": [KINDS["row count"][0]]})
    code = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute('checkpoint')"
    subprocess.run([sys.executable, "-c", code, database], check=True)  # a lock left behind would refuse it
    assert database.read_bytes() == before
    assert list(tmp_path.iterdir()) == []
    assert [p.name for p in database.parent.iterdir()] == [database.name]


@pytest.mark.parametrize("rounds", [8, pytest.param(340, marks=pytest.mark.slow)])
def test_threads_get_the_right_verdicts(database: Path, rounds: int) -> None:
    """One definition shared by six threads gave 74 wrong verdicts of 150."""
    dice = random.Random(4)
    tasks = [[(k, dice.random() < 0.5) for k in dice.sample(sorted(KINDS), 3)] for _ in range(rounds)]

    def verdicts(task: list[tuple[str, bool]]) -> list[bool]:
        found = check(database, {"marts.act": [KINDS[k][0] if good else KINDS[k][2] for k, good in task]})
        return [r.outcome == "held" for r in found]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(verdicts, tasks)) == [[good for _, good in task] for task in tasks]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"severity": "fatal"}, "severity is neither critical nor warning"),
        ({"meta": {}}, "no meta.why"),
        ({"kwarg": {}}, "unknown kwarg"),
        ({"meta": {"why": "w", "spoils": "x"}}, "unknown spoils"),
        ({"type": "expect_column_values_to_match_regex"}, "use unexpected_rows"),
        ({"type": "unexpected_rows", "kwargs": {"query": "select 1"}}, "does not read {batch}"),
        ({"type": "unexpected_rows"}, "does not read {batch}"),
    ],
)
def test_a_promise_that_is_not_fit_is_refused(tmp_path: Path, told: Mapping[str, Any], said: str) -> None:
    (tmp_path / "act.yml").write_text(yaml.safe_dump({"promises": [promise("expect_column_values_to_not_be_null") | told]}))
    with pytest.raises(ValueError, match=said):
        promises(tmp_path / "act.yml")
