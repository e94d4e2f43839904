"""A synthetic Telegram export of N messages, and the plain typed decode of the same bytes."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import polars as pl

from transforms.sources.telegram.decode import _Document

_VOCABULARY = "the a to of and in is you for on that this with thanks great day work think know see plan café naïve 日本 🚀"
WORDS = _VOCABULARY.split()


def write(folder: Path, n: int) -> Path:
    """`result.json` with n messages in 200 chats; returns its folder."""
    rng, chats = random.Random(7), []
    for c in range(200):
        other, messages = 1_000 + c, []
        for i in range(n // 200):
            at = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=37 * i + c)
            by = 1 if rng.random() < 0.5 else other
            text = " ".join(rng.choices(WORDS, k=rng.randrange(1, 25)))
            message = {"id": c * 100_000 + i, "type": "message", "date": at.strftime("%Y-%m-%dT%H:%M:%S"),
                       "date_unixtime": str(int(at.timestamp())), "from": f"Person {by}", "from_id": f"user{by}",
                       "text": text, "text_entities": [{"type": "plain", "text": text}]}  # fmt: skip
            if i % 10 == 9:
                message["reply_to_message_id"] = c * 100_000 + i - 3
            if i % 15 == 0:
                who = {"from": f"Person {other}", "from_id": f"user{other}", "date": message["date"]}
                message["reactions"] = [{"type": "emoji", "count": 1, "emoji": "👍", "recent": [who]}]
            messages.append(message)
        kind = "personal_chat" if c % 4 else "private_group"
        chats.append({"name": f"Person {other}", "type": kind, "id": other, "messages": messages})
    document = {"about": "", "personal_information": {"user_id": 1, "first_name": "Owner"}, "chats": {"about": "", "list": chats}}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "result.json").write_text(json.dumps(document, ensure_ascii=False, indent=1))
    return folder


def floor(folder: Path) -> int:
    """The same bytes into columns of their types; returns how many messages."""
    found = msgspec.json.decode((folder / "result.json").read_bytes(), type=_Document)
    said = [(c.id, m) for c in found.chats.all or () for m in c.messages or ()] if found.chats else []
    table = pl.DataFrame({
        "chat": [c for c, _ in said], "id": [m.id for _, m in said], "by": [m.from_id for _, m in said],
        "name": [m.from_ for _, m in said], "text": [m.text for _, m in said], "at": [m.date_unixtime for _, m in said],
        "reply": [m.reply_to_message_id for _, m in said], "type": [m.type for _, m in said],
    })  # fmt: skip
    return table.with_columns(at=pl.from_epoch(pl.col("at").cast(pl.Int64))).height
