"""A server as deployments/server describes it: Prefect on PostgreSQL, a work pool, a worker, a deployment, and what is told when.

Skipped where PostgreSQL is not installed (`apt install postgresql`).
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from tests.test_nightly import LEDGER, listening, status
from tests.test_nightly import until as _until

ROOT = Path(__file__).parents[1]
EXPORT = ROOT / "tests" / "sources" / "mastodon" / "archive" / "archive"
POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin")) if os.name == "posix" else []
PREFECT = [sys.executable, "-m", "prefect"]

pytestmark = [
    pytest.mark.server, pytest.mark.skipif(not POSTGRES and not shutil.which("initdb"), reason="PostgreSQL is not installed")
]  # fmt: skip


def until(what: Any) -> Any:
    return _until(what, 900)  # a quiet machine needs two minutes for all of it


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def postgres(folder: Path, password: str) -> Iterator[int]:
    """PostgreSQL of Debian's package on loopback, with a password; it refuses to run as root."""
    folder.mkdir()
    (folder / "password").write_text(password)
    as_who = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    if as_who:
        shutil.chown(folder, "postgres")
        shutil.chown(folder / "password", "postgres")
        for above in folder.parents:  # it has to pass through pytest's private folders
            if above.stat().st_uid == os.getuid() and not above.stat().st_mode & 0o001:
                above.chmod(above.stat().st_mode | 0o001)
    port, data = free_port(), folder / "data"
    bin_ = POSTGRES[-1] if POSTGRES else Path(shutil.which("initdb") or "").parent
    run = {"check": True, "capture_output": True, "cwd": "/"}
    subprocess.run(
        [*as_who, str(bin_ / "initdb"), "-D", str(data), "-A", "scram-sha-256", "-U", "prefect", "--pwfile",
         str(folder / "password")], **run,
    )  # fmt: skip
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
    control = [*as_who, str(bin_ / "pg_ctl"), "-D", str(data), "-w"]
    subprocess.run([*control, "-l", str(folder / "log"), "-o", options, "start"], **run)
    try:
        yield port
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], **run)


@contextmanager
def running(command: list[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as out:
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=out, cwd=ROOT, start_new_session=True)
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def receiving() -> Iterator[tuple[str, list[str]]]:
    """A webhook: its address, and the texts it was sent."""
    told: list[str] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["text"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/", told
    finally:
        server.shutdown()
        server.server_close()


def environment(place: Path, port: int, database: int, secret: str) -> dict[str, str]:
    """server.env as an owner fills it in."""
    told = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "GIVETAKE_"))}
    text = (ROOT / "deployments" / "server" / "server.env").read_text().replace("CHANGE-ME", secret)
    text = text.replace("4200", str(port)).replace("5432/prefect", f"{database}/postgres")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.partition("=")
            told[name] = shlex.split(value)[0]
    here = {"PREFECT_HOME": place / ".prefect", "GIVETAKE_HOME": place, "GIVETAKE_CHECKOUT": ROOT}
    return told | {k: str(v) for k, v in here.items()}


class Api:
    """The server, asked as its clients ask it."""

    def __init__(self, env: dict[str, str]) -> None:
        self.env, self.url = env, env["PREFECT_API_URL"]
        self.key = {"Authorization": f"Basic {base64.b64encode(env['PREFECT_API_AUTH_STRING'].encode()).decode()}"}

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        import urllib.request

        told = self.key | {"Content-Type": "application/json"}
        if body is not None:
            token = self.ask("/csrf-token?client=test")["token"]
            told |= {"Prefect-Csrf-Token": token, "Prefect-Csrf-Client": "test"}
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(self.url + path, data, told), timeout=30) as answer:
            return json.load(answer)

    def states(self) -> dict[str, str]:
        return {run["id"]: run["state_name"] for run in self.ask("/flow_runs/filter", {})}

    def prefect(self, *words: str) -> str:
        done = subprocess.run([*PREFECT, *words], env=self.env, cwd=ROOT, capture_output=True, text=True, timeout=180)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return done.stdout


def test_nights_on_a_server_with_postgresql(tmp_path: Path) -> None:
    place, secret = tmp_path / "home", secrets.token_hex(16)
    owner = place / "me"
    (owner / "inbox").mkdir(parents=True, mode=0o700)
    shutil.copytree(EXPORT, owner / "inbox" / "archive")
    (owner / "ledger.csv").write_text(LEDGER)
    log = tmp_path / "log"
    log.mkdir()
    with ExitStack() as stack:
        database = stack.enter_context(postgres(tmp_path / "postgres", secret))
        env = environment(place, free_port(), database, secret)
        server = stack.enter_context(running([*PREFECT, "server", "start"], env, log / "server"))
        api = Api(env)
        from flows.prefect_home import alive

        until(lambda: alive(api.url) or server.poll() is not None)
        assert server.poll() is None, (log / "server").read_text()[-2000:]

        # what it does not let in
        assert status(f"{api.url}/flow_runs/count") == 401
        assert status(f"{api.url}/flows/filter", b"{}", **api.key) == 403, "CSRF"
        assert status(f"{api.url}/flows/filter", b"{}", **api.key, Origin="http://evil.example") == 403
        assert listening(int(env["PREFECT_SERVER_API_PORT"])) in ({"127.0.0.1"}, set())

        api.prefect("work-pool", "create", "givetake", "--type", "process")
        api.prefect("--no-prompt", "deploy", "--all", "--prefect-file", "deployments/prefect.yaml")
        deployment = until(lambda: api.ask("/deployments/filter", {}))[0]
        assert (deployment["name"], deployment["parameters"]["owner"]) == ("me", "me")
        assert deployment["schedules"][0]["schedule"] == {"cron": "15 4 * * *", "timezone": "Europe/Berlin", "day_or": True}

        # nights missed while no worker was up: those the scheduler made, moved into the past
        waiting = until(lambda: {i for i, s in api.states().items() if s in ("Scheduled", "Late")})
        earlier = ", ".join(f"{c} = {c} - interval '9 days'" for c in ("expected_start_time", "next_scheduled_start_time"))
        sql(database, secret, f"update flow_run set {earlier} where deployment_id = '{deployment['id']}'")
        assert len(waiting) >= 3

        hook, told = stack.enter_context(receiving())
        filled = subprocess.run(
            [sys.executable, "-m", "deployments.notify"], env=env | {"GIVETAKE_NOTIFY": hook}, cwd=ROOT, capture_output=True,
            text=True, check=True, timeout=180,
        ).stdout  # fmt: skip
        soon = yaml.safe_load(filled)
        for automation in soon["automations"]:  # weeks and days, made short
            trigger = automation["trigger"]
            trigger |= {"threshold": 1} | ({"within": 20} if trigger["posture"] == "Proactive" else {})
        (tmp_path / "mine.yaml").write_text(yaml.safe_dump(soon))
        api.prefect("automation", "create", "--from-file", str(tmp_path / "mine.yaml"))
        assert len(api.ask("/automations/filter", {})) == 4
        until(lambda: any("no night for 26 hours" in text for text in told))

        work = [*PREFECT, "worker", "start", "--pool", "givetake", "--limit", "1"]
        stack.enter_context(running(work, env, log / "worker"))
        until(lambda: all(api.states().get(i) in ("Completed", "Cancelled") for i in waiting))
        states = api.states()
        assert sorted(states[i] for i in waiting) == sorted(["Completed", *["Cancelled"] * (len(waiting) - 1)])
        assert (owner / "published" / "givetake.duckdb").exists()

        # by hand, and it finds nothing new
        made = api.ask(f"/deployments/{deployment['id']}/create_flow_run", {})["id"]
        until(lambda: api.states().get(made) == "Completed")
        until(lambda: any("a source is stale: mastodon" in text for text in told))

        ours = [p for p in owner.rglob("*") if p.relative_to(owner).parts[0] not in ("inbox", "ledger.csv")]
        assert [p for p in ours if not p.is_symlink() and p.stat().st_mode & 0o077] == []

        # a gate is broken: the last good night stays, and it is told
        before = (owner / "published").resolve()
        facts = pl.read_parquet(next((owner / "facts").glob("*.parquet")))
        sideways = pl.when(pl.col("fact") == "act").then(pl.lit("sideways")).otherwise("direction")
        facts.with_columns(direction=sideways).write_parquet(owner / "facts" / f"{'f' * 64}.parquet")
        made = api.ask(f"/deployments/{deployment['id']}/create_flow_run", {})["id"]
        until(lambda: api.states().get(made) == "Failed")
        until(lambda: {"a night failed", "a gate is broken"} <= {t.split(", ")[1].split(":")[0] for t in told})
        assert (owner / "published").resolve() == before

        words = "".join(told) + "".join(p.read_text(errors="replace") for p in log.iterdir())
        assert "zwetschgenrummel" not in words
        assert "Ana Example" not in words


def sql(port: int, password: str, statement: str) -> None:
    subprocess.run(
        ["psql", "-h", "127.0.0.1", "-p", str(port), "-U", "prefect", "-d", "postgres", "-c", statement], check=True,
        capture_output=True, env=os.environ | {"PGPASSWORD": password}, timeout=60,
    )  # fmt: skip
