"""One platform, one module; its presence is its registration."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import ModuleType

from transforms.archive import Archive, Member, fold


@cache
def sources() -> dict[str, ModuleType]:
    """Every source by platform name, in alphabetical order."""
    names = sorted(m.name for m in pkgutil.iter_modules(__path__))
    return {name: importlib.import_module(f"{__name__}.{name}") for name in names}


def recognise(archive: Archive) -> dict[str, list[Member]]:
    """Which platforms an archive holds, and the members each claims. A member two sources claim raises ValueError."""
    claimed = {name: source.claims(archive) for name, source in sources().items()}
    claimed = {name: members for name, members in claimed.items() if members}
    owners: dict[int, str] = {}
    for name, members in claimed.items():
        for member in members:
            if owners.setdefault(member.number, name) != name:
                raise ValueError(f"claimed by {owners[member.number]} and {name}")
    return claimed


@cache
def _known_words() -> frozenset[str]:
    """Path components that our own layouts name: these may be shown, any other may hold a person's name."""
    patterns: list[str] = []
    for source in sources().values():
        patterns += [p for era in source.LAYOUTS.values() for p in era] + list(source.IGNORES)
    return frozenset(part for p in patterns for part in fold(p).split("/") if not set(part) & set("*?["))


def pattern(path: str) -> str:
    """A member's path as it may be published: every component our layouts do not name is `*`, its ending kept."""
    known = _known_words()
    shown = []
    for part in path.split("/"):
        dot, ending = part.rpartition(".")[1:]
        shown.append(
            part if fold(part) in known else "*" + (dot + ending if dot and len(ending) <= 5 and ending.isalnum() else "")
        )
    return "/".join(shown)
