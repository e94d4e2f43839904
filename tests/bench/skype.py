"""A synthetic Skype export of N messages, and the plain typed decode of the same bytes."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from transforms.sources.skype.decode import decode

_VOCABULARY = "the a to of and in is you for &amp; that this with thanks great <b>day</b> think know see plan café naïve 日本 🚀"
WORDS = _VOCABULARY.split()
ME, TALKS = "8:live:owner", 200


def write(folder: Path, n: int) -> Path:
    """`messages.json` with n messages in 200 conversations, every fourth a group; returns its folder."""
    rng, talks = random.Random(7), []
    for c in range(TALKS):
        other, messages = f"8:live:person{c}", []
        group = c % 4 == 0
        address = f"19:{c}@thread.skype" if group else other
        for i in reversed(range(n // TALKS)):
            at = datetime(2015, 1, 1, tzinfo=UTC) + timedelta(minutes=37 * i + c)
            text = " ".join(rng.choices(WORDS, k=rng.randrange(1, 25)))
            if i % 10 == 9:
                text = f'<quote author="person{c}" timestamp="1"><legacyquote>x</legacyquote>{text}</quote>{text}'
            kind = "Event/Call" if i % 50 == 7 else "RichText"
            if kind == "Event/Call":
                parts = "".join(f'<part identity="{k[2:]}"><duration>60</duration></part>' for k in (ME, other))
                text = f'<partlist type="ended" callId="{c}-{i}">{parts}</partlist>'
            liked = {"emotions": [{"key": "like", "users": [{"mri": other, "time": int(at.timestamp() * 1000)}]}]}
            messages.append({
                "id": str(c * 100_000 + i), "displayName": None, "originalarrivaltime": f"{at:%Y-%m-%dT%H:%M:%S}.123Z",
                "messagetype": kind, "version": 1, "content": text, "conversationid": address,
                "from": ME if rng.random() < 0.5 else other, "properties": liked if i % 15 == 0 else None, "amsreferences": None,
            })  # fmt: skip
        thread = {"members": json.dumps([ME, other, "8:third"])} if group else None
        talks.append({"id": address, "displayName": f"Person {c}", "threadProperties": thread, "MessageList": messages})
    document = {"userId": ME, "exportDate": "2025-03-09T12:30", "conversations": talks}
    (folder / "messages.json").write_text(json.dumps(document, ensure_ascii=False))
    return folder


def floor(folder: Path) -> int:
    """The same bytes into columns of their types; returns how many messages."""
    found = decode((folder / "messages.json").read_bytes())
    said = found.said
    table = pl.DataFrame({
        "id": [m.id for m in said], "at": [m.at for m in said], "type": [m.messagetype for m in said],
        "content": [m.content for m in said], "by": [m.by for m in said], "talk": found.places,
    })  # fmt: skip
    return table.with_columns(pl.col("at").str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ", cache=False)).height
