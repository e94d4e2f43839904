"""GitHub: what others wrote in the owner's repositories and their reactions, the owner's events, stars and follows.

Settings: `[pull.github]`. Token: Settings → Developer settings → Personal access tokens, fine-grained, read-only, for all
repositories: Issues, Pull requests, Metadata; account: Followers, Starring. https://docs.github.com/rest

Events reach back 300 events or thirty days, so what the owner wrote elsewhere is whole only if pulled at least monthly. What
`since` gives is what changed since; reactions are asked for with the text they are about, so one that comes later to a text
that does not change is not seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field

from flows.pull.http import Answer, Client, PullFailed, Refused, every, now, pages
from flows.pull.store import Draft, Store
from flows.settings import Home, Settings

MEND = "make a fine-grained one in Settings → Developer settings, read-only, and hand it in as GIVETAKE_TOKEN_GITHUB"
_STARS = "application/vnd.github.star+json"
_BEGIN = "1970-01-01T00:00:00Z"
_TEXTS = {  # path below a repository → name of the answers, path of the reactions to one
    "issues": ("issues", "issues/{number}"),
    "issues/comments": ("issue_comments", "issues/comments/{id}"),
    "pulls/comments": ("pull_comments", "pulls/comments/{id}"),
}


class Options(BaseModel, extra="forbid"):
    """[pull.github]"""

    server: str = "https://api.github.com"
    snapshots: int = Field(30, ge=1)


def client(options: Options, token: str) -> Client:
    """What asks this platform."""
    headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
    return Client(options.server, token, mend=MEND, headers=headers)


def pull(home: Home, settings: Settings, client: Client) -> list[Path]:
    """Store what is new since the cursor, and how stars and follows stand if that changed. Raises PullFailed."""
    options = Options(**settings.pull["github"])
    store, started = Store(home, "github"), now()
    me = client.get("/user")
    login = me.value.get("login")
    if not isinstance(login, str) or not re.fullmatch(r"[\w-]+", login):
        raise PullFailed("the server does not say whose token it is — look at `server` in the settings")
    asked = {"affiliation": "owner", "per_page": 100}
    found = _pages(client, "/user/repos", fits=every("full_name"), **asked)
    repositories = [r["full_name"] for a in found for r in a.value]
    repositories = [r for r in repositories if isinstance(r, str) and re.fullmatch(r"[\w.-]+/[\w.-]+", r)]
    written = _news(store, client, me, repositories, started)
    return written + _snapshot(store, client, me, repositories, options.snapshots)


def _news(store: Store, client: Client, me: Answer, repositories: list[str], started: str) -> list[Path]:
    cursor = store.cursor(me.value["login"])
    since, events = dict(cursor.get("since", {})), int(cursor.get("events", 0))
    news, fresh = store.draft("news"), False
    try:
        news.put("api/user.json", me.body)
        newest = events
        for answer in _pages(client, f"/users/{me.value['login']}/events", fits=every("id", "repo"), per_page=100):
            found = [int(e["id"]) for e in answer.value if str(e.get("id", "")).isdigit()]
            if max(found, default=0) <= events:
                break
            _put(news, "events", answer)
            newest = max(newest, *found)
        fresh = newest > events
        for repository in repositories:
            for place, (name, reactions) in _TEXTS.items():
                key = f"{repository}/{place}"
                fresh |= _changed(news, client, repository, place, name, reactions, since, key)
        if not fresh:
            return []
        news.tell(me.value["login"], dict.fromkeys(("events", "texts"), cursor.get("until")), started)
        written = [news.commit()]
        store.remember(cursor | {"since": since, "events": newest, "until": started})
        return written
    finally:
        news.discard()


def _changed(
    news: Draft, client: Client, repository: str, place: str, name: str, reactions: str, since: dict[str, str], key: str
) -> bool:
    """Write the texts that changed since, with their reactions and reviews: whether there are any."""
    before, moved = since.get(key, _BEGIN), False
    asked: dict[str, Any] = {"since": before, "sort": "updated", "direction": "asc", "per_page": 100}
    for answer in _grown(client, f"/repos/{repository}/{place}", asked | ({"state": "all"} if place == "issues" else {})):
        new = [t for t in answer.value if str(t["updated_at"]) > before]
        if not new:  # `since` gives the one it names again
            continue
        moved = True
        _put(news, name, answer)
        since[key] = max(since.get(key, before), *(str(t["updated_at"]) for t in new))
        for text in new:
            number, id_ = text.get("number"), text.get("id")
            told = text.get("reactions")
            if isinstance(told, dict) and told.get("total_count") and isinstance(id_, int):
                where = f"/repos/{repository}/{reactions.format(number=number, id=id_)}/reactions"
                for n, page in enumerate(_pages(client, where, fits=every("content"), per_page=100), 1):
                    news.put(f"api/reactions/{n}-{name}-{id_}.json", page.body)  # no name that a page of texts may have
            if isinstance(text.get("pull_request"), dict) and isinstance(number, int):
                for page in _pages(client, f"/repos/{repository}/pulls/{number}/reviews", fits=every("state"), per_page=100):
                    if page.value:
                        _put(news, "reviews", page)
    return moved


def _grown(client: Client, where: str, asked: dict[str, Any]) -> Iterator[Answer]:
    """Pages, each asked for from the newest text of the page before: by number, a text that changes now would move others."""
    seen: set[Any] = set()
    while True:
        try:
            answer = client.get(where, list, every("id", "updated_at", "body"), **asked)
        except Refused:  # a repository without issues, or gone since it was listed
            return
        if {t["id"] for t in answer.value} <= seen:
            return
        yield answer
        seen |= {t["id"] for t in answer.value}
        asked["since"] = max(str(t["updated_at"]) for t in answer.value)


def _snapshot(store: Store, client: Client, me: Answer, repositories: list[str], keep: int) -> list[Path]:
    snapshot, last = store.draft("snapshot"), store.snapshots()[-1:]
    try:
        snapshot.put("api/user.json", me.body)
        for name in ("followers", "following"):
            for answer in _pages(client, f"/user/{name}", fits=every("login"), per_page=100):
                _put(snapshot, name, answer)
        plain, client.headers["Accept"] = client.headers["Accept"], _STARS
        try:
            for where, name in (("/user/starred", "starred"), *((f"/repos/{r}/stargazers", "stargazers") for r in repositories)):
                for answer in _pages(client, where, fits=every("starred_at"), per_page=100):
                    if answer.value:
                        _put(snapshot, name, answer)
        finally:
            client.headers["Accept"] = plain
        if last and snapshot.same(last[0], but=("api/user.json",)):
            return []
        written = [snapshot.commit()]
        store.thin(keep)
        return written
    finally:
        snapshot.discard()


def _pages(client: Client, where: str, **asked: Any) -> Any:
    """Pages by Link; none where a repository has no issues, or is gone since it was listed (404, 410)."""
    try:
        yield from pages(client, where, list, lambda a: a.link("next"), **asked)
    except Refused:
        if not where.startswith("/repos/"):
            raise


def _put(draft: Draft, name: str, answer: Answer) -> None:
    """Write an answer under the next number of its name."""
    n = 1
    while draft.path(f"api/{name}-{n}.json").exists():
        n += 1
    draft.put(f"api/{name}-{n}.json", answer.body)
