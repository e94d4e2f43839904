"""A Substack export of N subscribers: `write(folder, n)`; `floor(folder)` reads the same bytes with polars."""

from __future__ import annotations

from pathlib import Path

import polars as pl

COLUMNS = "email,active_subscription,expiry,plan,email_disabled,created_at,first_payment_at\n"


def write(folder: Path, n: int) -> None:
    """Write the tables."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "posts.csv").write_text("post_id,post_date,is_published,type,title\n1.a,2024-01-01,true,newsletter,A\n")
    with (folder / "email_list.kilns.csv").open("w") as f:
        f.write(COLUMNS)
        f.writelines(
            f"user{i}@example.org,{'true' if i % 9 == 0 else 'false'},,other,false,"
            f"2023-{1 + i % 12:02}-{1 + i % 28:02}T10:00:00.123Z,"
            f"{'2024-01-01T00:00:00.000Z' if i % 9 == 0 else ''}\n"
            for i in range(n)
        )


def floor(folder: Path) -> int:
    """The same bytes into columns of their types: text, and the dates as instants."""
    tables = [pl.read_csv(file, infer_schema=False) for file in sorted(folder.glob("*.csv"))]
    date = pl.col("^(created_at|first_payment_at)$").str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ", cache=False)
    return sum(t.with_columns(date).height for t in tables)
