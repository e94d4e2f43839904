"""What golden files cannot show: entries in any order, bytes cut anywhere, the real backup beside the project."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest

from tests.exports import facts, law

HERE = Path(__file__).parent
SAMPLES = Path(__file__).parents[3] / "../shared/samples/blogger"
CLASSIC = HERE / "2018_classic" / "archive" / "blog-08-02-2018.xml"


def _acts(folder: Path) -> pl.DataFrame:
    told = facts("blogger", folder)
    assert law(told) == []
    return told.filter(pl.col("fact") == "act").sort("act_id")


def _archive(tmp_path: Path, name: str, data: str) -> Path:
    (tmp_path / name).mkdir(exist_ok=True)
    (tmp_path / name / "blog-1.xml").write_text(data)
    return tmp_path / name


def test_order_copies_and_unknown_elements_change_nothing(tmp_path: Path) -> None:
    data = CLASSIC.read_text()
    entries = re.findall(r"(?s)<entry>.*?</entry>\n", data)
    start, end = data.index("<entry>"), data.rindex("</entry>\n") + len("</entry>\n")
    turned = "".join(e.replace("</entry>", "<zzz a='1'><b/></zzz></entry>") for e in reversed(entries))
    folder = _archive(tmp_path, "a", data[:start] + turned + data[end:])
    (folder / "blog-2.xml").write_text(data)
    same = ["act_id", "counterparts", "n_targets", "text"]
    assert _acts(folder).select(same).rows() == _acts(CLASSIC.parent).select(same).rows()


def test_a_backup_cut_anywhere_keeps_the_entries_before_the_cut(tmp_path: Path) -> None:
    data = CLASSIC.read_text()
    whole = set(_acts(CLASSIC.parent)["act_id"])
    for at in range(data.index("<entry>"), len(data), 173):
        assert set(_acts(_archive(tmp_path, "a", data[:at]))["act_id"]) <= whole, at


def test_nobody_is_known_by_the_address_all_share() -> None:
    told = facts("blogger", CLASSIC.parent)
    assert not any("noreply" in str(v) for row in told.rows() for v in row)


def test_sample_keeps_every_record() -> None:
    if not SAMPLES.exists():
        pytest.skip("the samples are not here")
    told = facts("blogger", SAMPLES)
    assert law(told) == []
    assert told.filter(pl.col("severity") == "problem").is_empty()
    assert told.filter(pl.col("fact") == "act").group_by("channel").len().sort("channel").rows() == [("comment", 1), ("post", 2)]
