"""The only reader of the published file: read-only and locked down, so that SQL reaches that one file and nothing else.

`connect` is for the project's own statements. Anybody else's SQL goes through `query`: DuckDB calls untrusted SQL unsafe
by design and its memory_limit bounds nothing, so it runs in a child process that can neither grow, linger nor write.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb

FILE = "givetake.duckdb"
LOCKED: dict[str, Any] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",  # else SQL reads the variables of this program by their names
    "temp_directory": "",  # nothing is spilled beside the night; max_temp_directory_size alone let it be tried
    "max_temp_directory_size": "0B",
    "threads": "2",
    "memory_limit": "1GB",
    "lock_configuration": "true",
}
ANSWER = 64 << 20  # bytes of an answer
_MiB = 1 << 20


class NotPublished(Exception):  # noqa: N818  it reads as what it says
    """There is no night to read yet."""


class Refused(Exception):  # noqa: N818  it reads as what it says
    """A statement that was not answered; one line that says why."""


def published(home_folder: Path) -> Path:
    """The file of the night published now, under its own name, so that a reader stays with one night.

    DuckDB shares a database between connections by path: through the link, a second connection would see the old night.
    """
    path = (home_folder / "published" / FILE).resolve()
    if not path.is_file():
        raise NotPublished(f"{home_folder.name} — nothing is published yet — `givetake run` makes the first night")
    return path


def fresh(home_folder: Path) -> str:
    """A token of the night published now: another token, another night to read. Raises NotPublished."""
    stat = published(home_folder).stat()
    return f"{stat.st_dev:x}-{stat.st_ino:x}-{stat.st_mtime_ns:x}"


def connect(home_folder: Path) -> duckdb.DuckDBPyConnection:
    """A connection to the night published now, for statements of our own; one cursor() a thread. Raises NotPublished.

    It stays with its night: close it and connect again where `fresh` gives another token.
    """
    while True:
        path = published(home_folder)
        try:
            return open_night(path)
        except duckdb.Error:
            if published(home_folder) == path:  # else two nights went by since, and took it with them
                raise


def open_night(path: Path) -> duckdb.DuckDBPyConnection:
    """A connection to one published file, wherever it lies. Raises duckdb.Error."""
    return duckdb.connect(str(path), read_only=True, config=LOCKED)


def query(
    path: Path, sql: str, limit: int = 1000, timeout: float = 10, memory: int = 1 << 30
) -> tuple[list[str], list[list[Any]]]:
    """Columns and at most `limit` rows of one untrusted statement on a published file.

    Values are as JSON has them: dates and times in ISO 8601 (UTC), decimals as numbers, blobs in hex. `timeout` in
    seconds, `memory` in bytes of address space. Raises Refused, in one line, where the statement is wrong, not allowed,
    too slow or too large.
    """
    job = json.dumps({"path": str(path), "sql": sql, "limit": limit, "timeout": timeout, "memory": memory}).encode()
    slow = threading.Event()
    with subprocess.Popen(
        [sys.executable, "-I", __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}
    ) as child:

        def stop() -> None:
            slow.set()
            child.kill()

        alarm = threading.Timer(timeout, stop)
        alarm.start()
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            with suppress(BrokenPipeError):
                child.stdin.write(job)
                child.stdin.close()
            answer = child.stdout.read(ANSWER + 1)
        finally:
            alarm.cancel()
            child.kill()
    if slow.is_set():
        raise Refused(f"took longer than {timeout:g} s; ask for less")
    if len(answer) > ANSWER:
        raise Refused(f"the answer is larger than {ANSWER // _MiB} MiB; ask for less")
    try:
        told = json.loads(answer)
    except ValueError:  # it died half-way: of its limits, or of a fault in DuckDB
        raise Refused(f"needed more than {memory // _MiB} MiB of memory or {timeout:g} s of work; ask for less") from None
    if "error" in told:
        raise Refused(told["error"])
    return told["columns"], told["rows"]


def _child() -> None:
    """Answer the job on stdin. What DuckDB itself prints (profiles) goes nowhere."""
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    job = json.loads(sys.stdin.buffer.read())
    _bound(job["memory"], job["timeout"])
    try:
        told: dict[str, Any] = _answer(job)
    except MemoryError:
        told = {"error": f"needed more than {job['memory'] // _MiB} MiB of memory; ask for less"}
    except Exception as error:  # of any kind: DuckDB's own, or of a value that Python cannot hold
        told = {"error": " ".join(str(error).split("\n\n")[0].split()) or type(error).__name__}
    json.dump(told, answer, default=_plain)
    answer.flush()
    os._exit(0)  # taking a database apart at its limit of memory may hang; nothing is left to be written


def _bound(memory: int, timeout: float) -> None:
    """No more memory, time, files or core dumps than allowed. macOS knows no limit of address space."""
    seconds = int(timeout) + 1
    for limit, most in (("AS", memory), ("CPU", seconds * 2), ("FSIZE", 0), ("CORE", 0)):
        with suppress(ValueError, OSError):
            resource.setrlimit(getattr(resource, f"RLIMIT_{limit}"), (most, most))


def _answer(job: dict[str, Any]) -> dict[str, Any]:
    config = LOCKED | {"memory_limit": f"{job['memory'] // 2}B"}
    with duckdb.connect(job["path"], read_only=True, config=config) as con:
        if not con.extract_statements(job["sql"]):
            raise ValueError("no statement; write a SELECT")
        done = con.execute(job["sql"])
        return {"columns": [c[0] for c in done.description or ()], "rows": done.fetchmany(job["limit"])}


def _plain(value: Any) -> Any:
    """A value JSON has no word for."""
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return float(value) if hasattr(value, "as_tuple") else str(value)


if __name__ == "__main__":
    _child()
