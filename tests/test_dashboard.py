"""The app: every page over measured nights, harmless names, a door that opens to its owner only."""

from __future__ import annotations

import asyncio
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboards import words
from dashboards.door import Door
from dashboards.published import open_night, published
from dashboards.words import NAME
from tests.published_worlds import HOSTILE, publish, random_world

ROOT = Path(__file__).parents[1]
PAGES = ("overview", "connections", "person", "nurture", "cut", "outward", "quality")


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an owner with one published night."""
    folder = tmp_path_factory.mktemp("home") / "me"
    publish(random_world(7, 6000, 120), folder, "20250101T000000000000Z")
    return folder


def asked(folder: Path, select: str) -> list[tuple[Any, ...]]:
    with open_night(published(folder)) as con:
        return con.execute(select).fetchall()


def opened(folder: Path, page: str = "overview", **query: str) -> AppTest:
    """A page as it stands after its first run."""
    app = AppTest.from_file(str(ROOT / "dashboards" / "app.py"), default_timeout=60)
    app.secrets["folder"] = str(folder)
    app.run()
    if page != "overview":
        app.switch_page(f"pages/{page}.py")
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def text(app: AppTest) -> str:
    return "\n".join(str(e.value) for kind in ("title", "subheader", "markdown", "caption", "info", "warning", "success")
                     for e in getattr(app, kind))  # fmt: skip


def table(app: AppTest, column: str) -> pl.DataFrame:
    """The table on the page that has this column."""
    return next(pl.from_pandas(d.value) for d in app.dataframe if column in d.value.columns)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_made_of_any_night(night: Path, tmp_path: Path, page: str) -> None:
    app = opened(night, page)
    assert not app.exception
    assert app.title[0].value
    publish(random_world(1, 0, 0), tmp_path / "me", "n1")
    nobody = opened(tmp_path / "me", page)
    assert not nobody.exception
    assert nobody.title[0].value


def test_before_the_first_night_it_says_what_to_do(tmp_path: Path) -> None:
    app = opened(tmp_path)
    assert not app.exception
    assert "givetake run" in app.info[0].value


def test_the_overview_tells_what_is_in_the_night(night: Path) -> None:
    found = asked(night, "select real, connections, given, unattributed_acts from network")
    real, connections, given, unattributed = found[0]
    told = text(opened(night))
    assert f"**{real}** of the {connections} people" in told
    assert f"You gave **{words.number(given)}**" in told
    assert f"{words.count(unattributed, 'act')} name nobody" in told


def test_filters_narrow_and_sorting_is_left_to_the_table(night: Path) -> None:
    app = opened(night, "connections")
    assert table(app, "balance").height == 120
    app.text_input[0].set_value("number 11").run()
    assert sorted(table(app, "balance")["name"]) == [
        f"Person Number {i}" for i in (110, 111, 112, 113, 114, 115, 116, 117, 118, 119)
    ]
    app.text_input[0].set_value("handle_c00042").run()
    assert table(app, "balance")["name"].to_list() == ["Person Number 42"]
    app.text_input[0].set_value("")
    filters = {m.label: m for m in app.multiselect}
    filters["Verdict"].set_value(["even", "I give more"])
    filters["Tie"].set_value(["real"]).run()
    found = asked(night, "select count(*) from connection where verdict in ('even', 'I give more') and realness = 'real'")[0][0]
    assert table(app, "balance").height == found > 0
    app.text_input[0].set_value("no such person").run()
    assert "Take a filter away" in app.info[0].value


def test_every_number_of_a_person_is_explained(night: Path) -> None:
    (who, name, given, received), = asked(
        night, "select connection_id, name, given, received from connection where name like 'Person%' order by given desc limit 1"
    )  # fmt: skip
    app = opened(night, "person", who=who)
    assert not app.exception
    assert app.title[0].value == words.plain(name)
    numbers = pl.from_pandas(app.table[0].value)
    assert {"given", "balance", "strength", "overdue", "attention minutes"} <= set(numbers["Number"])
    assert numbers["What it is"].str.len_chars().min() > 0
    (lo, hi), = asked(night, f"select balance_lo, balance_hi from connection where connection_id = '{who}'")  # fmt: skip
    balance = numbers.filter(pl.col("Number") == "balance").row(0, named=True)
    assert words.told(f"({words.shown(lo)} to {words.shown(hi)})") in balance["Value"]
    assert "with p" in balance["What it is"]
    acts = table(app, "Member:record")
    for side, whole in (("given", given), ("received", received)):
        assert acts.filter(pl.col("Direction") == side)["Counts"].sum() == pytest.approx(whole)


def test_words_about_people_are_kind(night: Path) -> None:
    """The fixed names of an advice or a tie are for SQL; a reason is read about a friend."""
    hard = r"\b(fake|prune|noise|nominal)\b"
    reasons = asked(night, "select reason from connection union all select reason from cut_plan")
    assert not [r for r in reasons if re.search(hard, r[0])]
    assert asked(night, "select count(*) from connection where advice like 'prune%'")[0][0]
    for page in PAGES:
        app = opened(night, page)
        assert not re.search(hard, re.sub(r"`.*?`|advice \*.*?\*", "", text(app)))
    app = opened(night, "connections")
    shown = table(app, "balance")
    assert not {"prune: noise", "fake", "I give more"} & {*shown["advice"], *shown["realness"], *shown["verdict"]}


def test_the_cut_plan_says_what_goes(night: Path) -> None:
    app = opened(night, "cut")
    n = asked(night, "select connections from network")[0][0]
    assert table(app, "regret_rank").height == n * 80 // 100
    assert table(app, "regret_rank")["regret_rank"].is_sorted()
    lost = asked(night, "select received_share from cut_curve where percent = 80")[0][0]
    assert app.metric[0].value == words.percent(lost)
    app.slider[0].set_value(0).run()
    assert "nothing is lost" in app.info[0].value


def test_a_tie_leaves_the_list_when_a_real_contact_follows(tmp_path: Path) -> None:
    """And the overview says what has changed since the night before."""
    tables = random_world(1, 0, 3)
    long_ago, later = datetime(2024, 6, 1), datetime(2024, 12, 30)
    help_of = {"channel": "message", "direction": "received", "value_kind": "help", "connection_id": "c00001", "words": 9}
    acts = [{"act_id": "a", "happened_at": long_ago} | help_of,
            {"act_id": "b", "happened_at": long_ago + timedelta(days=1)} | help_of,
            {"act_id": "c", "happened_at": later, "channel": "reaction", "value_kind": "applause", "composed": False} |
            {"direction": "given", "connection_id": "c00001", "words": 0}]  # fmt: skip
    frame = lambda rows: pl.DataFrame(rows).with_columns(pl.col("composed").fill_null(True))  # noqa: E731
    publish(tables | {"core.act": frame(acts)}, tmp_path / "me", "n1")
    app = opened(tmp_path / "me", "nurture")
    name = words.plain(HOSTILE[1])
    assert "Thanks owed" in text(app)
    assert name in text(app), "a like is no answer"
    answer = {"act_id": "d", "happened_at": later, "direction": "given", "value_kind": "thanks"}
    publish(tables | {"core.act": frame([*acts, help_of | answer])}, tmp_path / "me", "n2")
    app = opened(tmp_path / "me", "nurture")
    assert name not in text(app)
    overview = text(opened(tmp_path / "me"))
    assert "1 act more between you" in overview


@pytest.mark.parametrize("name", [*HOSTILE, "x" * 500, "two\nlines", "a.b-c+d!"])
def test_any_name_is_plain_text_in_markdown(name: str) -> None:
    shown = words.plain(name)
    assert len(re.sub(r"\\(.)|\u2060", r"\1", shown)) <= NAME
    bare = re.sub(r"\\.", "", shown)
    assert not re.search(r"[!-/:-@\[-`{-~\n\u202a-\u202e\u2066-\u2069]", bare), "a mark that is not escaped"
    for live in ("www.", "://", ":red", ":material", "@example"):
        assert live not in shown.replace("\\", "")


# The door ------------------------------------------------------------------------------------------------------------


def knock(path: str = "/", kind: str = "http", **headers: str) -> tuple[int, dict[str, str]]:
    """Status and headers of a door on port 8501 with the token `key`, in front of an app that answers 200."""
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x-frame-options", b"ALLOW")]})

    async def send(message: Any) -> None:
        sent.append(message)

    bare, _, query = path.partition("?")
    given = {"host": "127.0.0.1:8501"} | {k.replace("_", "-"): v for k, v in headers.items()}
    scope = {"type": kind, "path": bare, "query_string": query.encode(), "server": ("127.0.0.1", 8501),
             "headers": [(k.encode(), v.encode("latin-1")) for k, v in given.items()]}  # fmt: skip
    asyncio.run(Door(app, "key")(scope, None, send))  # type: ignore[arg-type]
    if sent[0]["type"] == "websocket.close":
        return 403, {}
    return sent[0]["status"], {k.decode(): v.decode() for k, v in sent[0]["headers"]}


KEY = "givetake_8501=key"


@pytest.mark.parametrize(
    ("status", "path", "headers"),
    [
        (403, "/", {}),
        (403, "/?token=other", {}),
        (403, "/?token=", {}),
        (403, "/", {"cookie": "givetake_8501=other"}),
        (403, "/", {"cookie": "givetake_8502=key"}),
        (403, "/static/js/index.js", {}),
        (403, "/", {"cookie": KEY, "host": "evil.example:8501"}),
        (403, "/?token=key", {"host": "evil.example:8501"}),
        (403, "/", {"cookie": KEY, "host": ""}),
        (403, "/", {"cookie": KEY, "origin": "http://evil.example"}),
        (403, "/", {"cookie": KEY, "origin": "http://127.0.0.1:9000"}),
        (403, "/", {"cookie": KEY, "origin": "null"}),
        (403, "/x.js", {"cookie": KEY, "sec_fetch_mode": "no-cors", "sec_fetch_site": "same-site"}),
        (403, "/x.js", {"cookie": KEY, "sec_fetch_mode": "no-cors", "sec_fetch_site": "cross-site"}),
        (200, "/", {"cookie": KEY}),
        (200, "/", {"cookie": f"a=b; {KEY}", "host": "localhost:8501", "origin": "http://localhost:8501"}),
        (200, "/x.js", {"cookie": KEY, "sec_fetch_mode": "cors", "sec_fetch_site": "same-origin"}),
        (303, "/cut?token=key", {}),
        (303, "/cut", {"cookie": KEY}),
    ],
)
def test_the_door_opens_to_its_owner_only(status: int, path: str, headers: dict[str, str]) -> None:
    assert knock(path, **headers)[0] == status
    if path == "/" and status == 403:
        assert knock("/_stcore/stream", "websocket", **headers)[0] == 403


def test_the_door_keeps_the_token_out_of_the_page_and_the_page_at_home() -> None:
    _, headers = knock("//evil.example/?token=key&who=a")
    assert headers["location"] == "/evil.example/?who=a"
    assert {"HttpOnly", "SameSite=Lax"} <= set(headers["set-cookie"].split("; "))
    _, headers = knock(cookie=KEY)
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'self';")
    assert "http://" not in policy + policy.replace("ws://127.0.0.1:8501", "")
    assert "*" not in policy


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """`givetake dashboard` on any free port: the address it prints, and its process."""
    command = [sys.executable, "-c", "from flows.cli import main; main()", "dashboard", "--no-browser", "--port", "0"]
    app = subprocess.Popen(
        [*command, "--home", str(folder.parent), "--owner", folder.name], cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    try:
        assert app.stdout
        address = app.stdout.readline().strip()
        assert address, app.stderr and app.stderr.read()
        yield address, app
    finally:
        app.send_signal(signal.SIGINT)
        try:
            app.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            app.kill()
            app.communicate()


def got(address: str, path: str, method: str = "GET", **headers: str) -> int:
    at = urlsplit(address)
    connection = http.client.HTTPConnection(at.hostname or "", at.port, timeout=30)
    with suppress(ConnectionError):
        connection.request(method, path, headers=headers)
        return connection.getresponse().status
    return 0


def test_the_command_listens_here_only_and_asks_for_its_token(night: Path) -> None:
    with served(night) as (address, app):
        at = urlsplit(address)
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\?token=[\w-]{40,}", address)
        assert got(address, "/") == 403
        assert got(address, "/_stcore/health") == 403
        assert got(address, f"/?{at.query}", Host="evil.example") == 403
        assert got(address, f"/?{at.query}") == 303
        key = f"givetake_{at.port}={at.query.removeprefix('token=')}"
        assert got(address, "/", Cookie=key) == 200
        assert got(address, "/_stcore/health", Cookie=key, Origin="http://evil.example") == 403
        upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
                   "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}  # fmt: skip
        assert got(address, "/_stcore/stream", Cookie=key, Origin="http://evil.example", **upgrade) == 403
        assert got(address, "/_stcore/stream", **upgrade) == 403
        assert got(address, "/_stcore/stream", Cookie=key, Origin=f"http://127.0.0.1:{at.port}", **upgrade) == 101
        assert got(address, "/_stcore/upload_file/a/b", "PUT", Cookie=key) in (400, 403), "no XSRF token"
        with socket.socket() as elsewhere, pytest.raises(OSError, match=r"refused|unreachable"):
            elsewhere.connect((socket.gethostbyname(socket.gethostname()).replace("127.0.0.1", "127.0.0.2"), at.port))
        app.send_signal(signal.SIGINT)
        assert app.wait(30) == 0


def test_a_taken_port_and_a_missing_night_say_what_to_do(night: Path, tmp_path: Path) -> None:
    from flows.cli import run

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert run(["dashboard", "--home", str(night.parent), "--owner", "me", "--port", port]) == 1
    (tmp_path / "me").mkdir()
    assert run(["dashboard", "--home", str(tmp_path), "--owner", "me"]) == 1
