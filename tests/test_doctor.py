"""The doctor finds every common mistake, each made for real, and says what to do about it."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from flows.cli import run
from flows.cli.screen import Choice
from flows.doctor import BAD, GOOD, POOR, Patient, looks
from flows.settings import Home
from tests.terminal import terminal
from tests.test_init import GIVETAKE

SOURCES = Path(__file__).parent / "sources"
Look = Callable[..., list[tuple[str, str, str, str]]]


@pytest.fixture(scope="module")
def sick(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with two old exports, one of them ordered without messages, and one published night."""
    os.umask(0o077)
    root = tmp_path_factory.mktemp("sick")
    export = tmp_path_factory.mktemp("made") / "Basic_LinkedInDataExport_01-02-2024.zip"
    with zipfile.ZipFile(export, "w") as z:
        z.writestr("Connections.csv", CONNECTIONS)
        z.writestr("Profile.csv", "First Name,Last Name\nOlive,Example\n")
        z.writestr("Comments.csv", "Date,Link,Message\n31/31/2024,https://www.linkedin.com/feed/update/urn:li:activity:1,hello\n")
    assert run(["add", str(export), str(SOURCES / "mastodon" / "archive" / "archive"), "--home", str(root)]) == 0
    assert run(["run", "--plain", "--home", str(root)]) == 0
    return Home.find(root)


CONNECTIONS = """Notes:
"When exporting your connection data, you may notice that some of the email addresses are missing."

First Name,Last Name,URL,Email Address,Company,Position,Connected On
Ana,Example,https://www.linkedin.com/in/ana-example,,Example Org,Potter,02 Jan 2023
"""


@pytest.fixture
def copy(sick: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "nobody"))
    shutil.copytree(sick.root, tmp_path / "home", symlinks=True)
    return Home.find(tmp_path / "home")


@pytest.fixture
def look(copy: Home) -> Look:
    """What the doctor says of a home under these headings, without the good."""

    def ask(*what: str) -> list[tuple[str, str, str, str]]:
        choice = Choice(str(copy.root))
        found = list(looks(Patient(copy, choice.settings, choice.rows)))
        assert not [row for row in found if "Example" in row[2] or "ana-example" in " ".join(row)], "a name"
        return [row for row in found if row[0] in what and row[1] != GOOD]

    return ask


def test_add_says_at_once_what_an_export_lacks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, html in (("facebook-olive-2024-01-01-AbCdEf.zip", "message_1.html"), ("second.zip", "message_1.json")):
        with zipfile.ZipFile(tmp_path / name, "w") as z:
            content = '{"participants": [], "messages": []}' if html.endswith("json") else "<html></html>"
            z.writestr(f"your_facebook_activity/messages/inbox/olive_1/{html}", content)
        assert run(["add", str(tmp_path / name), "--home", str(tmp_path / "home")]) == (1 if html.endswith("html") else 0)
        said = capsys.readouterr().err
        assert ("the HTML form of a Facebook export — order it again at" in said) == html.endswith("html")
        assert ("facebook — " in said) == html.endswith("json")  # the second still lacks friends


def test_what_the_exports_lack_and_how_old_they_are(look: Look) -> None:
    told = {(row[1], row[2]): row[3] for row in look("export", "timezone", "me", "schedule", "records")}
    assert told[POOR, "linkedin: 2 could not be read, most often: its date cannot be read"] == "get the export again"
    lacks = next(to_do for (_, found), to_do in told.items() if found.startswith("linkedin: no messages in it"))
    assert "the larger data archive" in lacks
    assert any(found.startswith("mastodon: the newest is ") for _, found in told)
    assert (POOR, "nothing runs the night") in told
    assert any(found.startswith("none set, so UTC; LinkedIn") for _, found in told)
    assert any(found.startswith("nobody in people.csv is you; LinkedIn") for _, found in told)


def test_what_lies_in_the_inbox_and_cannot_be_read(copy: Home, look: Look) -> None:
    with zipfile.ZipFile(copy.inbox / "telegram.zip", "w") as z:
        z.writestr("ChatExport_2024-01-01/messages.html", "<html></html>")
    (copy.inbox / "cut.zip").write_bytes(b"PK\x03\x04" + b"\0" * 50)
    for part in (1, 3):
        with zipfile.ZipFile(copy.inbox / f"takeout-20240101T000000Z-00{part}.zip", "w") as z:
            z.writestr(f"Takeout/Drive/{part}.txt", "x")
    facts = sorted(copy.facts.iterdir())
    told = look("inbox")
    telegram = next(row for row in told if row[2].startswith("telegram.zip"))
    assert (telegram[1], telegram[2]) == (POOR, "telegram.zip: the HTML form of a Telegram export")
    assert "Machine-readable JSON" in telegram[3]
    assert next(row for row in told if row[2].startswith("cut.zip"))[3] == "download it again"
    assert any(row[2] == "takeout-20240101T000000Z-001.zip: part 2 missing" for row in told)
    assert sorted(p for p in copy.facts.iterdir() if p.name != "inbox.json") == [p for p in facts if p.name != "inbox.json"]


def test_tokens_and_pulls(copy: Home, look: Look) -> None:
    (copy.folder / "givetake.toml").write_text(
        'timezone = "Europe/Berlin"\n[pull.github]\n[pull.mastodon]\nserver = "nonsense"\nwhat = 1\n[pull.myspace]\n'
    )
    (copy.folder / "pull").mkdir(exist_ok=True)
    line = "github — the token was refused (401) — make a fine-grained one"
    (copy.folder / "pull" / "last.json").write_text(json.dumps([{"platform": "github", "outcome": "failed", "line": line}]))
    told = look("pull", "timezone")
    assert ("pull", BAD, "github: the token was refused (401)", "make a fine-grained one") in told
    assert any(row[2] == "github: no token" and "GIVETAKE_TOKEN_GITHUB" in row[3] for row in told)
    assert any(row[2].startswith("mastodon: ") and "docs/pulls.md" in row[3] for row in told)
    assert any(row[2] == "myspace: cannot be pulled" for row in told)
    assert not [row for row in told if row[0] == "timezone"]


def test_settings_privacy_and_an_older_schema(copy: Home, look: Look) -> None:
    (copy.folder / "givetake.toml").write_text("half_life = 3\n")
    copy.warehouse.chmod(0o644)
    with duckdb.connect(str((copy.published / "givetake.duckdb").resolve())) as con:
        con.execute("update run set schema_version = 0").fetchall()
    told = look("settings", "privacy", "schema")
    assert [(row[0], row[1]) for row in told] == [("privacy", POOR), ("settings", BAD), ("schema", POOR)]
    assert "half_life" in told[1][2]


def test_a_prefect_that_cannot_start(look: Look, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "path" / "fastapi"  # as newer ones break it, at import
    broken.mkdir(parents=True)
    (broken / "__init__.py").write_text("raise TypeError(\"Body() got an unexpected keyword argument 'min_items'\")")
    monkeypatch.setenv("PYTHONPATH", str(broken.parent))
    ((_, state, found, to_do),) = look("prefect")
    assert (state, found) == (BAD, "cannot start: TypeError")
    assert "--plain" in to_do
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    assert look("prefect")[0][2] == "nothing answers at PREFECT_API_URL"


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_tables_fit_and_nothing_to_do_is_cut_off(copy: Home, columns: int) -> None:
    words = {60: "doctor", 80: "archives", 120: "sources"}[columns]
    with terminal([*GIVETAKE, words, "--home", str(copy.root)], columns) as screen:
        assert screen.end() in (0, 1)  # 1: something is wrong
    lines = screen.seen.replace("\r\n", "\n").splitlines()
    assert max(len(line.rpartition("\r")[2]) for line in lines) <= columns
    if words == "doctor":
        head = next(line for line in lines if line.startswith("what"))
        assert head.split() == ["what", "state", "found", "to_do"]
        seen = " ".join(line[head.index("to_do") :].strip() for line in lines)
        assert "data archive, not single files" in seen


def test_long_work_shows_how_much_is_left(copy: Home) -> None:
    shutil.rmtree(copy.facts)
    with terminal([*GIVETAKE, "run", "--plain", "--home", str(copy.root)], 60, {"COLUMNS": ""}) as screen:
        assert screen.end() == 0
    drawn = [line for line in screen.seen.replace("\r", "\n").splitlines() if "━" in line or "╸" in line]
    assert any("reading" in line for line in drawn)
    assert any(line.rstrip().endswith(("0:00:00", "-:--:--")) for line in drawn)
    assert max(map(len, drawn)) <= 60
