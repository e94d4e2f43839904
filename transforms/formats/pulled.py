"""What a pull says of itself in `pull.json`: whose account it asked, which lists, and from when to when each came whole.

Two pulls follow each other without a gap: what one asked for begins where the one before it ended, though nothing may have
been done for days. The oldest and newest act in an archive cannot tell that.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any

import msgspec

from transforms.archive import Archive, Member, Unreadable
from transforms.formats.jsonrecords import document

MEMBER = "pull.json"
IGNORES = {MEMBER: "what this program asked for, and of which time"}
Instant = Annotated[datetime, msgspec.Meta(tz=True)]


class Pulled(msgspec.Struct):
    """`asked`: list → since when it was asked for; null is as far back as it reaches. Instants are UTC.

    A list that did not come whole is not in it: what of it is there tells for itself. Nor is one of which a later version of
    this program tells something else.
    """

    platform: str
    account: str
    until: Instant
    asked: dict[str, Any]

    def __post_init__(self) -> None:
        self.asked = dict(_since(self.asked))

    def span(self, name: str, oldest: datetime | None) -> dict[str, datetime | None]:
        """From when to when a list came whole; `oldest` of what it holds, where it was asked for from its beginning."""
        return {"since": self.asked[name] or oldest, "until": self.until}


def _since(asked: dict[str, Any]) -> Iterator[tuple[str, datetime | None]]:
    for name, since in asked.items():
        with suppress(msgspec.ValidationError):
            yield name, msgspec.convert(since, Instant | None)


def beside(archive: Archive, platform: str) -> list[Member]:
    """The members that tell of a pull of that platform, to be claimed by its source."""
    return [member for member, _ in _found(archive, platform)] if of(archive, platform) else []


def of(archive: Archive, platform: str) -> Pulled | None:
    """What a pull of that platform says; of several of one account the latest, which promises least. None where there is none."""
    told = [told for _, told in _found(archive, platform)]
    return max(told, key=lambda t: t.until) if len({t.account for t in told}) == 1 else None


def _found(archive: Archive, platform: str) -> list[tuple[Member, Pulled]]:
    found = []
    for member in archive.find(MEMBER):
        try:
            told = document(archive.read(member), Pulled)
        except Unreadable:
            continue
        if told.platform == platform:
            found.append((member, told))
    return found
