"""Row 3: the power goes. What was flushed is there; of the rest any part may be, as a file system is free to do.

A night is written down operation by operation; then a home is made of what the disk could hold had the power gone after any of
them. Bytes are safe once their file was flushed, names once their folder was; unflushed writes are kept or lost one by one, and
unflushed names are lost from some moment on, per folder.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.homes import Base, copy, look, mended, night
from tests.faults.kills import EVERY
from tests.faults.machine import Plan

NAMES = ("create", "rename", "unlink", "mkdir", "symlink")


@dataclass
class Operation:
    """One change, as shim.c wrote it down."""

    op: str
    inode: int
    offset: int
    path: str
    other: str
    data: bytes


@dataclass
class Disk:
    """Names and the bytes behind them: path -> inode, a link's target, or None for a folder."""

    names: dict[str, int | str | None] = field(default_factory=dict)
    bytes: dict[int, bytearray] = field(default_factory=dict)

    @classmethod
    def of(cls, home: Path) -> Disk:
        disk = cls()
        for path in [home, *sorted(home.rglob("*"))]:
            number = path.lstat().st_ino
            disk.names[str(path)] = os.readlink(path) if path.is_symlink() else None if path.is_dir() else number
            if path.is_file() and not path.is_symlink():
                disk.bytes[number] = bytearray(path.read_bytes())
        return disk

    def do(self, o: Operation) -> None:
        """Apply one operation."""
        if o.op in ("write", "truncate"):
            body = self.bytes.setdefault(o.inode, bytearray())
            end = o.offset + len(o.data)
            if o.op == "truncate":
                del body[o.offset :]
            body.extend(bytes(max(0, end - len(body))))
            body[o.offset : end] = o.data
        elif o.op == "create":
            self.names[o.path] = o.inode
            self.bytes[o.inode] = bytearray()
        elif o.op in ("mkdir", "symlink"):
            self.names[o.path] = o.other if o.op == "symlink" else None
        elif o.op == "unlink":
            self.names.pop(o.path, None)
        elif o.op == "rename" and o.path in self.names:
            below = f"{o.path}/"
            moved = {name: self.names.pop(name) for name in list(self.names) if name == o.path or name.startswith(below)}
            self.names |= {o.other + name.removeprefix(o.path): what for name, what in moved.items()}

    def write(self, home: Path) -> None:
        """Make it real."""
        shutil.rmtree(home, ignore_errors=True)
        for name in sorted(self.names):
            path, what = Path(name), self.names[name]
            if not path.parent.is_dir() and path != home:
                continue  # its folder was lost
            if what is None:
                path.mkdir(mode=0o700, exist_ok=True)
            elif isinstance(what, str):
                path.symlink_to(what)
            else:
                path.write_bytes(self.bytes.get(what, b""))
                path.chmod(0o600)


def operations(log: Path) -> list[Operation]:
    """All that was written down, in order."""
    data, at, told = log.read_bytes(), 0, []
    while at < len(data):
        end = data.index(b"\n", at)
        op, inode, offset, length, path, other = data[at:end].decode().split("\t")
        at = end + 1 + int(length)
        told.append(Operation(op, int(inode), int(offset), path, other, data[end + 1 : at]))
    return told


def lost(before: Disk, told: list[Operation], chance: random.Random) -> Disk:
    """The disk after the power went at the end of these operations."""
    flushed: dict[int, int] = {}  # inode -> its last flush
    folders: dict[str, int] = {}  # folder -> its last flush
    for n, o in enumerate(told):
        if o.op == "sync":
            flushed[o.inode] = n
            folders[o.path] = n
    kept_until = {}  # of each folder, the moment from which its names are lost
    for o in told:
        if o.op in NAMES:
            folder = os.path.dirname(o.other or o.path) if o.op == "rename" else os.path.dirname(o.path)
            kept_until.setdefault(folder, chance.randint(folders.get(folder, -1), len(told)))
    disk = before
    for n, o in enumerate(told):
        if o.op in NAMES:
            folder = os.path.dirname(o.other) if o.op == "rename" else os.path.dirname(o.path)
            if n <= kept_until[folder]:
                disk.do(o)
        elif o.op in ("write", "truncate") and (n < flushed.get(o.inode, -1) or chance.random() < 0.5):
            disk.do(o)
    return disk


def power_losses(folder: Path, base: Base, plan: Plan, trials: Iterator[int]) -> Iterator[tuple[str, list[str]]]:
    """Row 3."""
    home, log = folder / "struck", folder / "log"
    copy(base.path, home)
    names = {p.relative_to(home): p for p in home.rglob("*")}
    before = Disk.of(home)
    plan.set(home, log, EVERY, tracing=1)
    done = night(home, gates=False)
    plan.off()
    if done.code or not names:
        raise RuntimeError(f"an undisturbed night ended with {done.code}")
    told = operations(log)
    for trial in trials:
        chance = random.Random(trial)
        at = chance.randint(1, len(told))
        start = Disk(dict(before.names), {n: bytearray(b) for n, b in before.bytes.items()})
        lost(start, told[:at], chance).write(home)
        seen = look(home)
        wrong = [w for w in seen["wrong"] if "facts" not in w]
        if seen["hash"] not in (base.before, base.after):
            wrong.append("what readers see is neither night")
        yield f"power lost after operation {at} of {len(told)}", wrong + mended(home, base, gates=False)
