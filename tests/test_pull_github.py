"""The pull of GitHub and of watched folders, against a real server on loopback and real folders."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flows.pull import pull_all
from flows.settings import Home, Settings
from tests.exports import zipped
from tests.servers import TOKEN, serving
from transforms.act import Owner
from transforms.archive import open_archive
from transforms.sources import sources

EXPORT = Path(__file__).parent / "sources" / "mastodon" / "archive" / "archive"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    os.umask(0o077)
    return Home.find(tmp_path / "home", "me").make()


def user(login: str) -> dict[str, Any]:
    return {"login": login, "html_url": f"https://github.com/{login}", "type": "User", "followers": 1, "following": 0}


def comment(n: int) -> dict[str, Any]:
    at = f"2026-01-{n:02}T10:00:00Z"
    return {
        "id": 30 + n, "html_url": f"https://github.com/olive/oven/issues/4#issuecomment-{30 + n}", "user": user("ana"),
        "created_at": at, "updated_at": at, "body": f"try pears, {n}", "reactions": {"total_count": n % 2},
    }  # fmt: skip


def routes(comments: list[dict[str, Any]], events: list[dict[str, Any]], url: list[str]) -> dict[str, Any]:
    def changed(asked: dict[str, str]) -> Any:
        found = [c for c in comments if c["updated_at"] >= asked["since"]]
        page = int(asked.get("page", 1))
        more = {"Link": f'<{url[0]}/repos/olive/oven/issues/comments?since={asked["since"]}&page={page + 1}>; rel="next"'}
        return found[2 * page - 2 : 2 * page], more if len(found) > 2 * page else {}

    mine = {"user": user("olive"), "content": "heart", "created_at": "2026-01-20T10:00:00Z"}
    return {
        "/user": lambda asked: user("olive"),
        "/user/repos": lambda asked: [{"full_name": "olive/oven"}, {"full_name": "olive/gone"}],
        "/users/olive/events": lambda asked: events, "/user/followers": lambda asked: [user("ana")],
        "/user/following": lambda asked: [], "/user/starred": lambda asked: [],
        "/repos/olive/oven/stargazers": lambda asked: [{"starred_at": "2026-01-01T00:00:00Z", "user": user("ben")}],
        "/repos/olive/oven/issues": lambda asked: [], "/repos/olive/oven/pulls/comments": lambda asked: [],
        "/repos/olive/oven/issues/comments": changed,
        **{f"/repos/olive/oven/issues/comments/{30 + n}/reactions": lambda asked: [mine] for n in range(1, 28, 2)},
    }  # fmt: skip


def acts(home: Home) -> pl.DataFrame:
    found = [
        sources()["github"].read(open_archive([p]), Owner()).facts() for p in home.inbox.iterdir() if not p.name.startswith(".")
    ]
    return pl.concat(found).filter(pl.col("fact") == "act").unique("act_id")


@pytest.mark.parametrize("fault", ["", "cut with length", "rate limit 403", "429 after 0", "html"])
def test_what_changed_is_stored_once_with_its_reactions(home: Home, fault: str) -> None:
    comments, events, url = [comment(n) for n in range(1, 6)], [], [""]
    with serving(routes(comments, events, url)) as server:
        url[0] = server.url
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
