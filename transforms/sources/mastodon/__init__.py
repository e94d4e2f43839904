"""Mastodon: the account archive, the CSV files of the same page, and the answers of the API.

The archive shows what the owner did (posts, replies, boosts, direct messages; favourites without time or author), never what
was received; only the API tells that. Followers are in no file. https://docs.joinmastodon.org/user/moving/#export

Traps: the outbox mixes private messages with posts (split by `to` and `cc`); `totalItems` is no count of rows; likes.json
holds bare addresses; CSVs have no dates and old ones no header; accounts are named in four ways (see people.py).
Muted accounts are kept as accounts only: a mute is a private preference and no state of givetake.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from transforms.act import Owner, Reading
from transforms.archive import Archive, Member, Unreadable, fold
from transforms.formats import pulled
from transforms.formats.jsonrecords import uncollected
from transforms.sources.mastodon import api, export
from transforms.sources.mastodon.found import Found

TITLE = "Mastodon"
VERSION = "4"
_ANSWERS = (
    "api/account.json", "api/statuses-*.json", "api/favourites-*.json", "api/notifications-*.json",
    "api/favourited_by/*.json", "api/reblogged_by/*.json", "api/followers-*.json", "api/following-*.json",
)  # fmt: skip
_TABLES = {
    "following_accounts.csv": "follow", "blocked_accounts.csv": "block", "muted_accounts.csv": None, "lists.csv": "membership",
}  # fmt: skip
LAYOUTS = {
    "API": _ANSWERS,
    "2019": ("actor.json", "outbox.json", "likes.json", *_TABLES),
    "2018": ("actor.json", "outbox.json", *_TABLES),  # the tables had one column and no header
}
IGNORES = {
    "bookmarks.json": "bookmarks are private and towards nobody",
    "bookmarks.csv": "bookmarks are private and towards nobody",
    "blocked_domains.csv": "servers, not people",
    "avatar.*": "pictures", "header.*": "pictures",
    "media_attachments/files/*/*/*/original/*": "media of own posts",
    "media_attachments/files/*/*/*/*/*/*/original/*": "media of own posts", **pulled.IGNORES,
}  # fmt: skip
_BESIDE = [name for name in IGNORES if name not in pulled.IGNORES]
# What only Mastodon's file of that name begins with; other platforms use these names too.
_SHOWS = {
    **dict.fromkeys(("actor.json", "outbox.json", "likes.json"), rb"activitystreams"),
    **dict.fromkeys(_TABLES, rb"^\W*(Account address|[^\s,@]+@)"),
    "lists.csv": rb'^[^\n]+,"?[^\s,"@]+@[^\s,"@]+"?\s*$',
    **dict.fromkeys(_ANSWERS, rb'^\s*[\[{].*"acct"\s*:'),
}
_WHOSE = re.compile(rb'"id"\s*:\s*"(https?://[^"]+)"')
_POST_GIVEN = ("post", "comment", "mention", "repost", "message")
_RECEIVED = ("comment", "mention", "message", "reaction", "repost")


def claims(archive: Archive) -> list[Member]:
    """Members that show themselves to be Mastodon's; and beside one, empty ones and those it is known to ignore."""
    sure = [m for name, shown in _SHOWS.items() for m in archive.find(name) if re.search(shown, archive.head(m), re.S | re.M)]
    if not sure:
        return []
    empty = [m for m in archive.find(*_SHOWS) if m.size <= 2 or archive.head(m).strip() in (b"[]", b"Account address")]
    numbers = {m.number for m in [*sure, *empty, *archive.find(*_BESIDE), *pulled.beside(archive, "mastodon")]}
    return [m for m in archive.members if m.number in numbers]


def read(archive: Archive, owner: Owner) -> list[Reading]:
    """Everything in it; where a folder holds archives of several accounts, a reading of each."""
    with uncollected():
        return [_read(archive, numbers) for numbers in _by_owner(archive)]


def _by_owner(archive: Archive) -> list[set[int]]:
    """Numbers of the members of each account; a folder that does not say whose it is goes with the first one that does."""
    members = claims(archive)
    told = {m.path.removesuffix(m.name): _WHOSE.search(archive.head(m)) for m in members if fold(m.name) == "actor.json"}
    owners = {folder: found[1] for folder, found in told.items() if found}
    first = next(iter(owners.values()), b"")
    split: dict[bytes, set[int]] = {}
    for member in members:
        split.setdefault(owners.get(member.path.removesuffix(member.name), first), set()).add(member.number)
    return list(split.values())


def _read(archive: Archive, mine: set[int]) -> Reading:
    """Read these members: the owner first, then what carries names and times, then what is poorer."""
    reading = Reading("mastodon")
    found = Found(reading)
    counts: dict[str, int] = {}  # layout → records that could be read
    for layout, read_one in _READERS.items():
        for member in archive.find(layout):
            if member.number not in mine:
                continue
            if layout in _ANSWERS:
                found.evidence[member.number] = "api"
            try:
                records = read_one(archive.read(member), member, found)
                counts[layout] = counts.get(layout, 0) + records
            except Unreadable as why:
                reading.problem(member.number, "-", str(why))
                records = 1
            reading.member(member.number, records)
    _listings(archive, found, counts)
    found.tell()
    _sees(reading, found, counts, pulled.of(archive, "mastodon"))
    return reading


_READERS: dict[str, Callable[[bytes, Member, Found], int]] = {
    "actor.json": export.actor, "api/account.json": api.me, "outbox.json": export.outbox,
    "api/statuses-*.json": api.statuses, "api/favourites-*.json": api.favourites, "likes.json": export.likes,
    "api/notifications-*.json": api.notifications,
    "api/favourited_by/*.json": partial(api.reacted, channel="reaction"),
    "api/reblogged_by/*.json": partial(api.reacted, channel="repost"),
    "api/followers-*.json": partial(api.people, direction="received"),
    "api/following-*.json": partial(api.people, direction="given"),
    **{name: partial(export.table, state=state) for name, state in _TABLES.items()},
}  # fmt: skip


def _listings(archive: Archive, found: Found, counts: dict[str, int]) -> None:
    """A list that came in pages is whole where it has as many rows as the account counts."""
    told = next((api.followed(archive, m) for m in archive.find("api/account.json") if "api/account.json" in counts), {})
    for layout, direction in (("api/followers-*.json", "received"), ("api/following-*.json", "given")):
        if layout in counts:
            expected = told.get(direction)
            found.listings.append(("follow", direction, expected is not None and counts[layout] >= expected))


def _sees(reading: Reading, found: Found, counts: dict[str, int], told: pulled.Pulled | None) -> None:
    asked = told.asked if told else {}
    if "outbox.json" in counts:
        for channel in _POST_GIVEN:
            reading.sees(channel, "given", claim="outbox.json: every post of the account that still exists")
    elif "api/statuses-*.json" in counts or "statuses" in asked:
        span = told.span("statuses", found.first) if "statuses" in asked else {"since": found.first}
        for channel in _POST_GIVEN:
            reading.sees(channel, "given", **span, claim="statuses: since the oldest that was asked for")
    if "likes.json" in counts or "api/favourites-*.json" in counts:
        reading.sees("reaction", "given", claim="likes.json, favourites: every one that still stands, undated")
    if "api/notifications-*.json" in counts or "notifications" in asked:
        span = told.span("notifications", found.since) if "notifications" in asked else {"since": found.since}
        for channel in _RECEIVED:
            reading.sees(channel, "received", **span, claim="notifications: since the oldest that was asked for")
