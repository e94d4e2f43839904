"""Rows 13, 15, 16, 19 and 20: several at once, and what is around a night: readers, Prefect, the network, the modes of files."""

from __future__ import annotations

import json
import os
import random
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.faults.homes import AS_OF, Base, copy, look, mended, night, run, stands
from tests.faults.kills import Struck, traced
from tests.faults.machine import NAME, Plan, end, start, wait

ROOT = Path(__file__).parents[2]
GIVETAKE = [sys.executable, "-c", "from flows.cli import main; main()"]
HOUR = 3600


def starts(struck: Struck, trials: Iterator[int]) -> Iterator[tuple[str, list[str]]]:
    """Row 13: two to four at once, now and then over the lock of one that was killed: one works, the rest say so in 5 s."""
    publish = struck.stages[-1]
    for trial in trials:
        chance = random.Random(trial)
        home = copy(publish.before, struck.home)
        if killed := chance.random() < 0.3:
            night(home, publish.rest, gates=False, kill_after=chance.uniform(0, publish.seconds))
        many = [start(lambda home=home: run(home, stages=publish.rest, gates=False)) for _ in range(chance.randint(2, 4))]
        ended = [wait(one) for one in many]
        codes = sorted(e.code for e in ended)
        wrong = [] if set(codes[1:]) <= {4} and codes[0] == 0 else [f"ended with {codes}"]
        busy = [e.cpu for e in ended if e.code == 4]  # on a busy machine the clock on the wall tells of the others
        wrong += [f"busy was said after {seconds:.1f} s" for seconds in busy if seconds > 5]
        wrong += stands(home, struck.base, ended[0]) if not killed else []
        when = f"{len(busy)} busy, the slowest after {max(busy, default=0):.2f} s of CPU"
        yield f"{len(many)} starts{' after a kill' if killed else ''}, {when}", wrong


def readers(folder: Path, trials: Iterator[int]) -> Iterator[tuple[str, list[str]]]:
    """Row 15: two readers open the published file all the while a night is published after another. A trial is one publish."""
    from flows.publish import publish
    from tests import nights
    from tests.test_publish import READER

    home, stop = folder / "read", folder / "stop"
    home.mkdir()
    marts, numbers = nights.beside(folder / "marts"), list(trials)
    told: list[tuple[str, list[str]]] = []

    def published(n: int) -> None:
        publish(nights.warehouse(home / "w.duckdb", n), home, f"n{n:05}", nights.AS_OF, marts=marts, keep=2)

    if not numbers:
        return
    wait(start(lambda: published(0)))
    clean = {k: v for k, v in os.environ.items() if k not in (NAME, "LD_PRELOAD")}
    watching = [
        subprocess.Popen([sys.executable, "-c", READER, home, stop], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                         text=True, env=clean)
        for _ in range(2)
    ]  # fmt: skip
    for n in numbers:
        ended = wait(start(lambda n=n: published(n + 1)))
        told.append(("published", [] if ended.code == 0 else [f"publishing ended with {ended.code}: {ended.lines[-1:]}"]))
    stop.touch()
    said = [w.communicate(timeout=60) for w in watching]
    opens = sum(json.loads(out.splitlines()[-1])["opens"] for out, _ in said if out.count("\n") > 1)
    told[-1] = (f"published, {opens} opens by then", told[-1][1] + [err.strip() for _, err in said if err.strip()])
    yield from told


def _givetake(home: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """The real command, in a process of its own and with nobody's shim unless asked for."""
    clean = {k: v for k, v in os.environ.items() if k not in (NAME, "LD_PRELOAD") and not k.startswith("PREFECT_")}
    return subprocess.Popen(
        [*GIVETAKE, *arguments, "--home", str(home)], cwd=ROOT, env=clean | environment, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def through_prefect(folder: Path, base: Base, trials: Iterator[int]) -> Iterator[tuple[str, list[str]]]:
    """Row 1, through Prefect: `givetake run` killed at a random moment, with all it started; then a rerun."""
    home = folder / "struck"
    copy(base.path, home)
    whole = _timed(home)
    for trial in trials:
        copy(base.path, home)
        moment = random.Random(trial).uniform(0, whole)
        process = _givetake(home, "run", "--as-of", AS_OF.isoformat())
        try:
            process.communicate(timeout=moment)
        except subprocess.TimeoutExpired:
            end(process.pid)
            process.communicate()
        yield f"killed after {moment / whole:.0%} of a night", _seen(home, base) + mended(home, base, gates=False)


def _timed(home: Path) -> float:
    since = time.monotonic()
    process = _givetake(home, "run", "--as-of", AS_OF.isoformat())
    _, err = process.communicate(timeout=HOUR)
    if process.returncode:
        raise RuntimeError(f"an undisturbed night through Prefect ended with {process.returncode}: {err[-500:]}")
    return time.monotonic() - since


def _seen(home: Path, base: Base) -> list[str]:
    state = look(home)
    return [] if state["hash"] in (base.before, base.after) else ["what readers see is neither night"]


def prefect(folder: Path, base: Base, trials: Iterator[int]) -> Iterator[tuple[str, list[str]]]:
    """Row 16: Prefect's server there, absent, killed on the way, or stopped for half a minute; one hash."""
    home = folder / "struck"
    ways = ("its own", "absent", "killed", "slow")
    for trial in trials:
        way, chance = ways[trial % len(ways)], random.Random(trial)
        copy(base.path, home)
        absent = {"PREFECT_API_URL": "http://127.0.0.1:9/api", "PREFECT_CLIENT_MAX_RETRIES": "0"}
        process = _givetake(home, "run", "--as-of", AS_OF.isoformat(), **(absent if way == "absent" else {}))
        if way in ("killed", "slow"):
            _disturb(process, home, way, chance)
        _, err = process.communicate(timeout=HOUR)
        end(process.pid)
        state = look(home)
        wrong = [] if process.returncode == 0 else [f"ended with {process.returncode}: {err[-300:]}"]
        wrong += state["wrong"] + ([] if state["hash"] == base.after else ["other numbers than without Prefect"])
        without = ", done without it" if "done without it" in err else ""
        yield f"server {way}{without}", wrong


def _disturb(process: subprocess.Popen[str], home: Path, way: str, chance: random.Random) -> None:
    """Kill or stop the server that the run has started, once the night is under way."""
    since = time.monotonic()
    while process.poll() is None and time.monotonic() < since + 600:
        servers = [pid for pid in _children(process.pid) if "uvicorn" in _command(pid) or "prefect" in _command(pid)]
        if servers and any(home.glob("me/.warehouse.building*")):
            time.sleep(chance.uniform(0, 3))
            for pid in servers:
                os.kill(pid, signal.SIGKILL if way == "killed" else signal.SIGSTOP)
            if way == "slow":
                time.sleep(30)
                for pid in servers:
                    os.kill(pid, signal.SIGCONT)
            return
        time.sleep(0.05)


def _children(pid: int) -> list[int]:
    told = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False).stdout
    return [int(p) for p in told.split()]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def surroundings(folder: Path, base: Base, plan: Plan, trials: Iterator[int]) -> Iterator[tuple[str, list[str]]]:
    """Rows 19 and 20: a run through Prefect under a careless umask: whom it calls, and who may read what it wrote."""
    home, log = folder / "struck", folder / "log"
    for _ in trials:
        copy(base.path, home)
        log.unlink(missing_ok=True)
        plan.set(log=log, listening=1)
        before = os.umask(0o022)
        process = _givetake(home, "run", "--as-of", AS_OF.isoformat(), **{k: os.environ[k] for k in (NAME, "LD_PRELOAD")})
        os.umask(before)
        _, err = process.communicate(timeout=HOUR)
        plan.off()
        told = traced(log)
        away = sorted({f"{how} {host}" for how, host in told if not _loopback(host)})
        written = [p for p in [home, *home.rglob("*")] if not p.is_symlink()]
        bare = [p.relative_to(home).as_posix() for p in written if stat.S_IMODE(p.stat().st_mode) & 0o077]
        wrong = [] if process.returncode == 0 else [f"ended with {process.returncode}: {err[-300:]}"]
        wrong += [f"it called {who}" for who in away] + [f"others may read {name}" for name in bare[:5]]
        yield f"{len(told)} calls, {len(away)} away from this machine; {len(written)} files, {len(bare)} bare", wrong


def _loopback(host: str) -> bool:
    return host in ("localhost", "::1", "::", "0.0.0.0") or host.startswith("127.")
