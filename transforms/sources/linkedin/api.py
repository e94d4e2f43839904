"""The answers of LinkedIn's Member Data Portability API, as rows of the tables that the zip has.

`api/snapshot/<DOMAIN>-<n>.json` hold flat objects with the columns of the CSV files as keys; pages may repeat rows of the page
before. `api/changelog-<n>.json` hold events since the consent, and people in them only by an id of the application that asked.
https://learn.microsoft.com/linkedin/dma/member-data-portability/shared/
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import msgspec
import polars as pl

from transforms.act import Reading
from transforms.archive import Archive, Member, Unreadable
from transforms.formats import csvs
from transforms.formats.jsonrecords import records

SNAPSHOT, CHANGES = "api/snapshot/*.json", "api/changelog-*.json"
STEMS = {
    "PROFILE": "profile", "CONNECTIONS": "connections", "INBOX": "messages", "INVITATIONS": "invitations",
    "ALL_COMMENTS": "comments", "ALL_LIKES": "reactions", "ALL_VOTES": "votes", "MEMBER_SHARE_INFO": "shares",
    "INSTANT_REPOSTS": "instantreposts", "MEMBER_FOLLOWING": "memberfollows", "COMPANY_FOLLOWS": "companyfollows",
    "CONTACTS": "contacts", "ENDORSEMENTS": "", "RECOMMENDATIONS": "",
}  # fmt: skip
_LOST = "not a record of the expected form; pull it again"
_NO_SIDE = "a recommendation that does not say who wrote it; a copy of your data from the site does"
_NEW_DOMAIN = "a domain that is not known; please report it"
_CHANGED = "a change or removal of what was told before"
_AGAIN = "told by the page before"
_ELSE = "an event that is nothing given or received"


class Element(msgspec.Struct):
    """Rows of one domain."""

    snapshotDomain: str = ""  # noqa: N815
    snapshotData: list[msgspec.Raw] = []  # noqa: N815


class Event(msgspec.Struct):
    """One thing the member did, or that was done to them."""

    owner: str
    resourceName: str  # noqa: N815
    method: str
    id: int | str | None = None
    actor: str = ""
    activity: dict[str, Any] = {}
    processedActivity: dict[str, Any] | None = None  # noqa: N815


class Rows:
    """The tables, as they grow."""

    def __init__(self) -> None:
        self.found: dict[str, list[dict[str, Any]]] = {}

    def add(self, stem: str, member: Member, i: int, row: dict[str, str]) -> None:
        place = {"member": member.number, "row": i, "record": f"{member.number}:{i}"}
        self.found.setdefault(stem, []).append(row | place)

    def tables(self) -> dict[str, pl.DataFrame]:
        """Stem → rows of strings, with their places."""
        places = {"member": pl.Int32, "row": pl.Int64, "record": pl.String}
        told = {}
        for stem, rows in self.found.items():
            columns = dict.fromkeys(c for row in rows for c in row if c not in places)
            told[stem] = pl.from_dicts(rows, schema=dict.fromkeys(columns, pl.String) | places)
        return told


def snapshot(archive: Archive, reading: Reading, rows: Rows, needs: dict[str, set[str]]) -> None:
    """The rows of every domain; those that a page repeats are told as often as the page that has most of them has.

    `needs`: table → the columns that make a row of it.
    """
    before: Counter[frozenset[tuple[str, str]]] = Counter()
    for member in archive.find(SNAPSHOT):
        elements, broken = _records(archive, member, reading, Element)
        n, again, here = 0, 0, Counter[frozenset[tuple[str, str]]]()
        for element in elements:
            for raw in element.snapshotData:
                try:
                    stem, row = _row(element.snapshotDomain, raw, needs)
                    same = frozenset({"": stem, **row}.items())
                    here[same] += 1
                    if here[same] > before[same]:
                        rows.add(stem, member, n, row)
                    else:
                        again += 1
                except _Amiss as why:
                    reading.problem(member.number, n, str(why))
                n += 1
        before |= here
        reading.set_aside(member.number, _AGAIN, again)
        reading.member(member.number, n + broken)


class _Amiss(Exception):  # noqa: N818  says why a row is not read
    pass


def _row(domain: str, raw: msgspec.Raw, needs: dict[str, set[str]]) -> tuple[str, dict[str, str]]:
    """The table of a row and its columns; what is no text, number or nothing is a column that nobody knows."""
    try:
        told = msgspec.json.decode(raw, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise _Amiss(_LOST) from None
    row = {csvs.squash(k): "" if v is None else str(v) for k, v in told.items() if not isinstance(v, dict | list)}
    stem = STEMS.get(domain)
    if domain == "ENDORSEMENTS":
        stem = next((f"endorsement{way}info" for way, who in (("given", "endorsee"), ("received", "endorser"))
                     if f"{who}firstname" in row), None)  # fmt: skip
    if domain == "RECOMMENDATIONS" or domain not in STEMS:
        raise _Amiss(_NO_SIDE if domain in STEMS else _NEW_DOMAIN)
    if not stem or needs[stem] & {csvs.squash(k) for k in told} - set(row):
        raise _Amiss(_LOST)
    return stem, row


def changelog(archive: Archive, reading: Reading, rows: Rows) -> None:
    """Messages both ways, own comments, reactions, posts and reposts, invitations; changes and removals are set aside."""
    told: set[int | str] = set()
    for member in archive.find(CHANGES):
        aside = dict.fromkeys((_CHANGED, _ELSE, _AGAIN), 0)
        events, broken = _records(archive, member, reading, msgspec.Raw)
        for i, raw in enumerate(events):
            try:
                event = msgspec.json.decode(raw, type=Event)
            except (msgspec.DecodeError, UnicodeError, RecursionError):
                reading.problem(member.number, i, _LOST)
                continue
            reading.owner_key = reading.owner_key or event.owner.lower()
            if event.id in told:
                aside[_AGAIN] += 1
            elif event.resourceName not in _EVENTS:
                aside[_ELSE] += 1
            elif event.method not in ("CREATE", "ACTION"):
                aside[_CHANGED] += 1
            else:
                stem, read = _EVENTS[event.resourceName]
                try:
                    rows.add(stem, member, i, read(event, event.activity))
                except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
                    reading.problem(member.number, i, _LOST)
            told |= {event.id} - {None}
        for reason, count in aside.items():
            reading.set_aside(member.number, reason, count)
        reading.member(member.number, len(events) + broken)


def _records(archive: Archive, member: Member, reading: Reading, kind: type) -> tuple[list[Any], int]:
    """The elements of an answer that can be read, and how many cannot."""
    try:
        good, bad = records(archive.read(member), kind, "elements")
    except Unreadable as why:
        reading.problem(member.number, "-", str(why))
        return [], 1
    for i, cut in bad.items():
        reading.problem(member.number, f"element {i}", cut or _LOST)
    return list(good.values()), len(bad)


def _when(ms: Any) -> str:
    return datetime.fromtimestamp(int(ms) / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _message(event: Event, a: dict[str, Any]) -> dict[str, str]:
    author = str(a.get("author") or event.actor)
    thread = (event.processedActivity or {}).get("thread~") or {}
    members = [str(m) for m in thread.get("membership") or [] if isinstance(m, str)]
    content = a.get("content") or {}
    return {
        "conversationid": str(a["thread"]), "from": "", "to": "", "senderprofileurl": author,
        "recipientprofileurls": ",".join(m for m in members if m != author), "content": str(content.get("fallback") or ""),
        "date": _when(a.get("createdAt") or a["deliveredAt"]) + " UTC",
        "direction": "OUTGOING" if event.actor == event.owner else "INCOMING",
    }  # fmt: skip


def _comment(event: Event, a: dict[str, Any]) -> dict[str, str]:
    return {"date": _when(a["created"]["time"]), "link": str(a["object"]), "message": str(a["message"]["text"])}


def _like(event: Event, a: dict[str, Any]) -> dict[str, str]:
    return {"date": _when(a["created"]["time"]), "link": str(a["object"]), "type": str(a.get("reactionType") or "LIKE")}


def _post(event: Event, a: dict[str, Any]) -> dict[str, str]:
    content = (a.get("specificContent") or {}).get("com.linkedin.ugc.ShareContent") or {}
    text = (content.get("shareCommentary") or {}).get("text") or ""
    return {"date": _when(a["created"]["time"]), "sharelink": str(a["id"]), "sharecommentary": str(text)}


def _repost(event: Event, a: dict[str, Any]) -> dict[str, str]:
    return {"date": _when(a["created"]["time"]), "link": str(a["repostedContent"])}


_EVENTS = {
    "messages": ("messages", _message), "socialActions/comments": ("comments", _comment),
    "socialActions/likes": ("reactions", _like), "ugcPosts": ("shares", _post), "instantReposts": ("instantreposts", _repost),
}  # fmt: skip
