"""Bluesky: the repository of the account (CAR file), the chat export, and the answers of the API.

The repository holds what the owner did, with times their client asserted, each towards a DID; nothing received. Received
likes, reposts, replies, mentions, quotes and follows come from the API alone. https://docs.bsky.app/blog/repo-export

A repository of which a part is missing is read as far as it goes, but sees nothing: what is not there cannot be told from
what was not done.

Traps: blocks the tree does not link are deleted records; records do not know their own key; `via` (through whose repost) is
no counterpart; list items are kept as memberships, except those of lists for moderation; facets count bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import polars as pl

from transforms.act import Owner, Reading
from transforms.archive import Archive, Member, Unreadable
from transforms.formats import pulled
from transforms.formats.jsonrecords import uncollected
from transforms.sources.bluesky import api, repo
from transforms.sources.bluesky.found import Found

TITLE = "Bluesky"
VERSION = "3"
# In the order of reading: the owner first, names of rooms before messages, what has times before what has none.
_READERS: dict[str, Callable[[bytes, Member, Found], int]] = {
    "*.car": repo.read, "api/followers-*.json": api.followers, "api/profiles-*.json": api.profiles,
    "api/convos-*.json": api.convos, "api/notifications-*.json": api.notifications, "api/likes/*.json": api.likes,
    "api/reposted_by/*.json": api.reposted_by, "api/messages-*.json": api.messages, "chat.jsonl": api.chat,
}  # fmt: skip
LAYOUTS = {
    "API": tuple(name for name in _READERS if name.startswith("api/")),
    "2026-02": ("*.car", "chat.jsonl"),
    "2022-11": ("*.car",),
}
IGNORES = {**pulled.IGNORES}
_CAR = re.compile(rb"^.{1,2}\xa2(\x65roots\x81.*\x67version\x01|\x67version\x01\x65roots\x81)", re.S)
_ANSWER = re.compile(rb'^\s*\{.*"(at://|did:(plc|web):)', re.S)
_RECEIVED = ("comment", "mention", "reaction", "repost")


def claims(archive: Archive) -> list[Member]:
    """Members that show themselves to be Bluesky's, and beside one the answers that are empty."""
    sure, rest = [], []
    for name in _READERS:
        for member in archive.find(name):
            shown = _CAR if name == "*.car" else _ANSWER
            (sure if shown.search(archive.head(member)[: 128 if name == "*.car" else None]) else rest).append(member)
    beside = (
        [m for m in rest if m.size < 200 and m.name.endswith(".json") and archive.head(m).lstrip()[:1] == b"{"] if sure else []
    )
    numbers = {m.number for m in [*sure, *beside, *(pulled.beside(archive, "bluesky") if sure else [])]}
    return [m for m in archive.members if m.number in numbers]


def read(archive: Archive, owner: Owner) -> Reading:
    """Read all members; one that is broken is a problem and the rest goes on."""
    with uncollected():
        return _read(archive)


def _read(archive: Archive) -> Reading:
    reading = Reading("bluesky")
    found = Found(reading)
    mine = {m.number for m in claims(archive)}
    read_layouts = set()
    for layout, read_one in _READERS.items():
        for member in archive.find(layout):
            if member.number not in mine:
                continue
            try:
                records = read_one(archive.read(member), member, found)
                read_layouts.add(layout)
            except Unreadable as why:
                reading.problem(member.number, "-", str(why))
                records = 1
            reading.member(member.number, records)
    found.tell()
    _sees(found, read_layouts, pulled.of(archive, "bluesky"))
    return reading


def _sees(found: Found, layouts: set[str], asked: pulled.Pulled | None) -> None:
    reading, told = found.reading, found.told
    if "*.car" in layouts and found.whole:
        for channel in ("post", "comment", "mention", "reaction", "repost"):
            reading.sees(channel, "given", claim="the repository: every record that still stands")
    if "api/notifications-*.json" in layouts:
        span = asked.span("notifications", found.since) if asked else {"since": found.since}
        for channel in _RECEIVED:
            reading.sees(channel, "received", **span, claim="notifications: since the oldest that was asked for")
    chats = told.filter(pl.col("channel").is_in(["message", "group"]))
    if "api/messages-*.json" in layouts:
        first = chats["happened_at"].min()
        span = asked.span("messages", first) if asked and "messages" in asked.asked else {"since": first}
        for channel in ("message", "group"):
            for direction in ("given", "received"):
                claim = "getMessages: since the oldest that was asked for"
                reading.sees(channel, direction, **span, claim=claim)
    elif "chat.jsonl" in layouts:
        for channel in ("message", "group"):
            reading.sees(channel, "given", named=bool(found.rooms), claim="chat.jsonl: every message that was sent")
