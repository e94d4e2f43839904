"""What golden files cannot show: bytes cut anywhere, the namespaces of both hosts, the real files beside the project."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import polars as pl
import pytest

from tests.exports import facts, law
from transforms.archive import Unreadable
from transforms.formats import xmls

HERE = Path(__file__).parent
SAMPLES = Path(__file__).parents[3] / "../shared/samples"


def _acts(folder: Path) -> pl.DataFrame:
    told = facts("wordpress", folder)
    assert law(told) == []
    return told.filter(pl.col("fact") == "act").sort("act_id")


def _archive(tmp_path: Path, name: str, data: bytes) -> Path:
    (tmp_path / name).mkdir(exist_ok=True)
    (tmp_path / name / "a.wordpress.xml").write_bytes(data)
    return tmp_path / name


def _whole() -> bytes:
    return next((HERE / "2011_one_author" / "archive").glob("*.xml")).read_bytes()


def test_namespaces_of_every_version_and_host_read_alike(tmp_path: Path) -> None:
    before = _acts(_archive(tmp_path, "a", _whole()))
    for space in (b"https://wordpress.org/export/1.2/", b"http://wordpress.org/export/1.0/"):
        after = _acts(_archive(tmp_path, "b", _whole().replace(b"http://wordpress.org/export/1.1/", space)))
        assert before.drop("shingles").equals(after.drop("shingles"))


def test_unknown_elements_and_second_copies_change_nothing(tmp_path: Path) -> None:
    before = _acts(_archive(tmp_path, "a", _whole()))
    more = _whole().replace(b"<wp:comment_IP>", b"<wp:zzz a='1'><b/></wp:zzz><wp:comment_IP>")
    folder = _archive(tmp_path, "b", more)
    (folder / "b.wordpress.xml").write_bytes(more)
    assert _acts(folder)["act_id"].to_list() == before["act_id"].to_list()


def test_a_file_cut_anywhere_keeps_the_posts_before_the_cut(tmp_path: Path) -> None:
    data = _whole()
    whole = _acts(_archive(tmp_path, "a", data))
    named = data.index(b"</wp:author>")
    for at in range(named, len(data), 211):
        left = _acts(_archive(tmp_path, "b", data[:at]))
        assert set(left["act_id"]) <= set(whole["act_id"]), at
    last = data.rindex(b"</item>")
    assert _acts(_archive(tmp_path, "b", data[:last])).height == whole.height - 1


def test_a_dtd_is_refused_however_broken_the_rest() -> None:
    for data in (b"<!DOCTYPE a [<!ENTITY b 'c'>]><rss><item/></rss>", b"<!DOCTYPE a><rss><item>"):
        with pytest.raises(Unreadable, match="DTD"):
            xmls.records(data, "item")


def test_hostile_xml_is_never_expanded() -> None:
    files = sorted((SAMPLES / "hostile/xml").rglob("*.xml")) if SAMPLES.exists() else []
    if not files:
        pytest.skip("the samples are not here")
    for file in files:
        declares = b"<!DOCTYPE" in file.read_bytes()
        with pytest.raises(Unreadable) if declares else nullcontext():
            assert xmls.records(file.read_bytes(), "item") == []


def test_samples_keep_every_record(tmp_path: Path) -> None:
    files = sorted((SAMPLES / "wordpress").rglob("*.xml")) if SAMPLES.exists() else []
    if not files:
        pytest.skip("the samples are not here")
    records = 0
    for file in files:
        told = facts("wordpress", file)
        assert law(told) == [], file.name
        records += told.filter(pl.col("fact") == "member")["records"].sum()
    assert records == 233
