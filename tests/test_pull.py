"""The pulls against real HTTP servers on loopback, as they answer and fail; then the real sources read it."""

from __future__ import annotations

import functools
import json
import os
import random
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flows.pull import bluesky, github, linkedin, mastodon, pull_all, reddit, youtube
from flows.pull.http import Client, PullFailed
from flows.settings import Home, Settings
from tests.platforms import DID, Bluesky, GitHub, LinkedIn, Mastodon, Reddit, YouTube
from tests.servers import FAULTS, FINAL, TOKEN, Server, serving
from transforms.act import Owner
from transforms.archive import open_archive
from transforms.sources import sources

QUICK = {"seconds": 60, "try_seconds": 1, "stall": 1, "tries": 4, "backoff": 0.01, "wait": 0.2, "largest": 8 << 20}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    os.umask(0o077)
    return Home.find(tmp_path / "home", "me").make()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clients as they are, with less patience."""
    for module in (mastodon, bluesky, linkedin, github, youtube, reddit):
        monkeypatch.setattr(module, "Client", functools.partial(Client, **QUICK))


PLATFORMS = {
    "mastodon": Mastodon, "bluesky": Bluesky, "linkedin": LinkedIn, "github": GitHub, "youtube": YouTube, "reddit": Reddit,
}  # fmt: skip


@pytest.fixture(params=PLATFORMS)
def served(request: pytest.FixtureRequest) -> Iterator[tuple[str, Any, Server, Settings]]:
    platform = PLATFORMS[request.param]()
    with serving(platform.routes()) as server:
        platform.url = server.url
        yield request.param, platform, server, Settings(pull={request.param: {"server": server.url} | platform.options})


def pulled(home: Home, settings: Settings) -> dict[str, Any]:
    [row] = pull_all(home, settings, tokens=dict.fromkeys(settings.pull, TOKEN))
    assert TOKEN not in json.dumps(row)
    return row


def facts(path: Path, name: str) -> pl.DataFrame:
    """What the real source makes of an archive."""
    told = sources()[name].read(open_archive([path]), Owner())
    return pl.concat([r.facts() for r in (told if isinstance(told, list) else [told])])


def stored(home: Home, name: str) -> set[str]:
    """What the real source finds of what ana did, over all archives: acts once, by their id."""
    found = []
    for path in sorted(p for p in home.inbox.iterdir() if not p.name.startswith(".")):
        told = facts(path, name)
        found.append(told.filter((pl.col("fact") == "act") & (pl.col("direction") == "received")))
        problems = told.filter((pl.col("fact") == "problem") & (pl.col("severity") == "problem"))
        assert problems["reason"].to_list() == []
    return set(pl.concat(found)["act_id"]) if found else set()


def test_what_is_new_is_stored_once_and_the_source_reads_it(home: Home, served: tuple) -> None:
    name, platform, server, settings = served
    for n in range(1, 9):
        platform.notify(n)
    first = pulled(home, settings)
    assert (first["outcome"], first["line"]) == ("pulled", "")
    assert len(stored(home, name)) == 8
    assert "news" in {p.split("-")[1] for p in first["archives"]}
    again = pulled(home, settings)
    assert (again["outcome"], again["archives"]) == ("unchanged", [])
    platform.notify(60)
    more = pulled(home, settings)
    assert [a.split("-")[1] for a in more["archives"]] == ["news"]
    assert len(stored(home, name)) == 9
    assert not any(TOKEN in value for _, asked, _ in server.asked for key, value in asked.items() if key != "password")
    files = [p for p in (home.folder).rglob("*") if p.is_file()]
    assert not any(TOKEN.encode() in p.read_bytes() for p in files)
    assert {p.stat().st_mode & 0o777 for p in files} == {0o600}


SLOW = {"drip", "drip headers", "silence", "gzip bomb", "too large"}  # of the wire, which is the client's and not a platform's


def nights(home: Home, served: tuple, seed: int, kinds: set[str]) -> None:
    """Every kind of fault in some order, then nights of many: nothing lost, nothing twice, all in time."""
    name, platform, server, settings = served
    dice, n = random.Random(f"{name} {seed}"), 0
    passing, ending = ([f for f in some if f in kinds] for some in (FAULTS, FINAL))
    dice.shuffle(passing)
    dice.shuffle(ending)
    tonight = [passing[at : at + 3] for at in range(0, len(passing), 3)]  # a pull asks four times
    tonight += [[kind] for kind in ending]
    tonight += [dice.choices(sorted(kinds - SLOW), k=dice.randrange(4, 40)) for _ in range(2)]
    for faults in tonight:
        for _ in range(dice.randrange(1, 4)):
            n += 1
            platform.notify(n)
        server.misbehave(*faults, after=dice.randrange(9))
        started = time.monotonic()
        row = pulled(home, settings)
        assert time.monotonic() - started < 20
        assert row["bytes"] < 9 << 20
        if row["outcome"] == "failed":
            assert re.fullmatch(rf"{name} — .+ — .+", row["line"])
            assert "127.0.0.1" not in row["line"]
            assert faults[0] not in ("revoked", "forbidden") or len(faults) > 1 or f"GIVETAKE_TOKEN_{name.upper()}" in row["line"]
        if set(faults) <= set(FAULTS) and len(faults) <= 3:
            assert row["line"] == "", faults
            assert row["outcome"] == "pulled" or "another page" in faults, "an empty one cannot be told from the right one"
        assert not list(home.inbox.glob(".pull-*"))
    server.faults = []
    assert pulled(home, settings)["outcome"] in ("pulled", "unchanged")
    assert pulled(home, settings)["outcome"] == "unchanged"
    assert len(stored(home, name)) == n


def test_every_kind_of_fault(home: Home, served: tuple) -> None:
    kinds = {*FAULTS, *FINAL}
    nights(home, served, 0, kinds if served[0] == "mastodon" else kinds - SLOW)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 40))
def test_every_kind_of_fault_in_forty_orders(home: Home, served: tuple, seed: int) -> None:
    nights(home, served, seed, {*FAULTS, *FINAL})


@pytest.mark.parametrize("fault", ["revoked", "500", "cut chunked", "another page", "the page before"])
def test_the_cursor_never_stands_ahead_of_what_is_stored(home: Home, fault: str) -> None:
    """A pull that fails for good keeps what it got, if it can, and the next goes on behind it."""
    platform = Mastodon()
    with serving(platform.routes()) as server:
        platform.url = server.url
        settings = Settings(pull={"mastodon": {"server": server.url}})
        for n in range(1, 9):
            platform.notify(n)
        server.misbehave(*[fault] * 50, after=3)
        row = pulled(home, settings)
        assert row["outcome"] == "failed"
        assert fault != "revoked" or "GIVETAKE_TOKEN_MASTODON" in row["line"]
        held, cursor = stored(home, "mastodon"), home.folder / "pull" / "mastodon.json"
        assert len(held) == 6, "two pages came before"
        assert int(json.loads(cursor.read_bytes())["notifications"]) == 7000 + len(held)
        server.faults = []
        assert pulled(home, settings)["outcome"] == "pulled"
    assert len(stored(home, "mastodon")) == 8


def test_pulls_that_follow_each_other_leave_no_gap(home: Home, served: tuple) -> None:
    name, platform, _, settings = served
    told = []
    for n in (1, 2):
        platform.notify(n)
        [archive] = [a for a in pulled(home, settings)["archives"] if "news" in a]
        told.append(json.loads((home.inbox / archive / "pull.json").read_bytes()))
    assert set(told[0]["asked"].values()) == {None}
    assert set(told[1]["asked"].values()) == {told[0]["until"]}
    seen = facts(home.inbox / archive, name).filter((pl.col("fact") == "sees") & (pl.col("direction") == "received"))
    assert {t.isoformat() for t in seen["since"].drop_nulls()} == {told[0]["until"]}
    assert {t.isoformat() for t in seen["until"].drop_nulls()} == {told[1]["until"]}


def test_a_kill_before_the_cursor_is_written_stores_twice_and_counts_once(
    home: Home, served: tuple, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, platform, _, settings = served
    platform.notify(1)
    with monkeypatch.context() as killed:
        killed.setattr(
            "flows.pull.store.Store.remember", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device"))
        )
        assert "no space left" in pulled(home, settings)["line"]
    (home.inbox / f".pull-{name}-news-left").mkdir()
    assert pulled(home, settings)["outcome"] == "pulled"
    assert len(stored(home, name)) == 1
    assert not list(home.inbox.glob(".pull-*"))


def test_one_platform_that_fails_does_not_stop_the_others(home: Home) -> None:
    good, bad = Mastodon(), Bluesky()
    good.notify(1)
    with serving(good.routes()) as up, serving(bad.routes()) as down:
        good.url = up.url
        down.misbehave(*["500"] * 50)
        settings = Settings(pull={"mastodon": {"server": up.url}, "bluesky": {"server": down.url, "handle": "x"}, "myspace": {}})
        told = {r["platform"]: r for r in pull_all(home, settings, tokens={"mastodon": TOKEN, "bluesky": TOKEN})}
    assert {name: r["outcome"] for name, r in told.items()} == {"bluesky": "failed", "mastodon": "pulled", "myspace": "failed"}
    assert "cannot be pulled" in told["myspace"]["line"]


def test_pages_that_go_in_a_circle_end(home: Home) -> None:
    platform = Mastodon()
    platform.followers = ["ana", "ben", "cat", "dan", "eve"]
    routes = platform.routes()
    with serving(routes) as server:
        platform.url = server.url
        path = f"/api/v1/accounts/{platform.me}/followers"
        routes[path] = lambda asked: ([platform.account("ana")], {"Link": f'<{server.url}{path}?max_id=2>; rel="next"'})
        row = pulled(home, Settings(pull={"mastodon": {"server": server.url}}))
        assert "circle" in row["line"]
        assert len(server.asked) < 10
        turn = iter(range(1000))
        routes[path] = lambda asked: (
            [platform.account("ana")],
            {"Link": f'<{server.url}{path}?max_id={next(turn)}>; rel="next"'},
        )
        assert "circle" in pulled(home, Settings(pull={"mastodon": {"server": server.url}}))["line"]


def test_a_link_to_another_host_is_not_followed(home: Home) -> None:
    platform = Mastodon()
    routes = platform.routes()
    with serving(routes) as server, serving({}) as other:
        platform.url = server.url
        path = f"/api/v1/accounts/{platform.me}/followers"
        routes[path] = lambda asked: ([platform.account("ana")], {"Link": f'<{other.url}{path}?max_id=2>; rel="next"'})
        assert "another host" in pulled(home, Settings(pull={"mastodon": {"server": server.url}}))["line"]
        assert other.asked == []


def test_followers_that_come_and_go_are_kept_as_snapshots_so_many_deep(home: Home) -> None:
    platform = Mastodon()
    with serving(platform.routes()) as server:
        platform.url = server.url
        settings = Settings(pull={"mastodon": {"server": server.url, "snapshots": 3}})
        for n in range(5):
            platform.followers = ["ana", "ben", "cat", "dan"][: n + 1] if n < 4 else ["ana"]
            pulled(home, settings)
        kept = sorted(home.inbox.glob("mastodon-snapshot-*"))
    assert len(kept) == 3
    [reading] = sources()["mastodon"].read(open_archive([kept[-1]]), Owner())
    assert reading.facts().filter(pl.col("fact") == "state").height == 1


def test_the_repository_is_asked_for_only_when_it_moved_and_without_the_token(home: Home) -> None:
    platform = Bluesky()
    with serving(platform.routes()) as server:
        platform.url = server.url
        settings = Settings(pull={"bluesky": {"server": server.url, "handle": "olive.example.org"}})
        outcomes = [pulled(home, settings)["outcome"], pulled(home, settings)["outcome"]]
        platform.revision = 2
        outcomes.append(pulled(home, settings)["outcome"])
    assert outcomes == ["pulled", "unchanged", "pulled"]
    asked = [headers for path, _, headers in server.asked if path.endswith("getRepo")]
    assert len(asked) == 2
    assert not any("Authorization" in headers for headers in asked)


def test_chats_are_asked_for_where_their_revision_moved(home: Home) -> None:
    platform = Bluesky()
    people = [
        {"did": DID, "handle": "olive.example.org"},
        {"did": "did:plc:anaanaanaanaanaanaanaana", "handle": "ana.example.org"},
    ]
    message = {"$type": "chat.bsky.convo.defs#messageView", "id": "3m1", "text": "tea?", "sender": {"did": people[1]["did"]}}
    talk = {"convo": {"id": "3c1", "rev": "1", "members": people}, "messages": [message | {"sentAt": "2026-01-01T10:00:00.000Z"}]}
    platform.convos["3c1"] = talk
    with serving(platform.routes()) as server:
        platform.url = server.url
        settings = Settings(pull={"bluesky": {"server": server.url, "handle": "olive.example.org", "chat": True}})
        pulled(home, settings)
        assert pulled(home, settings)["outcome"] == "unchanged"
        talk["convo"]["rev"] = "2"
        talk["messages"].append(message | {"id": "3m2", "text": "or coffee?", "sentAt": "2026-01-02T10:00:00.000Z"})
        assert [a.split("-")[1] for a in pulled(home, settings)["archives"]] == ["news"]
    assert len(stored(home, "bluesky")) == 2
    proxied = [headers.get("atproto-proxy") for path, _, headers in server.asked if "chat.bsky" in path]
    assert set(proxied) == {bluesky.CHAT}


@pytest.mark.parametrize("server", ["http://social.example.org", "social.example.org", "ftp://127.0.0.1", "http://[::1"])
def test_a_token_is_not_sent_in_clear(home: Home, server: str) -> None:
    row = pulled(home, Settings(pull={"mastodon": {"server": server}}))
    assert "https" in row["line"]
    assert row["requests"] == 0


def test_the_time_of_a_pull_has_an_end(home: Home) -> None:
    platform = Mastodon()
    with serving(platform.routes()) as server:
        server.misbehave("429 after 2099")
        patient = Client(server.url, TOKEN, seconds=2, wait=900)
        started = time.monotonic()
        with pytest.raises(PullFailed, match="the next one goes on"):
            patient.get("/api/v1/accounts/verify_credentials")
        assert time.monotonic() - started < 1, "it is no use to wait for what comes too late"


def test_netrc_and_the_environment_hand_no_password_out(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login olive password hunter2\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with serving({"/x": lambda asked: {}}) as server:
        Client(server.url).get("/x")
        Client(server.url, TOKEN).get("/x")
    assert [headers.get("Authorization") for _, _, headers in server.asked] == [None, f"Bearer {TOKEN}"]


def test_tokens_come_from_the_environment_or_are_asked_for(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.pull._keyring", lambda user: None)
    platform = Mastodon()
    with serving(platform.routes()) as server:
        platform.url = server.url
        settings = Settings(pull={"mastodon": {"server": server.url}})
        [row] = pull_all(home, settings)
        assert "GIVETAKE_TOKEN_MASTODON" in row["line"]
        monkeypatch.setenv("GIVETAKE_TOKEN_MASTODON", TOKEN)
        [row] = pull_all(home, settings)
        assert row["line"] == ""


def test_the_command(home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from flows.cli import run

    monkeypatch.setenv("GIVETAKE_TOKEN_MASTODON", TOKEN)
    platform = Mastodon()
    platform.notify(1)
    told: Callable[..., int] = lambda *words: run(["pull", *words, "--home", str(home.root), "--json"])  # noqa: E731
    assert told() == 2
    assert told("myspace") == 2
    with serving(platform.routes()) as server:
        platform.url = server.url
        (home.folder / "givetake.toml").write_text(f'[pull.mastodon]\nserver = "{server.url}"\n')
        capsys.readouterr()
        assert told() == 0
        out, err = capsys.readouterr()
        assert [r["outcome"] for r in json.loads(out)] == ["pulled"]
        server.misbehave("revoked")
        assert told("mastodon") == 1
        out, err = capsys.readouterr()
    assert "refused (401)" in err
    assert TOKEN not in out + err


def test_tables_of_linkedin_are_paged_to_their_end_and_stored_when_they_change(home: Home) -> None:
    platform = LinkedIn()
    with serving(platform.routes()) as server:
        settings = Settings(pull={"linkedin": {"server": server.url}})
        assert [a.split("-")[1] for a in pulled(home, settings)["archives"]] == ["snapshot"]
        assert pulled(home, settings)["outcome"] == "unchanged"
        platform.connections += [platform.connections[0] | {"First Name": name} for name in ("Ben", "Cat")]
        [name] = pulled(home, settings)["archives"]
        assert {h.get("LinkedIn-Version") for _, _, h in server.asked} == {"202312"}
    told = facts(home.inbox / name, "linkedin")
    assert told.filter(pl.col("fact") == "state")["key"].to_list() == ["name:ana ash", "name:ben ash", "name:cat ash"]
    assert told.filter(pl.col("fact") == "listing")["is_complete"].to_list() == [True]
