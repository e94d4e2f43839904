"""Damage, change and repetition in Hangouts.json, and the one real conversation there is."""

from __future__ import annotations

import json

import pytest

from tests.takeout import SAMPLES, Files, cases, facts, files, grown_files, kept, sample

CASES = cases("hangouts")
FILE = "Takeout/Hangouts/Hangouts.json"


@pytest.mark.parametrize("case", CASES)
def test_what_stands_before_a_cut_is_read_as_before(case: str) -> None:
    of = files("hangouts", case)
    path = next(p for p in of if p.endswith(".json"))
    whole = facts("hangouts", of)
    for at in range(0, len(of[path]), 601):
        found = facts("hangouts", of | {path: of[path][:at]})
        assert set(kept(found)) <= set(kept(whole)), at


@pytest.mark.parametrize("case", CASES)
def test_more_keys_change_nothing(case: str) -> None:
    of = files("hangouts", case)
    assert kept(facts("hangouts", grown_files(of))) == kept(facts("hangouts", of))


@pytest.mark.parametrize("case", CASES)
def test_what_is_told_twice_counts_once_in_any_order(case: str) -> None:
    of = files("hangouts", case)
    path = next(p for p in of if p.endswith(".json"))
    again = of | {path.replace("Hangouts.json", "Hangouts/Hangouts.json"): turned(of, path)}
    ids = [sorted(k[1] for k in kept(facts("hangouts", f))) for f in (of, {path: turned(of, path)}, again)]
    if case != "damaged":  # one of its conversations is without an id, and so goes by its place
        assert ids[0] == ids[1] == ids[2]


def turned(of: Files, path: str) -> bytes:
    """The same conversations, last first."""
    told = json.loads(of[path])
    return json.dumps({k: v[::-1] if isinstance(v, list) else v for k, v in told.items()}).encode()


def test_both_roots_tell_the_same_acts() -> None:
    old, new = ({k[1] for k in kept(facts("hangouts", files("hangouts", c)))} for c in ("2014-conversation-state", CASES[1]))
    assert len(old & new) == 3


@pytest.mark.parametrize("at", ["0", -1, "x", None, 10**30, "1369548258628038"])
def test_any_timestamp_is_an_instant_or_a_problem(at: object) -> None:
    of = files("hangouts", "2020-conversations")
    told = json.loads(of[FILE])
    told["conversations"][0]["events"][0]["timestamp"] = at
    found = facts("hangouts", {FILE: json.dumps(told).encode()})
    whole = kept(facts("hangouts", {FILE: of[FILE]}))
    assert [k for k in kept(found) if k[0] != "1:0.0"] == [k for k in whole if k[0] != "1:0.0"]


@pytest.mark.skipif(not SAMPLES.exists(), reason="no samples here")
def test_the_real_conversation() -> None:
    told = sample("hangouts", "hangouts/amardeshbd+kotlin-google-hangouts-parser/_derived")
    assert told == {"records": 3, "problem": 0, "set aside": 0, "acts": 3}
