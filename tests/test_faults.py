"""Faults in short: `make faults` strikes the pipeline for hours, and what it once found is held here."""

from __future__ import annotations

import errno
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from flows import cli, inbox, warehouse
from flows.read import Child, read_inbox
from flows.settings import Home, Settings
from flows.stages import Damaged, Night, alone, lay
from tests.exports import zipped
from tests.faults.damage import spoil
from tests.faults.homes import CASES
from tests.faults.machine import possible

GIVETAKE = [sys.executable, "-c", "from flows.cli import main; main()"]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home").make()
    zipped(CASES / "x" / "2025-tweets" / "archive", home.inbox / "x.zip")
    return home


@pytest.mark.skipif(not possible(), reason="faults are made on Linux with a C compiler")
def test_a_night_killed_in_places_all_over_it_is_mended_by_the_next(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "tests.faults", "2", "--trials", "4", "--results", tmp_path / "results"],
        cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stdout[-2000:] + told.stderr[-2000:]
    assert len((tmp_path / "results").read_text().splitlines()) == 4


def test_facts_that_cannot_be_written_stop_the_night(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told as an archive that cannot be read, the night would be published without it."""
    real = Child.ask
    monkeypatch.setattr(Child, "ask", lambda child, job, s: real(child, job | {"target": str(home.root / "no" / "such")}, s))
    with pytest.raises(OSError, match="No such file") as stopped:
        read_inbox(home, Settings())
    assert stopped.value.errno == errno.ENOENT
    assert not list(home.facts.glob("*.parquet"))


def test_a_fault_of_the_disk_is_not_told_as_a_bug() -> None:
    told = cli._line(duckdb.IOException('Could not write file "x": No space left on device'))
    assert "no space left on device" in told
    assert all("bug" not in line for line in (told, cli._line(duckdb.FatalException("fsync failed!"))))


def test_a_built_warehouse_needs_no_log_beside_it(tmp_path: Path) -> None:
    """Closing writes the log into the file too, but says nothing where the disk fails; the file is renamed without its log."""
    with warehouse.connect(tmp_path / "w.duckdb") as con:
        warehouse.build(con, [])
        assert not (tmp_path / "w.duckdb.wal").exists()


def test_a_second_run_says_so_before_prefect_starts(home: Home) -> None:
    with alone(home):
        started = time.monotonic()
        told = subprocess.run([*GIVETAKE, "run", "--home", str(home.root)], capture_output=True, text=True, check=False)
        took = time.monotonic() - started
    assert told.returncode == 4, told.stderr
    assert len(told.stderr.splitlines()) == 1
    assert not (home.root / ".prefect").exists()
    assert took < 60  # 2 s on a quiet machine


def test_damaged_facts_are_read_again_and_without_their_archive_stop_the_night(home: Home) -> None:
    assert [r.outcome for r in read_inbox(home, Settings())] == ["read"]
    facts = next(home.facts.glob("*.parquet"))
    whole = facts.read_bytes()
    spoil(facts, random.Random(0))
    assert [r.outcome for r in read_inbox(home, Settings())] == ["read"]
    assert facts.read_bytes() == whole
    night = Night.begin(home, Settings())
    (home.inbox / "x.zip").unlink()
    lay(night)  # facts outlive their archive
    for seed in range(50):
        spoil(facts, random.Random(seed))
        with pytest.raises(Damaged, match="put the archive back"):
            lay(night)
        facts.write_bytes(whole)


def test_what_the_inbox_remembers_is_not_believed_when_damaged(home: Home) -> None:
    memory = home.facts / "inbox.json"
    known = [p.sha256 for p in inbox.parcels(home)]
    whole = memory.read_bytes()
    for seed in range(50):
        spoil(memory, random.Random(seed))
        assert [p.sha256 for p in inbox.parcels(home)] == known
        assert memory.read_bytes() == whole


def test_an_archive_that_changes_as_it_is_read_is_not_believed(home: Home) -> None:
    parcel = inbox.parcels(home)[0]
    spoil(parcel.paths[0], random.Random(0))
    told = read_inbox(home, Settings(), only=[parcel])
    assert [r.outcome for r in told] == ["failed"]
    assert "get it again" in told[0].line


def test_drafts_of_the_killed_are_swept_and_those_of_the_living_stay(home: Home) -> None:
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True, check=True)
    (home.nights / "n1").mkdir(parents=True)
    killed = gone.stdout.strip()
    left = [home.facts / f".inbox.json.{killed}", home.nights / "n1" / f".inputs.json.{killed}"]
    at_work = home.facts / f".people.csv.{os.getpid()}"
    for draft in (*left, at_work):
        draft.touch()
    read_inbox(home, Settings())
    assert not any(draft.exists() for draft in left)
    assert at_work.exists()
