"""What must hold for X archives whatever is in them: damage stays where it is, new keys change nothing, eras overlap."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from tests.exports import OWNER, law
from transforms.archive import Archive, Member
from transforms.sources import x

ROOM = Path(__file__).parent
ALL = sorted(p.parent for p in ROOM.glob("*/archive"))


def archive(files: dict[str, bytes]) -> Archive:
    return Archive(tuple(Member(n, p, len(b), lambda _, b=b: iter((b,))) for n, (p, b) in enumerate(sorted(files.items()), 1)))


def files(case: str) -> dict[str, bytes]:
    folder = ROOM / case / "archive"
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


def facts(of: dict[str, bytes]) -> pl.DataFrame:
    found = pl.concat([r.facts() for r in x.read(archive(of), OWNER)])
    assert law(found) == []
    return found


def kept(found: pl.DataFrame, *without: int) -> list[tuple]:
    """Acts and states outside some members; names and responses lean on other members and are left out."""
    rows = found.filter(pl.col("fact").is_in(["act", "state"]))
    rows = rows.filter(~pl.col("record").str.split(":").list.first().cast(pl.Int32).is_in(without))
    return sorted(rows.select("record", "act_id", "channel", "direction", "happened_at", "text", "state", "key").rows(), key=str)


@pytest.mark.parametrize("cut", [*range(0, 40, 7), *range(40, 1900, 61)])
def test_a_member_cut_short_costs_only_itself(cut: int) -> None:
    whole = files("2025-messages")
    name = "data/direct-messages.js"
    number = sorted(whole).index(name) + 1
    found = facts(whole | {name: whole[name][: min(cut, len(whole[name]) - 2)]})
    assert kept(found, number) == kept(facts(whole), number)
    assert found.filter((pl.col("severity") == "problem") & pl.col("record").str.starts_with(f"{number}:")).height == 1


@pytest.mark.parametrize("junk", ["null", "7", "[]", '"x"', "{}", '{"tweet": null}', '{"tweet": {"id_str": "x"}}'])
def test_a_bad_record_costs_only_itself(junk: str) -> None:
    whole = files("2025-tweets")
    name = "data/tweets.js"
    start, _, rest = whole[name].decode().partition("=")
    records = json.loads(rest)
    for at in range(0, len(records), 5):
        texts = [junk if i == at else json.dumps(r) for i, r in enumerate(records)]
        found = facts(whole | {name: f"{start}=[{','.join(texts)}]".encode()})
        number = sorted(whole).index(name) + 1
        bad = found.filter((pl.col("severity") == "problem") & (pl.col("record") == f"{number}:{at}"))
        assert bad["records"].to_list() == [1]
        before = facts(whole | {name: f"{start}={json.dumps(records[:at] + records[at + 1 :])}".encode()})
        ids = [f.filter(pl.col("fact") == "act")["act_id"].sort().to_list() for f in (found, before)]
        assert ids[0] == ids[1]


def grown(data: bytes) -> bytes:
    """Every object of the member with two keys more."""
    match = re.match(rb"[^\[{]*=\s*", data)
    if not match:
        return data

    def grow(value: object) -> object:
        if isinstance(value, dict):
            return {"zzNew": [1, {"a": None}]} | {k: grow(v) for k, v in value.items()} | {"zz_newer": "text"}
        return [grow(v) for v in value] if isinstance(value, list) else value

    return match[0] + json.dumps(grow(json.loads(data[match.end() :]))).encode()


@pytest.mark.parametrize("case", [c.name for c in ALL if c.name not in ("broken-records",)])
def test_unknown_keys_are_harmless(case: str) -> None:
    whole = files(case)
    more = {n: grown(b) if b"window.YTD" in b or b"Grailbird" in b else b for n, b in whole.items()}
    assert more != whole
    assert facts(more).equals(facts(whole))


@pytest.mark.parametrize(
    "spoil", [lambda b: b[:-1], lambda b: b.replace(b"=", b"=\xff", 1), lambda b: b.decode().encode("utf-16-be"), lambda b: b""]
)
@pytest.mark.parametrize("name", sorted(files("2025-states")))
def test_any_spoiled_file_is_a_problem_and_nothing_worse(name: str, spoil: Callable[[bytes], bytes]) -> None:
    whole = files("2025-states")
    found = facts(whole | {name: spoil(whole[name])})
    if name not in ("data/mute.js", "data/manifest.js"):
        assert found.filter(pl.col("severity") == "problem").height >= 1


def test_files_saved_again_as_utf16_say_the_same() -> None:
    whole = files("2025-states")
    assert facts({name: data.decode().encode("utf-16") for name, data in whole.items()}).equals(facts(whole))


def test_reading_twice_gives_the_same_rows() -> None:
    for case in ALL:
        assert facts(files(case.name)).equals(facts(files(case.name)))


def test_an_act_of_two_eras_is_one_act() -> None:
    tweet = {"id_str": "1760000000000000001", "created_at": "Tue Mar 05 14:02:11 +0000 2024",
             "full_text": "@a_example yes &amp; no", "in_reply_to_screen_name": "a_example",
             "in_reply_to_user_id_str": "5", "in_reply_to_status_id_str": "6",
             "entities": {"user_mentions": [{"screen_name": "a_example", "id_str": "5", "indices": ["0", "10"]}]}}  # fmt: skip
    old = tweet | {"created_at": "2024-03-05 14:02:11 +0000", "text": tweet["full_text"], "id": 1760000000000000001}
    told = [
        {"data/tweets.js": b"window.YTD.tweets.part0 = " + json.dumps([{"tweet": tweet}]).encode()},
        {"tweet.js": b"window.YTD.tweet.part0 = " + json.dumps([tweet]).encode()},
        {"data/js/tweets/2024_03.js": b"Grailbird.data.tweets_2024_03 = " + json.dumps([old]).encode()},
    ]
    acts = [facts(t).filter(pl.col("fact") == "act").drop("record") for t in told]
    assert acts[0].height == 1
    assert acts[1].equals(acts[0])
    assert acts[2].equals(acts[0])


def test_an_edited_tweet_keeps_its_act() -> None:
    def version(i: int, ids: list[int], text: str) -> dict:
        return {"tweet": {"id_str": str(i), "created_at": "Tue Mar 05 14:02:11 +0000 2024", "full_text": text,
                "edit_info": {"initial": {"editTweetIds": [str(n) for n in ids]}}}}  # fmt: skip

    def of(*versions: dict) -> pl.DataFrame:
        return facts({"data/tweets.js": b"window.YTD.tweets.part0 = " + json.dumps(versions).encode()}).filter(
            pl.col("fact") == "act"
        )

    before, after = of(version(10, [10], "teh")), of(version(11, [10, 11], "the"), version(10, [10, 11], "teh"))
    assert before["act_id"].to_list() == after["act_id"].to_list()
    assert after["text"].to_list() == ["the"]


def test_samples_read_without_loss(samples: Path) -> None:
    from transforms.archive import open_archive

    exports = {
        "ericcgladstone-maker+org-signal/test/fixtures/importers-b/x-archive/modern": 27,
        "ericcgladstone-maker+org-signal/test/fixtures/importers-b/x-archive/legacy": 3,
        "kglibrarian+RTIatMLATwitterArchive": 340,
        "perkeep+perkeep/pkg/importer/twitter/testdata/camlistore_test": 4,
        "perkeep+perkeep/pkg/importer/twitter/testdata/camlistore_test.zip": 4,
    }
    for path, records in exports.items():
        (reading,) = x.read(open_archive([samples / "x" / path]), OWNER)
        assert law(reading.facts()) == []
        assert reading.records == records, path
        assert reading.owner_key


def test_sample_of_every_group_event(samples: Path) -> None:
    folder = samples / "x/toBeOfUse+Twitter-Archive-Browser/tests/fixtures"
    whole = {
        f"data/direct-messages{k}.js": (folder / f"{n}_dms_test.js").read_bytes()
        for n, k in (("individual", ""), ("group", "-group"))
    }
    found = facts(whole)
    assert found.filter(pl.col("fact") == "source")["owner_key"].to_list() == ["846137120209190912"]
    acts = found.filter(pl.col("fact") == "act").group_by("channel").len().sort("channel").rows()
    assert acts == [("group", 4), ("invitation", 1), ("message", 6), ("reaction", 2)]
    assert found.filter(pl.col("severity") == "problem").height == 0
