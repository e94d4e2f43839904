"""Reddit: own comments and posts, replies, mentions and messages, by the OAuth API.

Settings: `[pull.reddit]`. Token: preferences → apps → a script app; then `<client id>:<secret>:<refresh token>` of scopes
identity, history, read and privatemessages (exchanged for a day's token at every pull), or an access token that lasts a day.
https://www.reddit.com/dev/api/, https://github.com/reddit-archive/reddit/wiki/OAuth2

Listings come newest first and end at about 1,000 items, so each pull reads a day further back than the newest seen, and one
that breaks off stores nothing and moves nothing. Whom a comment answers is asked for by the number of what it answers.
"""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from flows.pull.http import Answer, Client, Fits, PullFailed, now, pages
from flows.pull.store import Draft, Store
from flows.settings import Home, Settings

MEND = "make a script app in preferences → apps, and hand in <client id>:<secret>:<refresh token> as GIVETAKE_TOKEN_REDDIT"
OVERLAP = 86_400  # seconds
_ASKED: dict[str, Any] = {"limit": 100, "raw_json": 1, "mark": "false"}


class Options(BaseModel, extra="forbid"):
    """[pull.reddit]"""

    server: str = "https://oauth.reddit.com"
    login: str = "https://www.reddit.com"


def client(options: Options, token: str) -> Client:
    """What asks this platform; a refresh token is exchanged when the pull begins."""
    return Client(options.server, token, mend=MEND)


def pull(home: Home, settings: Settings, client: Client) -> list[Path]:
    """Store what is new since the cursor: the archives written. Raises PullFailed."""
    options = Options(**settings.pull["reddit"])
    _enter(client, options.login)
    store, started = Store(home, "reddit"), now()
    me = client.get("/api/v1/me")
    name = me.value.get("name")
    if not isinstance(name, str) or not re.fullmatch(r"[\w-]+", name):
        raise PullFailed("the server does not say whose token it is — look at `server` in the settings")
    cursor = store.cursor(name.lower())
    lists = {
        "comments": f"/user/{name}/comments", "submitted": f"/user/{name}/submitted", "inbox": "/message/inbox",
        "sent": "/message/sent",
    }  # fmt: skip
    newest, draft = dict(cursor.get("newest", {})), store.draft("news")
    try:
        for key, where in lists.items():
            newest[key] = _back(draft, client, key, where, float(newest.get(key, 0)))
        if newest == cursor.get("newest", dict.fromkeys(lists, 0.0)):
            return []
        draft.put("api/me.json", me.body)
        draft.tell(name, dict.fromkeys(lists, cursor.get("until")), started)
        written = [draft.commit()]
        store.remember(cursor | {"newest": newest, "until": started})
        return written
    finally:
        draft.discard()


def _enter(client: Client, login: str) -> None:
    """Exchange a refresh token, if the token is one; at its own host, and without the old one."""
    parts = client.token.split(":")
    if len(parts) != 3:
        return
    door = client.elsewhere(login)
    basic = base64.b64encode(f"{parts[0]}:{parts[1]}".encode()).decode()
    door.headers = {**client.headers, "Authorization": f"Basic {basic}"}
    told = door.submit("/api/v1/access_token", {"grant_type": "refresh_token", "refresh_token": parts[2]})
    if not isinstance(token := told.value.get("access_token"), str):
        raise PullFailed(f"the refresh token was not taken — {MEND}")
    client.token = token


def _back(draft: Draft, client: Client, key: str, where: str, known: float) -> float:
    """Write the pages of one listing until a day before the newest known: the newest instant now."""
    newest, above = known, set()
    for n, answer in enumerate(pages(client, where, dict, _further, fits=_HELD[key], cursor="after", **_ASKED), 1):
        things = _things(answer)
        times = [float(t["created_utc"]) for t in things if isinstance(t.get("created_utc"), int | float)]
        draft.put(f"api/{key}-{n}.json", answer.body)
        above |= {t["parent_id"] for t in things if key == "comments" and re.fullmatch(r"t[13]_\w+", str(t.get("parent_id")))}
        newest = max([newest, *times])
        if known and times and min(times) <= known - OVERLAP:
            break
    numbers = sorted(above) if newest > known else []
    for n, at in enumerate(range(0, len(numbers), 100), 1):
        answer = client.get("/api/info", dict, _listing("t1", "t3"), id=",".join(numbers[at : at + 100]), raw_json=1)
        draft.put(f"api/answered-{n}.json", answer.body)
    return newest


def _things(answer: Answer) -> list[dict[str, Any]]:
    return [t["data"] for t in answer.value["data"]["children"]]


def _listing(*kinds: str, having: str = "created_utc") -> Fits:
    """A listing of things of these kinds; of comments in an inbox alone it is told where they stand."""
    return lambda value: value["kind"] == "Listing" and all(
        t["kind"] in kinds and (having if t["kind"] == "t1" else "created_utc") in t["data"] for t in value["data"]["children"]
    )


_HELD = {
    "comments": _listing("t1"), "submitted": _listing("t3"), "inbox": _listing("t1", "t4", having="context"),
    "sent": _listing("t4"),
}  # fmt: skip


def _further(answer: Answer) -> str:
    told = answer.value["data"].get("after")
    return told if isinstance(told, str) and re.fullmatch(r"t\d_\w+", told) else ""
