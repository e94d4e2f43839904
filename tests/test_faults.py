"""Faults in short: `make faults` strikes the pipeline for hours, and what it once found is held here."""

from __future__ import annotations

import errno
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flows import cli
from flows.read import Child, read_inbox
from flows.settings import Home, Settings
from flows.stages import alone
from tests.exports import zipped
from tests.faults.homes import CASES

GIVETAKE = [sys.executable, "-c", "from flows.cli import main; main()"]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home").make()
    zipped(CASES / "x" / "2025-tweets" / "archive", home.inbox / "x.zip")
    return home


def test_facts_that_cannot_be_written_stop_the_night(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told as an archive that cannot be read, the night would be published without it."""
    real = Child.ask
    monkeypatch.setattr(Child, "ask", lambda child, job, s: real(child, job | {"target": str(home.root / "no" / "such")}, s))
    with pytest.raises(OSError, match="No such file") as stopped:
        read_inbox(home, Settings())
    assert stopped.value.errno == errno.ENOENT
    assert not list(home.facts.glob("*.parquet"))


def test_a_full_disk_is_not_told_as_a_bug() -> None:
    told = cli._line(RuntimeError('Could not write file "x": No space left on device'))
    assert "no space left on device" in told
    assert "bug" not in told


def test_a_second_run_says_so_before_prefect_starts(home: Home) -> None:
    with alone(home):
        started = time.monotonic()
        told = subprocess.run([*GIVETAKE, "run", "--home", str(home.root)], capture_output=True, text=True, check=False)
        took = time.monotonic() - started
    assert told.returncode == 4, told.stderr
    assert len(told.stderr.splitlines()) == 1
    assert not (home.root / ".prefect").exists()
    assert took < 60  # 2 s on a quiet machine
