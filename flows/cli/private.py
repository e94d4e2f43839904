"""What only the owner sees: rows of the private warehouse, and of the facts the text of acts and the paths of files."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from flows.cli.screen import Choice, Stop

Row = dict[str, Any]


def warehouse(
    choice: Choice, *selects: str, variables: dict[str, Any] | None = None, **values: Any
) -> list[list[dict[str, Any]]]:
    """Rows of each SELECT, which names the warehouse `kept` (read-only: a run at work is not disturbed) and may use the
    macros of the measures. Raises Stop where no night has made one."""
    from flows import warehouse

    home = choice.place()
    if not home.warehouse.exists():
        raise Stop(f"{home.folder} — no night has been built there — `givetake run` builds one")
    path = str(home.warehouse).replace("'", "''")
    told = []
    with closing(warehouse.connect(Path(":memory:"))) as con:
        con.execute((warehouse.SQL / "macros.sql").read_text()).fetchall()
        con.execute(f"attach '{path}' as kept (read_only)").fetchall()
        warehouse.variables(con, variables or {})
        for select in selects:
            named = {name: value for name, value in values.items() if f"${name}" in select}
            done = con.execute(select, named)
            names = [column[0] for column in done.description]
            told.append([dict(zip(names, row, strict=True)) for row in done.fetchall()])
    return told


def texts(choice: Choice, acts: Iterable[dict[str, Any]]) -> dict[tuple[str, str], str]:
    """The text of these acts by (archive, act_id), where it is kept."""
    import polars as pl

    wanted: dict[str, list[str]] = {}
    for act in acts:
        wanted.setdefault(act["archive"], []).append(act["act_id"])
    told: dict[tuple[str, str], str] = {}
    for archive, ids in wanted.items():
        path = choice.place().facts / f"{archive}.parquet"
        if path.exists():
            rows = pl.scan_parquet(path, glob=False).filter(pl.col("act_id").is_in(ids) & pl.col("text").is_not_null())
            told |= {(archive, act_id): text for act_id, text in rows.select("act_id", "text").collect().rows()}
    return told


def files(choice: Choice, archives: Iterable[str]) -> dict[str, tuple[str, dict[int, str]]]:
    """Of each archive: the name of its file, and the path of each member inside it by number."""
    import polars as pl

    from flows.inbox import parcels

    home = choice.place()
    names = {parcel.sha256: parcel.paths[0].name for parcel in parcels(home)}
    told: dict[str, tuple[str, dict[int, str]]] = {}
    for archive in set(archives):
        path = home.facts / f"{archive}.parquet"
        members: dict[int, str] = {}
        name = names.get(archive, "taken out since")
        if path.exists():
            facts = pl.scan_parquet(path, glob=False)
            rows = facts.filter((pl.col("fact") == "member") & pl.col("path").is_not_null()).select("member", "path", "platform")
            members = {member: path for member, path, _ in rows.collect().rows()}
            if archive not in names and facts.filter(platform="ledger").select(pl.len()).collect().item():
                name = home.ledger.name
        told[archive] = (name, members)
    return told


def place(record: str, members: dict[int, str]) -> tuple[str | None, str]:
    """Where a record stands, for a person: the file inside the archive, and which of its records, counted from 1."""
    member, _, within = record.partition(":")
    first, dot, rest = within.partition(".")
    return members.get(int(member)), f"{int(first) + 1}{dot}{rest}" if first.isdigit() else within
