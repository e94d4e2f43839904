"""The cut plan on a screen, as JSON and as a CSV that no spreadsheet computes."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from flows.cli import run
from flows.cli.cut import FORMULA, harmless
from flows.settings import Home
from tests.ledgers import night, reading

NAMES = ["=HYPERLINK(1)", "+1", "-2+3", "@sum", "\t=1", "＝1+1", " =1", "Ana Bee", "Bo", "Cy"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    act = {"value_kind": "help", "direction": "received"}
    acts = [act | {"id": f"{n}", "counterparts": [str(n)], "on": f"2024-0{n + 1}-01"} for n in range(4, 8)]
    accounts = [{"key": str(n), "name": name, "url": f"https://x.example/{n}"} for n, name in enumerate(NAMES)]
    states = [{"key": str(n)} for n in range(len(NAMES))]
    return night(tmp_path_factory.mktemp("cut"), {"a" * 64: reading("x", "2024-12-01", acts, accounts=accounts, states=states)})


def test_the_plan_tells_what_goes_and_who(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    for share, people in (("0", 0), ("0.5", 5), ("0.8", 8), ("1", 10)):
        assert run(["cut", "--share", share, "--json", "--home", str(home.root)]) == 0
        (told,) = json.loads(capsys.readouterr().out)
        assert told["connections"] == len({row["connection_id"] for row in told["plan"]}) == people
        assert sorted({row["regret_rank"] for row in told["plan"]}) == list(range(1, people + 1))
        assert all(row["reason"] and row["profile"].startswith("https://") for row in told["plan"])
        assert {row["percent"]: row["essay"] for row in told["curve"]}[80] == "001: cut 80 %"
        assert told["curve"][0]["essay"].startswith("002")
    assert told["received_share"] == pytest.approx(1)
    assert run(["cut", "--home", str(home.root)]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("percent\t")
    assert "8 connections cut take with them" in err


def test_no_cell_is_a_formula(home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "cut.csv"
    assert run(["cut", "--share", "1", "--csv", str(path), "--home", str(home.root)]) == 0
    rows = list(csv.DictReader(io.StringIO(path.read_text())))
    assert len(rows) == len(NAMES)
    assert {row["name"] for row in rows} >= {"'=HYPERLINK(1)", "'＝1+1", "Ana Bee"}
    assert not [cell for row in rows for cell in row.values() if cell.lstrip().startswith(FORMULA)]
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    assert [harmless(v) for v in ("\r=1", "a=1", -1.5, None)] == ["'\r=1", "a=1", -1.5, None]
    assert run(["cut", "--csv", str(tmp_path / "no" / "cut.csv"), "--home", str(home.root)]) == 2
