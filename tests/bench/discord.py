"""A Discord package of N messages in 200 channels: `write(folder, n)`; `floor(folder)` is its plain typed decode."""

from __future__ import annotations

import json
import random
from pathlib import Path

import msgspec
import polars as pl

from transforms.sources.discord import Message

TEXT = "gg thank you for the match see you tomorrow at nine or ten lol great"
MENTION = " <@200000000000000007>"  # in one of ten
ME, ROOMS = "100000000000000001", 200


def write(folder: Path, n: int) -> None:
    """Write the account, and per channel who is in it and what the owner said."""
    rng = random.Random(7)
    (folder / "Account").mkdir(parents=True)
    (folder / "Account" / "user.json").write_text(json.dumps({"id": ME, "username": "olive", "relationships": []}))
    for room in range(ROOMS):
        number = 300_000_000_000_000_000 + room
        target = folder / "Messages" / f"c{number}"
        target.mkdir(parents=True)
        channel = {"id": str(number), "type": "DM", "recipients": [ME, str(200_000_000_000_000_000 + room)]}
        (target / "channel.json").write_text(json.dumps(channel))
        said = [
            {"ID": ((i * 977 + room + 1) * 60_000) << 22, "Timestamp": "2024-01-01 00:00:00", "Attachments": "",
             "Contents": " ".join(rng.choices(TEXT.split(), k=rng.randrange(1, 30))) + MENTION * (i % 10 == 0)}
            for i in range(n // ROOMS)
        ]  # fmt: skip
        (target / "messages.json").write_text(json.dumps(said))


def floor(folder: Path) -> int:
    """The same bytes into columns of their types."""
    said: list[Message] = []
    rooms: list[str] = []
    for file in sorted(folder.rglob("messages.json")):
        found = msgspec.json.decode(file.read_bytes(), type=list[Message])
        said += found
        rooms += [file.parent.name] * len(found)
    table = pl.DataFrame({"id": [m.id for m in said], "text": [m.text for m in said], "room": rooms})
    return table.with_columns(at=pl.from_epoch((pl.col("id") // 2**22) + 1_420_070_400_000, "ms")).height
