"""Where answers go: unchanged into a draft beside the inbox's archives, durable, and then to its name by one rename.

The cursor is written after that, so it never stands ahead of what is stored. What a kill leaves behind is a hidden draft,
swept by the next pull, or a second archive with the same acts, which the warehouse counts once.
"""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows.inbox import fsync_folder, write
from flows.settings import Home
from transforms import archive
from transforms.formats import pulled


class Store:
    """The archives and the cursor of one platform of one owner."""

    def __init__(self, home: Home, platform: str) -> None:
        self.home, self.platform = home.make(), platform
        self.folder = home.folder / "pull"
        self.folder.mkdir(mode=0o700, exist_ok=True)
        for left in home.inbox.glob(f".pull-{platform}-*"):
            shutil.rmtree(left)

    def cursor(self, account: str) -> dict[str, Any]:
        """Where the last pull of this account came to; empty where there was none."""
        with suppress(OSError, ValueError):
            told = json.loads((self.folder / f"{self.platform}.json").read_bytes())
            if isinstance(told, dict) and told.get("account") == account:
                return told
        return {"account": account}

    def remember(self, cursor: dict[str, Any]) -> None:
        """Write the cursor, whole or not at all. Only after the archive it speaks of is committed."""
        write(self.folder / f"{self.platform}.json", json.dumps(cursor, indent=1).encode())

    def draft(self, kind: str) -> Draft:
        """A new archive; `kind` is news (what came since the last) or snapshot (how things stand)."""
        return Draft(self.home, self.platform, f"{self.platform}-{kind}-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}")

    def snapshots(self) -> list[Path]:
        """The snapshots kept, oldest first."""
        return sorted(self.home.inbox.glob(f"{self.platform}-snapshot-*Z"))

    def thin(self, keep: int) -> None:
        """Take out all but the newest snapshots, with their facts: each tells the whole again."""
        from flows.inbox import Parcel
        from flows.read import forget_archive

        for old in self.snapshots()[:-keep]:
            forget_archive(self.home, Parcel((old,), archive.sha256([old])))


class Draft:
    """An archive being written: a hidden folder that no reader sees."""

    def __init__(self, home: Home, platform: str, name: str) -> None:
        self._inbox, self.platform, self.name = home.inbox, platform, name
        self._folder = home.inbox / f".pull-{name}"
        self._folder.mkdir(mode=0o700)

    @property
    def members(self) -> list[Path]:
        """What was written so far."""
        return [p for p in self._folder.rglob("*") if p.is_file()]

    def path(self, member: str) -> Path:
        """Where a member goes; its folders are made."""
        target = self._folder / member
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return target

    def put(self, member: str, body: bytes) -> None:
        """Write a member, unchanged."""
        self.path(member).write_bytes(body)

    def tell(self, account: str, asked: dict[str, str | None], until: str) -> None:
        """Say which lists came whole, since and until when (ISO instants; null: as far back as it reaches)."""
        told = {"platform": self.platform, "account": account, "until": until, "asked": asked}
        self.put(pulled.MEMBER, json.dumps(told, indent=1).encode())

    def discard(self) -> None:
        """Leave nothing of it."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def same(self, other: Path, but: tuple[str, ...] = ()) -> bool:
        """Whether another archive holds the same bytes, `but` for members that change by being looked at."""
        but = (*but, pulled.MEMBER)
        return _digests(self._folder, but) == _digests(other, but)

    def commit(self) -> Path:
        """Make it durable, then give it its name."""
        for member in self.members:
            member.chmod(0o600)
            descriptor = os.open(member, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        for folder in (*(p for p in self._folder.rglob("*") if p.is_dir()), self._folder):
            fsync_folder(folder)
        target = self._inbox / self.name
        os.replace(self._folder, target)
        fsync_folder(self._inbox)
        return target


def _digests(folder: Path, but: tuple[str, ...]) -> dict[str, str]:
    files = {p.relative_to(folder).as_posix(): p for p in sorted(folder.rglob("*")) if p.is_file()}
    return {name: archive.sha256([p]) for name, p in files.items() if name not in but}
