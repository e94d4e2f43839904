"""The invented people: names from pools, nobody real; who they are on each platform."""

from __future__ import annotations

import random
import unicodedata
import zlib
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from flows.demo.words import DATA

PEOPLE = DATA["people"]


@dataclass(eq=False)
class Person:
    """Somebody invented. `met`: when the owner and they first connected. Where they are: `on`."""

    name: str
    on: frozenset[str]
    met: datetime
    number: int
    language: str = "en"
    company: str = ""
    position: str = ""
    greeted: bool = False
    follows: str = "both"  # on X: both, given, received
    linked: bool = False  # people.csv says which accounts are theirs
    known: bool = False  # more than a name: somebody the owner talks with
    told: bool = False  # one of the stories, whose numbers nothing else may disturb
    notes: dict[str, str] = field(default_factory=dict)  # further columns of people.csv

    @property
    def first(self) -> str:
        return self.name.split(" ", 1)[0]

    @property
    def last(self) -> str:
        return self.name.split(" ", 1)[-1]

    @cached_property
    def handle(self) -> str:
        return plain(self.name).replace("-", "_")[:15]

    @cached_property
    def url(self) -> str:
        return f"https://www.linkedin.com/in/{plain(self.name)}-{zlib.crc32(self.name.encode()):08x}"

    @property
    def email(self) -> str:
        """As the platform shows it: almost never."""
        return f"{self.handle}@example.org" if self.number % 23 == 0 else ""

    @cached_property
    def x_id(self) -> str:
        return str(2_000_000_000 + zlib.crc32(self.name.encode()))

    @property
    def host(self) -> str:
        return ("social.example.org", "tide.example.net", "quay.example.com")[self.number % 3]

    @cached_property
    def actor(self) -> str:
        return f"https://{self.host}/users/{self.handle}"

    def account(self, platform: str) -> str:
        """The account as people.csv writes it: platform:key."""
        linkedin, mastodon = self.url.removeprefix("https://www.linkedin.com/"), f"{self.handle}@{self.host}"
        return f"{platform}:{ {'x': self.x_id, 'linkedin': linkedin, 'mastodon': mastodon}[platform] }"


def plain(name: str) -> str:
    """A name as platforms put it into addresses."""
    ascii_only = unicodedata.normalize("NFKD", name.replace("Ø", "O").replace("ø", "o")).encode("ascii", "ignore").decode()
    return ascii_only.lower().replace(" ", "-").replace("'", "")


def names(rng: random.Random) -> list[str]:
    """Every first name with every last name, shuffled."""
    pairs = [f"{first} {last}" for first in PEOPLE["first"] for last in PEOPLE["last"]]
    rng.shuffle(pairs)
    return pairs
