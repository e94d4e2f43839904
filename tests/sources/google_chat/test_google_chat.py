"""Damage, change and repetition in Google Chat, its dates, and the real messages there are."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from tests.takeout import SAMPLES, cases, facts, files, grown_files, kept, sample, truncations
from transforms.formats.takeout import spoken

CASES = cases("google_chat")


@pytest.mark.parametrize("case", CASES)
def test_a_cut_conversation_costs_no_other(case: str) -> None:
    of = files("google_chat", case)
    whole = facts("google_chat", of)
    for number, path in enumerate(sorted(of), 1):
        if path.endswith("messages.json"):
            for at, cut in truncations(of, path, 997):
                assert kept(facts("google_chat", cut), number) == kept(whole, number), (path, at)


@pytest.mark.parametrize("case", CASES)
def test_more_keys_change_nothing(case: str) -> None:
    of = files("google_chat", case)
    assert kept(facts("google_chat", grown_files(of))) == kept(facts("google_chat", of))


@pytest.mark.parametrize("case", CASES)
def test_the_order_of_messages_and_of_folders_does_not_matter(case: str) -> None:
    of = files("google_chat", case)
    moved = {}
    for path, data in of.items():
        try:
            told = json.loads(data)
            data = json.dumps({"messages": told["messages"][::-1]}).encode()
        except (ValueError, KeyError):
            pass
        moved["other/" + path.replace("aaa", "zzz")] = data
    ids = [sorted(k[1:4] for k in kept(facts("google_chat", f))) for f in (of, moved)]
    assert ids[0] == ids[1]


@pytest.mark.parametrize("blank", [" ", "\u202f", "\u00a0"])
def test_every_second_of_a_day_is_read_back(blank: str) -> None:
    start = datetime(2024, 2, 29, tzinfo=UTC)
    instants = [start + timedelta(seconds=977 * i) for i in range(400)]
    written = [t.strftime(f"%A, %B {t.day}, %Y at {t.hour % 12 or 12}:%M:%S{blank}%p UTC") for t in instants]
    assert pl.DataFrame({"t": written}).select(spoken(pl.col("t")))["t"].to_list() == instants


@pytest.mark.parametrize(
    "text", ["", "yesterday", "Monday, March 31, 2025 at 9:00:00 AM CET", "2025", "Monday, Foo 31, 2025 at 9:00:00 UTC"]
)
def test_what_is_no_instant_is_none(text: str) -> None:
    assert pl.DataFrame({"t": [text]}).select(spoken(pl.col("t")))["t"].to_list() == [None]


@pytest.mark.skipif(not SAMPLES.exists(), reason="no samples here")
def test_the_real_messages() -> None:
    told = sample("google_chat", "google_chat/ethanriverpage+memoria/_derived")
    assert told == {"records": 6, "problem": 0, "set aside": 0, "acts": 3}
