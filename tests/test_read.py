"""From the inbox to facts: what is not an export, is damaged or is somebody else's is told in one line; the rest goes on."""

from __future__ import annotations

import io
import json
import struct
import tarfile
import zipfile
from pathlib import Path

import polars as pl
import pytest

from flows import inbox
from flows.cli import run
from flows.read import Child, read_inbox
from flows.settings import Home, Settings
from tests.exports import law, tarred, zipped

CASES = Path(__file__).parent / "sources"
GOOD = CASES / "x" / "2025-tweets" / "archive"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").make()


def outcome(home: Home, path: Path) -> tuple[str, str]:
    parcel = inbox.add(home, path)
    told = read_inbox(home, Settings(), only=parcel)
    assert len(told) == 1
    return told[0].outcome, told[0].line


def _password(path: Path) -> Path:
    """A zip whose one entry says it is encrypted, as its flag bit."""
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("data/tweets.js", "secret")
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.index(signature) + offset
        data[place : place + 2] = struct.pack("<H", 1)
    path.write_bytes(bytes(data))
    return path


def _spoiled(folder: Path, name: str) -> Path:
    path = folder / f"{name}.zip"
    if name == "empty":
        zipfile.ZipFile(path, "w").close()
    elif name == "password":
        _password(path)
    elif name == "truncated":
        whole = zipped(GOOD, folder / "whole.zip").read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
    elif name == "no export":
        zipped(Path(__file__).parent / "bench", path)
    elif name == "text":
        path.write_text("this is a letter, not an export")
    elif name == "nothing":
        path.write_bytes(b"")
    return path


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("empty", "empty"),
        ("password", "password"),
        ("truncated", "download it again"),
        ("no export", "no export that is known"),
        ("text", "no export that is known"),
        ("nothing", "no export that is known"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_line_and_the_rest_goes_on(home: Home, tmp_path: Path, name: str, says: str) -> None:
    bad, line = outcome(home, _spoiled(tmp_path, name))
    assert bad == "failed"
    assert says in line
    assert "\n" not in line
    assert not list(home.facts.glob("*.parquet"))
    inbox.add(home, zipped(GOOD, tmp_path / "good.zip"))
    assert sorted(r.outcome for r in read_inbox(home, Settings())) == ["failed", "read"]
    assert sorted(r.outcome for r in read_inbox(home, Settings())) == ["failed", "known"]


def _archive(path: Path, **members: str) -> Path:
    with zipfile.ZipFile(path, "w") as z:
        for name, text in members.items():
            z.writestr(name, text)
    return path


NOTHING: dict[str, dict[str, str]] = {
    "X": {"data/tweets.js": "window.YTD.tweets.part0 = no", "data/like.js": "window.YTD.like.part0 = [ {"},
    "Mastodon": {"actor.json": '{"@context": "https://www.w3.org/ns/activitystreams", ', "outbox.json": "<html>"},
    "ordered as HTML": {"your_instagram_activity/messages/inbox/ana_1/message_1.html": "<html></html>"},
}
SPARED: dict[str, dict[str, str]] = {
    "empty of acts": {"data/tweets.js": "window.YTD.tweets.part0 = []"},
    "whose chat it is waits": {"_chat.txt": "[01.02.24, 10:00:00] Ana: hello\n[01.02.24, 10:00:09] Bo: hi\n"},
}


@pytest.mark.parametrize("name", NOTHING)
def test_an_archive_of_which_nothing_could_be_read_is_left_out(home: Home, tmp_path: Path, name: str) -> None:
    """Exit code 1 where it is all that was given; beside it the rest goes on."""
    bad = _archive(tmp_path / "bad.zip", **NOTHING[name])
    assert run(["add", str(bad), "--home", str(home.root)]) == 1
    assert not inbox.parcels(home)
    inbox.add(home, bad)
    assert run(["run", "--plain", "--home", str(home.root)]) == 1
    inbox.add(home, zipped(GOOD, tmp_path / "good.zip"))
    told = {r.outcome: r for r in read_inbox(home, Settings())}
    assert sorted(told) == ["failed", "read"]
    says = "order it again" if "HTML" in name else "nothing in it could be read"
    assert says in told["failed"].lines("bad")[0]


@pytest.mark.parametrize("name", SPARED)
def test_an_archive_that_is_empty_or_waits_for_its_owner_was_read(home: Home, tmp_path: Path, name: str) -> None:
    good = _archive(tmp_path / "a.zip", **SPARED[name])
    assert run(["add", str(good), "--home", str(home.root)]) == 0
    assert [r.outcome for r in read_inbox(home, Settings())] == ["known"]


def test_an_archive_inside_an_archive_is_to_be_unpacked(home: Home, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "outer.zip", "w") as z:
        z.write(zipped(GOOD, tmp_path / "inner.zip"), "downloads/inner.zip")
    failed, line = outcome(home, tmp_path / "outer.zip")
    assert failed == "failed"
    assert "unpack" in line
    with zipfile.ZipFile(zipped(GOOD, tmp_path / "beside.zip"), "a") as z:
        z.write(tmp_path / "inner.zip", "older/inner.zip")
    inbox.add(home, tmp_path / "beside.zip")
    told = next(r for r in read_inbox(home, Settings()) if r.outcome == "read")
    assert any("unpack" in line for line in told.lines("beside"))


def test_an_archive_added_twice_is_there_once(home: Home, tmp_path: Path) -> None:
    one = inbox.add(home, zipped(GOOD, tmp_path / "a.zip"))
    two = inbox.add(home, zipped(GOOD, tmp_path / "a.zip"))
    assert [p.sha256 for p in one] == [p.sha256 for p in two]
    assert len(inbox.parcels(home)) == 1


def test_a_folder_of_exports_is_several(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "downloads"
    folder.mkdir()
    zipped(GOOD, folder / "x.zip")
    tarred(CASES / "mastodon" / "archive" / "archive", folder / "mastodon.tar.gz")
    assert len(inbox.add(home, folder)) == 2
    assert {r.outcome for r in read_inbox(home, Settings())} == {"read"}


def test_parts_of_one_export_are_one_archive(home: Home, tmp_path: Path) -> None:
    for number in ("001", "002"):
        with zipfile.ZipFile(tmp_path / f"takeout-20240101T000000Z-{number}.zip", "w") as z:
            z.writestr(f"Takeout/{number}.txt", number)
        inbox.add(home, tmp_path / f"takeout-20240101T000000Z-{number}.zip")
    assert [len(p.paths) for p in inbox.parcels(home)] == [2]


def test_the_archive_of_somebody_else_is_refused_until_it_is_confirmed(home: Home, tmp_path: Path) -> None:
    def archive(key: str) -> Path:
        with zipfile.ZipFile(tmp_path / f"{key}.zip", "w") as z:
            z.writestr(
                "data/account.js",
                "window.YTD.account.part0 = " + json.dumps([{"account": {"accountId": key, "username": "u" + key}}]),
            )
            z.writestr("data/tweets.js", "window.YTD.tweets.part0 = []")
        return tmp_path / f"{key}.zip"

    assert outcome(home, archive("101"))[0] == "read"
    refused, line = outcome(home, archive("202"))
    assert refused == "refused"
    assert "--mine" in line
    assert "202" not in line
    told = read_inbox(home, Settings(), only=inbox.parcels(home), mine=True)
    assert {r.outcome for r in told} == {"known", "read"}
    assert "x:202" in home.people.read_text()
    assert {r.outcome for r in read_inbox(home, Settings())} <= {"known", "read"}


def test_facts_are_written_again_only_when_what_reads_them_has_changed(home: Home, tmp_path: Path) -> None:
    assert outcome(home, zipped(GOOD, tmp_path / "a.zip"))[0] == "read"
    facts = next(home.facts.glob("*.parquet"))
    before = facts.stat().st_mtime_ns
    assert read_inbox(home, Settings())[0].outcome == "known"
    assert facts.stat().st_mtime_ns == before
    assert read_inbox(home, Settings(keep_text=False))[0].outcome == "read"
    assert pl.read_parquet(facts)["text"].null_count() == pl.read_parquet(facts).height


def test_a_reader_that_dies_takes_nothing_with_it(home: Home, tmp_path: Path) -> None:
    with Child() as child:
        child.ask({"paths": [str(tmp_path)]}, 60)  # starts it
        child._process.kill()
        assert "error" in child.ask({}, 60)
        answer = child.ask({"paths": [str(tmp_path / "missing")], "sha256": "0", "zone": "UTC", "me": []}, 60)
    assert "error" in answer


def test_a_reader_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    with Child() as child:
        assert "took more than" in child.ask({"paths": []}, 0.01)["error"]


def test_members_nobody_reads_are_listed_without_what_people_named_them(home: Home, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as z:
        z.writestr("data/tweets.js", "window.YTD.tweets.part0 = []")
        z.writestr("data/letters to Jane Example/jane-42.txt", "x")
    inbox.add(home, tmp_path / "a.zip")
    told = read_inbox(home, Settings())[0]
    assert told.unread == ["data/*/*.txt"]


@pytest.mark.parametrize("name", ["../../escape.js", "/etc/escape.js", "C:\\escape.js", "data/new\nline.js"])
def test_a_member_that_leads_out_of_the_archive_is_not_read(home: Home, tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as z:
        z.writestr("data/tweets.js", "window.YTD.tweets.part0 = []")
        z.writestr(name, "window.YTD.tweets.part0 = []")
    inbox.add(home, tmp_path / "a.zip")
    told = read_inbox(home, Settings())[0]
    assert told.outcome == "read"
    assert any("not read" in reason for _, _, reason, _ in told.problems)
    assert not list(tmp_path.rglob("escape.js"))


def test_links_and_devices_in_a_tar_are_not_read(home: Home, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as t:
        t.add(CASES / "mastodon" / "archive" / "archive", "")
        link = tarfile.TarInfo("likes.json.link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        t.addfile(link)
        pipe = tarfile.TarInfo("pipe")
        pipe.type = tarfile.FIFOTYPE
        t.addfile(pipe, io.BytesIO())
    inbox.add(home, tmp_path / "a.tar.gz")
    told = read_inbox(home, Settings())[0]
    assert [reason for _, _, reason, _ in told.problems if "link or device" in reason]


def test_a_zip_bomb_is_refused_before_it_is_inflated(home: Home, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("data/tweets.js", b"[" + b" " * (64 << 20) + b"]")
    inbox.add(home, tmp_path / "a.zip")
    told = read_inbox(home, Settings())[0]
    assert told.outcome == "failed" or any("zip bomb" in reason for _, _, reason, _ in told.problems)


def test_entries_that_overlap_are_refused(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as z:
        z.writestr("data/tweets.js", "window.YTD.tweets.part0 = []")
        z.writestr("data/like.js", "window.YTD.like.part0 = []")
    data = bytearray(path.read_bytes())
    second = data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = struct.pack("<I", 0)  # its header is said to be the first entry's
    path.write_bytes(bytes(data))
    failed, line = outcome(home, path)
    assert failed == "failed"
    assert "overlap" in line


def test_several_exports_in_one_folder_tell_each_act_once(home: Home, tmp_path: Path) -> None:
    for name in ("old", "new"):
        zipped(GOOD, tmp_path / "both.zip")
        with zipfile.ZipFile(tmp_path / "both.zip") as z:
            z.extractall(tmp_path / "both" / name)
    once = read_inbox(home, Settings(), only=inbox.add(home, GOOD))[0]
    both = read_inbox(home, Settings(), only=inbox.add(home, tmp_path / "both"))[0]
    assert both.outcome == "read"
    assert both.counts["act"] == once.counts["act"]
    facts = pl.read_parquet(home.facts / f"{both.sha256}.parquet")
    assert law(facts) == []
