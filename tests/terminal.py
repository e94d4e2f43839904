"""A person at a terminal: a program in a pty of a given width, what it shows, and what is typed."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Terminal:
    """What a program shows, and where to type."""

    def __init__(self, screen: int, process: subprocess.Popen[bytes]) -> None:
        self.screen, self.process, self.raw = screen, process, b""

    @property
    def seen(self) -> str:
        """All that was shown, without colours and movements."""
        return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[=>]|\x07", "", self.raw.decode(errors="replace"))

    def until(self, words: str, seconds: float = 90) -> str:
        """Wait for words after those waited for last."""
        start, ends = getattr(self, "read", 0), time.monotonic() + seconds
        while words not in self.seen[start:]:
            left = ends - time.monotonic()
            assert left > 0, f"not shown: {words}\n{self.seen[-1500:]}"
            if not self.more(left):
                break
        assert words in self.seen[start:], self.seen[-1500:]
        self.read = start + self.seen[start:].index(words) + len(words)
        return self.seen[start:]

    def more(self, seconds: float) -> bool:
        if not select.select([self.screen], [], [], seconds)[0]:
            return False
        try:
            piece = os.read(self.screen, 65536)
        except OSError:  # Linux ends a terminal so
            piece = b""
        self.raw += piece
        return bool(piece)

    def type(self, words: str) -> None:
        os.write(self.screen, words.encode())

    def end(self) -> int:
        """Everything to the end, and the exit code."""
        while self.more(120):
            pass
        return self.process.wait(30)


@contextmanager
def terminal(command: list[str], columns: int = 80, env: dict[str, str] | None = None) -> Iterator[Terminal]:
    """Run a program in a terminal so many columns wide."""
    screen, end = pty.openpty()
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 30, columns, 0, 0))
    told = os.environ | {"TERM": "xterm", "NO_COLOR": "1"} | (env or {})
    told.pop("COLUMNS", None)

    def claim() -> None:
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    process = subprocess.Popen(command, stdin=end, stdout=end, stderr=end, env=told, start_new_session=True, preexec_fn=claim)
    os.close(end)
    try:
        yield Terminal(screen, process)
    finally:
        process.kill()
        process.wait()
        os.close(screen)
