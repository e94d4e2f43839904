"""A TikTok export of N likes, N comments and N messages: `write(folder, n)`; `floor(folder)` is its plain typed decode."""

from __future__ import annotations

import json
import random
from pathlib import Path

import msgspec
import polars as pl

from transforms.sources.tiktok import Entry

TEXT = "so good thank you where is this from I love the song and the kiln is great can you show more tomorrow"


def write(folder: Path, n: int) -> None:
    """Write the file."""
    rng = random.Random(7)
    folder.mkdir(parents=True, exist_ok=True)
    words = TEXT.split()
    at = [f"2024-{1 + i % 12:02}-{1 + i % 28:02} {i % 24:02}:{i % 60:02}:00" for i in range(n)]
    said = [" ".join(rng.choices(words, k=rng.randrange(1, 25))) for _ in range(n)]
    chats: dict[str, list] = {f"Chat History with user{u}:": [] for u in range(300)}
    for i in range(n):
        sender = "olive.owner" if i % 2 else f"user{i % 300}"
        chats[f"Chat History with user{i % 300}:"].append({"Date": at[i], "From": sender, "Content": said[i]})
    likes = [{"date": at[i], "link": f"https://www.tiktokv.com/share/video/{7 * 10**18 + i}/"} for i in range(n)]
    whole = {
        "Your Activity": {"Like List": {"ItemFavoriteList": likes}},
        "Comment": {"Comments": {"CommentsList": [{"date": at[i], "comment": said[i], "photo": "N/A"} for i in range(n)]}},
        "Direct Message": {"Direct Messages": {"ChatHistory": chats}},
        "Profile": {"Profile Info": {"ProfileMap": {"userName": "olive.owner"}}},
    }
    (folder / "user_data_tiktok.json").write_text(json.dumps(whole))


class _Likes(msgspec.Struct):
    ItemFavoriteList: list[Entry]


class _Comments(msgspec.Struct):
    CommentsList: list[Entry]


class _Chats(msgspec.Struct):
    ChatHistory: dict[str, list[Entry]]


class _Whole(msgspec.Struct):
    likes: dict[str, _Likes] = msgspec.field(name="Your Activity")
    comments: dict[str, _Comments] = msgspec.field(name="Comment")
    chats: dict[str, _Chats] = msgspec.field(name="Direct Message")


def floor(folder: Path) -> int:
    """The same bytes into columns of their types."""
    whole = msgspec.json.decode((folder / "user_data_tiktok.json").read_bytes(), type=_Whole)
    likes = [e for part in whole.likes.values() for e in part.ItemFavoriteList]
    comments = [e for part in whole.comments.values() for e in part.CommentsList]
    chats = [(name, e) for part in whole.chats.values() for name, told in part.ChatHistory.items() for e in told]
    tables = (
        {"at": [e.date for e in likes], "link": [e.link for e in likes]},
        {"at": [e.date for e in comments], "text": [e.comment for e in comments]},
        {"at": [e.big_date for _, e in chats], "text": [e.content for _, e in chats], "sender": [e.sender for _, e in chats],
         "room": [name for name, _ in chats]},
    )  # fmt: skip
    date = pl.col("at").str.to_datetime("%Y-%m-%d %H:%M:%S", cache=False)
    return sum(pl.DataFrame(t).with_columns(date).height for t in tables)
