"""The main path against what bounds it, in one run on the same bytes: an X archive from zip to published tables.

    python -m tests.bench.night [records of each of three kinds, 200 000 unless said]

(a) only inflates and decodes the same members with types; (b) a plain orjson, polars, DuckDB script stores the same rows.
Each runs in a process of its own; seconds are wall clock, memory is the peak of the largest process. The growth is that
of the night alone, from a third of the records to ten times that.
"""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path


def main(records: int) -> dict[str, float]:
    """Measure and print; seconds, MB and ratios by name."""
    with tempfile.TemporaryDirectory() as folder:
        export = _export(Path(folder), records)
        told: dict[str, float] = {"records": 3 * records, "zip_mb": export.stat().st_size / 1e6}
        for name, argument in (("floor", "floor"), ("plain", "plain"), ("night", "night")):
            told |= {f"{name}_{k}": v for k, v in _measured(argument, export, Path(folder) / name).items()}
    data = told["night_data_seconds"]
    told["night_to_floor"] = data / told["floor_seconds"]
    told["night_to_plain"] = data / told["plain_seconds"]
    for size in (records // 3, records * 10 // 3):
        with tempfile.TemporaryDirectory() as folder:
            export = _export(Path(folder), size)
            grown = _measured("night", export, Path(folder) / "night")
        told |= {f"{3 * size // 1000}k_{name}": grown[name] for name in ("data_seconds", "peak_mb")}
    small, large = (told[f"{3 * size // 1000}k_data_seconds"] for size in (records // 3, records * 10 // 3))
    told["ten_times_takes"] = large / small
    for name, value in told.items():
        print(f"{name:28} {value:12,.2f}")
    return told


def _export(folder: Path, records: int) -> Path:
    from tests.bench import x_archive

    export = folder / "twitter-2026-01-01-bench.zip"
    x_archive.main(export, records)
    return export


def _measured(what: str, export: Path, folder: Path) -> dict[str, float]:
    folder.mkdir()
    started = time.perf_counter()
    ran = subprocess.run(
        [sys.executable, "-m", "tests.bench.night", "--", what, str(export), str(folder)],
        check=True,
        capture_output=True,
        text=True,
    )
    told = json.loads(ran.stdout.splitlines()[-1])
    return {"process_seconds": time.perf_counter() - started} | told


def _members(export: Path, name: str) -> Iterator[bytes]:
    """The JSON of each part of a kind of record."""
    with zipfile.ZipFile(export) as z:
        for part in z.namelist():
            if re.fullmatch(rf"data/{name}(-part\d+)?\.js", part):
                data = z.read(part)
                yield data[data.index(b"=") + 1 :]


def _floor(export: Path, folder: Path) -> None:
    """Inflate and decode with types: nothing is kept."""
    import msgspec

    from transforms.sources.x.decode import wrapped
    from transforms.sources.x.messages import Conversation
    from transforms.sources.x.rest import Like
    from transforms.sources.x.tweets import Tweet

    for name, key, shape in (
        ("tweets", "tweet", Tweet),
        ("like", "like", Like),
        ("direct-messages", "dmConversation", Conversation),
    ):
        decoder = msgspec.json.Decoder(list[wrapped(key, shape)], strict=False)
        for data in _members(export, name):
            decoder.decode(data)


def _plain(export: Path, folder: Path) -> None:
    """What a person writes in an afternoon: every row of the three kinds in DuckDB, nothing understood."""
    import duckdb
    import orjson
    import polars as pl

    con = duckdb.connect(str(folder / "plain.duckdb"))

    def store(table: str, rows: list[dict]) -> None:
        con.register("frame", pl.DataFrame(rows, infer_schema_length=None).to_arrow())
        made = con.sql("from duckdb_tables() where table_name = $table", params={"table": table}).fetchall()
        con.execute(f"insert into {table} by name from frame" if made else f"create table {table} as from frame").fetchall()

    for name, key in (("tweets", "tweet"), ("like", "like")):
        for data in _members(export, name):
            store(f"{key}s", [r[key] for r in orjson.loads(data)])
    for data in _members(export, "direct-messages"):
        talks = [c["dmConversation"] for c in orjson.loads(data)]
        store(
            "message",
            [e["messageCreate"] | {"talk": t["conversationId"]} for t in talks for e in t["messages"] if "messageCreate" in e],
        )
    con.close()


def _night(export: Path, folder: Path) -> dict[str, float]:
    """From the zip in the inbox to the published tables; starting Great Expectations is told apart."""
    from flows import stages
    from flows.inbox import add
    from flows.settings import Home, Settings

    started = time.perf_counter()
    stages._import_checks()
    start = time.perf_counter() - started  # of Great Expectations
    home = Home(folder, "me").make()
    add(home, export)
    figures = stages.night(home, Settings())
    seconds = figures["seconds"]
    return {"start_seconds": start, "data_seconds": time.perf_counter() - started - start} | {
        f"{name.replace(' ', '_')}_seconds": s for name, s in seconds.items()
    }


if __name__ == "__main__":
    if sys.argv[1:2] == ["--"]:
        _, _, what, export, folder = sys.argv
        begun = time.perf_counter()
        extra = {"floor": _floor, "plain": _plain, "night": _night}[what](Path(export), Path(folder)) or {}
        peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
        print(json.dumps({"seconds": time.perf_counter() - begun, "peak_mb": peak} | extra))
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else 200_000)
