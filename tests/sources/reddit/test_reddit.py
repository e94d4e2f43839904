"""What golden files cannot show: columns and parts in any order, bytes cut anywhere, the sample beside the project."""

from __future__ import annotations

import csv
import io
import random
import shutil
from pathlib import Path

import polars as pl
import pytest

from tests.exports import facts, law

HERE = Path(__file__).parent
SAMPLES = Path(__file__).parents[3] / "../shared/samples/reddit"
SAME = ["act_id", "counterparts", "n_targets", "text", "value_kind"]


def _acts(folder: Path) -> pl.DataFrame:
    told = facts("reddit", folder)
    assert law(told) == []
    return told.filter(pl.col("fact") == "act").sort("act_id")


@pytest.mark.parametrize("case", ["messages", "public"])
def test_order_of_rows_and_columns_and_new_columns_change_nothing(case: str, tmp_path: Path) -> None:
    shutil.copytree(HERE / case / "archive", tmp_path / "a")
    for file in (tmp_path / "a").glob("*.csv"):
        header, *rows = csv.reader(io.StringIO(file.read_text().removeprefix("\ufeff"), newline=""))
        order = list(range(len(header)))
        random.Random(5).shuffle(order)
        random.Random(6).shuffle(rows)
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(["zzz", *(header[i] for i in order)])
        writer.writerows(["", *(row[i] for i in order)] for row in rows)
        file.write_text(out.getvalue())
    assert _acts(tmp_path / "a").select(SAME).rows() == _acts(HERE / case / "archive").select(SAME).rows()


def test_a_table_cut_anywhere_leaves_the_rows_before_the_cut(tmp_path: Path) -> None:
    whole = set(_acts(HERE / "messages" / "archive")["act_id"])
    shutil.copytree(HERE / "messages" / "archive", tmp_path / "a")
    file = tmp_path / "a" / "messages.csv"
    data = file.read_bytes()
    for at in range(120, len(data), 37):
        file.write_bytes(data[:at])
        left = _acts(tmp_path / "a")
        assert len(set(left["act_id"]) - whole) <= 1, at  # a text cut at its end is another text only in the last row


def test_the_same_name_in_any_case_is_one_person(tmp_path: Path) -> None:
    told = facts("reddit", HERE / "messages" / "archive")
    keys = told.filter(pl.col("fact") == "account")["key"]
    assert keys.n_unique() == keys.len()
    assert keys.str.to_lowercase().equals(keys)


def test_sample_keeps_every_record() -> None:
    if not SAMPLES.exists():
        pytest.skip("the samples are not here")
    told = facts("reddit", SAMPLES)
    assert law(told) == []
    assert told.filter(pl.col("fact") == "problem").is_empty()
    assert told.filter(pl.col("fact") == "act").height == 13
