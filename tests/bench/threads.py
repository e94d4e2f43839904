"""A synthetic Threads export, and the plain typed decode of the same bytes.

`write(folder, n)`: n posts and n likes. `floor(folder)`: decode alone; the number of records.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

import msgspec
import polars as pl

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
    """Read and decode both members with types, into columns."""
    root = folder / "your_instagram_activity/threads"
    posts = msgspec.json.decode((root / "threads_and_replies.json").read_bytes(), type=dict[str, list[Post]])
    likes = msgspec.json.decode((root / "liked_threads.json").read_bytes(), type=dict[str, list[Entry]])
    parts = [part for found in posts.values() for p in found for part in p.media or ()]
    leaves = [(e.title, leaf) for found in likes.values() for e in found for leaf in e.string_list_data or ()]
    tables = (
        {"text": [p.title for p in parts], "at": [p.creation_timestamp for p in parts],
         "reply": [p.text_app_post.is_reply if p.text_app_post else None for p in parts]},
        {"who": [who for who, _ in leaves], "link": [x.href for _, x in leaves], "at": [x.timestamp for _, x in leaves]},
    )  # fmt: skip
    return sum(pl.DataFrame(t).with_columns(pl.from_epoch("at")).height for t in tables)
