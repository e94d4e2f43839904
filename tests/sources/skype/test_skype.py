"""What must hold for Skype exports whatever is in them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.chats import ROOM, acts, archive, changed, cuts, facts, files, grown
from tests.exports import OWNER, law, tarred
from transforms.archive import open_archive
from transforms.sources import facebook, google_chat, instagram, recognise, skype

NAMES = sorted(c.parent.name for c in (ROOM / "skype").glob("*/archive"))
FILE = "messages.json"
WHOLE = files("skype", "conversations_of_two")


def test_a_file_cut_short_keeps_what_was_whole_and_is_one_problem() -> None:
    whole = {a[0] for a in acts(facts("skype", WHOLE))}
    for cut in cuts(WHOLE[FILE], 12)[1:]:
        found = facts("skype", WHOLE | {FILE: WHOLE[FILE][:cut]})
        assert {a[0] for a in acts(found)} <= whole
        assert (found["severity"] == "problem").sum() == 1


@pytest.mark.parametrize("case", NAMES)
def test_unknown_keys_are_harmless(case: str) -> None:
    of = files("skype", case)
    if case == "damaged":  # what is no object cannot grow
        of = changed(of, lambda d: d | {"conversations": [c for c in d["conversations"] if isinstance(c, dict)]})
    assert facts("skype", changed(of, grown)).equals(facts("skype", of))


@pytest.mark.parametrize("case", NAMES)
def test_order_changes_nothing(case: str) -> None:
    def turned(document: dict) -> dict:
        talks = [
            c | {"MessageList": c["MessageList"][::-1]} if isinstance(c, dict) else c for c in document["conversations"][::-1]
        ]
        return document | {"conversations": talks}

    of = {FILE: files("skype", case)[FILE]}
    assert acts(facts("skype", changed(of, turned))) == acts(facts("skype", of))


@pytest.mark.parametrize("junk", [None, 7, [], "x", {"id": {}}, {"content": 5}, {"properties": []}])
def test_a_bad_message_costs_only_itself(junk: object) -> None:
    def spoiled(document: dict) -> dict:
        talks = [c | {"MessageList": [junk, *c["MessageList"]]} for c in document["conversations"]]
        return document | {"conversations": talks}

    found = facts("skype", changed({FILE: WHOLE[FILE]}, spoiled))
    assert acts(found) == acts(facts("skype", {FILE: WHOLE[FILE]}))
    names = found.filter(found["fact"] == "account")["name"].drop_nulls().to_list()
    assert "Ada Example" in names


def test_a_tar_reads_as_its_folder(tmp_path: Path) -> None:
    packed = open_archive([tarred(ROOM / "skype" / "groups" / "archive", tmp_path / "8_live.tar")])
    (told,) = skype.read(packed, OWNER)
    assert law(told.facts()) == []
    assert acts(told.facts()) == acts(facts("skype", files("skype", "groups")))


def test_files_of_the_same_name_are_told_apart() -> None:
    for of in (
        {"Takeout/Google Chat/Groups/DM a/messages.json": b'{"messages": [{"creator": {"name": "A"}}]}'},
        {"messages/inbox/a_1/messages.json": b'{"participants": [{"name": "A"}], "messages": []}'},
        {"messages.json": b'[{"sender": "a", "conversation": [{"created_at": "2019-01-01T00:00:00"}]}]'},
        {"messages/c1/messages.json": json.dumps([{"ID": 1, "Contents": '"userId": "8:x"'}]).encode()},
    ):
        assert skype.claims(archive(of)) == []
    for name in NAMES:
        claimed = recognise(archive(files("skype", name)))
        assert list(claimed) == ["skype"]
        for other in (facebook, google_chat, instagram):
            assert other.claims(archive(files("skype", name))) == []


def test_an_export_of_nobody_is_a_problem() -> None:
    found = facts("skype", changed({FILE: WHOLE[FILE]}, lambda d: d | {"userId": None}))
    assert acts(found) == []
    assert "problem" in found["severity"].to_list()
