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

from flows.pull import bluesky, linkedin, mastodon, pull_all
from flows.pull.http import Client, PullFailed
from flows.settings import Home, Settings
from tests.platforms import DID, Bluesky, LinkedIn, Mastodon
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
    for module in (mastodon, bluesky, linkedin):
        monkeypatch.setattr(module, "Client", functools.partial(Client, **QUICK))


PLATFORMS = {"mastodon": Mastodon, "bluesky": Bluesky, "linkedin": LinkedIn}


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


def stored(home: Home, name: str) -> set[str]:
    """What the real source finds of what ana did, over all archives: acts once, by their id."""
    found = []
    for path in sorted(p for p in home.inbox.iterdir() if not p.name.startswith(".")):
        told = sources()[name].read(open_archive([path]), Owner())
        facts = pl.concat([r.facts() for r in (told if isinstance(told, list) else [told])])
        found.append(facts.filter((pl.col("fact") == "act") & (pl.col("direction") == "received")))
        assert facts.filter((pl.col("fact") == "problem") & (pl.col("severity") == "problem")).is_empty()
    return set(pl.concat(found)["act_id"]) if found else set()


def test_what_is_new_is_stored_once_and_the_source_reads_it(home: Home, served: tuple) -> None:
    name, platform, server, settings = served
    for n in range(1, 9):
        platform.notify(n)
    first = pulled(home, settings)
    assert (first["outcome"], first["line"]) == ("pulled", "")
    assert len(stored(home, name)) == 8
    assert {p.split("-")[1] for p in first["archives"]} == {"news", "snapshot"}
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


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_got_over(home: Home, served: tuple, fault: str) -> None:
    name, platform, server, settings = served
    for n in range(1, 9):
        platform.notify(n)
    server.misbehave(fault, after=random.Random(fault).randrange(1, 4))
    started = time.monotonic()
    row = pulled(home, settings)
    assert (row["outcome"], row["line"]) == ("pulled", "")
    assert server.faults == []
    assert len(stored(home, name)) == 8
    assert time.monotonic() - started < 10
    assert row["bytes"] < 1 << 20


@pytest.mark.parametrize("fault", FINAL + tuple(f"{f}, always" for f in FAULTS if "drip" not in f and f != "silence"))
def test_a_pull_that_fails_says_why_and_the_next_goes_on(home: Home, served: tuple, fault: str) -> None:
    name, platform, server, settings = served
    for n in range(1, 9):
        platform.notify(n)
    server.misbehave(*[fault.removesuffix(", always")] * 50, after=3)
    row = pulled(home, settings)
    assert row["outcome"] == "failed"
    assert re.fullmatch(rf"{name} — .+ — .+", row["line"])
    assert "127.0.0.1" not in row["line"]
    if fault in ("revoked", "forbidden"):
        assert f"GIVETAKE_TOKEN_{name.upper()}" in row["line"]
    before = stored(home, name)
    cursor = home.folder / "pull" / f"{name}.json"
    if cursor.exists() and name == "mastodon":
        assert int(json.loads(cursor.read_bytes())["notifications"]) - 7000 == len(before), "the cursor is where the rows end"
    assert not list(home.inbox.glob(".pull-*"))
    server.faults = []
    assert pulled(home, settings)["outcome"] == "pulled"
    assert len(stored(home, name)) == 8


@pytest.mark.parametrize("seed", range(6))
def test_nights_of_random_faults_lose_nothing(home: Home, served: tuple, seed: int) -> None:
    name, platform, server, settings = served
    dice = random.Random(seed)
    quick = [f for f in (*FAULTS, *FINAL) if "drip" not in f and f not in ("silence", "gzip bomb")]
    n = 0
    for _ in range(6):
        for _ in range(dice.randrange(5)):
            n += 1
            platform.notify(n)
        server.misbehave(*dice.choices(quick, k=dice.randrange(12)), after=dice.randrange(6))
        pulled(home, settings)
    server.faults = []
    assert pulled(home, settings)["outcome"] in ("pulled", "unchanged")
    assert len(stored(home, name)) == n


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
    reading = sources()["mastodon"].read(open_archive([kept[-1]]), Owner())
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
    [reading] = sources()["linkedin"].read(open_archive([home.inbox / name]), Owner())
    facts = reading.facts()
    assert facts.filter(pl.col("fact") == "state")["key"].to_list() == ["name:ana ash", "name:ben ash", "name:cat ash"]
    assert facts.filter(pl.col("fact") == "listing")["is_complete"].to_list() == [True]
