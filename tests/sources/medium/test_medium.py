"""What golden files cannot show: pages cut anywhere, copies, the fixtures of an importer beside the project."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

from tests.exports import facts, law

HERE = Path(__file__).parent
SAMPLES = Path(__file__).parents[3] / "../shared/samples/medium"


def _acts(folder: Path) -> pl.DataFrame:
    told = facts("medium", folder)
    assert law(told) == []
    return told.filter(pl.col("fact") == "act").sort("act_id")


def test_a_page_cut_anywhere_costs_itself(tmp_path: Path) -> None:
    whole = set(_acts(HERE / "claps_and_follows" / "archive")["act_id"])
    shutil.copytree(HERE / "claps_and_follows" / "archive", tmp_path / "a")
    page = tmp_path / "a" / "claps" / "claps-0001.html"
    data = page.read_bytes()
    for at in range(0, len(data), 29):
        page.write_bytes(data[:at])
        assert set(_acts(tmp_path / "a")["act_id"]) <= whole, at


def test_a_second_copy_of_a_page_tells_nothing_new(tmp_path: Path) -> None:
    shutil.copytree(HERE / "posts" / "archive", tmp_path / "a")
    shutil.copytree(tmp_path / "a" / "posts", tmp_path / "a" / "old" / "posts")
    assert _acts(tmp_path / "a")["act_id"].to_list() == _acts(HERE / "posts" / "archive")["act_id"].to_list()


def test_sample_keeps_every_record() -> None:
    if not SAMPLES.exists():
        pytest.skip("the samples are not here")
    told = facts("medium", SAMPLES)
    assert law(told) == []
    assert told.filter(pl.col("severity") == "problem").is_empty()
    assert told.filter(pl.col("fact") == "member")["records"].sum() == 10
