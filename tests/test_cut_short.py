"""A download that ended too early: what was whole before the cut is kept, and one problem says where it ends."""

from __future__ import annotations

import json
from functools import cache
from time import process_time

import polars as pl
import pytest

from tests import disturbed
from tests.exports import OWNER, law
from tests.test_sources import ROOM
from transforms.archive import Archive
from transforms.formats.jsonrecords import CUT, uncut
from transforms.sources import sources

MEMBERS = (  # each way to hold records: a list, the list of an object, lists within records, an assignment
    "discord/2024_json", "facebook/2024_messages", "facebook/2025_activity", "google_chat/2025-narrow-blanks",
    "hangouts/2014-conversation-state", "hangouts/2020-conversations", "instagram/2020_flat", "instagram/2024_tree",
    "mastodon/archive", "skype/groups", "slack/whole_workspace", "telegram/2019_single_chat", "telegram/2026_account",
    "tiktok/2025_your_activity", "x/2025-messages", "x/2025-tweets", "youtube/2019-json",
)  # fmt: skip


@pytest.mark.parametrize(
    ("whole", "keys"),
    [
        (["a", "b]", {"c": ["d"]}, [1, 2]], ("",)),
        ({"n": 1, "@context": ["x", {"y": []}], "items": [{"a": [{"b": 1}]}, {"a": []}], "z": "}"}, ("items",)),
        ({"chats": {"list": [{"messages": [{"t": ["\\\\", '"', {"messages": [0]}]}, {}]}, {"id": 2}]}}, ("list", "messages")),
    ],
)
def test_of_a_cut_document_whole_records_are_left_and_nothing_else(whole: object, keys: tuple[str, ...]) -> None:
    data = json.dumps(whole).encode()
    assert uncut(data, *keys) is None, "it is whole"

    def within(part: object, of: object, above: str, outside: bool) -> None:
        """Objects and lists of records may lack their end; a record is all there or not at all."""
        if isinstance(part, list) and above in keys:
            assert isinstance(of, list)
            assert len(part) <= len(of)
            for got, was in zip(part, of, strict=False):
                within(got, was, "", False)
        elif isinstance(part, dict) and (outside or "messages" in part):
            assert isinstance(of, dict)
            for key, value in part.items():
                within(value, of[key], key, outside)
        else:
            assert part == of

    left = [uncut(data[:end], *keys) for end in range(len(data))]
    for document in left:
        if document is not None:
            within(json.loads(document), whole, "", True)
    assert len({d for d in left if d}) >= 2
    assert [len(d or b"") for d in left] == sorted(len(d or b"") for d in left)


@pytest.mark.parametrize("opening", [b"[", b'{"a":[', b'{"a":'])
def test_what_nests_deep_takes_no_longer_than_it_is(opening: bytes) -> None:
    began = process_time()
    assert uncut(opening * 200_000, ".*", "a") is None
    assert process_time() - began < 5  # it took minutes to count the lists around each


@cache
def case(name: str) -> tuple[disturbed.Files, pl.DataFrame]:
    found = disturbed.files(ROOM / name / "archive")
    return found, read(name, disturbed.archive(found))


def read(name: str, archive: Archive) -> pl.DataFrame:
    told = sources()[name.split("/")[0]].read(archive, OWNER)
    return pl.concat([r.facts() for r in (told if isinstance(told, list) else [told])])


@pytest.mark.parametrize("name", MEMBERS)
def test_what_stands_before_a_cut_is_kept_and_the_cut_is_told(name: str) -> None:
    found, whole = case(name)
    done = whole.filter(pl.col("fact").is_in(["act", "state"])).with_columns(at=pl.col("record").str.split(":").list.first())
    done = done.filter(done["fact"] != "state") if "act" in done["fact"] else done
    counts = dict(done.group_by("at").agg(pl.col("record").n_unique()).iter_rows())
    number = max((n for n, p in enumerate(sorted(found), 1) if p.endswith((".json", ".js"))), key=lambda n: counts.get(str(n), 0))
    path, kept = sorted(found)[number - 1], set()
    for tenth in range(3, 10):
        after = read(name, disturbed.archive(disturbed.cut(found, path, len(found[path]) * tenth // 10)))
        assert law(after) == []
        new = after.filter(pl.col("fact") == "act", ~pl.col("act_id").is_in(whole["act_id"].drop_nulls().implode()))
        assert set(new["channel"]) <= {"group", "reaction"}  # a room seems smaller; a line stands for the reaction it tells
        if (after.filter(fact="problem", member=number)["reason"] == CUT).sum() == 1:
            left = after.filter(pl.col("fact").is_in(["act", "state"]), pl.col("record").str.starts_with(f"{number}:"))
            kept.add(left["record"].n_unique())
    assert kept - {0}, "something was whole before the cuts"
