"""The door of the app: it listens on this machine only and opens to whoever has the address it prints.

That address holds a random token, as Jupyter's does; a cookie carries it from then on. Any web page the owner visits, and any
other user of the machine, can reach a port of 127.0.0.1: hence no page without the token, no foreign Host (DNS rebinding), no
foreign Origin (a page elsewhere opening our WebSocket), no frame, and a policy by which the browser loads nothing from outside.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
import socket
import sys
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager, suppress
from hmac import compare_digest
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

HERE = "127.0.0.1"
PORT = 8501
# Vega compiles the expressions of a chart ('unsafe-eval') and the app's frame styles itself ('unsafe-inline'); neither is ever
# made of text from an export.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; connect-src 'self' ws://{host}; "
    "frame-src 'none'; object-src 'none'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
)
SHUT = b"""<!doctype html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark">
<title>givetake</title><body style="font:1.1rem/1.6 system-ui,sans-serif;max-width:34rem;margin:4rem auto;padding:0 1rem">
<h1>This is private</h1><p>Please open the whole address that <code>givetake dashboard</code> printed, with its token.</p>"""
_PAGE = re.compile("/([a-z]+)")
Message = MutableMapping[str, Any]


class Door:
    """ASGI middleware in front of the app: `host:port` it answers to, and the token it asks for."""

    def __init__(self, app: Any, token: str) -> None:
        self.app, self.token = app, token

    async def __call__(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get(b"host", "")
        cookie = f"givetake_{scope['server'][1]}"  # a cookie knows no port: two dashboards must not shut each other out
        given = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        asked = given.pop("token", None)
        if not self._at_home(scope, headers, host):
            await _refuse(scope, send)
        elif scope["type"] == "http" and asked is not None and compare_digest(asked.encode(), self.token.encode()):
            there = quote(scope["path"].replace("\\", "/")).lstrip("/")  # no //elsewhere
            rest = f"?{urlencode(given)}" if given else ""
            kept = f"{cookie}={self.token}; Path=/; HttpOnly; SameSite=Lax"
            await _answer(send, 303, [(b"location", f"/{there}{rest}".encode()), (b"set-cookie", kept.encode())], b"")
        elif not compare_digest(_crumb(headers.get(b"cookie", ""), cookie), self.token.encode()):
            await _refuse(scope, send)
        elif scope["type"] == "http" and (page := _PAGE.fullmatch(scope["path"])):  # see app.py
            given["page"] = page[1]
            await _answer(send, 303, [(b"location", f"/?{urlencode(given)}".encode())], b"")
        else:
            await self.app(scope, receive, _guarded(send, host))

    def _at_home(self, scope: Message, headers: dict[bytes, str], host: str) -> bool:
        """Asked for under its own name, and by its own pages or by hand."""
        port = scope["server"][1]
        if host not in (f"{HERE}:{port}", f"localhost:{port}"):
            return False
        if headers.get(b"origin", f"http://{host}") != f"http://{host}":
            return False
        by_hand = headers.get(b"sec-fetch-mode", "navigate") == "navigate"
        return by_hand or headers.get(b"sec-fetch-site", "same-origin") in ("same-origin", "none")


def _crumb(header: str, name: str) -> bytes:
    """The cookie of that name, as bytes."""
    with suppress(CookieError):
        if found := SimpleCookie(header).get(name):
            return found.value.encode()
    return b""


def _guarded(send: Callable[[Message], Awaitable[None]], host: str) -> Callable[[Message], Awaitable[None]]:
    """Every answer says what the browser may do with it."""
    added = [
        (b"content-security-policy", POLICY.format(host=host).encode()),
        (b"referrer-policy", b"no-referrer"),
        (b"x-frame-options", b"DENY"),
        (b"x-content-type-options", b"nosniff"),
        (b"cross-origin-resource-policy", b"same-origin"),
    ]

    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            named = {name for name, _ in added}
            kept = [pair for pair in message.get("headers", []) if pair[0].lower() not in named]
            message["headers"] = [*kept, *added]
        await send(message)

    return guarded


async def _refuse(scope: Message, send: Callable[[Message], Awaitable[None]]) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
    else:
        await _answer(
            send,
            403,
            [
                (b"content-type", b"text/html"),
                (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
            ],
            SHUT,
        )


async def _answer(
    send: Callable[[Message], Awaitable[None]], status: int, headers: list[tuple[bytes, bytes]], body: bytes
) -> None:
    more = [(b"content-length", b"%d" % len(body)), (b"cache-control", b"no-store"), (b"referrer-policy", b"no-referrer")]
    await send({"type": "http.response.start", "status": status, "headers": headers + more})
    await send({"type": "http.response.body", "body": body})


LIGHT = {
    "backgroundColor": "#fbf9f5",
    "secondaryBackgroundColor": "#f2eee6",
    "textColor": "#141312",  # what is faint is 60 % of it, and must be read (4.5 to 1)
    "borderColor": "#d9d4cb",
    "primaryColor": "#0072b2",
    "linkColor": "#00588a",
}
DARK = {
    "backgroundColor": "#1b1a18",
    "secondaryBackgroundColor": "#262421",
    "textColor": "#ece7de",
    "borderColor": "#45413b",
    "primaryColor": "#56b4e9",
    "linkColor": "#7cc4ee",
}
SETTINGS: dict[str, Any] = {
    "server.address": HERE,
    "server.allowedHosts": [HERE, "localhost"],
    "server.enableXsrfProtection": True,
    "server.enableCORS": True,
    "server.xsrfCookieSameSite": "strict",
    "server.headless": True,
    "server.fileWatcherType": "none",
    "server.runOnSave": False,
    "server.enableStaticServing": False,
    "server.enableAgentApi": False,
    "server.maxUploadSize": 1,
    "browser.gatherUsageStats": False,
    "client.toolbarMode": "viewer",
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "runner.magicEnabled": False,
    "logger.hideWelcomeMessage": True,
    "logger.level": "warning",
    "logger.enableRich": False,
    "theme.metricValueFontSize": "1.5rem",
    "theme.baseRadius": "0.6rem",
    "theme.showWidgetBorder": True,
    "theme.font": "system-ui, -apple-system, Segoe UI, Roboto, Noto Sans, sans-serif",
    "theme.headingFont": "Charter, Iowan Old Style, Georgia, Noto Serif, DejaVu Serif, serif",
    **{f"theme.light.{name}": colour for name, colour in LIGHT.items()},
    **{f"theme.dark.{name}": colour for name, colour in DARK.items()},
    "theme.light.sidebar.backgroundColor": "#f2eee6",
    "theme.dark.sidebar.backgroundColor": "#211f1d",
}


def free(port: int) -> bool:
    """Whether that port of this machine can be listened on."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):
            tried.bind((HERE, port))
            return True
    return False


def complain(bug: Exception) -> bool:
    """Say where a page broke, never the message of the error: it may quote a name."""
    import streamlit as st

    ours = [f for f in traceback.extract_tb(bug.__traceback__) if Path(f.filename).is_relative_to(Path(__file__).parent)]
    place = f"{type(bug).__name__} at {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else type(bug).__name__
    print(f"givetake: dashboard — {place} — GIVETAKE_DEBUG=1 shows all of it", file=sys.stderr, flush=True)
    st.error(f"This page could not be made ({place}). The others may do; the published night is unharmed.")
    return True


def serve(folder: Path, port: int, opened: Callable[[str], None]) -> None:
    """Serve the app over the nights of one owner's folder until interrupted; 0 is any free port.

    `opened` is told the address with its token once it can be asked for.
    """
    import streamlit as st
    from starlette.middleware import Middleware

    from dashboards import charts, parts  # noqa: F401  imported now, so that the first page need not wait for it

    token = secrets.token_urlsafe(32)
    if not os.environ.get("GIVETAKE_DEBUG"):  # a message of an error may quote a name; Streamlit would log it
        logging.getLogger("streamlit.error_util").addFilter(lambda _: False)

    @asynccontextmanager
    async def started(_: Any) -> Any:
        opened(f"http://{HERE}:{st.get_option('server.port')}/?token={token}")
        yield {}

    app = st.App(
        Path(__file__).with_name("app.py"),
        secrets={"folder": str(folder)},
        lifespan=started,
        middleware=[Middleware(Door, token=token)],
        on_script_error=complain,
    )
    app.run(config=SETTINGS | {"server.port": port})
