"""What must hold for Telegram exports whatever is in them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.chats import ROOM, acts, changed, cuts, facts, files, grown
from tests.exports import facts as read
from tests.exports import law
from transforms.archive import open_archive
from transforms.sources import recognise

CASES = sorted(p.parent.name for p in (ROOM / "telegram").glob("*/archive"))
WHOLE = files("telegram", "2026_account")


@pytest.mark.slow
def test_a_file_cut_short_costs_only_itself() -> None:
    two = {"a/result.json": WHOLE["result.json"], "b/result.json": files("telegram", "2019_single_chat")["result.json"]}
    others = acts(facts("telegram", two), 1)
    for cut in cuts(two["a/result.json"])[4:]:
        found = facts("telegram", two | {"a/result.json": two["a/result.json"][:cut]})
        assert acts(found, 1) == others
        assert found["reason"].drop_nulls().str.contains("cut short").any()


@pytest.mark.slow
@pytest.mark.parametrize("junk", [None, 7, [], "x", {}, {"id": "x", "type": "message"}, {"id": 1, "type": "message", "text": 5}])
def test_a_bad_message_costs_only_itself(junk: object) -> None:
    document = json.loads(WHOLE["result.json"])
    for chat in document["chats"]["list"]:
        for at in range(len(chat["messages"])):
            with_junk = json.loads(WHOLE["result.json"])
            place = next(c for c in with_junk["chats"]["list"] if c["id"] == chat["id"] and c["type"] == chat["type"])
            place["messages"].insert(at, junk)
            found = facts("telegram", {"result.json": json.dumps(with_junk).encode()})
            assert acts(found) == acts(facts("telegram", {"result.json": WHOLE["result.json"]}))


@pytest.mark.parametrize("case", CASES)
def test_unknown_keys_are_harmless(case: str) -> None:
    of = files("telegram", case)
    assert facts("telegram", changed(of, grown)).equals(facts("telegram", of))


def test_the_order_of_chats_changes_nothing() -> None:
    def turned(document: dict) -> dict:
        return document | {"chats": {"list": document["chats"]["list"][::-1]}}

    assert acts(facts("telegram", changed(WHOLE, turned))) == acts(facts("telegram", WHOLE))


def test_a_chat_exported_alone_tells_the_acts_of_the_account() -> None:
    whole = facts("telegram", WHOLE)
    chat = json.loads(WHOLE["result.json"])["chats"]["list"][0]
    alone = facts("telegram", {"result.json": json.dumps(chat).encode()})
    there = {a[0] for a in acts(alone)}
    assert there == {a[0] for a in acts(whole)} & there
    assert len(there) == 11  # a call is two


def test_samples_read_without_loss(samples: Path) -> None:
    found = sorted((samples / "telegram").rglob("result.json"))
    assert found
    for path in found:
        assert list(recognise(open_archive([path.parent]))) == ["telegram"]
        assert law(read("telegram", path.parent)) == []
