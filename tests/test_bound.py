"""A server we start ends with us, even where we are killed."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

STARTS = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-m", "flows.bound", str(os.getpid()), "http.server", "--bind", "127.0.0.1", "0"])
print(child.pid, flush=True)
time.sleep(60)
"""


def running(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked up in /proc")
def test_a_server_does_not_outlive_a_killed_parent() -> None:
    parent = subprocess.Popen([sys.executable, "-c", STARTS], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert parent.stdout
    child = int(parent.stdout.readline())
    time.sleep(1)
    assert running(child)
    parent.kill()
    parent.wait()
    patience = time.monotonic() + 30
    while running(child) and time.monotonic() < patience:
        time.sleep(0.1)
    assert not running(child)
