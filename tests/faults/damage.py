"""Row 5: bits that flip and files that are cut, in everything we wrote. Found before anything is published, and made again."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from tests.faults.homes import Base, copy, mended, night

WRITTEN = ("me/facts/*", "me/warehouse.duckdb", "me/published/**/*")


def damages(folder: Path, base: Base, trials: Iterator[int]) -> Iterator[tuple[str, list[str]]]:
    """A whole home, one file of it damaged, another night: its numbers are those of an undisturbed one."""
    whole, home = folder / "whole", folder / "struck"
    night(copy(base.path, home), gates=False)
    home.rename(whole)
    for trial in trials:
        chance = random.Random(trial)
        copy(whole, home)
        path = chance.choice(sorted(p for pattern in WRITTEN for p in home.glob(pattern) if p.is_file()))
        how = spoil(path, chance)
        name = path.relative_to(home / "me").as_posix()
        name = name if len(path.stem) != 64 else f"facts/<sha256>{path.suffix}"
        yield f"{how} in {name}", mended(home, base, gates=False)


def spoil(path: Path, chance: random.Random) -> str:
    """Flip one bit, or cut the file; its size may change, its time does not. What was done."""
    stat, data = path.stat(), bytearray(path.read_bytes())
    how = chance.choice(("a bit flipped", "a bit flipped", "cut short"))
    if how == "cut short":
        del data[chance.randrange(len(data)) :]
    else:
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)
    import os

    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    return how
