"""Every place of a folder where a word could lie: names of files, their bytes, and what is packed inside Parquet and DuckDB."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import polars as pl


def contents(root: Path, but: Iterable[Path] = ()) -> Iterator[tuple[str, bytes]]:
    """(place, bytes) of everything under a folder, links not followed, less what lies under `but`."""
    shut = [p.resolve() for p in but]
    for path in sorted(root.rglob("*")):
        if path.is_symlink() or any(path.resolve().is_relative_to(s) for s in shut):
            continue
        place = path.relative_to(root).as_posix()
        yield f"name of {place}", place.encode()
        if path.is_file():
            yield place, path.read_bytes()
            if path.suffix == ".parquet":
                yield f"inside {place}", pl.read_parquet(path).drop("shingles", strict=False).write_json().encode()
            if path.suffix == ".duckdb":
                yield from _tables(path, place)


def _tables(path: Path, place: str) -> Iterator[tuple[str, bytes]]:
    with duckdb.connect(str(path), read_only=True) as con:
        tables = con.execute(
            "select table_schema || '.' || table_name from information_schema.tables where table_schema not in"
            " ('pg_catalog', 'information_schema')"
        ).fetchall()
        for (table,) in tables:
            rows = con.execute(f"from {table}").fetchall()
            yield f"{table} of {place}", json.dumps(rows, default=str, ensure_ascii=False).encode()


def found(words: Iterable[str], places: Iterable[tuple[str, bytes]]) -> list[str]:
    """Which words stand where, whatever their case."""
    sought, told = pl.Series(sorted({word.lower() for word in words}), dtype=pl.String).implode(), []
    for place, held in places:
        low = pl.Series([held.decode("utf-8", "replace").lower()])
        told += [f"{word!r} in {place}" for word in sorted(set(low.str.extract_many(sought, overlapping=True)[0]))]
    return told
