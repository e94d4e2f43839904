"""What must hold for Instagram exports whatever is in them: damage stays where it is, new keys and copies change nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import meta
from tests.exports import OWNER, law
from transforms.archive import open_archive
from transforms.sources import instagram

CASE = ("instagram", "2024_tree")


@pytest.mark.parametrize("name", meta.members(*CASE))
def test_a_member_cut_short_costs_only_itself(name: str) -> None:
    meta.a_cut_costs_only_itself(*CASE, name)


def test_new_keys_change_nothing() -> None:
    meta.new_keys_change_nothing(*CASE)


def test_the_same_export_twice_is_told_once() -> None:
    meta.twice_is_told_once(*CASE)


def test_samples_read_without_loss(samples: Path) -> None:
    exports = {
        "ericcgladstone-maker+org-signal/ig2025": 5,
        "what-if-horizon+what-if-data-donation/pytests/public_testfiles/IG_public_test_file": 33,
        "what-if-horizon+what-if-data-donation/pytests/public_testfiles/IG_public_test_file.zip": 33,
    }
    for path, records in exports.items():
        reading = instagram.read(open_archive([samples / "instagram" / path]), OWNER)
        assert law(reading.facts()) == []
        assert reading.records == records, path
