"""A LinkedIn export of N messages, N reactions and N / 2 comments, zipped as LinkedIn hands it out.

`write(folder, n)` returns the zip; `floor(path)` inflates it and reads it with polars.
"""

from __future__ import annotations

import random
import shutil
import zipfile
from pathlib import Path

import polars as pl

TEXT = "thank you for the introduction shall we meet on tuesday the project is going well see the report attached"
OWNER = "https://www.linkedin.com/in/olive-owner"


def write(folder: Path, n: int) -> Path:
    """Write the tables."""
    rng = random.Random(7)
    said = [" ".join(rng.choices(TEXT.split(), k=rng.randrange(2, 50))) for _ in range(n)]
    at = [f"20{15 + i % 10}-{1 + i % 12:02}-{1 + i % 28:02} {i % 24:02}:{i % 60:02}:{i % 59:02}" for i in range(n)]
    with (folder / "messages.csv").open("w") as f:
        f.write("CONVERSATION ID,CONVERSATION TITLE,FROM,SENDER PROFILE URL,TO,RECIPIENT PROFILE URLS,")
        f.write("DATE,SUBJECT,CONTENT,FOLDER\n")
        for i in range(n):
            other, url = f"Person {i % 500}", f"https://www.linkedin.com/in/person-{i % 500}"
            pair = ("Olive Owner", OWNER, other, url) if i % 2 else (other, url, "Olive Owner", OWNER)
            f.write(f'2-{i % 500},,{",".join(pair)},{at[i]} UTC,,"{said[i]}, and so on",INBOX\n')
    link = "https://www.linkedin.com/feed/update/urn%3Ali%3Aactivity%3A"
    with (folder / "Reactions.csv").open("w") as f:
        f.write("Date,Type,Link\n")
        f.writelines(f"{at[i]},LIKE,{link}{6_500_000_000_000_000_000 + i}\n" for i in range(n))
    with (folder / "Comments.csv").open("w") as f:
        f.write("Date,Link,Message\n")
        f.writelines(f'{at[i]},{link}{6_500_000_000_000_000_000 + i},"{said[i]}"\n' for i in range(n // 2))
    return Path(shutil.make_archive(str(folder), "zip", folder))


def floor(path: Path) -> int:
    """The same bytes into columns of their types: text, and the dates as instants."""
    with zipfile.ZipFile(path) as z:
        tables = [pl.read_csv(z.read(name), infer_schema=False) for name in z.namelist() if name.endswith(".csv")]
    date = pl.col("^(Date|DATE)$").str.strip_suffix(" UTC").str.to_datetime("%Y-%m-%d %H:%M:%S", cache=False)
    return sum(t.with_columns(date).height for t in tables)
