"""What golden files cannot show: the three layouts agree, sections in any order, bytes cut anywhere, the real export."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from tests.exports import facts, law
from transforms.archive import open_archive

HERE = Path(__file__).parent
SAMPLES = Path(__file__).parents[3] / "../shared/samples/tiktok"
LIKES = [{"date": "2025-02-01 09:00:00", "link": "https://www.tiktokv.com/share/video/7000000000000000001/"}]
CHAT = {"Chat History with ana.ash:": [{"Date": "2025-03-01 10:00:00", "From": "olive", "Content": "Hello"}]}
FANS = [{"Date": "2025-01-02 09:00:00", "UserName": "ana.ash"}]
ME = {"ProfileMap": {"userName": "olive"}}
ERAS = [
    {"Activity": {"Like List": {"ItemFavoriteList": [{"Date": LIKES[0]["date"], "VideoLink": LIKES[0]["link"]}]},
                  "Follower List": {"FansList": FANS}},
     "Direct Messages": {"Chat History": {"ChatHistory": CHAT}}, "Profile": {"Profile Information": ME}},
    {"Your Activity": {"Like List": {"ItemFavoriteList": LIKES}, "Follower": {"FansList": FANS}},
     "Direct Message": {"Direct Messages": {"ChatHistory": CHAT}}, "Profile": {"Profile Info": ME}},
    {"Likes and Favorites": {"Like List": {"ItemFavoriteList": LIKES}},
     "Profile And Settings": {"Follower": {"FansList": FANS}, "Profile Info": ME},
     "Direct Message": {"Direct Messages": {"ChatHistory": CHAT}}},
]  # fmt: skip


def _told(folder: Path) -> pl.DataFrame:
    told = facts("tiktok", folder)
    assert law(told) == []
    return told


def _write(folder: Path, content: object) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "user_data_tiktok.json").write_text(content if isinstance(content, str) else json.dumps(content))
    return folder


def test_the_layouts_tell_the_same(tmp_path: Path) -> None:
    told = [_told(_write(tmp_path / str(n), era)) for n, era in enumerate(ERAS)]
    acts = [t.filter(pl.col("fact") == "act").sort("act_id") for t in told]
    states = [t.filter(pl.col("fact") == "state").select("state", "direction", "key", "since_at").rows() for t in told]
    assert acts[0]["act_id"].to_list() == acts[1]["act_id"].to_list() == acts[2]["act_id"].to_list()
    assert acts[0].height == 2
    assert states[0] == states[1] == states[2] != []


def test_order_of_sections_and_unknown_keys_change_nothing(tmp_path: Path) -> None:
    shutil.copytree(HERE / "2022_activity" / "archive", tmp_path / "a")
    file = tmp_path / "a" / "user_data.json"
    whole = json.loads(file.read_text())
    turned = {"Zzz": {"List": [{"a": 1}]}} | {k: dict(reversed(v.items())) for k, v in reversed(whole.items())}
    file.write_text(json.dumps(turned))
    same = ["act_id", "record", "counterparts", "text"]
    after, before = (
        _told(f).filter(pl.col("fact") == "act").sort("act_id") for f in (tmp_path / "a", HERE / "2022_activity" / "archive")
    )
    assert after.select(same).rows() == before.select(same).rows()


def test_a_file_cut_anywhere_keeps_what_was_whole_and_is_one_problem(tmp_path: Path) -> None:
    data = json.dumps(ERAS[1])
    whole = _told(_write(tmp_path / "a", data))["act_id"].drop_nulls().to_list()
    for at in range(60, len(data), 41):
        told = _told(_write(tmp_path / "a", data[:at]))
        assert told.filter(pl.col("fact") == "problem").height == 1, at
        assert set(told["act_id"].drop_nulls()) <= set(whole)


def test_sample_keeps_every_record() -> None:
    if not SAMPLES.exists():
        pytest.skip("the samples are not here")
    told = _told(SAMPLES)
    places = told.filter((pl.col("fact") == "problem") & (pl.col("severity") == "problem"))["member"].unique().to_list()
    paths = {m.number: m.path for m in open_archive([SAMPLES]).members}
    assert all("structure_donations/" in paths[place] for place in places)  # those say "string" where a date stood
    assert told.filter(pl.col("fact") == "act").height == 28
