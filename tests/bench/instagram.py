"""A synthetic Instagram export, and the plain typed decode of the same bytes.

`write(folder, n)`: n likes, n / 2 comments, n messages in threads. `floor(folder)`: decode alone; the number of records.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

import msgspec
import polars as pl

from tests.bench.facebook import talk
from transforms.formats.metalists import Entry

ME = "Olive Owner"
_VOCABULARY = "the a to and of in is thanks great good day look project team idea question help link morning"
WORDS = _VOCABULARY.split()


def write(folder: Path, n: int) -> None:
    """Write the export."""
    rng = random.Random(7)
    root, at = folder / "your_instagram_activity", 1_500_000_000
    likes = [
        {"title": f"person_{rng.randrange(900)}", "string_list_data": [
            {"href": f"https://www.instagram.com/p/{i:09x}/", "value": "x", "timestamp": at + 61 * i}]} for i in range(n)
    ]  # fmt: skip
    _put(root / "likes/liked_posts.json", {"likes_media_likes": likes})
    comments = [
        {"media_list_data": [{"uri": ""}], "string_map_data": {
            "Comment": {"value": " ".join(rng.choices(WORDS, k=8))}, "Media Owner": {"value": f"person_{rng.randrange(900)}"},
            "Time": {"timestamp": at + 71 * i}}} for i in range(n // 2)
    ]  # fmt: skip
    _put(root / "comments/post_comments_1.json", comments)
    for who in range(100):
        name = f"Person {who}"
        messages = [
            {"sender_name": rng.choice((ME, name)), "timestamp_ms": (at + 97 * i) * 1000 + who,
             "content": " ".join(rng.choices(WORDS, k=9)), "is_geoblocked_for_viewer": False} for i in range(n // 100)
        ]  # fmt: skip
        thread = {"participants": [{"name": name}, {"name": ME}], "messages": messages, "title": name}
        _put(root / f"messages/inbox/person{who}_1/message_1.json", thread)


def floor(folder: Path) -> int:
    """Read and decode all members with types, into columns."""
    root = folder / "your_instagram_activity"
    said, threads = talk(folder)
    found = msgspec.json.decode((root / "likes/liked_posts.json").read_bytes(), type=dict[str, list[Entry]])
    likes = [(e.title, leaf) for entries in found.values() for e in entries for leaf in e.string_list_data or ()]
    comments = msgspec.json.decode((root / "comments/post_comments_1.json").read_bytes(), type=list[Entry])
    labels = [e.string_map_data or {} for e in comments]
    tables = (
        pl.DataFrame({
            "thread": threads, "sender": [m.sender_name for m in said], "at": [m.timestamp_ms for m in said],
            "text": [m.content for m in said],
        }),
        pl.DataFrame({"who": [who for who, _ in likes], "link": [x.href for _, x in likes],
                      "at": [x.timestamp for _, x in likes]}),
        pl.DataFrame({"text": [x["Comment"].value for x in labels], "who": [x["Media Owner"].value for x in labels],
                      "at": [x["Time"].timestamp for x in labels]}),
    )  # fmt: skip
    return sum(t.with_columns(pl.from_epoch("at", "ms" if "thread" in t.columns else "s")).height for t in tables)


def _put(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))
