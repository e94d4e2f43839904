"""A process tree that is warm, and whose disk, clock and network do as they are told.

`again` starts this program anew with tests/faults/shim.c before it; then `forked` runs a function in a copy of the warm process,
in a process group of its own, and `PLAN` says what happens to its disk meanwhile. Linux with a C compiler.
"""

from __future__ import annotations

import contextlib
import errno
import json
import mmap
import os
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OPERATIONS = {"write": 1, "sync": 2, "rename": 4, "unlink": 8, "make": 16, "truncate": 32, "open": 64}
ACTIONS = {"kill before": 1, "kill after": 2, "fail": 3, "fail on": 4}
FIELDS = ("count", "mask", "at", "action", "error", "bounded", "room", "clock", "tracing", "listening")
SIZE = 8 * len(FIELDS) + 2048
PATIENCE = 900  # seconds a trial may take on a busy machine
NAME = "GIVETAKE_FAULTS_PLAN"


def possible() -> bool:
    """Whether this machine can put something between a process and its disk."""
    return sys.platform == "linux" and bool(shutil.which("cc"))


def again(module: str, arguments: list[str]) -> None:
    """Start `python -m module` with the shim before it, unless this is it already. Comes back only then."""
    if os.environ.get(NAME):
        return
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        shim, plan = Path(folder) / "shim.so", Path(folder) / "plan"
        source = Path(__file__).with_name("shim.c")
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", shim, source, "-ldl", "-lpthread"], check=True)
        plan.write_bytes(bytes(SIZE))
        # A fork keeps no thread but its own, so none may be there: those of polars and numpy wait until they are needed.
        quiet = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONFAULTHANDLER": ""}
        environment = os.environ | quiet | {"LD_PRELOAD": str(shim), NAME: str(plan)}
        try:
            code = subprocess.run([sys.executable, "-m", module, *arguments], env=environment, check=False).returncode
        except KeyboardInterrupt:
            code = 130
    sys.exit(code)


class Plan:
    """What happens to the files under a folder: the memory that shim.c reads in every process of a trial."""

    def __init__(self) -> None:
        with open(os.environ[NAME], "r+b") as f:
            self._shared = mmap.mmap(f.fileno(), SIZE)

    def set(self, root: Path | None = None, log: Path | None = None, on: str = "", action: str = "", **numbers: int) -> None:
        """A new plan: at the `at`th of the operations `on` (names joined by |), do `action`."""
        told = dict.fromkeys(FIELDS, 0) | numbers
        told["mask"] = sum(OPERATIONS[name] for name in on.split("|")) if on else 0
        told["action"] = ACTIONS[action] if action else 0
        paths = [str(p or "").encode().ljust(1024, b"\0") for p in (root, log)]
        self._shared[:SIZE] = bytes(SIZE)
        self._shared[:SIZE] = struct.pack(f"<{len(FIELDS)}q", *(told[f] for f in FIELDS)) + b"".join(paths)

    def off(self) -> None:
        """Let everything pass."""
        self.set()

    @property
    def room(self) -> int:
        """Bytes the folder may still grow."""
        return int(struct.unpack_from("<q", self._shared, 8 * FIELDS.index("room"))[0])

    @property
    def count(self) -> int:
        """Operations seen since `set`."""
        return int(struct.unpack_from("<q", self._shared, 0)[0])


@dataclass
class Ended:
    """How a trial ended: its exit code or -signal, what it said on stdout and stderr, and its seconds by both clocks."""

    code: int
    out: str
    err: str
    seconds: float
    cpu: float

    @property
    def lines(self) -> list[str]:
        return [line for line in self.err.splitlines() if line.strip()]


def forked(what: Callable[[], Any], *, kill_after: float | None = None, alone: bool = False, patience: float = PATIENCE) -> Ended:
    """Run `what` in a copy of this process; its answer is the exit code, or goes as JSON to stdout.

    `kill_after` so many seconds it is killed, with all it started, or `alone`.
    """
    return wait(start(what), kill_after, alone, patience)


@dataclass
class Started:
    """A trial at work."""

    pid: int
    out: Path
    err: Path
    since: float


def start(what: Callable[[], Any]) -> Started:
    """Begin `what` in a copy of this process, in a group of its own."""
    made = [tempfile.mkstemp(prefix="faults-said-") for _ in "oe"]
    for handle, _ in made:
        os.close(handle)
    said = [Path(name) for _, name in made]
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    pid = os.fork()
    if pid:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.setpgid(pid, pid)
        return Started(pid, *said, time.monotonic())
    code = 70
    try:
        os.setpgid(0, 0)
        os.umask(0o077)
        for number, path in zip((1, 2), said, strict=True):
            os.dup2(os.open(path, os.O_WRONLY), number)
        answer = what()
        code = answer if isinstance(answer, int) else 0
        if not isinstance(answer, int):
            os.write(1, json.dumps(answer).encode())
    except BaseException:
        import traceback

        os.write(2, traceback.format_exc().encode())
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def wait(started: Started, kill_after: float | None = None, alone: bool = False, patience: float = PATIENCE) -> Ended:
    """How a trial ended."""
    gone = os.pidfd_open(started.pid)
    due = max(0.0, started.since + (patience if kill_after is None else kill_after) - time.monotonic())
    if not select.select([gone], [], [], due)[0]:
        end(started.pid, alone)
        if kill_after is None:
            raise TimeoutError(f"not done within {patience:.0f} s")
    os.close(gone)
    _, status, used = os.wait4(started.pid, 0)
    if not alone:
        end(started.pid)
    seconds = time.monotonic() - started.since
    cpu = used.ru_utime + used.ru_stime
    out, err = (p.read_text(errors="replace") for p in (started.out, started.err))
    for path in (started.out, started.err):
        path.unlink()
    return Ended(os.waitstatus_to_exitcode(status), out, err, seconds, cpu)


def end(pid: int, alone: bool = False) -> None:
    """Kill a process, and its group unless `alone`."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL) if alone else os.killpg(pid, signal.SIGKILL)


class Reader:
    """The process that parses, as `Popen` gives it: a copy of this one, so that its imports are not done again in each trial."""

    def __init__(self) -> None:
        (job_out, job_in), (answer_out, answer_in) = os.pipe(), os.pipe()
        self._pid = os.fork()
        if not self._pid:
            try:
                for number, end in ((0, job_out), (1, answer_in), (2, os.open(os.devnull, os.O_WRONLY))):
                    os.dup2(end, number)
                os.closerange(3, 64)  # what holds the other ends would never see them closed
                sys.stdin = open(0, encoding="utf-8")  # noqa: SIM115
                from flows import reader

                reader.main()
            finally:
                os._exit(0)
        os.close(job_out)
        os.close(answer_in)
        self.stdin, self.stdout = os.fdopen(job_in, "w", encoding="utf-8"), os.fdopen(answer_out, encoding="utf-8")

    @classmethod
    def stands_ready(cls) -> None:
        """Fork it now, before this process has threads; the first reader that is asked for is this one."""
        from types import SimpleNamespace

        from flows import read

        ready, real = [cls()], subprocess.Popen
        read.subprocess = SimpleNamespace(  # type: ignore[attr-defined]
            Popen=lambda *a, **k: ready.pop() if ready else real(*a, **k), PIPE=subprocess.PIPE, DEVNULL=subprocess.DEVNULL
        )

    def kill(self) -> None:
        end(self._pid, alone=True)

    def communicate(self) -> None:
        with contextlib.suppress(OSError):
            self.stdin.close()
        self.stdout.close()
        os.waitpid(self._pid, 0)


@contextlib.contextmanager
def place(prefix: str = "faults-") -> Iterator[Path]:
    """A folder in memory where there is one, since a fault of the disk is ours to make."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=memory if memory.is_dir() else None)).resolve()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


FULL, BROKEN = errno.ENOSPC, errno.EIO
