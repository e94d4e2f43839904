"""A synthetic Threads export, and the plain typed decode of the same bytes.

`write(folder, n)`: n posts and n likes. `floor(folder)`: decode alone; the number of records.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

import msgspec

from transforms.formats.metalists import Entry
from transforms.sources.threads import Post

_VOCABULARY = "the a to and of in is thanks great good day look project team idea question help @person_1 @person_2"
WORDS = _VOCABULARY.split()


def write(folder: Path, n: int) -> None:
    """Write the export."""
    rng, at = random.Random(7), 1_600_000_000
    root = folder / "your_instagram_activity/threads"
    root.mkdir(parents=True)
    posts = [
        {"media": [{"uri": "", "creation_timestamp": at + 61 * i, "title": " ".join(rng.choices(WORDS, k=12)),
                    "text_app_post": {"is_reply": rng.random() < 0.5}}]} for i in range(n)
    ]  # fmt: skip
    likes = []
    for i in range(n):
        who = f"person_{rng.randrange(900)}"
        leaf = {"href": f"https://www.threads.com/@{who}/post/{i:09x}", "value": "x", "timestamp": at + 67 * i}
        likes.append({"title": who, "string_list_data": [leaf]})
    (root / "threads_and_replies.json").write_text(json.dumps({"text_post_app_text_posts": posts}))
    (root / "liked_threads.json").write_text(json.dumps({"text_post_app_media_likes": likes}))


def floor(folder: Path) -> int:
    """Read and decode both members with types."""
    root = folder / "your_instagram_activity/threads"
    posts = msgspec.json.decode((root / "threads_and_replies.json").read_bytes(), type=dict[str, list[Post]])
    likes = msgspec.json.decode((root / "liked_threads.json").read_bytes(), type=dict[str, list[Entry]])
    return sum(map(len, (*posts.values(), *likes.values())))
