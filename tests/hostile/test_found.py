"""What the fuzzing found, each as its own test."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.hostile.fuzz import Later, cases, wrong
from transforms.formats import csvs


def spoiled(platform: str, case: str, path: str, change: Any) -> str:
    """What is wrong once a JSON member has been changed in place."""
    held = cases(platform)[case]
    tree = json.loads(held[path])
    change(tree)
    with Later():
        return wrong(platform, held | {path: json.dumps(tree).encode()})


def _set(tree: Any, *path: Any, to: Any) -> None:
    for key in path[:-1]:
        tree = tree[key]
    tree[path[-1]] = to


@pytest.mark.parametrize("value", [{"a": "b"}, [1], 7, None])
def test_the_owner_of_an_instagram_post_need_not_be_a_word(value: Any) -> None:
    def change(tree: Any) -> None:
        told = tree[0]["string_map_data"]
        owner = next(k for k in told if "eigenaar" in k)
        told[owner]["value"] = value

    assert spoiled("instagram", "2024_tree", "your_instagram_activity/comments/post_comments_1.json", change) == ""


@pytest.mark.parametrize("name", ["", " ", " @ "])
def test_a_blank_is_nobody_in_a_list_of_threads(name: str) -> None:
    def change(tree: Any) -> None:
        first = next(iter(tree.values()))[0]
        first["string_list_data"][0] = {"value": name, "timestamp": 1700000000}
        first["title"] = name

    assert spoiled("threads", "bundled", "your_instagram_activity/threads/following.json", change) == ""


def test_a_member_of_a_workspace_has_an_id() -> None:
    assert spoiled("slack", "damaged", "users.json", lambda tree: _set(tree, 0, "id", to="")) == ""


def test_a_table_may_begin_with_an_empty_line() -> None:
    told = csvs.table(b"\n\nTime,Text\n2024,hello\n", ()).frame
    assert told.select("time", "text").rows() == [("2024", "hello")]
