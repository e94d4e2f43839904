"""The walk of a repository, against published vectors and against files made to harm."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.exports import facts, law
from tests.sources.bluesky.make import Link, car, cbor, cid, height, plans, repository, tree, varint
from transforms.archive import Unreadable
from transforms.formats import atproto

DID = "did:plc:oliveoliveoliveoliveoliv"
FOLLOW = {"subject": "did:plc:anaanaanaanaanaanaanaana", "createdAt": "2024-01-01T00:00:00Z"}
PLAN = {"did": DID, "version": 3, "rev": "3lbqg2c3s2k2a"}


@pytest.mark.parametrize("plan", plans(), ids=lambda p: p.parent.name)
def test_committed_repositories_are_what_their_plan_makes(plan: Path) -> None:
    assert repository(json.loads(plan.read_text())) == (plan.parent / "archive" / "repo.car").read_bytes()


def test_trees_are_those_of_the_interoperability_vectors(samples: Path) -> None:
    vectors = samples / "bluesky" / "bluesky-social+atproto-interop-tests"
    for row in json.loads((vectors / "mst" / "key_heights.json").read_text()):
        assert height(row["key"]) == row["height"]
    for case in json.loads((vectors / "firehose" / "commit-proof-fixtures.json").read_text()):
        leaf = Link(_base32(case["leafValue"]))
        before = set(case["keys"])
        for keys, root in (
            (before, "rootBeforeCommit"),
            (before - set(case["dels"]) | set(case["adds"]), "rootAfterCommit"),
        ):
            nodes: dict[Link, bytes] = {}
            top = tree(dict.fromkeys(keys, leaf), nodes, {})
            assert top == _base32(case[root])
            walked = atproto.repo(_car(top, nodes))
            assert [f"{c}/{r}" for c, r in zip(walked.collections, walked.rkeys, strict=True)] == sorted(keys)
            assert walked.values == [None] * len(keys)  # the vectors hold no records


def _base32(text: str) -> bytes:
    import base64

    return base64.b32decode(text[1:].upper() + "=" * (-len(text[1:]) % 8))


def _car(top: Link, blocks: dict[Link, bytes], **commit) -> bytes:
    head = cbor({"did": DID, "version": 3, "rev": "3lbqg2c3s2k2a", "prev": None, "sig": bytes(64), "data": top} | commit)
    return car(cid(head), {cid(head): head, **blocks})


def test_a_bare_car_file_is_an_archive(tmp_path: Path) -> None:
    (tmp_path / "did.car").write_bytes(repository(PLAN | {"records": {"app.bsky.graph.follow/3f": FOLLOW}}))
    read = facts("bluesky", tmp_path / "did.car")
    assert read.filter(read["fact"] == "state")["key"].to_list() == [FOLLOW["subject"]]


def test_every_cut_and_every_flipped_byte_is_survived(tmp_path: Path) -> None:
    records = {f"app.bsky.graph.follow/3f{i}": FOLLOW | {"n": i} for i in range(4)}
    whole = repository(PLAN | {"records": records})
    for at in range(60, len(whole), 7):
        for broken in (whole[:at], whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :]):
            (tmp_path / "repo.car").write_bytes(broken)
            read = facts("bluesky", tmp_path / "repo.car")
            assert law(read) == []
            if broken != whole and read.filter(read["fact"] == "state").height < 4:
                assert read.filter(read["fact"] == "problem").height


def test_a_tree_that_repeats_itself_ends() -> None:
    node = cbor({"l": None, "e": []})
    blocks = {cid(node): node}
    for _ in range(40):  # each level links the one below it 16 times: 16 to the 40th visits without a guard
        below = cid(node)
        node = cbor({"l": below, "e": [{"p": 0, "k": b"a/%d" % i, "v": below, "t": below} for i in range(15)]})
        blocks[cid(node)] = node
    assert atproto.repo(_car(cid(node), blocks)).missing > 0


def test_deep_nesting_is_a_damaged_record() -> None:
    deep = b"\x81" * 100_000 + b"\x00"
    nodes: dict[Link, bytes] = {}
    top = tree({"app.bsky.feed.post/3p": cid(deep)}, nodes, {})
    assert atproto.repo(_car(top, nodes | {cid(deep): deep})).values == [None]


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\x00", b"\xff" * 40, varint(1 << 60), b"<html>not found</html>", cbor({"version": 2, "roots": []}),
        car(cid(b"x"), {}), car(cid(b"\xa0"), {cid(b"\xa0"): b"\xa0"}), _car(cid(b"gone"), {}),
        _car(cid(b"\x80"), {}, version=1),
    ],
)  # fmt: skip
def test_what_is_no_repository_says_so(data: bytes) -> None:
    with pytest.raises(Unreadable, match="again"):
        atproto.repo(data)
