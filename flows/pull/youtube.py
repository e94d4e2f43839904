"""YouTube: comments on the owner's videos with all their replies, by the Data API.

Settings: `[pull.youtube] channel = "UC…"` (YouTube → Settings → Advanced). Token: an API key (Google Cloud console → APIs &
Services → Credentials, limited to the YouTube Data API v3), which does not expire; an OAuth access token does, after an hour.
https://developers.google.com/youtube/v3/docs/commentThreads/list

Every pull asks for the list of threads, a unit of the day's 10,000 for each hundred, since a new reply does not make a thread
newer. Stored are the pages in which a thread is new or has other replies than before, and all replies of those threads.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field

from flows.pull.http import Answer, Client, Fits, PullFailed, now, pages
from flows.pull.store import Draft, Store
from flows.settings import Home, Settings

MEND = "make an API key in the Google Cloud console, for the YouTube Data API v3, and hand it in as GIVETAKE_TOKEN_YOUTUBE"
_API = "/youtube/v3"
_SHOWN: dict[str, Any] = {"textFormat": "plainText", "maxResults": 100}


class Options(BaseModel, extra="forbid"):
    """[pull.youtube]"""

    channel: str = Field(pattern=r"^UC[\w-]{22}$")
    server: str = "https://www.googleapis.com"


def client(options: Options, token: str) -> Client:
    """What asks this platform. A key goes into a header as well: in an address it would stand in logs."""
    key = {"X-Goog-Api-Key": token} if token.startswith("AIza") else {}
    return Client(options.server, "" if key else token, mend=MEND, headers=key)


def pull(home: Home, settings: Settings, client: Client) -> list[Path]:
    """Store the threads that are new or have new replies: the archives written. Raises PullFailed."""
    channel = Options(**settings.pull["youtube"]).channel
    store, started = Store(home, "youtube"), now()
    cursor = store.cursor(channel)
    known: dict[str, int] = dict(cursor.get("threads", {}))  # thread → its replies
    me = client.get(f"{_API}/channels", dict, _is("channel"), part="snippet", id=channel)
    if not me.value.get("items"):
        raise PullFailed("there is no such channel — look at `channel` in the settings")
    draft, n = store.draft("news"), 0
    try:
        asked: dict[str, Any] = {"part": "snippet,replies", "allThreadsRelatedToChannelId": channel, **_SHOWN}
        fits = _is("commentThread")
        for answer in pages(client, f"{_API}/commentThreads", dict, _further, fits=fits, cursor="pageToken", **asked):
            moved = {k: c for k, c in map(_thread, answer.value["items"]) if k and known.get(k) != c}
            if moved:
                n += 1
                draft.put(f"api/comment_threads-{n}.json", answer.body)
            for item in answer.value["items"]:
                key, count = _thread(item)
                if key in moved and count > len(_inside(item)):
                    _replies(draft, client, key)
            known |= moved
        if not n:
            return []
        draft.put("api/channel.json", me.body)
        draft.tell(channel, {"comment_threads": cursor.get("until")}, started)
        written = [draft.commit()]
        store.remember(cursor | {"threads": known, "until": started})
        return written
    finally:
        draft.discard()


def _replies(draft: Draft, client: Client, thread: str) -> None:
    """All replies of one thread, of which the list of threads shows only some."""
    asked: dict[str, Any] = {"part": "snippet", "parentId": thread, **_SHOWN}
    found = pages(client, f"{_API}/comments", dict, _further, fits=_is("comment"), cursor="pageToken", **asked)
    for n, answer in enumerate(found, 1):
        draft.put(f"api/replies-{thread}-{n}.json", answer.body)


def _is(kind: str) -> Fits:
    """A list of that kind; a channel that is not there has no items."""
    return lambda value: (
        value["kind"] == f"youtube#{kind}ListResponse" and (kind == "channel" or isinstance(value["items"], list))
    )


def _thread(item: Any) -> tuple[str, int]:
    """Its id, if it is one, and how many replies it has."""
    key = item.get("id") if isinstance(item, dict) else None
    count = (item.get("snippet") or {}).get("totalReplyCount") if isinstance(item, dict) else None
    if not isinstance(key, str) or not re.fullmatch(r"[\w.-]{1,100}", key):
        return "", 0
    return key, count if isinstance(count, int) else 0


def _inside(item: dict[str, Any]) -> list[Any]:
    return (item.get("replies") or {}).get("comments") or []


def _further(answer: Answer) -> str:
    told = answer.value.get("nextPageToken")
    return told if isinstance(told, str) and "://" not in told else ""
