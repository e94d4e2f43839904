"""What golden files cannot show: rows in any order, bytes cut anywhere, the fixtures of an importer beside the project."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

from tests.exports import facts, law

HERE = Path(__file__).parent
SAMPLES = Path(__file__).parents[3] / "../shared/samples/substack"


def _told(folder: Path) -> pl.DataFrame:
    told = facts("substack", folder)
    assert law(told) == []
    return told


@pytest.mark.parametrize("case", ["2022", "2026"])
def test_order_of_rows_and_new_columns_change_nothing(case: str, tmp_path: Path) -> None:
    shutil.copytree(HERE / case / "archive", tmp_path / "a")
    for file in (tmp_path / "a").glob("*.csv"):
        header, *rows = file.read_text().splitlines()
        file.write_text("\n".join([f"zzz,{header}", *(f",{row}" for row in reversed(rows))]) + "\n")
    after, before = (_told(f) for f in (tmp_path / "a", HERE / case / "archive"))
    for fact, columns in (("act", ["act_id", "counterparts"]), ("state", ["key", "since_at"]), ("account", ["key"])):
        both = [t.filter(pl.col("fact") == fact).select(columns).sort(columns[0]).rows() for t in (after, before)]
        assert both[0] == both[1] != []


def test_a_list_cut_anywhere_leaves_the_rows_before_the_cut(tmp_path: Path) -> None:
    whole = set(_told(HERE / "2022" / "archive").filter(pl.col("fact") == "state")["key"])
    shutil.copytree(HERE / "2022" / "archive", tmp_path / "a")
    file = tmp_path / "a" / "email_list.kilns.csv"
    data = file.read_bytes()
    for at in range(90, len(data), 23):
        file.write_bytes(data[:at])
        left = set(_told(tmp_path / "a").filter(pl.col("fact") == "state")["key"])
        assert left <= whole, at


def test_sample_keeps_every_record() -> None:
    if not SAMPLES.exists():
        pytest.skip("the samples are not here")
    told = _told(SAMPLES)
    assert told.filter(pl.col("severity") == "problem").is_empty()
    assert told.filter(pl.col("fact") == "act")["channel"].value_counts().sort("channel").rows() == [("gift", 12), ("post", 3)]
    assert told.filter(pl.col("fact") == "state").height == 21
