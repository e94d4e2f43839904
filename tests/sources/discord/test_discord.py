"""What must hold for Discord packages whatever is in them."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from tests.chats import acts, changed, cuts, facts, files, grown
from tests.exports import facts as read
from tests.exports import law
from transforms.archive import open_archive
from transforms.sources import recognise

WHOLE = files("discord", "2024_json")
SAID = "Messages/c300000000000000001/messages.json"


def test_a_member_cut_short_costs_only_itself() -> None:
    number = sorted(WHOLE).index(SAID) + 1
    for cut in cuts(WHOLE[SAID], 12):
        left, whole = facts("discord", WHOLE | {SAID: WHOLE[SAID][:cut]}), facts("discord", WHOLE)
        assert acts(left, number) == acts(whole, number)
        assert set(map(str, acts(left))) <= set(map(str, acts(whole)))


def test_unknown_keys_are_harmless() -> None:
    more = {n: b for n, b in WHOLE.items() if not n.startswith("Activity")}
    assert facts("discord", changed(more, grown)).equals(facts("discord", more))


def test_only_what_was_given_is_seen() -> None:
    sees = facts("discord", WHOLE).filter(pl.col("fact") == "sees")
    assert sees["direction"].unique().to_list() == ["given"]


def test_samples_read_without_loss(samples: Path) -> None:
    for folder in sorted((samples / "discord").rglob("pkg-*")):
        assert list(recognise(open_archive([folder]))) == ["discord"]
        assert law(read("discord", folder)) == []
