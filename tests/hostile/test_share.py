"""`givetake share`: in the copy nobody can be named, two copies cannot be laid side by side, and small groups are held back."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from flows.cli import run
from flows.share import EMPTY, FEW, PERSONS, WORDS, share
from tests.hostile.places import contents, found
from tests.published_worlds import publish, random_world

KEPT = {"false", "owner", "prune", "one-way"}  # words of our own, which comments on columns hold


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published night of three hundred people with companies, profiles and hostile names."""
    return publish(random_world(7, 4000, 300), tmp_path_factory.mktemp("world") / "me", "20260101T000000000000Z")


@pytest.fixture(scope="module")
def copy(night: Path) -> Path:
    target = night.parents[2] / "shown" / "shown.duckdb"
    target.parent.mkdir()
    share(night, target)
    return target


def rows(path: Path, select: str) -> list[tuple]:
    with duckdb.connect(str(path), read_only=True) as con:
        return con.execute(select).fetchall()


def texts(path: Path) -> list[tuple[str, str, str]]:
    shape = "select table_name, column_name, data_type from duckdb_columns() where not internal order by table_name, column_index"
    return rows(path, shape)


def test_no_name_handle_address_or_text_is_in_it(night: Path, copy: Path) -> None:
    private = {
        value
        for table, column, kind in texts(night) if kind == "VARCHAR" and column not in WORDS and table not in EMPTY
        for (value,) in rows(night, f'select distinct "{column}" from "{table}" where "{column}" is not null')
        if len(value) > 4 and value not in KEPT and not re.fullmatch("[0-9a-f]{1,7}", value)  # which any pseudonym may hold
    }  # fmt: skip
    assert len(private) > 900, "names, handles, profiles, companies, reasons and identifiers are there to be found"
    assert found(private, contents(copy.parent)) == []


def test_what_is_kept_is_of_our_own_vocabulary(night: Path, copy: Path) -> None:
    for table, column, kind in texts(copy):
        if kind == "VARCHAR" and column in WORDS:
            there = {v for (v,) in rows(night, f'select distinct "{column}" from "{table}"')}
            assert {v for (v,) in rows(copy, f'select distinct "{column}" from "{table}"')} <= there | {None}
        elif kind == "VARCHAR" and column not in ("name", "owner", *PERSONS):
            assert rows(copy, f'select count("{column}") from "{table}"') == [(0,)], f"{table}.{column} is nowhere decided"


def test_instants_are_months_and_the_copy_has_the_shape_of_a_night(night: Path, copy: Path) -> None:
    assert texts(copy) == texts(night)
    for table, column, kind in texts(copy):
        if kind in ("DATE", "TIMESTAMP"):
            finer = f"select count(*) from {table} where {column} <> date_trunc('month', {column})"
            assert rows(copy, finer) == [(0,)], f"{table}.{column}"
    assert rows(copy, "select count(*) from connection") == rows(night, "select count(*) from connection")
    assert rows(copy, "select sum(given) from connection")[0][0] == pytest.approx(
        rows(night, "select sum(given) from connection")[0][0]
    )


def test_who_is_who_stays_one_person_within_a_copy_and_no_longer(night: Path, copy: Path, tmp_path: Path) -> None:
    joined = "select count(*) from act join connection using (connection_id)"
    assert rows(copy, joined)[0][0] > 0.9 * rows(night, joined)[0][0]
    again = tmp_path / "again.duckdb"
    share(night, again)
    ids = [{v for (v,) in rows(p, "select connection_id from connection")} for p in (copy, again)]
    assert len(ids[0]) == len(ids[1]) == 300
    assert not ids[0] & ids[1]


def test_what_few_share_is_held_back(copy: Path) -> None:
    for table, group in (("account", "platform"), ("act", "platform, channel, direction"), ("connection_month", "month_on")):
        few = f"having count(distinct connection_id) < {FEW}"
        assert rows(copy, f"select {group} from {table} where connection_id is not null group by all {few}") == []
    for column in ("platforms", "connected_on", "first_contact_on", "last_contact_on"):
        rare = f"select {column} from connection where {column} is not null group by all having count(*) < {FEW}"
        assert rows(copy, rare) == []
    assert [n for (n,) in rows(copy, "select fake from network")] != [1]
    assert rows(copy, f"select total from response where total < {FEW}") == []
    assert [rows(copy, f"select count(*) from {table}") for table in EMPTY] == [[(0,)], [(0,)]]


def test_the_command_writes_it_whole_private_and_never_over_another(
    night: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "shown.duckdb"
    words = ["--home", str(night.parents[3]), "--owner", "me", "share", str(target)]
    assert run(words) == 0
    assert target.stat().st_mode & 0o777 == 0o600
    before = target.read_bytes()
    assert run(words) == 2
    assert "is there already" in capsys.readouterr().err
    assert target.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["shown.duckdb"]
    assert run([*words[:-1], str(tmp_path / "nowhere" / "shown.duckdb")]) == 2
