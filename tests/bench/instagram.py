"""A synthetic Instagram export, and the plain typed decode of the same bytes.

`write(folder, n)`: n likes, n / 2 comments, n messages in threads. `floor(folder)`: decode alone; the number of records.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

import msgspec

from transforms.formats.messenger import Thread
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
    """Read and decode all members with types."""
    root, thread = folder / "your_instagram_activity", msgspec.json.Decoder(Thread)
    found = sum(len(thread.decode(f.read_bytes()).messages or ()) for f in folder.rglob("message_*.json"))
    likes = msgspec.json.decode((root / "likes/liked_posts.json").read_bytes(), type=dict[str, list[Entry]])
    comments = msgspec.json.decode((root / "comments/post_comments_1.json").read_bytes(), type=list[Entry])
    return found + len(comments) + sum(map(len, likes.values()))


def _put(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))
