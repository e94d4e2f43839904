"""A Reddit export of N comments, N votes and N chat messages, zipped as Reddit hands it out.

`write(folder, n)` returns the zip; `floor(path)` inflates it and reads it with polars.
"""

from __future__ import annotations

import random
import shutil
import zipfile
from pathlib import Path

import polars as pl

TEXT = "thank you this is what I was looking for but which brick would you take for a small kiln in the garden maybe"
SITE = "https://www.reddit.com/r/kilns/comments"


def write(folder: Path, n: int) -> Path:
    """Write the tables."""
    rng = random.Random(7)
    folder.mkdir(parents=True, exist_ok=True)
    words = TEXT.split()

    def line() -> str:
        return " ".join(rng.choices(words, k=rng.randrange(3, 60)))

    at = [f"2023-{1 + i % 12:02}-{1 + i % 28:02} {i % 24:02}:{i % 60:02}:00 UTC" for i in range(n)]
    (folder / "statistics.csv").write_text("statistic,value\naccount name,olive_owner\n")
    with (folder / "comments.csv").open("w") as f:
        f.write("id,permalink,date,ip,subreddit,gildings,link,parent,body,media\n")
        f.writelines(f'c{i},{SITE}/p{i % 999}/x/c{i}/,{at[i]},,kilns,0,{SITE}/p{i % 999}/x/,,"{line()}",\n' for i in range(n))
    with (folder / "post_votes.csv").open("w") as f:
        f.write("id,permalink,direction\n")
        f.writelines(f"v{i},{SITE}/v{i}/x/,{'up' if i % 5 else 'down'}\n" for i in range(n))
    with (folder / "chat_history.csv").open("w") as f:
        f.write("message_id,created_at,updated_at,username,message,thread_parent_message_id,channel_url,conversation_type\n")
        for i in range(n):
            who = "olive_owner" if i % 2 else f"user{i // 2 % 300}"
            f.write(f'm{i},{at[i]},,{who},"{line()}",,room{i // 2 % 300},direct\n')
    return Path(shutil.make_archive(str(folder), "zip", folder))


def floor(path: Path) -> int:
    """The same bytes into columns of their types: text, and the dates as instants."""
    with zipfile.ZipFile(path) as z:
        tables = [pl.read_csv(z.read(name), infer_schema=False) for name in z.namelist() if name.endswith(".csv")]
    date = pl.col("^(date|created_at)$").str.to_datetime("%Y-%m-%d %H:%M:%S UTC", cache=False)
    return sum(t.with_columns(date).height for t in tables)
