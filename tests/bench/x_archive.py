"""Write a synthetic X archive of realistic shape: N tweets, N likes, N direct messages; the same bytes for the same seed.

    python -m tests.bench.x_archive TARGET.zip [N] [SEED]

N = 200 000 gives about 265 MB inflated, what a very busy account holds. Without X's indentation; large kinds in parts.
"""

from __future__ import annotations

import json
import random
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

ME, HANDLE = 1_400_000_000_000_000_001, "example_owner"
PEOPLE = 3_000
START = datetime(2012, 1, 1, tzinfo=UTC)
PART = 100_000  # records a file, or messages
_VOCABULARY = (
    "the a to and of in is it you for on that this with have be are not but what all just like so do we can people time "
    "thanks great good day work think know see look read project update team launch idea question answer help link "
    "morning &amp; coffee café naïve größe 日本 🚀 🎉 really maybe tomorrow write code data model review meeting"
)
WORDS = _VOCABULARY.split()


def main(target: Path, n: int = 200_000, seed: int = 7) -> None:
    """Write the archive."""
    rng = random.Random(seed)
    files = {
        "account": [
            {"account": {"email": "owner@example.org", "username": HANDLE, "accountId": str(ME), "accountDisplayName": "Owner"}}
        ],
        "tweets": _tweets(rng, n),
        "like": _likes(rng, n),
        "direct-messages": _conversations(rng, n),
        "follower": ({"follower": _follow(i)} for i in range(0, PEOPLE, 2)),
        "following": ({"following": _follow(i)} for i in range(0, PEOPLE, 3)),
    }
    listed = {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as z:
        for name, records in files.items():
            listed[name] = {"files": list(_write(z, name, iter(records)))}
        manifest = {
            "userInfo": {"accountId": str(ME), "userName": HANDLE, "displayName": "Owner"},
            "archiveInfo": {"generationDate": "2025-01-22T05:46:38.082Z", "isPartialArchive": False},
            "dataTypes": listed,
        }
        _add(z, "data/manifest.js", "window.__THAR_CONFIG = " + json.dumps(manifest, indent=2))


def _write(z: zipfile.ZipFile, name: str, records: Iterator[dict]) -> Iterator[dict]:
    part, batch = 0, list(_take(records))
    while batch or part == 0:
        path = f"data/{name}.js" if part == 0 else f"data/{name}-part{part}.js"
        variable = f"YTD.{name.replace('-', '_')}.part{part}"
        _add(z, path, f"window.{variable} = " + json.dumps(batch, ensure_ascii=False))
        yield {"fileName": path, "globalName": variable, "count": str(len(batch))}
        part, batch = part + 1, list(_take(records))


def _take(records: Iterator[dict]) -> Iterator[dict]:
    held = 0
    while held < PART and (record := next(records, None)):
        held += len(record["dmConversation"]["messages"]) if "dmConversation" in record else 1
        yield record


def _add(z: zipfile.ZipFile, path: str, text: str) -> None:
    info = zipfile.ZipInfo(path, date_time=(2025, 1, 22, 5, 46, 38))
    info.compress_type = zipfile.ZIP_DEFLATED
    z.writestr(info, text)


def _person(rng: random.Random) -> int:
    return int(PEOPLE * rng.random() ** 3)  # a few people most of the time


def _id(i: int) -> str:
    return str(2_000_000_000 + 7 * i)


def _follow(i: int) -> dict:
    return {"accountId": _id(i), "userLink": f"https://twitter.com/intent/user?user_id={_id(i)}"}


def _text(rng: random.Random, most: int) -> str:
    return " ".join(rng.choices(WORDS, k=rng.randint(2, most)))


def _snowflake(at: datetime, i: int) -> str:
    return str(((int(at.timestamp() * 1000) - 1288834974657) << 22) + i % 4096)


def _mention(i: int, start: int) -> dict:
    handle = f"person_{i}"
    return {
        "name": f"Person {i}",
        "screen_name": handle,
        "indices": [str(start), str(start + len(handle) + 1)],
        "id_str": _id(i),
        "id": _id(i),
    }


def _tweets(rng: random.Random, n: int) -> Iterator[dict]:
    at = START
    for i in range(n):
        at += timedelta(seconds=rng.randint(1, 3000))
        kind, who, text = rng.random(), _person(rng), _text(rng, 32)
        until = "2022-10-01T12:00:00.000Z"
        versions = {"editTweetIds": [_snowflake(at, i)], "editableUntil": until, "editsRemaining": "5", "isEditEligible": False}
        tweet: dict = {"edit_info": {"initial": versions}, "retweeted": False}
        mentions, urls = [], []
        if kind < 0.55:
            text = f"@person_{who} {text}"
            mentions.append(_mention(who, 0))
            above, person = _snowflake(at, i + 1), _id(who)
            tweet |= {"in_reply_to_status_id_str": above, "in_reply_to_status_id": above, "in_reply_to_user_id_str": person,
                      "in_reply_to_user_id": person, "in_reply_to_screen_name": f"person_{who}"}  # fmt: skip
        elif kind < 0.70:
            text = f"RT @person_{who}: {text}"[:139] + "…"
            mentions.append(_mention(who, 3))
        elif kind < 0.78:
            mentions.append(_mention(who, len(text) + 1))
            text = f"{text} @person_{who}"
        if kind > 0.85:
            short = f"https://t.co/{i:010x}"
            long = f"https://twitter.com/person_{who}/status/{_snowflake(at, i)}" if kind > 0.97 else f"https://example.org/{i}"
            urls.append({"url": short, "expanded_url": long, "display_url": f"example.org/{i}", "indices": ["0", "23"]})
            text = f"{text} {short}"
        yield {"tweet": tweet | {
            "source": '<a href="https://mobile.twitter.com" rel="nofollow">Twitter Web App</a>',
            "entities": {"hashtags": [], "symbols": [], "user_mentions": mentions, "urls": urls},
            "display_text_range": ["0", str(len(text))], "favorite_count": str(rng.randint(0, 30)), "id_str": _snowflake(at, i),
            "truncated": False, "retweet_count": str(rng.randint(0, 5)), "id": _snowflake(at, i), "possibly_sensitive": False,
            "created_at": at.strftime("%a %b %d %H:%M:%S +0000 %Y"), "favorited": False, "full_text": text, "lang": "en",
        }}  # fmt: skip


def _likes(rng: random.Random, n: int) -> Iterator[dict]:
    for i in range(n):
        tweet = _snowflake(START + timedelta(seconds=1500 * i), i)
        yield {"like": {"tweetId": tweet, "fullText": _text(rng, 36), "expandedUrl": f"https://twitter.com/i/web/status/{tweet}"}}


def _conversations(rng: random.Random, n: int) -> Iterator[dict]:
    shares = [rng.random() ** 4 for _ in range(min(PEOPLE, n))]
    left, total = n, sum(shares)
    for who, share in enumerate(shares):
        count = left if who == len(shares) - 1 else min(left, int(n * share / total))
        left -= count
        other, at, messages = _id(who), START + timedelta(days=rng.randint(0, 2000)), []
        for i in range(count):
            at += timedelta(seconds=rng.randint(5, 90_000))
            sender, recipient = (str(ME), other) if rng.random() < 0.5 else (other, str(ME))
            reactions = []
            if rng.random() < 0.05:
                reactions.append(
                    {"senderId": recipient, "reactionKey": "like", "eventId": _snowflake(at, i), "createdAt": _iso(at)}
                )
            messages.append({"messageCreate": {
                "recipientId": recipient, "reactions": reactions, "urls": [], "text": _text(rng, 20), "mediaUrls": [],
                "senderId": sender, "id": _snowflake(at, who), "createdAt": _iso(at), "editHistory": [],
            }})  # fmt: skip
        if messages:
            yield {"dmConversation": {"conversationId": f"{other}-{ME}", "messages": messages[::-1]}}


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


if __name__ == "__main__":
    main(Path(sys.argv[1]), *(int(a) for a in sys.argv[2:]))
