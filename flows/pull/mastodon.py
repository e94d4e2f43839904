"""Mastodon: notifications, own posts, favourites, followers and followed, by the REST API of the owner's server.

Settings: `[pull.mastodon] server = "https://social.example.org"`. Token: Preferences → Development → New application, scope
`read`. https://docs.joinmastodon.org/methods/notifications/, https://docs.joinmastodon.org/api/rate-limits/

What only grows is asked for from the oldest on (`min_id`), so what came in between two pages shifts nothing, and a pull that
breaks keeps the pages before. Further pages come from the Link header alone: its ids are not those in the body.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field

from flows.pull.http import Answer, Client, PullFailed, every, now, pages, parameter
from flows.pull.store import Draft, Store
from flows.settings import Home, Settings

MEND = "make one in Preferences → Development, scope read, and hand it in as GIVETAKE_TOKEN_MASTODON"


class Options(BaseModel, extra="forbid"):
    """[pull.mastodon]"""

    server: str
    snapshots: int = Field(30, ge=1)


def client(options: Options, token: str) -> Client:
    """What asks this platform."""
    return Client(options.server, token, mend=MEND)


def pull(home: Home, settings: Settings, client: Client) -> list[Path]:
    """Store what is new since the cursor, and how follows stand if that changed: the archives written. Raises PullFailed."""
    options = Options(**settings.pull["mastodon"])
    store = Store(home, "mastodon")
    me = client.get("/api/v1/accounts/verify_credentials")
    if not all(isinstance(me.value.get(k), str) for k in ("id", "url")):
        raise PullFailed("the server does not say whose token it is — look at `server` in the settings")
    number, account = me.value["id"], me.value.get("uri") or me.value["url"]
    written, failed = _news(store, client, me, number, account)
    if failed:
        raise failed
    snapshot = store.draft("snapshot")
    try:
        snapshot.put("api/account.json", me.body)
        for name in ("followers", "following"):
            where = f"/api/v1/accounts/{number}/{name}"
            found = pages(client, where, list, lambda a: a.link("next"), fits=every("acct"), limit=80)
            for n, answer in enumerate(found, 1):
                snapshot.put(f"api/{name}-{n}.json", answer.body)
        last = store.snapshots()[-1:]
        if not last or not snapshot.same(last[0], but=("api/account.json",)):
            written.append(snapshot.commit())
            store.thin(options.snapshots)
    finally:
        snapshot.discard()
    return written


def _news(store: Store, client: Client, me: Answer, number: str, account: str) -> tuple[list[Path], PullFailed | None]:
    """What came since the cursor, stored as far as it could be had."""
    cursor, started = store.cursor(account), now()
    news, failed = store.draft("news"), None
    streams: dict[str, tuple[str, dict[str, Any]]] = {
        "notifications": ("/api/v1/notifications", {"limit": 80, "include_filtered": "true"}),
        "statuses": (f"/api/v1/accounts/{number}/statuses", {"limit": 40}),
        "favourites": ("/api/v1/favourites", {"limit": 40}),
    }
    try:
        for name, (where, asked) in streams.items():
            _stream(news, client, name, where, asked | {"min_id": cursor.get(name, "0")}, cursor)
    except PullFailed as why:
        failed = why
    try:
        if not news.members:
            return [], failed
        news.put("api/account.json", me.body)
        news.tell(account, {} if failed else dict.fromkeys(streams, cursor.get("until")), started)
        written = [news.commit()]
        store.remember(cursor if failed else cursor | {"until": started})
        return written, failed
    finally:
        news.discard()


def _stream(news: Draft, client: Client, name: str, where: str, asked: dict[str, Any], cursor: dict[str, Any]) -> None:
    """Write the pages of one list, oldest first, each moving the cursor by the Link that came with it."""
    fits = every("type", "account") if name == "notifications" else every("uri", "content")
    found = pages(client, where, list, lambda a: a.link("prev") if a.value else "", fits=fits, **asked)
    for n, answer in enumerate((a for a in found if a.value), 1):
        news.put(f"api/{name}-{n}.json", answer.body)
        cursor[name] = parameter(answer.link("prev"), "min_id") or cursor.get(name, "0")
