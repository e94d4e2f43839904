"""The one test that drives a real Prefect server: `givetake serve`, a night through it, and what it must not keep."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

GIVETAKE = [sys.executable, "-c", "from flows.cli import main; main()"]
CANARY = "a word nobody else would write: zwetschgenrummel"
LEDGER = f"""happened_on,direction,person,kind,n_targets,note
2024-05-31,both,Ana Example,talk,,{CANARY}
2024-06-02,received,Ana Example,help,1,{CANARY}
2024-06-03,given,Bob Example,gift,1,{CANARY}
"""
PATIENCE = 150  # seconds on a busy machine; a quiet one needs 40

pytestmark = pytest.mark.server


@pytest.fixture
def place(tmp_path: Path) -> Path:
    owner = tmp_path / "home" / "me"
    (owner / "inbox").mkdir(parents=True)
    (owner / "ledger.csv").write_text(LEDGER)
    return tmp_path / "home"


@pytest.fixture
def served(place: Path) -> Iterator[subprocess.Popen[str]]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT_")}
    with subprocess.Popen(
        [*GIVETAKE, "serve", "--home", str(place), "--cron", "15 3 * * *", "--timezone", "Europe/Berlin"],
        env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.communicate(timeout=60)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


class Server:
    """The API of the server that serves a home."""

    def __init__(self, place: Path) -> None:
        self.url = (place / ".prefect" / "url").read_text()
        self.password = (place / ".prefect" / "password").read_text()

    def ask(self, path: str, body: dict[str, Any] | None = None, **headers: str) -> Any:
        key = base64.b64encode(self.password.encode()).decode()
        told = {"Authorization": f"Basic {key}", "Content-Type": "application/json"} | headers
        if body is not None:
            client = self.ask("/csrf-token?client=test", **headers)
            told |= {"Prefect-Csrf-Token": client["token"], "Prefect-Csrf-Client": "test"}
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(self.url + path, data, told), timeout=30) as answer:
            return json.load(answer)


def until(what: Any, seconds: float = PATIENCE) -> Any:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if told := what():
            return told
        time.sleep(0.5)
    raise AssertionError(f"not within {seconds:.0f} s")


def status(url: str, data: bytes | None = None, **headers: str) -> int:
    try:
        urllib.request.urlopen(urllib.request.Request(url, data, {"Content-Type": "application/json"} | headers), timeout=30)
    except urllib.error.HTTPError as error:
        return error.code
    return 200


def test_a_night_through_prefect(place: Path, served: subprocess.Popen[str]) -> None:
    until(lambda: (place / ".prefect" / "url").exists() or served.poll() is not None)
    server = Server(place)
    deployment = until(lambda: server.ask("/deployments/filter", {}))[0]
    schedule = deployment["schedules"][0]
    assert schedule["active"]
    assert schedule["schedule"] == {"cron": "15 3 * * *", "timezone": "Europe/Berlin", "day_or": True}

    coming = {"flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}}
    assert until(lambda: server.ask("/flow_runs/filter", coming))[0]["auto_scheduled"]

    server.ask(f"/deployments/{deployment['id']}/create_flow_run", {})
    runs = {"flow_runs": {"state": {"type": {"any_": ["COMPLETED", "FAILED", "CRASHED"]}}}}
    ended = until(lambda: server.ask("/flow_runs/filter", runs))[0]
    assert ended["state_type"] == "COMPLETED", ended["state"]["message"]
    tasks = {t["name"]: t["state_type"] for t in server.ask("/task_runs/filter", {})}
    assert tasks == dict.fromkeys(
        ["fetch", "gather", "lay", "gate facts", "count", "gate core", "measure", "gate measures", "bring out"], "COMPLETED"
    )
    figures = {r["figure"]: r["value"] for r in json.loads(server.ask("/artifacts/filter", {})[0]["data"])}
    assert figures["connections"] == 2
    assert (place / "me" / "published" / "givetake.duckdb").exists()

    again = subprocess.run([*GIVETAKE, "run", "--json", "--home", str(place)], capture_output=True, text=True, timeout=PATIENCE)
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)[0]["nothing_new"]
    second = subprocess.run([*GIVETAKE, "serve", "--home", str(place)], capture_output=True, text=True, timeout=PATIENCE)
    assert second.returncode == 4, second.stderr

    assert status(f"{server.url}/flow_runs/count") == 401
    assert status(f"{server.url}/flows/filter", b"{}", Origin="http://evil.example") == 403
    port = int(server.url.split(":")[2].split("/")[0])
    assert listening(port) in ({"127.0.0.1"}, set())
    kept = [p for p in (place / ".prefect").rglob("*") if p.is_file()]
    assert [p.name for p in kept if any(w.encode() in p.read_bytes() for w in ("zwetschgenrummel", "Ana Example"))] == []
    assert [p.name for p in kept if p.stat().st_mode & 0o077] == []


def listening(port: int) -> set[str]:
    """The addresses a port is open on, as the kernel of Linux tells; empty elsewhere."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        if Path(table).exists():
            for line in Path(table).read_text().splitlines()[1:]:
                address, state = line.split()[1], line.split()[3]
                host, _, hexed = address.rpartition(":")
                if state == "0A" and int(hexed, 16) == port:
                    found.add(".".join(str(b) for b in bytes.fromhex(host)[::-1]) if len(host) == 8 else "::")
    return found


def test_a_night_whose_prefect_does_not_answer_is_done_without_it(place: Path) -> None:
    environment = os.environ | {"PREFECT_API_URL": "http://127.0.0.1:9/api", "PREFECT_CLIENT_MAX_RETRIES": "0"}
    told = subprocess.run(
        [*GIVETAKE, "run", "--json", "--home", str(place)], env=environment, capture_output=True, text=True, timeout=PATIENCE
    )
    assert told.returncode == 0, told.stderr
    assert "done without it" in told.stderr
    assert json.loads(told.stdout)[0]["connections"] == 2
