"""How a platform's data is ordered, and by what an order gone wrong is known: orders.toml.

From the paths of an export and the channels of its acts alone; a message about it names no path.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import msgspec

from transforms.archive import Archive, Member


class Wrong(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Files by which a wrong order is known, and what it looks like."""

    paths: list[str]
    looks: str


class Holds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a whole order brings: one of these files, or an act in this channel."""

    what: str
    paths: list[str] = []
    channel: str = ""


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where to click, what to choose, how long to wait."""

    click: str
    where: str = ""
    choose: str = ""
    wait: str = ""
    closed: bool = False
    wrong: list[Wrong] = []
    holds: list[Holds] = []

    @property
    def again(self) -> str:
        """What to do, on one line."""
        if self.closed:
            return self.click
        return f"order it again at {self.where}: {self.click}" + (f"; {self.choose}" if self.choose else "")


@cache
def orders() -> dict[str, Order]:
    """The order of every platform. Raises msgspec.ValidationError where the file is wrong."""
    return msgspec.toml.decode(Path(__file__).with_suffix(".toml").read_bytes(), type=dict[str, Order])


def mistaken(archive: Archive) -> str | None:
    """What an archive that no source knows looks like, and what to order instead."""
    for order in orders().values():
        for wrong in order.wrong:
            if archive.find(*wrong.paths):
                return f"{wrong.looks} — {order.again}"
    return None


def complaints(platform: str, paths: Iterable[str], channels: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What is amiss with all that is in of one platform: (found, what to do) each.

    `paths` of every member of its archives, `channels` of every act in them.
    """
    order, there = orders()[platform], set(channels)
    members = Archive(tuple(Member(0, path, 0, lambda _: iter(())) for path in paths))
    lacking = [h for h in order.holds if not (h.channel in there or members.find(*h.paths))]
    if len(lacking) == len(order.holds):
        for wrong in order.wrong:
            if members.find(*wrong.paths):
                yield wrong.looks, order.again
                return
    for holds in lacking:
        yield f"no {holds.what} in it", f"add the other parts of this export if it has any, or {order.again}"
