"""Every source against its golden cases: tests/sources/<platform>/<case>/{why.txt, archive/, facts.csv}."""

from __future__ import annotations

import difflib
import os
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from tests.exports import facts, law, readable, zipped
from transforms.act import Owner
from transforms.archive import open_archive
from transforms.sources import recognise, sources

ROOM = Path(__file__).parent / "sources"
CASES = sorted(p for p in ROOM.glob("*/*") if (p / "archive").is_dir())
NAMES = [f"{p.parent.name}/{p.name}" for p in CASES]


@cache
def read(case: Path) -> pl.DataFrame:
    """What its source makes of a case; read once for all that is asked of it."""
    return facts(case.parent.name, case / "archive")


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_golden(case: Path, request: pytest.FixtureRequest) -> None:
    assert (case / "why.txt").read_text().strip(), "why.txt says in a line what the case shows"
    told = readable(read(case))
    golden = case / "facts.csv"
    if request.config.getoption("--bless"):
        assert not os.environ.get("CI"), "golden files are blessed by a person"
        golden.write_text(told)
    assert golden.exists(), "golden missing: --bless, then read it"
    diff = list(difflib.unified_diff(golden.read_text().splitlines(), told.splitlines(), "golden", "now", lineterm="", n=1))
    assert not diff, "\n".join(diff)


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_recognised_by_its_source_alone(case: Path) -> None:
    assert case.parent.name in recognise(open_archive([case / "archive"]))


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_zip_folder_and_wrapper_read_alike(case: Path, tmp_path: Path) -> None:
    platform = case.parent.name
    folder = readable(read(case))
    assert readable(facts(platform, zipped(case / "archive", tmp_path / "a.zip"))) == folder
    assert readable(facts(platform, zipped(case / "archive", tmp_path / "b.zip", "some export/"))) == folder


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_no_record_is_lost(case: Path) -> None:
    assert law(read(case)) == []


class Asked(Owner):
    """An owner who notes what is asked of them."""

    def __getattribute__(self, name: str) -> object:
        if name in ("zone", "me"):
            object.__getattribute__(self, "__dict__")["asked"] = True
        return super().__getattribute__(name)


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_what_asks_for_the_owner_says_so(case: Path) -> None:
    """Else its facts would not be made again once people.csv says who that is."""
    source, owner = sources()[case.parent.name], Asked()
    source.read(open_archive([case / "archive"]), owner)
    assert getattr(source, "ASKS_OWNER", False) or "asked" not in vars(owner)


@pytest.mark.parametrize("platform", sources())
def test_every_source_has_cases_and_says_what_it_sees(platform: str) -> None:
    cases = [c for c in CASES if c.parent.name == platform]
    assert cases, f"tests/sources/{platform}/<case>/ is missing"
    source = sources()[platform]
    assert source.TITLE
    assert source.VERSION
    assert source.LAYOUTS
