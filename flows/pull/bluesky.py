"""Bluesky: the repository of the account, notifications, followers and, if asked for, chats, from the owner's server.

Settings: `[pull.bluesky] handle = "olive.example.org"`, `chat = true` for messages. Token: an app password (Settings → Privacy
and security → App passwords; for chats one that may read messages). https://docs.bsky.app/docs/advanced-guides/rate-limits

Notifications come newest first and in the order of what clients assert, so each pull reads a day further back than the newest
seen; a pull that breaks stores none of them and moves nothing. The repository is asked for only if its revision moved.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field

from flows.pull.http import Answer, Client, Fits, PullFailed, now, pages
from flows.pull.store import Draft, Store
from flows.settings import Home, Settings

MEND = "make an app password in Settings → Privacy and security, and hand it in as GIVETAKE_TOKEN_BLUESKY"
OVERLAP = timedelta(days=1)
CHAT = "did:web:api.bsky.chat#bsky_chat"
_START = datetime(1970, 1, 1, tzinfo=UTC)


class Options(BaseModel, extra="forbid"):
    """[pull.bluesky]"""

    handle: str
    server: str = "https://bsky.social"
    chat: bool = False
    snapshots: int = Field(30, ge=1)


def client(options: Options, token: str) -> Client:
    """What asks this platform; the token is an app password, exchanged for a session when the pull begins."""
    return Client(options.server, token, mend=MEND)


def pull(home: Home, settings: Settings, client: Client) -> list[Path]:
    """Store what is new since the cursor, and how things stand if that changed: the archives written. Raises PullFailed."""
    options = Options(**settings.pull["bluesky"])
    store = Store(home, "bluesky")
    password, client.token = client.token, ""
    session = client.post("/xrpc/com.atproto.server.createSession", {"identifier": options.handle, "password": password})
    did, client.token = session.value.get("did"), session.value.get("accessJwt")
    if not isinstance(did, str) or not re.fullmatch(r"did:[a-z]+:[\w.:%-]+", did) or not isinstance(client.token, str):
        raise PullFailed("the server opened no session — look at `server` in the settings")
    asked: dict[str, Any] = {"actor": did, "limit": 100}
    followers = list(pages(client, "/xrpc/app.bsky.graph.getFollowers", dict, _further, fits=_has("followers"), **asked))
    written = _news(store, client, did, followers if options.chat else None)
    return written + _snapshot(store, did, followers, _repository(client, session.value, options), options.snapshots)


def _news(store: Store, client: Client, did: str, beside_chats: list[Answer] | None) -> list[Path]:
    """What came since the cursor. Beside chats go the followers, whose list names the owner; messages do not."""
    cursor, started = store.cursor(did), now()
    news = store.draft("news")
    try:
        newest = _back(
            client, "/xrpc/app.bsky.notification.listNotifications", "notifications", "indexedAt",
            cursor.get("notifications", ""), partial(_page, news.put, "api/notifications"), limit=100,
        )  # fmt: skip
        fresh = newest > _instant(cursor.get("notifications", ""))
        if fresh:
            cursor["notifications"] = newest.isoformat()
        if beside_chats is not None and _chats(news.put, client, cursor):
            fresh = True
            _followers(news, beside_chats)
        if not fresh:
            return []
        chats = [] if beside_chats is None else ["messages"]
        news.tell(did, dict.fromkeys(["notifications", *chats], cursor.get("until")), started)
        written = [news.commit()]
        store.remember(cursor | {"until": started})
        return written
    finally:
        news.discard()


def _back(
    client: Client, where: str, key: str, time: str, seen: str, keep: Callable[[int, Answer], None], **asked: Any
) -> datetime:
    """Keep pages, newest first, until a day before the newest seen: the newest instant now."""
    newest = known = _instant(seen)
    for n, answer in enumerate(pages(client, where, dict, _further, fits=_has(key), **asked), 1):
        times = [_instant(item.get(time)) for item in answer.value[key] if isinstance(item, dict)]
        keep(n, answer)
        newest = max([newest, *times])
        if known > _START and times and max(times) <= known and min(times) <= known - OVERLAP:
            break
    return newest


def _chats(put: Callable[[str, bytes], None], client: Client, cursor: dict[str, Any]) -> bool:
    """Keep the messages of every conversation whose revision moved, and the list that names its members."""
    client.headers["atproto-proxy"] = CHAT
    moved, revisions = False, dict(cursor.get("convos", {}))
    try:
        lists = list(pages(client, "/xrpc/chat.bsky.convo.listConvos", dict, _further, fits=_has("convos"), limit=100))
        for convo in [c for a in lists for c in a.value["convos"]]:
            name, revision = str(convo.get("id")), str(convo.get("rev"))
            if not re.fullmatch(r"\w+", name) or revisions.get(name, ["", ""])[0] == revision:
                continue
            newest = _back(
                client, "/xrpc/chat.bsky.convo.getMessages", "messages", "sentAt", revisions.get(name, ["", ""])[1],
                partial(_page, put, f"api/messages-{name}"), convoId=name, limit=100,
            )  # fmt: skip
            revisions[name], moved = [revision, newest.isoformat()], True
        if moved:
            for n, answer in enumerate(lists, 1):
                put(f"api/convos-{n}.json", answer.body)
            cursor["convos"] = revisions
    finally:
        del client.headers["atproto-proxy"]
    return moved


def _page(put: Callable[[str, bytes], None], stem: str, n: int, answer: Answer) -> None:
    put(f"{stem}-{n}.json", answer.body)


def _followers(draft: Draft, answers: list[Answer]) -> None:
    for n, answer in enumerate(answers, 1):
        draft.put(f"api/followers-{n}.json", answer.body)


def _snapshot(store: Store, did: str, followers: list[Answer], keeper: Client, keep: int) -> list[Path]:
    snapshot, last = store.draft("snapshot"), store.snapshots()[-1:]
    cursor = store.cursor(did)
    try:
        _followers(snapshot, followers)
        revision = keeper.get("/xrpc/com.atproto.sync.getLatestCommit", did=did).value.get("rev")
        before = last[0] / "repo.car" if last else None
        if before and before.exists() and revision and revision == cursor.get("revision"):
            snapshot.path("repo.car").hardlink_to(before)
        else:
            keeper.fetch("/xrpc/com.atproto.sync.getRepo", snapshot.path("repo.car"), did=did)
        if last and snapshot.same(last[0]):
            written = []
        else:
            written = [snapshot.commit()]
            store.thin(keep)
        if revision != cursor.get("revision"):
            store.remember(cursor | {"revision": revision})
        return written
    finally:
        snapshot.discard()


def _repository(client: Client, session: dict[str, Any], options: Options) -> Client:
    """Who asks the server that keeps the repository, which the session names; it is public, so without the token."""
    document = session.get("didDoc")
    services = document.get("service") if isinstance(document, dict) else None
    for service in services if isinstance(services, list) else []:
        if isinstance(service, dict) and str(service.get("id", "")).endswith("#atproto_pds"):
            return client.elsewhere(str(service.get("serviceEndpoint")))
    return client.elsewhere(options.server)


def _further(answer: Answer) -> str:
    """The cursor of the next page. One that looks like an address would be followed as one, so it ends the pages."""
    told = answer.value.get("cursor")
    return told if isinstance(told, str) and "://" not in told else ""


def _has(key: str) -> Fits:
    return lambda value: isinstance(value[key], list)


def _instant(told: Any) -> datetime:
    try:
        at = datetime.fromisoformat(str(told).replace("Z", "+00:00"))
    except ValueError:
        return _START
    return at if at.tzinfo else at.replace(tzinfo=UTC)
