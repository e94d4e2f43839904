"""One file out of an export, renamed or downloaded twice: known by its shape where that is safe."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

import transforms.archive
from tests import disturbed
from tests.exports import OWNER
from tests.test_sources import ROOM
from transforms.archive import Archive, Member, open_archive
from transforms.sources import recognise, sources

ANY = {  # known under any name of that ending
    "telegram/2026_account/result.json": "my chats.json",
    "telegram/2019_single_chat/result.json": "chat with ana 2019.json",
    "telegram/default_settings/result.json": "export.json",
    "skype/groups/messages.json": "skype.json",
    "hangouts/2020-conversations/Takeout/Hangouts/Hangouts.json": "hangouts old.json",
    "tiktok/2025_your_activity/user_data_tiktok.json": "tiktok.json",
    "whatsapp/ios_group/_chat.txt": "garden.txt",
    "email/takeout/Takeout/Mail/All mail Including Spam and Trash.mbox": "mails.txt",
    "bluesky/repo/repo.car": "olive.car",
    "youtube/2026-english/Takeout/YouTube and YouTube Music/comments/comments.csv": "what I said.csv",
    "wordpress/2009_v10/old.xml": "blog backup.xml",
    "reddit/messages/chat_history.csv": "chats of 2023.csv",
}
AGAIN = {  # as a browser names a second download
    "linkedin/2024_drafts/messages.csv": "messages (1).csv",
    "substack/2022/posts.csv": "posts (2).csv",
    "reddit/messages/chat_history.csv": "chat_history (1).csv",
    "mastodon/archive/outbox.json": "outbox (1).json",
}


def found(path: str) -> bytes:
    platform, case, rest = path.split("/", 2)
    members = disturbed.files(ROOM / platform / case / "archive")
    return next(data for name, data in members.items() if name == rest or name.endswith("/" + rest))


def ids(archive: Archive, platform: str) -> list[str]:
    told = sources()[platform].read(archive, OWNER)
    facts = pl.concat([r.facts() for r in (told if isinstance(told, list) else [told])])
    return facts.filter(pl.col("fact") == "act")["act_id"].sort().to_list()


@pytest.mark.parametrize(("path", "name"), [*ANY.items(), *AGAIN.items()])
def test_a_renamed_file_is_known_and_read_alike(path: str, name: str) -> None:
    platform, data = path.split("/")[0], found(path)
    own = disturbed.archive({Path(path).name: data})
    renamed = disturbed.archive({name: data})
    assert list(recognise(renamed)) == [platform]
    assert ids(renamed, platform) == ids(own, platform) != []


@pytest.mark.parametrize("text", ['{"type": "personal_chat"}', '{"conversations": []}', '{"Activity": {}}', "From here on", "{}"])
def test_what_only_resembles_is_nobodys(text: str) -> None:
    for ending in ("json", "txt"):
        assert recognise(disturbed.archive({f"notes.{ending}": text.encode()})) == {}


def test_many_files_are_not_opened_one_by_one() -> None:
    members = disturbed.archive({f"{i}.json": b"{}" for i in range(300)}).members

    def never(_: int) -> Iterator[bytes]:
        raise AssertionError("opened")

    sealed = Archive(tuple(Member(m.number, m.path, m.size, never) for m in members))
    assert sealed.few("*.json") == []
    assert sources()["telegram"].claims(sealed) == []


@pytest.mark.parametrize("form", ["folder", "zip", "tar"])
def test_a_member_is_whole_in_one_read_or_in_many(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = bytes(range(256)) * 5
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.bin").write_bytes(body)
    packed = tmp_path / "in" if form == "folder" else Path(shutil.make_archive(str(tmp_path / "out"), form, tmp_path / "in"))
    for piece in (1, 100, 1279, 1280, 1281, 64 << 20):
        monkeypatch.setattr(transforms.archive, "PIECE", piece)
        found = open_archive([packed])
        assert found.read(found.members[0]) == body
        assert found.head(found.members[0], 7) == body[:7]
