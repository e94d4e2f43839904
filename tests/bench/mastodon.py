"""A Mastodon archive of N posts and boosts and N likes: `write(folder, n)`; `floor(folder)` is its plain typed decode."""

from __future__ import annotations

import json
import random
from pathlib import Path

import msgspec
import polars as pl

from transforms.sources.mastodon.export import Activity, Note

TEXT = "a kiln of my own at last and thank you for the bricks which one would you take maybe tomorrow"
ME, HOME = "https://social.example.org/users/olive", "https://social.example.org"


class _Box(msgspec.Struct):
    items: list[Activity] = msgspec.field(name="orderedItems")


class _Liked(msgspec.Struct):
    items: list[str] = msgspec.field(name="orderedItems")


def write(folder: Path, n: int) -> None:
    """Write outbox, likes and actor."""
    rng = random.Random(7)
    public, mine = "https://www.w3.org/ns/activitystreams#Public", f"{ME}/followers"
    items = []
    for i in range(n):
        at = f"20{17 + i % 8}-{1 + i % 12:02}-{1 + i % 28:02}T{i % 24:02}:{i % 60:02}:{i % 59:02}Z"
        who = f"{HOME}/users/person{i % 400}"
        item = {"id": f"{ME}/statuses/{i}/activity", "actor": ME, "published": at, "to": [public], "cc": [mine, who]}
        if i % 4 == 0:
            items.append(item | {"type": "Announce", "object": f"{who}/statuses/{i}"})
            continue
        text = f'<p><a href="{who}">@person{i % 400}</a> {" ".join(rng.choices(TEXT.split(), k=rng.randrange(3, 40)))}</p>'
        note = {
            "id": f"{ME}/statuses/{i}", "type": "Note", "published": at, "content": text, "contentMap": {"en": text},
            "inReplyTo": f"{who}/statuses/{i}" if i % 2 else None, "attachment": [], "to": [public], "cc": [mine, who],
            "tag": [{"type": "Mention", "href": who, "name": f"@person{i % 400}"}],
        }  # fmt: skip
        items.append(item | {"type": "Create", "object": note})
    liked = [f"{HOME}/users/person{i % 400}/statuses/{i}" for i in range(n)]
    actor = {"id": ME, "preferredUsername": "olive"}
    files = {"outbox": {"orderedItems": items}, "likes": {"orderedItems": liked}, "actor": actor}
    for name, content in files.items():
        context = {"@context": "https://www.w3.org/ns/activitystreams"}
        (folder / f"{name}.json").write_text(json.dumps(context | content))


def floor(folder: Path) -> int:
    """The same bytes into columns of their types."""
    posts = msgspec.json.decode((folder / "outbox.json").read_bytes(), type=_Box).items
    notes = [a.object if type(a.object) is Note else Note() for a in posts]
    table = pl.DataFrame({
        "id": [a.id for a in posts], "type": [a.type for a in posts], "at": [a.published for a in posts],
        "to": ["\n".join([*a.to, *a.cc]) for a in posts], "about": [a.object if type(a.object) is str else None for a in posts],
        "note": [n.id for n in notes], "reply": [n.in_reply_to for n in notes], "text": [n.content for n in notes],
        "mentions": ["\n".join([t.href for t in n.tag or ()]) for n in notes],
    })  # fmt: skip
    liked = pl.Series(msgspec.json.decode((folder / "likes.json").read_bytes(), type=_Liked).items)
    return table.with_columns(pl.col("at").str.to_datetime("%Y-%m-%dT%H:%M:%SZ")).height + len(liked)
