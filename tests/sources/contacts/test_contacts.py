"""Cards and tables as bytes from anybody; and the samples, where they are."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.exports import facts, law
from transforms.act import Owner
from transforms.archive import open_archive
from transforms.sources import contacts

CASES = Path(__file__).parent
FILES = sorted(f for f in CASES.glob("*/archive/**/*") if f.suffix in (".vcf", ".csv"))


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_cut_and_spoilt_files_lose_nothing_and_raise_nothing(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    source = data.draw(st.sampled_from([f for f in FILES if f.stat().st_size]))
    raw = bytearray(source.read_bytes())
    for at, junk in data.draw(st.lists(st.tuples(st.integers(0, len(raw) - 1), st.binary(min_size=1, max_size=3)), max_size=8)):
        raw[at : at + len(junk)] = junk
    path = tmp_path_factory.mktemp("spoilt") / source.name
    path.write_bytes(bytes(raw[: data.draw(st.integers(1, len(raw)))]))
    assert law(facts("contacts", path)) == []


def test_cards_before_a_cut_are_read_the_same(tmp_path: Path) -> None:
    raw = (CASES / "takeout/archive/Takeout/Contacts/All Contacts/All Contacts.vcf").read_bytes()
    path = tmp_path / "a.vcf"
    path.write_bytes(raw)
    whole = facts("contacts", path).filter(pl.col("fact") == "account").select("key", "name", "same_as")
    for cut in range(1, len(raw)):
        path.write_bytes(raw[:cut])
        told = facts("contacts", path).filter(pl.col("fact") == "account").select("key", "name", "same_as")
        assert told.equals(whole.head(raw[:cut].count(b"END:VCARD"))), cut


@pytest.mark.parametrize(
    ("written", "zone", "number"),
    [
        ("+49 (0)30 23125-001", "UTC", "+493023125001"),
        ("030 23125001", "Europe/Berlin", "+493023125001"),
        ("030 23125001", "UTC", None),
        ("0049 30 23125001", "Europe/Berlin", "+493023125001"),
        ("(202) 555-0142", "America/New_York", "+12025550142"),
        ("112", "Europe/Berlin", None),
        ("+", "UTC", None),
        ("ring twice", "Europe/Berlin", None),
    ],
)  # fmt: skip
def test_telephones(written: str, zone: str, number: str | None, tmp_path: Path) -> None:
    (tmp_path / "a.vcf").write_text(f"BEGIN:VCARD\nFN:Ben\nTEL:{written}\nEND:VCARD\n")
    told = facts("contacts", tmp_path / "a.vcf", owner=Owner(zone=zone)).filter(pl.col("fact") == "account")["same_as"].item()
    assert told.to_list() == ([f"phone:{number}"] if number else [])


def test_samples(samples: Path) -> None:
    for name in ("contacts", "google_takeout"):
        archive = open_archive([samples / name])
        assert law(contacts.read(archive, Owner()).facts()) == []
