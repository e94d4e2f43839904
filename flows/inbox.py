"""The inbox: exports as they came. What lies in it, which files make one archive, and how one gets in."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.settings import Home
from transforms import archive

CONTAINERS = (".zip", ".tar", ".tgz", ".tar.gz")
# Parts of one export carry one name and a number; Meta's carry one user and day and a random ending.
_PARTS = (
    re.compile(
        r"(?P<export>.+?)[-_. ]?(?:part[-_ ]?)?(?P<part>(?<=[-_. ])\d{3}|(?<=part)[-_ ]?\d+|\d+(?= ?of ?\d+))(?: ?of ?\d+)?$",
        re.I,
    ),
    re.compile(r"(?P<export>(?:facebook|instagram|messenger)-.+-\d{4}-\d\d-\d\d)-[A-Za-z0-9]{6,}$", re.I),
)


@dataclass(frozen=True)
class Parcel:
    """The files of one archive in the inbox, and its sha256."""

    paths: tuple[Path, ...]
    sha256: str

    @property
    def size(self) -> int:
        return sum(f.stat().st_size for p in self.paths for f in (p.rglob("*") if p.is_dir() else [p]) if f.is_file())

    @property
    def made_at(self) -> float:
        return max(p.stat().st_mtime for p in self.paths)


def parcels(home: Home) -> list[Parcel]:
    """Every archive in the inbox, each content once, in order of sha256. Hashes are remembered by size and time."""
    known = _remembered(home)
    found: dict[str, Parcel] = {}
    kept: dict[str, str] = {}
    for paths in _groups(home.inbox):
        files = "|".join(f"{p.relative_to(home.inbox)}:{_mark(p)}" for p in paths)
        mark = hashlib.sha256(files.encode("utf-8", "surrogateescape")).hexdigest()  # a file may be named after a person
        digest = known.get(mark) or archive.sha256(paths)
        kept[mark] = digest
        found.setdefault(digest, Parcel(paths, digest))
    if kept != known:
        write(_memory(home), json.dumps({"known": kept, "sha256": _sum(kept)}).encode())
    return [found[d] for d in sorted(found)]


def add(home: Home, path: Path) -> list[Parcel]:
    """Copy an export into the inbox, whole or not at all; a folder of containers is several. Returns what it became."""
    entries = [path]
    if path.is_dir() and (inside := [p for p in sorted(path.iterdir()) if not p.name.startswith(".")]):
        entries = inside if all(_contained(p) for p in inside) else [path]
    there = {p.sha256: p for p in parcels(home)}
    names: set[str] = set()
    for entry in entries:
        digest = archive.sha256([entry])
        if digest in there:
            names.update(p.name for p in there[digest].paths)
            continue
        target = home.inbox / entry.name
        if target.exists():
            target = home.inbox / f"{digest[:8]}-{entry.name}"
        draft = home.inbox / f".incoming-{digest[:16]}"
        _discard(draft)
        if entry.is_dir():
            shutil.copytree(entry, draft, copy_function=_copy)
            for folder in (draft, *(p for p in draft.rglob("*") if p.is_dir())):
                folder.chmod(0o700)  # copytree gives a folder the mode it had
        else:
            _copy(entry, draft)
        os.replace(draft, target)
        names.add(target.name)
    fsync_folder(home.inbox)
    return [p for p in parcels(home) if names & {q.name for q in p.paths}]


def remove(home: Home, parcel: Parcel) -> None:
    """Take an archive out of the inbox."""
    for path in parcel.paths:
        _discard(path)


def write(target: Path, content: bytes) -> None:
    """Write a file whole or not at all, readable by this user only."""
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as f:
        f.write(content)
        f.flush()
        os.fsync(f.fileno())
    os.replace(draft, target)
    fsync_folder(target.parent)


def keep(draft: Path, target: Path) -> None:
    """Give a finished draft its name, and lay its sha256 beside it: what the disk changes later is seen."""
    write(target.with_suffix(".sha256"), archive.sha256([draft]).encode())
    os.replace(draft, target)
    fsync_folder(target.parent)


def intact(kept: Path) -> bool:
    """Whether a file that was kept still holds what it held."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return kept.with_suffix(".sha256").read_text() == archive.sha256([kept])
    return False


def drop(kept: Path) -> None:
    """Take away a file that was kept."""
    kept.unlink(missing_ok=True)
    kept.with_suffix(".sha256").unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Take away the drafts of writers that are no more: they end in the number of their process."""
    for draft in folder.glob(".*.[0-9]*"):
        with contextlib.suppress(ValueError):
            if not _at_work(int(draft.suffix[1:])):
                draft.unlink(missing_ok=True)


def _at_work(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def fsync_folder(folder: Path) -> None:
    """Make renames in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _groups(inbox: Path) -> Iterator[tuple[Path, ...]]:
    exports: dict[str, list[Path]] = {}
    for entry in sorted(inbox.iterdir()) if inbox.is_dir() else []:
        if entry.name.startswith(".") or entry.is_symlink() or not (entry.is_file() or entry.is_dir()):  # a pipe is waited on
            continue
        stem = entry.name
        for ending in CONTAINERS:
            stem = stem.removesuffix(ending)
        match = next((m for p in _PARTS if stem != entry.name and (m := p.fullmatch(stem))), None)
        exports.setdefault(match["export"] + "/" if match else entry.name, []).append(entry)
    for parts in exports.values():
        yield tuple(parts)


def _contained(path: Path) -> bool:
    return path.is_file() and path.name.lower().endswith(CONTAINERS)


def _mark(path: Path) -> str:
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    stats = [f.stat() for f in files if f.is_file()]
    return f"{len(stats)}:{sum(s.st_size for s in stats)}:{max((s.st_mtime_ns for s in stats), default=0)}"


def _memory(home: Home) -> Path:
    return home.facts / "inbox.json"


def _remembered(home: Home) -> dict[str, str]:
    with contextlib.suppress(OSError, ValueError):
        told = json.loads(_memory(home).read_bytes())
        if isinstance(told, dict) and told.get("sha256") == _sum(told.get("known")):
            return told["known"]
    return {}


def _sum(known: Any) -> str:
    return hashlib.sha256(json.dumps(known).encode()).hexdigest()


def _copy(source: Path | str, target: Path | str) -> None:
    with open(source, "rb") as f, open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as t:
        shutil.copyfileobj(f, t, 1 << 20)
        t.flush()
        os.fsync(t.fileno())


def _discard(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
