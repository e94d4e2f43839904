"""Where Prefect lives: its settings for one home, set before it is imported, and a server of our own for `serve`.

Whatever we start listens on loopback only, asks for a password that is made once per home, and tells nobody outside.
A server of the user's own (PREFECT_API_URL) is left as it is.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from flows.settings import Home

START_SECONDS = 180  # the first start makes a database; 20 s, as Prefect has it, fail on a busy machine
PORT = 4200  # as everybody knows it


def surround(home: Home, logging: str = "CRITICAL") -> str:
    """Set what Prefect reads at import: no telemetry, and its files, password and server in this home.

    Returns the address of the API of a server that is up already, the user's own or that of a `serve`; else "".
    """
    os.environ |= {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
    for name in ("PREFECT_LOGGING_LEVEL", "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"):  # the second holds for other libraries too
        os.environ.setdefault(name, logging)
    if url := os.environ.get("PREFECT_API_URL"):
        return url
    folder = _folder(home)
    password = _password(folder)
    os.environ |= {
        "PREFECT_HOME": str(folder),
        "PREFECT_API_AUTH_STRING": password,
        "PREFECT_SERVER_API_AUTH_STRING": password,
        "PREFECT_SERVER_API_HOST": "127.0.0.1",
        "PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED": "true",
        "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": "http://127.0.0.1",  # not `*`: any page could drive it
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": str(START_SECONDS),
        "PREFECT_SERVER_UI_V2_ENABLED": "false",  # V2 asks a third party for its settings at every load
    }
    at_home = at_work(home)
    if at_home:
        os.environ["PREFECT_API_URL"] = at_home
    return at_home


def at_work(home: Home) -> str:
    """The address of the API of a `serve` of this home that is at work; else ""."""
    with contextlib.suppress(OSError):
        url = (_folder(home) / "url").read_text()
        return url if alive(url) else ""
    return ""


def owners(home: Home) -> list[Home]:
    """The homes of every owner under this root."""
    return [Home(home.root, inbox.parent.name) for inbox in sorted(home.root.glob("*/inbox"))]


@contextlib.contextmanager
def server(home: Home) -> Iterator[str]:
    """Our own server on loopback, up while this lasts: the address of its API."""
    folder, port = _folder(home), _free_port(PORT)
    with _process(["prefect", "server", "start", "--host", "127.0.0.1"], port, folder / "server.log") as wait:
        wait()
        url = os.environ["PREFECT_API_URL"]
        (folder / "url").write_text(url)
        try:
            yield url
        finally:
            (folder / "url").unlink(missing_ok=True)


@contextlib.contextmanager
def server_of_a_night(home: Home) -> Iterator[Callable[[], None]]:
    """The server Prefect itself starts for a flow without one, up while this lasts: what waits until it answers.

    Prefect first imports all of a server, then starts it in a child; here the child starts while Prefect is imported. To
    write all kinds of blocks into a new home takes seconds, and no night needs them.
    """
    command = ["uvicorn", "--factory", "prefect.server.api.server:create_app", "--log-level", "error", "--lifespan", "on"]
    brief = {"UI_ENABLED": "0", "_SERVER_EPHEMERAL": "1", "_SERVER_FINAL": "1", "SERVER_REGISTER_BLOCKS_ON_START": "false",
             "SERVER_MEMOIZE_BLOCK_AUTO_REGISTRATION": "false"}  # fmt: skip
    with _process(command, _free_port(), _folder(home) / "night.log", **{f"PREFECT_{k}": v for k, v in brief.items()}) as wait:
        yield wait


@contextlib.contextmanager
def _process(command: list[str], port: int, log: Path, **environment: str) -> Iterator[Callable[[], None]]:
    """A server of this process while this lasts: what waits until it answers."""
    url = f"http://127.0.0.1:{port}/api"
    said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    process = subprocess.Popen(
        [sys.executable, "-m", "flows.bound", str(os.getpid()), *command, "--port", str(port)],
        stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=os.environ | environment,
    )  # fmt: skip
    os.close(said)
    os.environ["PREFECT_API_URL"] = url

    def wait() -> None:
        patience = time.monotonic() + START_SECONDS
        while not alive(url):
            if process.poll() is not None or time.monotonic() > patience:
                raise RuntimeError(f"Prefect's server did not start; what it said is in {log}")
            time.sleep(0.1)

    try:
        yield wait
    finally:
        os.environ.pop("PREFECT_API_URL", None)
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def alive(url: str) -> bool:
    """Whether a Prefect server answers there, with or without asking for a password."""
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=5):
            return True
    except urllib.error.HTTPError as answer:
        return answer.code == 401
    except (OSError, ValueError):
        return False


def _folder(home: Home) -> Path:
    folder = home.root / ".prefect"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _password(folder: Path) -> str:
    kept = folder / "password"
    with contextlib.suppress(FileExistsError), os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as f:
        f.write(f"givetake:{secrets.token_urlsafe(24)}")
    return kept.read_text()


def _free_port(*known: int) -> int:
    """One of the known, else any."""
    for port in (*known, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise RuntimeError("no free port on 127.0.0.1")
