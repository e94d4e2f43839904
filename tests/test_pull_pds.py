"""The pull of Bluesky from Bluesky's own server, with its directory of identities; before an AppView that answers as documented.

`npm install @atproto/pds@0.4 @did-plc/server` somewhere, and NODE_PATH naming its node_modules.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flows.pull import pull_all
from flows.settings import Home, Settings
from tests import platforms
from tests.servers import serving
from transforms.act import Owner
from transforms.archive import open_archive
from transforms.sources import sources

FIND = "require.resolve('@atproto/pds'); require.resolve('@did-plc/server')"
THERE = shutil.which("node") and subprocess.run(["node", "-e", FIND], capture_output=True).returncode == 0
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not THERE, reason="no @atproto/pds here")]


@contextmanager
def pds(folder: Path, app_view: str) -> Iterator[str]:
    """Its address, as long as it runs."""
    folder.mkdir()
    script = Path(__file__).with_name("pds.cjs")
    command = ["node", str(script), str(folder), app_view]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        try:
            yield server.stdout.readline().decode().strip()
        finally:
            server.kill()


def ask(server: str, what: str, token: str = "", **body: Any) -> dict[str, Any]:
    """One call of another client of the same server."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(f"{server}/xrpc/{what}", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())


def acts(home: Home) -> pl.DataFrame:
    found = [
        sources()["bluesky"].read(open_archive([p]), Owner()).facts()
        for p in sorted(home.inbox.iterdir())
        if not p.name.startswith(".")
    ]
    told = pl.concat(found)
    assert told.filter((pl.col("fact") == "problem") & (pl.col("severity") == "problem"))["reason"].to_list() == []
    return told.filter(pl.col("fact") == "act").unique("act_id")


def test_a_real_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.umask(0o077)
    home, view = Home.find(tmp_path / "home", "me").make(), platforms.Bluesky()
    with serving(view.routes()) as app_view, pds(tmp_path / "pds", app_view.url) as server:
        me = ask(server, "com.atproto.server.createAccount", handle="olive.test", email="olive@example.org", password="hunter22")
        monkeypatch.setattr(platforms, "DID", me["did"])
        app = ask(server, "com.atproto.server.createAppPassword", me["accessJwt"], name="givetake")["password"]

        def write(collection: str, **record: Any) -> dict[str, Any]:
            record |= {"$type": collection, "createdAt": "2026-01-05T10:00:00.000Z"}
            return ask(
                server, "com.atproto.repo.createRecord", me["accessJwt"], repo=me["did"], collection=collection, record=record
            )

        def pull(password: str = app) -> dict[str, Any]:
            [row] = pull_all(home, settings, tokens={"bluesky": password})
            assert app not in json.dumps(row)
            return row

        settings = Settings(pull={"bluesky": {"server": server, "handle": "olive.test"}})
        post = write("app.bsky.feed.post", text="How to prune")
        ana = {"uri": "at://did:plc:anaanaanaanaanaanaanaana/app.bsky.feed.post/3p1", "cid": post["cid"]}
        write("app.bsky.feed.like", subject=ana)
        write("app.bsky.feed.repost", subject=ana)
        for n in range(1, 9):
            view.notify(n)
        first = pull()
        assert (first["outcome"], first["line"]) == ("pulled", "")
        told = {(channel, way): n for channel, way, n in acts(home).group_by("channel", "direction").len().iter_rows()}
        assert told == {("post", "given"): 1, ("reaction", "given"): 1, ("repost", "given"): 1, ("comment", "received"): 8}
        assert pull()["outcome"] == "unchanged"
        write("app.bsky.feed.post", text="And how to graft")
        assert [a.split("-")[1] for a in pull()["archives"]] == ["snapshot"]
        assert acts(home).height == 12
        wrong = pull("not-the-pass-word")
        assert "GIVETAKE_TOKEN_BLUESKY" in wrong["line"]
    assert not any(app.encode() in p.read_bytes() for p in home.folder.rglob("*") if p.is_file())
