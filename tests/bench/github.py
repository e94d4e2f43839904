"""A GitHub account archive of N comments with as many events, a tar.gz as GitHub hands it out.

`write(folder, n)` returns the archive; `floor(path)` inflates it and is its plain typed decode.
"""

from __future__ import annotations

import json
import random
import shutil
import tarfile
from pathlib import Path

import msgspec
import polars as pl

from transforms.sources.github.decode import Event, Written

ME = "https://github.com/example-owner"
TEXT = "the build fails on main could you look thanks works for me see the log below and try again with @user7 `code`"
FILE = 10_000  # records a file; GitHub writes 100


def write(folder: Path, n: int) -> Path:
    """Write the archive: n comments on n / 10 issues, n events."""
    rng = random.Random(7)
    folder.mkdir(parents=True, exist_ok=True)
    who = [ME, *(f"https://github.com/user{i}" for i in range(500))]
    issues = [f"{ME}/repo{i % 20}/issues/{i}" for i in range(max(n // 10, 1))]

    def text(kind: str, url: str, author: str, i: int) -> dict:
        body = " ".join(rng.choices(TEXT.split(), k=rng.randrange(5, 60)))
        at = f"20{10 + i % 15}-0{1 + i % 9}-1{i % 10}T0{i % 10}:{i % 60:02}:{(i // 60) % 60:02}Z"
        return {"type": kind, "url": url, "user": author, "body": body, "reactions": [], "created_at": at}

    kinds = {
        "issues": [text("issue", u, rng.choice(who), i) | {"title": "A title"} for i, u in enumerate(issues)],
        "issue_comments": [
            text("issue_comment", f"{issues[i % len(issues)]}#issuecomment-{i}", rng.choice(who), i) for i in range(n)
        ],
        "issue_events": [
            {"type": "issue_event", "url": f"{issues[i % len(issues)]}#event-{i}", "issue": issues[i % len(issues)],
             "actor": rng.choice(who), "event": "labeled" if i % 5 else "mentioned", "created_at": "2020-01-01T00:00:00Z"}
            for i in range(n)
        ],
    }  # fmt: skip
    for kind, rows in kinds.items():
        for part in range(0, len(rows), FILE):
            (folder / f"{kind}_{part // FILE + 1:06}.json").write_text(json.dumps(rows[part : part + FILE]))
    return Path(shutil.make_archive(str(folder), "gztar", folder))


def floor(path: Path) -> int:
    """The same bytes into columns of their types; of events, who was mentioned."""
    texts: list[Written] = []
    events: list[Event] = []
    with tarfile.open(path) as tar:
        for member in tar:
            if (file := tar.extractfile(member)) is None:
                continue
            if "issue_events" in member.name:
                events += msgspec.json.decode(file.read(), type=list[Event])
            else:
                texts += msgspec.json.decode(file.read(), type=list[Written])
    at = pl.col("at").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", cache=False)
    said = pl.DataFrame({
        "url": [t.url for t in texts], "user": [t.user for t in texts], "at": [t.created_at for t in texts],
        "title": [t.title for t in texts], "body": [t.body for t in texts], "answered": [t.in_reply_to for t in texts],
    }).with_columns(at)  # fmt: skip
    named = [e for e in events if e.event == "mentioned"]
    told = pl.DataFrame({
        "issue": [e.issue for e in named], "actor": [e.actor for e in named], "at": [e.created_at for e in named],
    }).with_columns(at)  # fmt: skip
    return said.height + told.height + len(events) - len(named)
