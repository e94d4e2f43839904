"""A server of a platform on loopback, over real HTTP: it answers as documented, and misbehaves when told to."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "token-nobody-may-see"
Route = Callable[[dict[str, str]], Any]


class Server(ThreadingHTTPServer):
    """`routes`: path → what it answers to the parameters: JSON, bytes, or (JSON, headers), where "Status" is its status.

    `faults`: kinds of misbehaviour, one a request from request number `after` on, then none. `asked` lists what was asked.
    """

    daemon_threads = True

    def __init__(self, routes: dict[str, Route]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.routes, self.faults, self.after = routes, [], 0
        self.asked: list[tuple[str, dict[str, str], dict[str, str]]] = []
        self.lock = threading.Lock()
        self.told: dict[str, tuple[bytes, dict[str, str]]] = {}  # path → what it answered last

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def misbehave(self, *faults: str, after: int = 0) -> None:
        self.faults, self.after = list(faults), len(self.asked) + after


@contextmanager
def serving(routes: dict[str, Route]) -> Iterator[Server]:
    server = Server(routes)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


FAULTS = (
    "429 after 0",
    "429 after 2099",
    "429",
    "rate limit 403",
    "500",
    "503",
    "silence",
    "drip",
    "drip headers",
    "hang up",
    "cut with length",
    "cut chunked",
    "cut without length",
    "cut gzip",
    "html",
    "empty",
    "list for object",
    "gzip bomb",
    "another page",
)  # fmt: skip  each is got over
FINAL = ("revoked", "forbidden", "redirect", "too large", "no such thing", "the page before")  # each may end the pull


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, *_: Any) -> None:
        pass

    def do_POST(self) -> None:
        self.posted = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.do_GET()

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {k: v[-1] for k, v in parse_qs(parts.query).items()} | getattr(self, "posted", {})
        with self.server.lock:
            self.server.asked.append((parts.path, asked, dict(self.headers)))
            due = self.server.faults and len(self.server.asked) > self.server.after
            fault = self.server.faults.pop(0) if due else ""
        route = self.server.routes.get(parts.path)
        told = route(asked) if route else None
        value, headers = (told[0], dict(told[1])) if isinstance(told, tuple) else (told, {})
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        told = self.server.told
        if fault == "the page before":
            self._send(200, *told.get(parts.path, (body, headers)))
        elif fault == "another page":
            self._send(200, next((told[path][0] for path in reversed(told) if path != parts.path), b""), {})
        elif fault:
            self.close_connection = True
            self._misbehave(fault, body, headers)
        elif route is None:
            self._send(404, b"{}", {})
        elif value is None:
            self._send(401, b'{"error":"The access token is invalid"}', {})
        else:
            if "Status" not in headers:
                self.server.told[parts.path] = body, dict(headers)
            self._send(int(headers.pop("Status", 200)), body, headers)

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Transfer-Encoding" not in headers:
            self.send_header("Content-Length", headers.get("Content-Length", str(len(body))))
        self.end_headers()
        self.wfile.write(body)

    def _misbehave(self, fault: str, body: bytes, headers: dict[str, str]) -> None:
        half = body[: len(body) // 2]
        if fault.startswith("429"):
            after = {"429 after 0": "0", "429 after 2099": "Thu, 01 Jan 2099 00:00:00 GMT"}.get(fault)
            self._send(429, b"{}", {"Retry-After": after} if after else {})
        elif fault == "rate limit 403":
            self._send(403, b"{}", {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) - 5)})
        elif fault in ("500", "503"):
            self._send(int(fault), b"<h1>Oops</h1>", {})
        elif fault == "silence":
            time.sleep(1.5)
        elif fault == "drip":
            self._drip(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode(), body)
        elif fault == "drip headers":
            self._drip(b"HTTP/1.1 200 OK\r\n", b"X-Slow: " + b"x" * 999)
        elif fault == "hang up":
            self.connection.shutdown(socket.SHUT_RDWR)
        elif fault == "cut with length":
            self.wfile.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode() + half)
        elif fault == "cut chunked":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % len(body) + half)
        elif fault == "cut without length":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + half)
        elif fault == "cut gzip":
            packed = gzip.compress(body)
            self._send(200, packed[: len(packed) // 2], {"Content-Encoding": "gzip"})
        elif fault == "gzip bomb":
            self._send(200, gzip.compress(b"[" + b" " * (50 << 20)), {"Content-Encoding": "gzip"})
        elif fault == "html":
            self._send(200, b"<!doctype html><title>Log in</title>", {"Content-Type": "text/html"})
        elif fault == "empty":
            self._send(200, b"", {})
        elif fault == "list for object":
            self._send(200, b'"maintenance"', {})
        elif fault in ("revoked", "forbidden"):
            self._send({"revoked": 401, "forbidden": 403}[fault], b"{}", {})
        elif fault == "redirect":
            self._send(302, b"", {"Location": "http://localhost:9/elsewhere?access_token=" + TOKEN})
        elif fault == "too large":
            self._send(200, b"[" + b" " * (9 << 20) + b"]", {})
        else:
            self._send(404, b"{}", {})

    def _drip(self, at_once: bytes, slowly: bytes) -> None:
        try:
            self.wfile.write(at_once)
            for byte in slowly[:60]:
                self.wfile.write(bytes([byte]))
                time.sleep(0.05)
        except OSError:
            pass
