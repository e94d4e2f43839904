"""What must hold for Slack exports whatever is in them."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from tests.chats import ROOM, acts, changed, cuts, facts, files, grown
from tests.exports import law
from transforms.act import Owner
from transforms.archive import open_archive
from transforms.sources import recognise, slack

WHOLE = files("slack", "whole_workspace")
DAY = "garden/2024-03-01.json"


@pytest.mark.slow
def test_a_day_cut_short_costs_only_itself() -> None:
    number = sorted(WHOLE).index(DAY) + 1
    for cut in cuts(WHOLE[DAY], 12):
        found = acts(facts("slack", WHOLE | {DAY: WHOLE[DAY][:cut]}))
        assert found == acts(facts("slack", WHOLE), number)


@pytest.mark.parametrize(
    "case", [c.parent.name for c in sorted((ROOM / "slack").glob("*/archive")) if c.parent.name != "damaged"]
)
def test_unknown_keys_are_harmless(case: str) -> None:
    of = files("slack", case)
    assert facts("slack", changed(of, grown)).equals(facts("slack", of))


def test_the_day_a_message_stands_in_does_not_matter() -> None:
    later = {n: b for n, b in WHOLE.items() if n != DAY} | {DAY.replace("-01.", "-05."): WHOLE[DAY]}
    assert acts(facts("slack", later)) == acts(facts("slack", WHOLE))


@pytest.mark.parametrize("junk", [None, 7, [], {}, {"ts": 5}])
def test_a_bad_message_costs_only_itself(junk: object) -> None:
    messages = json.loads(WHOLE[DAY])
    found = facts("slack", WHOLE | {DAY: json.dumps([junk, *messages]).encode()})
    assert acts(found) == acts(facts("slack", WHOLE))


def test_samples_read_without_loss(samples: Path) -> None:
    folder = next((samples / "slack").rglob("_unpacked"))
    archive = open_archive([folder])
    assert list(recognise(archive)) == ["slack"]
    users = json.loads((folder / "users.json").read_text())
    found = [slack.read(archive, Owner(me=frozenset({u["id"]})))[0].facts() for u in users]
    for told in found:
        assert law(told) == []
        assert told.filter(pl.col("severity") == "problem").is_empty()
    assert any(told.filter(pl.col("fact") == "act").height for told in found)
