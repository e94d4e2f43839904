"""A synthetic Facebook export of realistic shape, and the plain typed decode of the same bytes.

`write(folder, n)`: n messages in a few hundred threads, n reactions, n / 4 comments. `floor(folder)`: decode alone.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

import msgspec
import polars as pl

from transforms.formats.messenger import Message, Thread
from transforms.sources.facebook.public import Entry

ME = "Olive Öwner"
_VOCABULARY = "the a to and of in is thanks great good day look project team idea question help link café naïve größe 日本 🚀"
WORDS = _VOCABULARY.split()


def write(folder: Path, n: int) -> None:
    """Write the export."""
    rng = random.Random(7)
    people = [f"Persön {i} Example" for i in range(300)]
    root = folder / "your_facebook_activity"
    for who, name in enumerate(people):
        at, messages = 1_600_000_000_000, []
        for _ in range(n // len(people)):
            at += rng.randint(1000, 90_000_000)
            sender, other = (ME, name) if rng.random() < 0.5 else (name, ME)
            message = {"sender_name": sender, "timestamp_ms": at, "content": " ".join(rng.choices(WORDS, k=rng.randint(2, 20))),
                       "is_geoblocked_for_viewer": False, "is_unsent_image_by_messenger_kid_parent": False}  # fmt: skip
            if rng.random() < 0.1:
                message["reactions"] = [{"reaction": "❤", "actor": other}]
            messages.append(message)
        thread = {"participants": [{"name": name}, {"name": ME}], "messages": messages[::-1], "title": name,
                  "is_still_participant": True, "thread_path": f"inbox/p_{who}", "magic_words": []}  # fmt: skip
        _put(root / f"messages/inbox/p_{who}/message_1.json", thread)
    reactions = [
        {"timestamp": 1_500_000_000 + 97 * i, "title": f"{ME} likes {rng.choice(people)}'s post.",
         "data": [{"reaction": {"reaction": "LIKE", "actor": ME}}]} for i in range(n)
    ]  # fmt: skip
    _put(root / "comments_and_reactions/likes_and_reactions_1.json", reactions)
    comments = [
        {"timestamp": 1_500_000_000 + 131 * i, "title": f"{ME} commented on {rng.choice(people)}'s photo.",
         "data": [{"comment": {"comment": " ".join(rng.choices(WORDS, k=9)), "author": ME}}]}
        for i in range(n // 4)
    ]  # fmt: skip
    _put(root / "comments_and_reactions/comments.json", {"comments_v2": comments})
    friends = [{"name": p, "timestamp": 1_400_000_000 + 9999 * i} for i, p in enumerate(people)]
    _put(folder / "connections/friends/your_friends.json", {"friends_v2": friends})


def talk(folder: Path) -> tuple[list[Message], list[str]]:
    """All messages, and the folder of the conversation each is in."""
    said: list[Message] = []
    threads: list[str] = []
    decoder = msgspec.json.Decoder(Thread)
    for file in sorted(folder.rglob("message_*.json")):
        found = decoder.decode(file.read_bytes()).messages or []
        said += found
        threads += [file.parent.name] * len(found)
    return said, threads


def floor(folder: Path) -> int:
    """Read and decode all members with types, into columns; the number of records."""
    entries = msgspec.json.Decoder(list[Entry])
    comments = msgspec.json.Decoder(dict[str, list[Entry]])
    said, threads = talk(folder)
    told = [(m.timestamp_ms, m.sender_name, r.actor, r.reaction) for m in said if m.reactions for r in m.reactions]
    root = folder / "your_facebook_activity/comments_and_reactions"
    done = entries.decode((root / "likes_and_reactions_1.json").read_bytes())
    done += [e for part in comments.decode((root / "comments.json").read_bytes()).values() for e in part]
    data = [e.data[0] if e.data else None for e in done]
    tables = (
        pl.DataFrame({
            "thread": threads, "sender": [m.sender_name for m in said], "at": [m.timestamp_ms for m in said],
            "text": [m.content for m in said],
        }).with_columns(pl.from_epoch("at", "ms")),
        pl.DataFrame(told, ["at", "to", "by", "emoji"], orient="row"),
        pl.DataFrame({
            "at": [e.timestamp for e in done], "title": [e.title for e in done],
            "text": [d.comment.comment if d and d.comment else None for d in data],
            "reaction": [d.reaction.reaction if d and d.reaction else None for d in data],
        }).with_columns(pl.from_epoch("at")),
    )  # fmt: skip
    return sum(t.height for t in tables)


def _put(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(value, ensure_ascii=False)
    path.write_text("".join(c if c < "\x80" else "".join(f"\\u00{b:02x}" for b in c.encode()) for c in text))
