"""A Takeout of Google Chat with N messages in a hundred conversations."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from transforms.formats.jsonrecords import records
from transforms.sources.google_chat import Message

_SAID = "so when do we meet for the naïve plan über 🎉 send me notes please thanks"
ME, TALKS = {"name": "Olive Owner", "email": "owner@example.org", "user_type": "Human"}, 100


def write(folder: Path, n: int, seed: int = 7) -> Path:
    """Write a hundred conversations, every tenth a space with topics."""
    rng, words, start = random.Random(seed), _SAID.split(), datetime(2016, 1, 1, tzinfo=UTC)
    base = folder / "Takeout/Google Chat"
    for c in range(TALKS):
        space = c % 10 == 0
        others = [ME | {"name": f"Person {c}-{i}", "email": f"p{c}-{i}@example.com"} for i in range(8 if space else 1)]
        messages = []
        for i in range(n // TALKS):
            at, topic = start + timedelta(seconds=1009 * i + c), f"t{i - i % (3 if space else 1)}"
            messages.append({
                "creator": rng.choice([ME, *others]), "created_date": at.strftime("%A, %B %-d, %Y at %-I:%M:%S\u202f%p UTC"),
                "text": " ".join(rng.choices(words, k=rng.randint(1, 25))), "topic_id": topic, "message_id": f"g{c}/{topic}/t{i}",
            })  # fmt: skip
        group = base / "Groups" / (f"Space g{c}" if space else f"DM g{c}")
        group.mkdir(parents=True)
        (group / "messages.json").write_text(json.dumps({"messages": messages}, ensure_ascii=False, indent=2))
        (group / "group_info.json").write_text(json.dumps({"members": [ME, *others]}))
    user = base / "Users/User 1"
    user.mkdir(parents=True)
    (user / "user_info.json").write_text(json.dumps({"user": ME}))
    return folder


def floor(folder: Path) -> int:
    """The same bytes into columns of their types."""
    said: list[Message] = []
    rooms: list[str] = []
    for file in sorted(folder.rglob("messages.json")):
        found = records(file.read_bytes(), Message, "messages")[0].values()
        said += found
        rooms += [file.parent.name] * len(found)
    who = [m.creator for m in said]
    table = pl.DataFrame({
        "room": rooms, "at": [m.created_date for m in said], "text": [m.text for m in said],
        "topic": [m.topic_id for m in said], "id": [m.message_id for m in said],
        "name": [w.name if w else None for w in who], "email": [w.email if w else None for w in who],
    })  # fmt: skip
    date = pl.col("at").str.to_datetime("%A, %B %-d, %Y at %-I:%M:%S\u202f%p UTC", cache=False)
    return table.with_columns(date).height
