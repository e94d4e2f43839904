"""Small archives for tests of core: readings written by hand, laid out as facts and counted by the real SQL."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import polars.selectors as cs

from flows import warehouse
from flows.settings import Home, Settings
from transforms.act import Reading, at

T = datetime(2025, 1, 1)


def day(text: str) -> datetime:
    """2024-05-31 or 2024-05-31T12:00, UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def reading(platform: str, exported: str, acts: list[Mapping[str, Any]] = (), **more: Any) -> Reading:
    """One reading: acts as dicts (`id` is their identity), `accounts` and `states` as dicts, `sees` as (channel, direction)."""
    found = Reading(platform, owner_key=more.get("owner", "me"), exported_at=day(exported))
    for n, act in enumerate(acts):
        row = {"channel": "message", "direction": "given", "counterparts": ["ana"], "n_targets": 1, "text": "well then"} | dict(
            act
        )
        row["happened_at"] = day(row["on"]) if row.get("on") else None
        row.setdefault("record", at(1, n))
        found.acts(pl.DataFrame({k: [v] for k, v in row.items() if k not in ("on",)}, infer_schema_length=None), identity=["id"])
    for account in more.get("accounts", ()):
        found.accounts(pl.DataFrame({k: [v] for k, v in account.items()}))
    for n, state in enumerate(more.get("states", ())):
        row = {"state": "follow", "direction": "given", "record": at(2, n)} | state
        found.states(pl.DataFrame({k: [v] for k, v in row.items()}))
        found.listing(row["state"], row["direction"], complete=True)
    for channel, direction in more.get("sees", ()):
        found.sees(channel, direction, claim="test")
    return found


def core(
    folder: Path,
    archives: Mapping[str, Reading | list[Reading]],
    *,
    people: str = "",
    kinds: str = "",
    as_of: datetime = T,
    **settings: Any,
):
    """A warehouse whose core tables are built over these archives, by name."""
    home = Home(folder).make()
    for file, text in ((home.people, people), (home.kinds, kinds)):
        if text:
            file.write_text(text)
    for name, found in archives.items():
        frames = [r.facts() for r in (found if isinstance(found, list) else [found])]
        laid = pl.concat(frames).with_columns(cs.datetime().dt.replace_time_zone(None), archive=pl.lit(name))
        laid.write_parquet(home.facts / f"{name}.parquet")
    con: duckdb.DuckDBPyConnection = warehouse.connect(folder / "counted.duckdb")
    warehouse.raw(con, sorted(home.facts.glob("*.parquet")), home)
    warehouse.variables(con, warehouse.parameters(Settings(**settings), home, as_of))
    warehouse.build(con, ["core"])
    return con


def night(folder: Path, archives: Mapping[str, Reading | list[Reading]], **told: Any) -> Home:
    """A home with these archives counted, measured and published, as `core` takes them."""
    from flows.publish import publish

    with core(folder, archives, **told) as con:
        warehouse.build(con, ["measure", "marts"])
    home = Home(folder)
    (folder / "counted.duckdb").replace(home.warehouse)
    publish(home.warehouse, home.folder, "20250101T000000000000Z", told.get("as_of", T))
    return home
