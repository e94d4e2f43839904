"""Damage, change and repetition in Google+, both forms against each other, and the real pages."""

from __future__ import annotations

import pytest

from tests.takeout import SAMPLES, cases, facts, files, grown_files, kept, sample, truncations

CASES = cases("google_plus")


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_a_cut_member_costs_no_other(case: str) -> None:
    of = files("google_plus", case)
    whole = facts("google_plus", of)
    for number, path in enumerate(sorted(of), 1):
        for at, cut in truncations(of, path, 311):
            assert {k[:2] for k in kept(facts("google_plus", cut), number)} >= {k[:2] for k in kept(whole, number)}, (path, at)


@pytest.mark.parametrize("case", CASES)
def test_more_keys_change_nothing(case: str) -> None:
    of = files("google_plus", case)
    assert kept(facts("google_plus", grown_files(of))) == kept(facts("google_plus", of))


@pytest.mark.parametrize("case", CASES)
def test_what_is_told_twice_counts_once(case: str) -> None:
    of = files("google_plus", case)
    again = of | {p.replace(".json", "(1).json").replace(".html", "(1).html"): b for p, b in of.items()}
    assert sorted(k[1] for k in kept(facts("google_plus", again))) == sorted(k[1] for k in kept(facts("google_plus", of)))


def test_pages_and_json_tell_the_same_acts() -> None:
    told = [{k[1]: k[2:5] for k in kept(facts("google_plus", files("google_plus", c)))} for c in ("json", "html-2019")]
    both = told[0].keys() & told[1].keys()
    assert len(both) == 7
    assert all(told[0][k] == told[1][k] for k in both)


@pytest.mark.skipif(not SAMPLES.exists(), reason="no samples here")
def test_the_real_pages() -> None:
    """Every comment, +1 and reshare of them, as counted by hand: 93, 96 and 7 under 140 posts."""
    told = sample("google_plus", "google_plus/chicks-net+google-plus-posts-dumper/examples")
    assert told == {"records": 336, "problem": 0, "set aside": 1, "acts": 335}
