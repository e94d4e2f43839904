"""A real browser for tests: Chromium over its DevTools pipe; what it asks for and complains of is written down."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


class Browser:
    """One page of one browser. `requests`: every address asked for; `complaints`: errors of the console and of scripts."""

    def __init__(self, profile: Path, width: int = 1280, height: int = 900, dark: bool = False) -> None:
        assert CHROMIUM
        told, self._write = os.pipe()
        self._read, tell = os.pipe()
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (told, tell)]  # clear of 3 and 4, where Chromium wants them

        def lay() -> None:
            os.dup2(ends[0], 3)
            os.dup2(ends[1], 4)

        options = [
            CHROMIUM,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--no-first-run",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            "--remote-debugging-pipe",
            f"--user-data-dir={profile}",
            "about:blank",
        ]
        self._process = subprocess.Popen(
            options, preexec_fn=lay, pass_fds=(3, 4), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for end in (told, tell, *ends):
            os.close(end)
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self._number, self._rest, self._session = 0, b"", None
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")
        self.look(width, height, dark)

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.terminate()
        self._process.wait(20)
        os.close(self._read)
        os.close(self._write)

    def look(self, width: int, height: int = 900, dark: bool = False) -> None:
        """A window of that size, on paper of that tone."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        tone = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setEmulatedMedia", features=[tone])

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """One command of the DevTools protocol, and its result."""
        self._number += 1
        number = self._number
        message = {"id": number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        until = time.monotonic() + 60
        while time.monotonic() < until:
            for told in self._heard(until - time.monotonic()):
                if told.get("id") == number:
                    assert "error" not in told, told["error"]
                    return told["result"]
        raise TimeoutError(method)

    def open(self, url: str) -> None:
        self.ask("Page.navigate", url=url)

    def run(self, script: str) -> Any:
        """The value of an expression in the page."""
        told = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def wait(self, script: str, seconds: float = 60) -> Any:
        """Until an expression in the page is true; its value."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                if found := self.run(script):
                    return found
            except AssertionError:
                pass  # the page is just being replaced
            time.sleep(0.2)
        raise TimeoutError(f"{script} — {self.run('document.body.innerText.slice(0, 2000)')}")

    def key(self, key: str, code: int = 0, text: str = "", shift: bool = False) -> None:
        for kind in ("keyDown", "keyUp"):
            more: dict[str, Any] = {"text": text} if text and kind == "keyDown" else {}
            more |= {"modifiers": 8, "code": "Space"} if shift else {}
            self.ask("Input.dispatchKeyEvent", **{"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code} | more)

    def click(self, x: float, y: float) -> None:
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def shot(self, path: Path) -> Path:
        """What the window shows, as PNG."""
        path.write_bytes(base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"]))
        return path

    def _heard(self, seconds: float) -> list[dict[str, Any]]:
        ready, _, _ = select.select([self._read], [], [], max(0, seconds))
        if not ready:
            return []
        read = os.read(self._read, 1 << 20)
        assert read, "the browser went away"
        *whole, self._rest = (self._rest + read).split(b"\0")
        heard = [json.loads(message) for message in whole]
        for event in heard:
            self._note(event.get("method", ""), event.get("params", {}))
        return heard

    def _note(self, method: str, told: dict[str, Any]) -> None:
        if method == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])
        elif method == "Network.webSocketCreated":
            self.requests.append(told["url"])
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(told["exceptionDetails"])[:600])
        elif method == "Runtime.consoleAPICalled" and told["type"] in ("error", "assert"):
            self.complaints.append(json.dumps([a.get("value", a.get("description")) for a in told["args"]])[:600])
        elif method == "Log.entryAdded" and told["entry"]["level"] == "error":
            self.complaints.append(f"{told['entry']['text']} {told['entry'].get('url', '')}"[:600])
