"""The command line on a real home: what it prints where, and with which exit code."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flows.cli import in_front, run
from flows.cli.screen import cell
from flows.settings import Home

GIVETAKE = [sys.executable, "-c", "from flows.cli import main; main()"]
EXPORT = Path(__file__).parent / "sources" / "mastodon" / "archive" / "archive"
LEDGER = """happened_on,direction,person,kind,n_targets,note
2024-05-31,both,Ana Ledger,talk,,a dinner
2024-06-02,received,Ana Ledger,help,1,moved house
2024-06-03,given,Ana Lodger,gift,1,a book
"""


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with one export, a ledger and one published night."""
    root = tmp_path_factory.mktemp("lived")
    os.umask(0o077)
    assert run(["--home", str(root), "add", str(EXPORT)]) == 0
    home = Home.find(root)
    home.ledger.write_text(LEDGER)
    assert run(["run", "--plain", "--home", str(root)]) == 0
    return home


@pytest.fixture
def copy(lived: Home, tmp_path: Path) -> Home:
    """The same, to be changed."""
    shutil.copytree(lived.root, tmp_path / "home", symlinks=True)
    return Home.find(tmp_path / "home")


@pytest.fixture
def told(lived: Home, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """What a command prints with --json; its exit code must be `code`."""

    def ask(*words: str, home: Home = lived, code: int = 0) -> Any:
        capsys.readouterr()
        assert run([*words, "--home", str(home.root), "--json"]) == code, capsys.readouterr().err
        out = capsys.readouterr().out
        return json.loads(out) if out else None

    return ask


def columns(table: str) -> list[str]:
    import yaml

    return list(yaml.safe_load((Path(__file__).parents[1] / "sql" / "marts" / f"{table}.yml").read_text())["columns"])


def test_options_stand_before_or_after_the_command() -> None:
    assert in_front(["sql", "select 1", "--json", "--home", "/h"]) == ["--json", "--home", "/h", "sql", "select 1"]
    assert in_front(["--owner=me", "run", "--plain"]) == ["--owner=me", "run", "--plain"]
    assert in_front(["sql", "--", "--json"]) == ["sql", "--", "--json"]
    assert in_front(["run", "--home"]) == ["--home", "run"]


def test_help_imports_nothing_heavy() -> None:
    heavy = "polars|duckdb|prefect|great_expectations|requests|rapidfuzz|numpy|altair|streamlit"
    code = f"""
import re, sys
from flows.cli import run
assert run(["--help"]) == 0 and run(["connections", "--help"]) == 0
print(*sorted(m for m in sys.modules if re.fullmatch("{heavy}", m)), file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == ""
    assert "connections" in done.stdout


def test_text_from_outside_cannot_drive_a_terminal() -> None:
    assert cell("a\x1b[31mred\x07\nb\u202ec") == "a [31mred  b c"
    assert [cell(v) for v in (None, True, 0.5, -0.001, 12345.6)] == ["–", "yes", "0.5", "0", "12,346"]


def test_connections_have_the_published_columns(told: Callable[..., Any]) -> None:
    rows = told("connections")
    assert len(rows) > 2
    assert list(rows[0]) == columns("connection")
    assert [r["strength"] for r in rows] == sorted((r["strength"] for r in rows), reverse=True)
    assert told("connections", "--sort", "name", "--limit", "2") == sorted(rows, key=lambda r: r["name"])[:2]
    assert told("connections", "--advice", "keep") == [r for r in rows if r["advice"].startswith("keep")]
    told("connections", "--sort", "nonsense", code=2)


def test_a_connection_is_found_by_what_names_it(told: Callable[..., Any]) -> None:
    named = "connection_id in (select connection_id from connection)"
    account = told("sql", f"from account where handle is not null and url is not null and {named} order by key")[0]
    for words in (
        account["connection_id"], account["handle"], f"@{account['handle']}", account["url"].upper(),
        account["url"].removeprefix("https://") + "/", f"{account['platform']}:{account['key']}",
    ):  # fmt: skip
        assert told("explain", words)[0]["connection_id"] == account["connection_id"], words
    assert [r["name"] for r in told("explain", "ana l", code=2)] == ["Ana Ledger", "Ana Lodger"]
    assert told("explain", "ana ledger")[0]["name"] == "Ana Ledger"
    assert told("explain", "nobody at all", code=1) is None


def test_every_number_is_explained_and_adds_up(told: Callable[..., Any]) -> None:
    explained = told("explain", "Ana Ledger")[0]
    assert [c for c in columns("connection") if c not in explained["how"]] == ["owner", "name", "company", "position"]
    for way in ("given", "received"):
        acts = [a for a in explained["acts"] if a["direction"] == way]
        assert len(acts) == explained[f"acts_{way}"]
        assert sum(a["value"] for a in acts) == pytest.approx(explained[way])
    assert {a["archive_name"] for a in explained["acts"]} == {"ledger.csv"}
    assert not re.search(r"[{}]", json.dumps(list(explained["how"].values())))


def test_stdout_is_data_and_stderr_is_words(lived: Home) -> None:
    words = ["connections", "--limit", "1", "--home", str(lived.root)]
    done = subprocess.run([*GIVETAKE, *words], capture_output=True, text=True, check=True)
    header, row = done.stdout.splitlines()
    assert header.split("\t")[:2] == ["name", "advice"]
    assert len(row.split("\t")) == len(header.split("\t"))
    assert "\x1b" not in done.stdout + done.stderr
    assert done.stderr.startswith("1 of ")


def test_a_table_fits_the_terminal(lived: Home) -> None:
    for width in (60, 100, 200):
        screen, end = pty.openpty()
        environment = os.environ | {"COLUMNS": str(width), "TERM": "xterm", "NO_COLOR": "1"}
        with subprocess.Popen(
            [*GIVETAKE, "connections", "--home", str(lived.root)], stdout=end, stderr=subprocess.DEVNULL, env=environment
        ) as process:
            os.close(end)
            seen = b"".join(_read(screen))
        assert process.returncode == 0
        lines = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", seen.decode()).splitlines()
        assert lines[0].startswith("name")
        assert max(map(len, lines)) <= width
        assert not re.search(rb"\x1b\[3[0-7]", seen), "NO_COLOR"


def _read(screen: int) -> Iterator[bytes]:
    while select.select([screen], [], [], 60)[0]:
        try:
            data = os.read(screen, 65536)
        except OSError:  # Linux ends a terminal so
            return
        if not data:
            return
        yield data


def test_sql_reads_and_only_reads(told: Callable[..., Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert told("sql", "select 1 as one, null as nothing, date '2024-02-29' as leap") == [
        {"one": 1, "nothing": None, "leap": "2024-02-29"}
    ]
    assert len(told("sql", "from range(10)", "--limit", "3")) == 3
    told("sql", "delete from act", code=1)
    assert len(capsys.readouterr().err.splitlines()) <= 1


def test_add_takes_in_what_it_knows_and_nothing_else(tmp_path: Path, told: Callable[..., Any]) -> None:
    home = Home(tmp_path / "home")
    strange = tmp_path / "holiday.zip"
    strange.write_bytes(b"PK\x05\x06" + b"\0" * 18)
    assert told("add", str(strange), str(EXPORT), home=home)[0]["is"].startswith("mastodon (")  # 1 only if nothing was
    told("add", str(strange), home=home, code=1)
    assert [p.name for p in home.inbox.iterdir()] == [EXPORT.name]
    told("add", str(tmp_path / "not there"), home=home, code=2)
    assert told("add", str(EXPORT), home=home)[0]["outcome"] == "known"


def test_an_archive_taken_out_is_out(copy: Home, told: Callable[..., Any]) -> None:
    archive = told("archives", home=copy)[0]
    assert archive["platform"] == "mastodon"
    assert archive["records"] > 0
    told("remove", "nothing", home=copy, code=2)
    assert told("remove", archive["archive"][:12], "--yes", home=copy)[0]["archive"] == archive["archive"]
    assert told("archives", home=copy) == []
    assert not (copy.facts / f"{archive['archive']}.parquet").exists()


def test_what_lets_one_see_what(told: Callable[..., Any]) -> None:
    mastodon = next(row for row in told("sources") if row["platform"] == "mastodon")
    assert "post given" in mastodon["sees"]
    assert mastodon["layouts"]


def test_another_run_is_at_work(copy: Home, capsys: pytest.CaptureFixture[str]) -> None:
    with (copy.folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert run(["run", "--plain", "--home", str(copy.root)]) == 4
    assert "another run" in capsys.readouterr().err


def test_a_gate_stops_the_run_and_the_last_good_night_stays(copy: Home, capsys: pytest.CaptureFixture[str]) -> None:
    before = copy.published.resolve()
    facts = next(p for p in copy.facts.glob("*.parquet") if (pl.read_parquet(p)["platform"] == "mastodon").any())
    sideways = pl.when(pl.col("fact") == "act").then(pl.lit("sideways")).otherwise("direction")
    pl.read_parquet(facts).with_columns(direction=sideways).write_parquet(copy.facts / f"{'f' * 64}.parquet")
    assert run(["run", "--plain", "--home", str(copy.root)]) == 3
    words = capsys.readouterr().err
    assert "the last good night stays" in words
    assert "sideways" not in words
    assert copy.published.resolve() == before


def test_a_wrong_setting_is_one_line(lived: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIVETAKE_MEASURES__HALF_LIFE_DAYS", "-1")
    assert run(["run", "--plain", "--home", str(lived.root)]) == 1
    words = capsys.readouterr().err.strip()
    assert "half_life_days" in words
    assert len(words.splitlines()) == 1


def test_usage_is_exit_2(lived: Home) -> None:
    for words in (["nonsense"], ["run", "--as-of", "yesterday"], ["connections", "--limit", "-1"], ["--owner", "a b", "doctor"]):
        assert run([*words, "--home", str(lived.root)]) == 2, words
    for words in (["serve", "--timezone", "Mars/Olympus"], ["serve", "--cron", "nightly"]):
        assert run([*words, "--home", str(lived.root)]) == 2, words


def test_what_is_kept_is_private(lived: Home) -> None:
    open_to_others = [p for p in lived.root.rglob("*") if not p.is_symlink() and p.stat().st_mode & 0o077]
    assert open_to_others == []


def test_doctor_finds_what_is_wrong(copy: Home, told: Callable[..., Any], tmp_path: Path) -> None:
    assert {row["state"] for row in told("doctor", home=copy)} <= {"good", "look at it"}
    copy.ledger.chmod(0o644)
    (copy.inbox / "stranger").mkdir()
    (copy.inbox / "stranger" / "a.txt").write_text("x")
    states = {row["what"]: row["state"] for row in told("doctor", home=copy)}
    assert (states["privacy"], states["inbox"]) == ("look at it", "look at it")
    told("doctor", home=Home(tmp_path / "none"), code=1)


def test_nothing_published_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["connections"], ["explain", "x"], ["sql", "select 1"], ["report"]):
        assert run([*words, "--home", str(tmp_path)]) == 1
        assert "givetake run" in capsys.readouterr().err


def test_report_names_the_page(told: Callable[..., Any], lived: Home) -> None:
    assert Path(told("report")[0]["report"]).resolve().is_relative_to(lived.nights)


def test_version_names_what_is_at_work(told: Callable[..., Any]) -> None:
    assert set(told("version")[0]) == {"givetake", "duckdb", "polars", "great_expectations", "prefect", "python"}


def test_what_could_not_be_read_is_told_in_a_line_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export = shutil.copytree(Path(__file__).parent / "sources" / "x" / "2025-tweets" / "archive", tmp_path / "export")
    (export / "data" / "tweets.js").write_text("<html>a secret of Ana Example</html>")
    place = ["--home", str(tmp_path / "home")]
    assert run(["add", str(export), *place]) == 0
    told = [line for line in capsys.readouterr().err.splitlines() if line.startswith("givetake: export — ")]
    assert re.fullmatch(r"givetake: export — x record \d+:- — not the JSON X writes \(.+\); get the export again", told[0])
    assert told[-1].endswith("read by nobody: data/*.js — report it if acts of yours are in there; the rest counts")
    assert len(told) == 3, told  # and notes without their tweets
    assert "secret" not in "".join(told)
    shutil.rmtree(tmp_path / "home" / "me" / "facts")
    assert run(["run", "--plain", *place]) == 0
    again = [line for line in capsys.readouterr().err.splitlines() if line.startswith("givetake: archive ")]
    assert [line.split(" — ", 1)[1] for line in again] == [line.split(" — ", 1)[1] for line in told]
