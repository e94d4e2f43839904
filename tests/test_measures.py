"""What must hold of the measures whatever the ledger, and the golden values of the one statistic."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.warehouse import SQL
from tests.worlds import SETTINGS, WEIGHTS, world

T = SETTINGS["as_of"]
PEOPLE = ("ana", "ben", "cy")
SCHEMA = {
    "act_id": pl.String, "connection_id": pl.String, "direction": pl.String, "value_kind": pl.String,
    "happened_at": pl.Datetime("us"), "n_targets": pl.Int32, "words": pl.Int32, "two_sided": pl.Boolean,
    "composed": pl.Boolean, "templated": pl.Boolean, "proven": pl.Boolean, "verdict": pl.String,
}  # fmt: skip
instants = st.builds(lambda d, h: T - dt.timedelta(days=d, hours=h), st.integers(0, 60), st.sampled_from([0, 1, 12]))
acts = st.fixed_dictionaries({
    "connection_id": st.sampled_from(PEOPLE),
    "direction": st.sampled_from(["given", "received"]),
    "value_kind": st.sampled_from(["talk", "talk", *WEIGHTS]),
    "happened_at": st.none() | instants | instants,
    "n_targets": st.sampled_from([1, 1, 2, 3, 4, 6, None]),
    "words": st.sampled_from([None, 0, 12, 400]),
    "two_sided": st.booleans(), "composed": st.booleans(), "templated": st.booleans(), "proven": st.booleans(),
    "verdict": st.sampled_from([None, "confirmed", "rejected"]),
})  # fmt: skip
ledgers = st.lists(acts, min_size=1, max_size=40)
few = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))


def ledger(rows: list[dict[str, Any]], people: tuple[str, ...] = PEOPLE, **changed: Any) -> duckdb.DuckDBPyConnection:
    """The world of these acts; each gets its place in the list as act_id unless it has one."""
    rows = [{"act_id": f"a{n:03d}"} | row for n, row in enumerate(rows)]
    frame = pl.DataFrame(rows, schema=SCHEMA)
    persons = pl.DataFrame({"connection_id": people, "name": people}, schema={"connection_id": pl.String, "name": pl.String})
    return world({"core.act": frame, "core.connection": persons}, changed)


def told(con: duckdb.DuckDBPyConnection, columns: str, table: str = "marts.connection") -> list[tuple]:
    return con.sql(f"select {columns} from {table} order by all").fetchall()


def close(a: list[tuple], b: list[tuple]) -> bool:
    """Equal, numbers to 1e-9."""
    flat, other = [v for row in a for v in row], [v for row in b for v in row]
    return len(flat) == len(other) and all(
        math.isclose(x, y, rel_tol=1e-9, abs_tol=1e-9) if isinstance(x, float) and isinstance(y, float) else x == y
        for x, y in zip(flat, other, strict=True)
    )


@pytest.mark.parametrize(
    ("x", "n", "mid", "lo", "hi"),
    [
        (1, 1, 0.2699, -0.4603, 1), (3, 3, 0.5258, 0.0516, 1), (5, 5, 0.6489, 0.2978, 1), (8, 10, 0.4722, 0.0816, 0.8629),
        (5, 10, 0, -0.4615, 0.4615), (10, 10, 0.7871, 0.5741, 1), (60, 100, 0.1947, 0.0356, 0.3538), (0, 0, 0, -1, 1),
    ],
)  # fmt: skip
def test_the_one_statistic(x: int, n: int, mid: float, lo: float, hi: float) -> None:
    con = duckdb.connect()
    con.execute((SQL / "macros.sql").read_text()).fetchall()
    query = "select 2 * wilson($x, $n) - 1, 2 * wilson_lo($x, $n) - 1, 2 * wilson_hi($x, $n) - 1"
    found = con.execute(query, {"x": x, "n": n}).fetchone()
    assert found == pytest.approx((mid, lo, hi), abs=5.1e-5)


@few
@given(ledgers)
def test_settlement_adds_up_to_one(rows: list[dict[str, Any]]) -> None:
    con = ledger(rows)
    found = told(con, "settled_directly, settled_through_others, unsettled", "marts.network")
    found += told(con, "settled_directly, settled_through_others, unsettled", "marts.network_month")
    for parts in found:
        assert parts == (None, None, None) or (sum(parts) == pytest.approx(1, abs=1e-9) and min(parts) >= -1e-9)


@few
@given(ledgers)
def test_directions_swapped_turn_the_balance_round(rows: list[dict[str, Any]]) -> None:
    turned = {"given": "received", "received": "given"}
    swapped = ledger([row | {"direction": turned[row["direction"]]} for row in rows])
    mine = told(ledger(rows), "connection_id, effective_acts, balance, balance_lo, balance_hi")
    assert close(mine, told(swapped, "connection_id, effective_acts, -balance, -balance_hi, -balance_lo"))


@few
@given(ledgers)
def test_one_sided_acts_never_touch_the_balance(rows: list[dict[str, Any]]) -> None:
    columns = "connection_id, effective_acts, balance, balance_lo, balance_hi, verdict, reply, initiation"
    kept = [{"act_id": f"a{n:03d}"} | row for n, row in enumerate(rows) if row["two_sided"]]
    assert close(told(ledger(rows), columns), told(ledger(kept), columns))


@few
@given(ledgers, st.integers(1, 400))
def test_time_alone_only_weakens(rows: list[dict[str, Any]], days: int) -> None:
    columns = "connection_id, given, received, effective_acts, balance, balance_lo, balance_hi, verdict, contact_days"
    now, later = ledger(rows), ledger(rows, as_of=T + dt.timedelta(days=days))
    assert close(told(now, columns), told(later, columns))
    faded = told(now, f"connection_id, strength * 2 ^ (-{days} / 180)")
    assert close(faded, told(later, "connection_id, strength"))


@few
@given(st.sampled_from([kind for kind in WEIGHTS if kind != "talk"]), st.integers(1, 60), st.booleans())
def test_a_broadcast_split_over_people_stays_one(kind: str, people: int, proven: bool) -> None:
    names = tuple(f"p{n:02d}" for n in range(people))
    act = {"act_id": "a", "direction": "given", "value_kind": kind, "happened_at": T, "n_targets": people, "proven": proven}
    con = ledger([act | {"connection_id": name} for name in names], names)
    heavy = WEIGHTS[kind] == 9 and not proven
    assert told(con, "round(given, 9)", "marts.network") == [(3 if heavy else WEIGHTS[kind],)]


@few
@given(ledgers)
def test_parts_add_up(rows: list[dict[str, Any]]) -> None:
    con = ledger(rows)
    names = ("given", "received", "contact_days", "attention_minutes", "asks_received", "acts_given", "acts_received")
    total = told(con, f"connection_id, {', '.join(names)}")
    sums = ", ".join(f"coalesce(sum(month.{name}), 0)" for name in names)
    by_month = "marts.connection left join marts.connection_month as month using (connection_id) group by all"
    assert close(total, told(con, f"connection_id, {sums}", by_month))
    value = [f"coalesce(sum(value) filter (where direction = '{way}'), 0)" for way in ("given", "received")]
    by_act = "marts.connection left join marts.act using (connection_id) group by all"
    assert close(told(con, "connection_id, given, received"), told(con, f"connection_id, {', '.join(value)}", by_act))


@few
@given(ledgers, st.randoms(use_true_random=False))
def test_the_order_of_rows_is_irrelevant(rows: list[dict[str, Any]], random: Any) -> None:
    rows = [{"act_id": f"a{n:03d}"} | row for n, row in enumerate(rows)]
    mixed = rows[:]
    random.shuffle(mixed)
    one, other = ledger(rows), ledger(mixed)
    for table in ("act", "connection", "connection_month", "network", "network_month", "cut_plan", "cut_curve"):
        assert told(one, "*", f"marts.{table}") == told(other, "*", f"marts.{table}"), table


@few
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 2), acts), min_size=40, max_size=90))
def test_what_all_give_is_what_all_get(told_by_all: list[tuple[int, int, dict[str, Any]]]) -> None:
    """A complete network of three seen from every ego: each act stands in two ledgers, as given and as received."""
    rows = []
    for number, (giver, step, act) in enumerate(told_by_all):
        taker = (giver + step) % 3
        for ego, other, direction in ((giver, taker, "given"), (taker, giver, "received")):
            rows.append(act | {"act_id": f"a{number:03d}", "connection_id": f"{ego}{other}", "direction": direction})
    con = ledger(rows, tuple(f"{a}{b}" for a in range(3) for b in range(3) if a != b))
    claimed = "count(*) filter (where verdict = 'I give more'), count(*) filter (where verdict = 'they give more')"
    ((more, less, difference),) = told(con, f"{claimed}, sum(given - received)")
    assert more == less
    assert difference == pytest.approx(0, abs=1e-9)
