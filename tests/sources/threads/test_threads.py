"""What must hold for Threads exports whatever is in them: damage stays where it is, new keys and copies change nothing."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from tests.exports import OWNER, law
from transforms.archive import Archive, Member, open_archive
from transforms.sources import threads

ROOM = Path(__file__).parent


def archive(files: dict[str, bytes]) -> Archive:
    return Archive(tuple(Member(n, p, len(b), lambda b=b: iter((b,))) for n, (p, b) in enumerate(sorted(files.items()), 1)))


def files(case: str) -> dict[str, bytes]:
    folder = ROOM / case / "archive"
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


def facts(of: dict[str, bytes]) -> pl.DataFrame:
    found = threads.read(archive(of), OWNER).facts()
    assert law(found) == []
    return found


def said(found: pl.DataFrame, *without: int) -> list[tuple]:
    rows = found.filter(pl.col("fact").is_in(["act", "state"]))
    rows = rows.filter(~pl.col("record").str.split(":").list.first().cast(pl.Int32).is_in(without))
    return sorted(rows.select("act_id", "channel", "direction", "happened_at", "text", "state").rows(), key=str)


@pytest.mark.parametrize("name", sorted(n for n in files("bundled") if "personal_information" not in n))
def test_a_member_cut_short_costs_only_itself(name: str) -> None:
    whole = files("bundled")
    number = sorted(whole).index(name) + 1
    before = said(facts(whole), number)
    for cut in range(0, len(whole[name]) - 3, max(len(whole[name]) // 11, 1)):
        # what stood in two members may now be told by the other one
        assert set(before) <= set(said(facts(whole | {name: whole[name][:cut]}), number))


def test_new_keys_change_nothing() -> None:
    def grown(value: object, inside: str = "") -> object:
        if isinstance(value, dict):
            more = {} if inside == "string_map_data" else {"zz_new": [1, {"a": None}]}
            return {k: grown(v, k) for k, v in value.items()} | more
        return [grown(v) for v in value] if isinstance(value, list) else value

    whole = files("bundled")
    more = {n: json.dumps(grown(json.loads(b))).encode() for n, b in whole.items()}
    assert said(facts(more)) == said(facts(whole))


def test_the_same_export_twice_is_told_once() -> None:
    whole = files("bundled")
    assert said(facts(whole | {f"again/{n}": b for n, b in whole.items()})) == said(facts(whole))


def test_sample_reads_without_loss(samples: Path) -> None:
    folder = samples / "threads/ericcgladstone-maker+org-signal/instagram-otter.lab-2025-08-24-AbCdEfGh"
    reading = threads.read(open_archive([folder]), OWNER)
    found = reading.facts()
    assert law(found) == []
    assert (reading.owner_key, reading.records) == ("otter.lab", 10)
    comment = found.filter(pl.col("fact") == "act", pl.col("channel") == "comment")
    assert comment["counterparts"].to_list() == [["pine.marten"]]
