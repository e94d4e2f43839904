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
from flows.read import read_inbox
from flows.settings import Home, Settings
from transforms.archive import Unreadable, open_archive

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
    taken, found = dict(cursor.get("taken", {})), {}
    folders = [p.expanduser() for p in options.paths]
    for path in (p for f in folders if f.is_dir() for p in sorted(f.iterdir())):
        if path.name.startswith(".") or not path.name.lower().endswith(inbox.CONTAINERS) or not path.is_file():
            continue
        stat = path.stat()
        mark = f"{stat.st_size}:{stat.st_mtime_ns}"
        if taken.get(str(path)) != mark and time.time() - stat.st_mtime >= options.still_seconds:
            found[path] = mark
    written = _take(home, settings, list(found)) if found else []
    if found:
        store.remember(cursor | {"taken": taken | {str(path): mark for path, mark in found.items()}})
    if missing := sum(not f.is_dir() for f in folders):
        raise PullFailed(f"{missing} of {len(folders)} folders not there — look at `paths` in the settings")
    return written


def _take(home: Home, settings: Settings, paths: list[Path]) -> list[Path]:
    """Copy files in and read them, parts of one export together; what cannot be read, or is somebody else's, goes out again.

    Of an export with a damaged part that part alone goes, and of one that was there before never what was there.
    """
    known, there = {p.sha256 for p in inbox.parcels(home)}, set(home.inbox.iterdir())
    for path in paths:
        inbox.add(home, path)
    for again in (False, True):
        new = {p.sha256: p for p in inbox.parcels(home) if p.sha256 not in known}
        for read in read_inbox(home, settings, only=list(new.values())):
            if read.outcome in ("refused", "failed"):
                added = [p for p in new[read.sha256].paths if p not in there]
                damaged = [] if again else [p for p in added if not _opens(p)]
                inbox.remove(home, inbox.Parcel(tuple(damaged or added), read.sha256))
    return sorted(p for p in home.inbox.iterdir() if p not in there)


def _opens(path: Path) -> bool:
    try:
        return bool(open_archive([path]).members)
    except Unreadable:
        return False
