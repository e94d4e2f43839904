"""A Takeout of Google+ with N records: posts, each with comments and +1s."""

from __future__ import annotations

import json
import random
from pathlib import Path

import msgspec
import polars as pl

from transforms.sources.google_plus.decode import Page

_SAID = "thanks for this naïve plan über 🎉 where do I find more of it"
UNDER = 19  # records under each post


def _who(n: int) -> dict:
    return {
        "displayName": f"Person {n}",
        "profilePageUrl": f"https://plus.google.com/1{n:020d}",
        "resourceName": f"users/1{n:020d}",
    }


def write(folder: Path, n: int, seed: int = 7) -> Path:
    """Write the posts, one file each."""
    rng, words = random.Random(seed), _SAID.split()
    target = folder / "Takeout/Google+ Stream/Posts"
    target.mkdir(parents=True, exist_ok=True)
    for i in range(n // (UNDER + 1)):
        at = f"20{11 + i % 8}-{1 + i % 12:02d}-{1 + i % 28:02d} 12:{i % 60:02d}:00-0700"
        comments = [
            {"creationTime": at[:-7] + f"{c:02d}-0700", "author": _who(rng.choice([0, c, rng.randint(1, 999)])),
             "content": " ".join(rng.choices(words, k=20))} for c in range(10)
        ]  # fmt: skip
        post = {
            "url": f"https://plus.google.com/1{0:020d}/posts/p{i}", "creationTime": at, "author": _who(0),
            "content": " ".join(rng.choices(words, k=30)), "comments": comments, "postAcl": {"isPublic": True},
            "plusOnes": [{"plusOner": _who(rng.randint(1, 999))} for _ in range(UNDER - 10)],
        }  # fmt: skip
        (target / f"{at[:10].replace('-', '')} - {i}.json").write_text(json.dumps(post, ensure_ascii=False, indent=1))
    return folder


def floor(folder: Path) -> int:
    """The same bytes into columns of their types; comments and +1s in their own."""
    one = msgspec.json.Decoder(Page)
    posts = [one.decode(file.read_bytes()) for file in folder.rglob("*.json")]
    said = [(p.url, c) for p in posts for c in p.comments or ()]
    liked = [(p.url, x.plus_oner) for p in posts for x in p.plus_ones or ()]
    tables = (
        {"url": [p.url for p in posts], "at": [p.creation_time for p in posts], "text": [p.content for p in posts]},
        {"post": [url for url, _ in said], "at": [c.creation_time for _, c in said], "text": [c.content for _, c in said],
         "who": [c.author.resource_name for _, c in said], "name": [c.author.display_name for _, c in said]},
        {"post": [url for url, _ in liked], "who": [x.resource_name for _, x in liked],
         "name": [x.display_name for _, x in liked]},
    )  # fmt: skip
    date = pl.col("^at$").str.to_datetime("%Y-%m-%d %H:%M:%S%z", cache=False)
    return sum(pl.DataFrame(t).with_columns(date).height for t in tables)
