"""Erase a person: tombstones first, then everything made from the archives; the inbox is only listed.

`forgotten.json` in the owner's folder holds HMACs and their key, never a name. Whatever reads, now or in years, asks it, so a
kill at any moment is finished by the next night, and the same export added again brings nobody back.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from flows.facts import Draft, forget
from flows.inbox import fsync_folder, intact, sweep, write
from flows.own_files import KINDS, LEDGER, PEOPLE, Row, Sheet, join, split
from flows.settings import Home
from transforms.archive import sha256
from transforms.forgotten import Account, Forgotten, digest, named, starts


def tombstones(home: Home) -> dict[str, Any]:
    """The `key`, `hashes` and `starts` of a Forgotten; {} where nobody is forgotten."""
    told = _load(home)
    return {name: told[name] for name in ("key", "hashes", "starts")} if told else {}


def mark(home: Home) -> str:
    """What facts carry that were read without those forgotten; "" where nobody is."""
    told = tombstones(home)
    return hashlib.sha256(json.dumps(told["hashes"]).encode()).hexdigest() if told else ""


def bury(home: Home, accounts: Iterable[Account], namesakes: Iterable[str] = ()) -> Forgotten:
    """Write tombstones of a person's accounts, and take the person out of people.csv and ledger.csv.

    `namesakes` are names that somebody who stays bears too: they are not looked for.
    """
    told = _load(home) or {"key": secrets.token_hex(32), "hashes": [], "starts": []}
    shared = set().union(*(named(n) for n in namesakes))
    names, phrases = set(), set()
    for account in accounts:
        own = not named(account.name) & shared
        names |= account.names(own=own)
        phrases |= account.phrases(own=own)
    hashes = {digest(told["key"], "name", n) for n in names} | {digest(told["key"], "phrase", p) for p in phrases}
    told["hashes"] = sorted(hashes | set(told["hashes"]))
    told["starts"] = sorted(starts(told["key"], phrases) | set(told["starts"]))
    told["at"] = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}Z"  # as nights are named
    write(home.folder / "forgotten.json", json.dumps(told).encode())
    gone = Forgotten(**tombstones(home))
    _clean(home, gone)
    return gone


def settle(home: Home) -> list[str]:
    """Bring all that was made before up to the tombstones: facts, kinds.csv, older nights. Returns archives changed."""
    told, now = tombstones(home), mark(home)
    if not told:
        return []
    gone, changed = Forgotten(**told), []
    for path in sorted(home.facts.glob("*.parquet")):
        with contextlib.suppress(pl.exceptions.PolarsError):  # what cannot be opened is read again
            if path.with_suffix(".sha256").exists() and not intact(path):
                continue  # the night reads it again, or says that it cannot
            metadata = pl.read_parquet_metadata(path)
            if metadata.get("forgotten", "") != now and _rewrite(home, path, gone, metadata | {"forgotten": now}):
                changed.append(path.stem)
    sweep(home.facts)
    for night in home.nights.iterdir():
        if night.name < _load(home)["at"] and night != home.published.resolve():
            shutil.rmtree(night)
    return changed


def unpublish(home: Home) -> None:
    """Take away every database and night: where no new night could be made, an old one must not keep the person."""
    home.published.unlink(missing_ok=True)
    for database in (*home.folder.glob("warehouse.duckdb*"), *home.folder.glob(".warehouse.building.duckdb*")):
        database.unlink()
    for night in home.nights.iterdir():
        shutil.rmtree(night)


def _load(home: Home) -> dict[str, Any]:
    path = home.folder / "forgotten.json"
    return json.loads(path.read_bytes()) if path.exists() else {}


def _rewrite(home: Home, path: Path, gone: Forgotten, metadata: dict[str, str]) -> bool:
    """Write one archive's facts without those forgotten; whether they were in it."""
    draft = path.with_name(f".{path.stem}.{os.getpid()}")
    written = Draft(draft, path.stem)
    acts, changed = forget(path, written, gone)
    written.close({name: value for name, value in metadata.items() if not name.startswith(("ARROW:", "pandas"))})
    verdicts = Sheet(home.kinds, KINDS)
    if any(verdicts.name(row) in acts for row in verdicts.rows):
        verdicts.rows = [row for row in verdicts.rows if verdicts.name(row) not in acts]
        verdicts.save()
    path.with_suffix(".sha256").unlink(missing_ok=True)  # first: facts without one are believed, with another's they are not
    os.replace(draft, path)
    fsync_folder(path.parent)
    write(path.with_suffix(".sha256"), sha256([path]).encode())
    return changed


def _clean(home: Home, gone: Forgotten) -> None:
    """people.csv and ledger.csv without the rows that are theirs, and without their names in the others."""
    for path, columns, who in ((home.people, PEOPLE, ("account", "person")), (home.ledger, LEDGER, ("person",))):
        if not path.exists():
            continue
        sheet = Sheet(path, columns)
        sheet.rows = [_left(row, gone) for row in sheet.rows if not any(_theirs(row.get(c, ""), gone) for c in who)]
        sheet.save()


def _left(row: Row, gone: Forgotten) -> Row:
    lists = {c: join(a for a in split(row[c]) if not _theirs(a, gone)) for c in ("same_as", "not_same_as") if row.get(c)}
    return {c: "" if _theirs(cell, gone) else gone.redact(cell) for c, cell in (row | lists).items()}


def _theirs(cell: str, gone: Forgotten) -> bool:
    """Whether a cell names somebody forgotten: an account as people.csv writes it, a profile, or a name."""
    platform, colon, key = cell.strip().partition(":")
    if not colon or platform in ("http", "https"):
        return bool(cell.strip()) and gone.knows(Account("ledger", cell.strip(), cell, url=cell).names())
    return gone.knows(Account(platform, key, handle=key).names() | {cell.strip().lower()})
