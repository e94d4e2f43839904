"""A Slack workspace of N messages in 40 conversations: `write(folder, n)`; `floor(folder)` is its plain typed decode."""

from __future__ import annotations

import json
import random
from pathlib import Path

import msgspec
import polars as pl

from transforms.sources.slack import Message

TEXT = "thanks deploy is done could you look at the build again see the thread <@U0000007> great work :tada:"
DAY = 500  # messages a file


def write(folder: Path, n: int) -> None:
    """Write users, direct conversations with 20 of them, 20 channels, and a file per day."""
    rng = random.Random(7)
    people = [f"U{i:07}" for i in range(60)]
    users = [{"id": u, "team_id": "T0000001", "name": f"person{i}", "profile": {"real_name": f"Person {i}"}}
             for i, u in enumerate(people)]  # fmt: skip
    users[0]["profile"]["email"] = "owner@example.org"
    pairs = [{"id": f"D{i:07}", "members": [people[0], people[i + 1]]} for i in range(20)]
    channels = [{"id": f"C{i:07}", "name": f"room{i}", "members": people[:40]} for i in range(20)]
    for name, content in (("users", users), ("dms", pairs), ("channels", channels)):
        (folder / f"{name}.json").write_text(json.dumps(content))
    rooms = [(p["id"], p["members"]) for p in pairs] + [(c["name"], c["members"]) for c in channels]
    for part in range(0, n, DAY):
        room, members = rooms[part // DAY % len(rooms)]
        day = part // DAY // len(rooms)
        said = []
        for i in range(min(DAY, n - part)):
            by = rng.choice(members)
            message = {"type": "message", "user": by, "ts": f"{1_500_000_000 + 86_400 * day + 60 * i}.{i:06}",
                       "text": " ".join(rng.choices(TEXT.split(), k=rng.randrange(1, 30)))}  # fmt: skip
            if i % 15 == 0:
                message["reactions"] = [{"name": "+1", "users": [people[0]], "count": 1}]
            said.append(message)
        target = folder / room
        target.mkdir(exist_ok=True)
        (target / f"20{17 + day // 336}-{1 + day // 28 % 12:02}-{1 + day % 28:02}.json").write_text(json.dumps(said))


def floor(folder: Path) -> int:
    """The same bytes into columns of their types; reactions in their own."""
    said: list[Message] = []
    rooms: list[str] = []
    for file in sorted(folder.glob("*/*.json")):
        found = msgspec.json.decode(file.read_bytes(), type=list[Message])
        said += found
        rooms += [file.parent.name] * len(found)
    reacted = [(n, r.name, who) for n, m in enumerate(said) if m.reactions for r in m.reactions for who in r.users or ()]
    table = pl.DataFrame({
        "room": rooms, "ts": [m.ts for m in said], "user": [m.user for m in said], "text": [m.text for m in said],
        "thread": [m.thread_ts for m in said], "subtype": [m.subtype for m in said], "bot": [m.bot_id for m in said],
    })  # fmt: skip
    at = pl.from_epoch(pl.col("ts").str.replace(".", "", literal=True).cast(pl.Int64), "us")
    return table.with_columns(at=at).height + pl.DataFrame(reacted, ["row", "emoji", "user"], orient="row").height
