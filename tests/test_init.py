"""Setting up as a person does, at a terminal; and what a script is told."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from flows.cli import run
from flows.settings import Home, Settings
from tests.terminal import terminal

GIVETAKE = [sys.executable, "-c", "from flows.cli import main; main()"]


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A user who has nothing yet, and no systemd to ask."""
    told = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config"), "TZ": "Europe/Vienna", "PATH": "/nowhere"}
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "Downloads").mkdir()
    return told


def mine(home: Home) -> list[str]:
    with home.people.open() as f:
        return [row["account"] for row in csv.DictReader(f) if row["me"]]


def test_a_person_is_asked(tmp_path: Path, alone: dict[str, str]) -> None:
    with terminal([*GIVETAKE, "init"], env=alone) as screen:
        screen.until("Where everything is kept")
        screen.type("/tmp/what?\n")
        screen.until("choose a folder without *, ? and [")
        screen.type(f"{tmp_path / 'home'}\n")
        screen.until("call yourself here [me]")
        screen.type("olive\n")
        screen.until("[Europe/Vienna]")
        screen.type("Helsinki\n")
        screen.until("no time zone")
        screen.type("Europe/Helsinki\n")
        screen.until("with commas between")
        screen.type("Olive@Example.org, nonsense\n")
        screen.until("nonsense — neither an e-mail address nor platform:account")
        screen.type("Olive@Example.org, x:12345\n")
        screen.until("[~/Downloads]")
        screen.type("\n")
        screen.until("Hour of the night")
        screen.type("3\n")
        screen.until("does not come once every night in Europe/Helsinki")
        screen.type("5\n")
        screen.until("next: order your exports")
        assert screen.end() == 0
        assert "systemctl --user enable --now givetake-olive.timer" in screen.seen
    home = Home.find(tmp_path / "home")
    assert home.owner == "olive"
    assert Settings.load(home).timezone == "Europe/Helsinki"
    assert Settings.load(home).pull == {"folder": {"paths": ["~/Downloads"]}}
    assert mine(home) == ["email:olive@example.org", "x:12345"]
    timer = tmp_path / "config" / "systemd" / "user" / "givetake-olive.timer"
    assert "OnCalendar=*-*-* 5:15:00 Europe/Helsinki" in timer.read_text()
    assert [p for p in home.root.rglob("*") if p.stat().st_mode & 0o077] == []


def test_a_script_is_not_asked(tmp_path: Path, alone: dict[str, str]) -> None:
    words = ["--home", str(tmp_path / "home"), "init", "--hour", "-1", "--json"]
    done = subprocess.run([*GIVETAKE, *words], env=alone, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    (told,) = json.loads(done.stdout)
    assert (told["owner"], told["timezone"], told["exports"]) == ("me", "Europe/Vienna", "~/Downloads")
    assert not (tmp_path / "config").exists()


def test_asked_again_it_changes_what_is_answered_anew(tmp_path: Path, alone: dict[str, str]) -> None:
    home = Home(tmp_path / "home").make()
    (home.folder / "givetake.toml").write_text(
        '# mine\nkeep_text = false\ntimezone = "Europe/Berlin"  # old\n\n[measures]\nhalf_life_days = 90\n\n[pull.folder]\n'
        'paths = ["/tmp"]\n\n[pull.github]\n'
    )
    home.people.write_text("account,person,me,note\nx:1,,yes,kept\nx:2,Ana Example,,\n")
    before = ["init", "--yes", "--hour", "-1", "--home", str(home.root)]
    assert run(before) == 0
    assert Settings.load(home).timezone == "Europe/Berlin"
    assert Settings.load(home).pull == {"folder": {"paths": ["/tmp"]}, "github": {}}
    assert run([*before, "--timezone", "Asia/Kolkata", "--me", "x:3", "--exports", ""]) == 0
    told: dict[str, Any] = tomllib.loads((home.folder / "givetake.toml").read_text())
    assert told == {
        "keep_text": False, "timezone": "Asia/Kolkata", "measures": {"half_life_days": 90}, "pull": {"github": {}},
    }  # fmt: skip
    assert (home.folder / "givetake.toml").read_text().startswith("# mine\n")
    assert mine(home) == ["x:1", "x:3"]
    assert "kept" in home.people.read_text()


@pytest.mark.parametrize(
    "words",
    [["--timezone", "Mars"], ["--me", "olive"], ["--exports", "/nowhere/at/all"], ["--hour", "2"], ["--owner", "a b"],
     ["--home", "/tmp/what*"]],
)  # fmt: skip
def test_a_wrong_answer_is_one_line(
    words: list[str], tmp_path: Path, alone: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", "--yes", "--home", str(tmp_path / "home"), *words]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert not (tmp_path / "home").exists()


def test_a_path_that_duckdb_reads_as_a_pattern_is_refused_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in (["run", "--plain"], ["connections"], ["doctor"], ["add", "/tmp"], ["demo", "--plain"], ["serve"], ["pull"]):
        assert run([*command, "--home", str(tmp_path / "what?")]) == 2
        assert "choose a folder without *, ? and [" in capsys.readouterr().err
    monkeypatch.setenv("GIVETAKE_HOME", str(tmp_path / "a[b]"))
    assert run(["archives"]) == 2
    done = subprocess.run([sys.executable, "-m", "deployments.local"], capture_output=True, text=True)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert list(tmp_path.iterdir()) == []
