"""What must hold for Threads exports whatever is in them: damage stays where it is, new keys and copies change nothing."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tests import meta
from tests.exports import OWNER, law
from transforms.archive import open_archive
from transforms.sources import threads

CASE = ("threads", "bundled")


@pytest.mark.parametrize("name", meta.members(*CASE))
def test_a_member_cut_short_costs_only_itself(name: str) -> None:
    meta.a_cut_costs_only_itself(*CASE, name)


def test_new_keys_change_nothing() -> None:
    meta.new_keys_change_nothing(*CASE)


def test_the_same_export_twice_is_told_once() -> None:
    meta.twice_is_told_once(*CASE)


def test_sample_reads_without_loss(samples: Path) -> None:
    folder = samples / "threads/ericcgladstone-maker+org-signal/instagram-otter.lab-2025-08-24-AbCdEfGh"
    reading = threads.read(open_archive([folder]), OWNER)
    found = reading.facts()
    assert law(found) == []
    assert (reading.owner_key, reading.records) == ("otter.lab", 10)
    comment = found.filter(pl.col("fact") == "act", pl.col("channel") == "comment")
    assert comment["counterparts"].to_list() == [["pine.marten"]]
