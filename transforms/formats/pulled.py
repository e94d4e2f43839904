"""What a pull says of itself in `pull.json`: whose account it asked, which lists, and from when to when each came whole.

Two pulls follow each other without a gap: what one asked for begins where the one before it ended, though nothing may have
been done for days. The oldest and newest act in an archive cannot tell that.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from transforms.archive import Archive, Member, Unreadable
from transforms.formats.jsonrecords import document

MEMBER = "pull.json"
IGNORES = {MEMBER: "what this program asked for, and of which time"}


class Pulled(msgspec.Struct):
    """`asked`: list → since when it was asked for; null is as far back as it reaches. Instants are UTC.

    A list that did not come whole is not in it: what of it is there tells for itself.
    """

    platform: str
    account: str
    until: datetime
    asked: dict[str, datetime | None]


    def span(self, name: str, oldest: datetime | None) -> dict[str, datetime | None]:
        """From when to when a list came whole; `oldest` of what it holds, where it was asked for from its beginning."""
        return {"since": self.asked[name] or oldest, "until": self.until}


def beside(archive: Archive, platform: str) -> list[Member]:
    """The member that tells of a pull of that platform, to be claimed by its source."""
    return [told[0]] if (told := pulled(archive, platform)) else []


def of(archive: Archive, platform: str) -> Pulled | None:
    """What it says."""
    return told[1] if (told := pulled(archive, platform)) else None


def pulled(archive: Archive, platform: str) -> tuple[Member, Pulled] | None:
    """The member and what it says, if this archive is one pull of that platform."""
    found = []
    for member in archive.find(MEMBER):
        try:
            told = document(archive.read(member), Pulled)
        except Unreadable:
            continue
        if told.platform == platform:
            found.append((member, told))
    return found[0] if len(found) == 1 else None
