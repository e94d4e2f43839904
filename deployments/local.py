"""Every night from a Prefect server of your own: PREFECT_API_URL=… python -m deployments.local [CRON [TIMEZONE]].

Without one, `givetake serve` starts a server on loopback and does the same.
"""

from __future__ import annotations

import os
import sys

from flows.prefect_home import owners, surround
from flows.schedule import CRON
from flows.settings import Home


def main() -> None:
    """Serve the nights of every owner of the home."""
    os.umask(0o077)
    try:
        home = Home.find()
    except ValueError as why:
        sys.exit(str(why))
    if not surround(home, logging="INFO"):
        sys.exit("PREFECT_API_URL — not set, and no `givetake serve` is at work — name your server, or use `givetake serve`")
    from flows.nightly import every_night

    cron, timezone = [*sys.argv[1:], "", ""][:2]
    every_night(owners(home), cron or CRON, timezone)


if __name__ == "__main__":
    main()
