"""A module run as `python -m` does it, which ends when the process that started it does, however that ended.

    python -m flows.bound PARENT MODULE [ARGUMENT …]

A child of a process that was killed lives on by itself; a server of a night must not.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
import time

SECONDS = 0.5
PATIENCE = 5  # seconds to end in peace


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE)
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_watch, args=(int(sys.argv[1]),), daemon=True).start()
    sys.argv = sys.argv[2:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
