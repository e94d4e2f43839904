"""The pull of GitHub and of watched folders, against a real server on loopback and real folders."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import polars as pl
import pytest

from flows.pull import pull_all
from flows.read import read_inbox
from flows.settings import Home, Settings
from tests.exports import zipped
from tests.platforms import GitHub, comment, routes
from tests.servers import TOKEN, serving
from transforms.act import Owner
from transforms.archive import open_archive
from transforms.sources import sources

EXPORT = Path(__file__).parent / "sources" / "mastodon" / "archive" / "archive"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    os.umask(0o077)
    return Home.find(tmp_path / "home", "me").make()


def acts(home: Home) -> pl.DataFrame:
    found = [
        sources()["github"].read(open_archive([p]), Owner()).facts() for p in home.inbox.iterdir() if not p.name.startswith(".")
    ]
    return pl.concat(found).filter(pl.col("fact") == "act").unique("act_id")


@pytest.mark.parametrize("fault", ["", "cut with length", "rate limit 403", "429 after 0", "html"])
def test_what_changed_is_stored_once_with_its_reactions(home: Home, fault: str) -> None:
    platform = GitHub()
    comments, events = platform.notices, []
    comments += [comment(n) for n in range(1, 6)]
    with serving(routes(comments, events, platform)) as server:
        platform.url = server.url
        settings = Settings(pull={"github": {"server": server.url}})
        server.misbehave(*[fault] * bool(fault), after=6)
        ask = lambda: pull_all(home, settings, tokens={"github": TOKEN})[0]  # noqa: E731
        first = ask()
        assert (first["outcome"], first["line"]) == ("pulled", "")
        assert ask()["outcome"] == "unchanged"
        comments.append(comment(7))
        assert [a.split("-")[1] for a in ask()["archives"]] == ["news"]
        server.misbehave("revoked", after=4)
        comments.append(comment(8))
        assert "GIVETAKE_TOKEN_GITHUB" in ask()["line"]
        assert ask()["outcome"] == "pulled"
    found = acts(home)
    told = found.filter(pl.col("channel") == "comment")
    assert told.height == 7
    assert told["direction"].unique().to_list() == ["received"]
    given = found.filter((pl.col("channel") == "reaction") & (pl.col("direction") == "given"))
    assert given.height == 4, "one heart for each odd comment"
    assert not any(TOKEN.encode() in p.read_bytes() for p in home.folder.rglob("*") if p.is_file())


def test_a_watched_folder(home: Home, tmp_path: Path) -> None:
    watched = tmp_path / "Downloads"
    watched.mkdir()
    zipped(EXPORT, watched / "archive-olive.zip")
    shutil.make_archive(str(watched / "holiday"), "zip", Path(__file__).parent / "sources" / "bluesky" / "repo", "why.txt")
    still = {"paths": [str(watched)], "still_seconds": 60}
    assert pull_all(home, Settings(pull={"folder": still}))[0]["outcome"] == "unchanged", "it may still be arriving"
    settings = Settings(pull={"folder": still | {"still_seconds": 0}})
    row = pull_all(home, settings)[0]
    assert (row["outcome"], row["archives"], row["line"]) == ("pulled", ["archive-olive.zip"], "")
    assert pull_all(home, settings)[0]["outcome"] == "unchanged"
    (home.inbox / "archive-olive.zip").unlink()
    assert pull_all(home, settings)[0]["outcome"] == "unchanged", "what was removed stays removed"
    row = pull_all(home, Settings(pull={"folder": {"paths": [str(watched), "/nowhere/at/all"]}}))[0]
    assert "1 of 2 folders" in row["line"]


def test_a_folder_where_a_takeout_drops_its_parts(home: Home, tmp_path: Path) -> None:
    """Parts of one export of which the second is damaged at first, somebody's holiday, another export."""
    watched, room = tmp_path / "Drive", Path(__file__).parent / "sources"
    watched.mkdir()
    part = "takeout-20260101T000000Z-3-{:03}.zip"
    zipped(room / "youtube" / "2026-english" / "archive", watched / part.format(1))
    zipped(room / "google_chat" / "2025-narrow-blanks" / "archive", watched / part.format(2))
    whole = (watched / part.format(2)).read_bytes()
    (watched / part.format(2)).write_bytes(whole[: len(whole) // 2])
    zipped(EXPORT, watched / "archive-olive.zip")
    shutil.make_archive(str(watched / "holiday"), "zip", room / "bluesky" / "repo", "why.txt")
    settings = Settings(pull={"folder": {"paths": [str(watched)], "still_seconds": 0}})
    row = pull_all(home, settings)[0]
    assert (row["archives"], row["line"]) == (["archive-olive.zip", part.format(1)], "")
    assert pull_all(home, settings)[0]["outcome"] == "unchanged"
    (watched / part.format(2)).write_bytes(whole)  # downloaded again
    (watched / part.format(3)).write_bytes(whole[: len(whole) // 3])  # and one more, cut
    assert pull_all(home, settings)[0]["archives"] == [part.format(2)], "what was there stays, whatever comes beside it"
    read = read_inbox(home, settings)
    assert {r.outcome for r in read} == {"known"}
    assert len(read) == 2, "the parts are one"
    found = pl.concat([pl.read_parquet(p) for p in home.facts.glob("*.parquet")])
    assert {"youtube", "google_chat", "mastodon"} <= set(found.filter(pl.col("fact") == "act")["platform"])
