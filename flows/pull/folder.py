"""Watched folders: exports that arrive there, as a browser or a synchronised drive puts them, are copied into the inbox.

Settings: `[pull.folder] paths = ["~/Downloads"]`. Taken is what can be read, once it has lain still; a file that was looked
at is not looked at again, so an archive that was removed stays removed.
"""

from __future__ import annotations

import time
from pathlib import Path

from pydantic import BaseModel, Field

from flows import inbox
from flows.pull.http import PullFailed
from flows.pull.store import Store
from flows.read import forget_archive, read_inbox
from flows.settings import Home, Settings

MEND = ""  # needs no token


class Options(BaseModel, extra="forbid"):
    """[pull.folder]"""

    paths: list[Path]
    still_seconds: float = Field(60, ge=0)


def client(options: Options, token: str) -> None:
    """Nothing is asked over a network."""


def pull(home: Home, settings: Settings, client: None) -> list[Path]:
    """Copy exports not taken before: their paths in the inbox. Raises PullFailed where a folder is not there."""
    options = Options(**settings.pull["folder"])
    store = Store(home, "folder")
    cursor = store.cursor(home.owner)
    taken, written = dict(cursor.get("taken", {})), []
    folders = [p.expanduser() for p in options.paths]
    before = {p.sha256 for p in inbox.parcels(home)}
    for path in (p for f in folders if f.is_dir() for p in sorted(f.iterdir())):
        if path.name.startswith(".") or not path.name.lower().endswith(inbox.CONTAINERS) or not path.is_file():
            continue
        stat = path.stat()
        mark = f"{stat.st_size}:{stat.st_mtime_ns}"
        if taken.get(str(path)) == mark or time.time() - stat.st_mtime < options.still_seconds:
            continue
        written += _take(home, settings, path, before)
        taken[str(path)] = mark
        store.remember(cursor | {"taken": taken})
    if missing := sum(not f.is_dir() for f in folders):
        raise PullFailed(f"{missing} of {len(folders)} folders not there — look at `paths` in the settings")
    return written


def _take(home: Home, settings: Settings, path: Path, before: set[str]) -> list[Path]:
    """Copy one file in and read it; what cannot be read, or is somebody else's, goes out again."""
    new = {p.sha256: p for p in inbox.add(home, path) if p.sha256 not in before}
    for read in read_inbox(home, settings, only=list(new.values())):
        if read.outcome in ("refused", "failed"):
            forget_archive(home, new.pop(read.sha256))
    return [p for parcel in new.values() for p in parcel.paths]
