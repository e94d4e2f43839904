"""From the inbox to facts: one Parquet per archive, written whole, and again only when what reads it has changed."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import json
import os
import selectors
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

import polars as pl

from flows.forget import mark, tombstones
from flows.inbox import Parcel, drop, fsync_folder, intact, keep, parcels, remove, sweep
from flows.own_files import PEOPLE, Sheet
from flows.settings import Home, Settings
from transforms import act, value
from transforms.archive import sha256
from transforms.sources import sources

SHOWN = 5  # reasons, or kinds of files, told of one archive
SECONDS, EACH_MIB = 300, 5  # an archive may take: the clock runs on while a busy machine does other things
Progress = Callable[[str, int, int], None]


@dataclass
class Read:
    """What became of one archive: `outcome` is read, known, refused or failed; `line` says why, in one line."""

    sha256: str
    name: str
    outcome: str
    line: str = ""
    platforms: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    records: int = 0
    aside: dict[str, int] = field(default_factory=dict)
    problems: list[tuple[str, str, str, int]] = field(default_factory=list)  # platform, first place, reason, how many alike
    unread: list[str] = field(default_factory=list)

    def lines(self, where: str) -> list[str]:
        """What a person should know of it, a line each: where, what was found, what to do. Holds no content."""
        told = [f"{where} — {self.outcome} — {self.line}"] if self.line else []
        for platform, place, reason, alike in self.problems[:SHOWN]:
            told.append(f"{where} — {platform} record {place}{f' and {alike - 1} more' if alike > 1 else ''} — {reason}")
        if len(self.problems) > SHOWN:
            told.append(f"{where} — {len(self.problems) - SHOWN} more reasons — `givetake doctor` tells the most frequent")
        if self.unread:
            kinds = ", ".join(self.unread[:SHOWN]) + (" and others" if len(self.unread) > SHOWN else "")
            told.append(f"{where} — read by nobody: {kinds} — report it if acts of yours are in there; the rest counts")
            if any(kind.endswith((".zip", ".tgz", ".tar", ".gz", ".7z", ".rar")) for kind in self.unread):
                told.append(f"{where} — archives inside it are not opened — unpack them and add what is in them")
        return told


class Child:
    """The process that parses. Restarted after any failure; killed when an archive takes too long."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def ask(self, job: dict[str, Any], seconds: float) -> dict[str, Any]:
        """The answer to one job, or what went wrong."""
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "flows.reader"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                stderr=subprocess.DEVNULL, cwd=Path(__file__).parents[1],
                env=os.environ | {"POLARS_MAX_THREADS": "1"},  # it decodes, judges and writes on threads of its own
            )  # fmt: skip
        try:
            job_in, answer_out = cast(IO[str], self._process.stdin), cast(IO[str], self._process.stdout)
            job_in.write(json.dumps(job) + "\n")
            job_in.flush()
            with selectors.DefaultSelector() as waiting:
                waiting.register(answer_out, selectors.EVENT_READ)
                if not waiting.select(seconds):
                    self.close()
                    return {"error": f"took more than {seconds:.0f} s to read; not an export, or damaged"}
            line = answer_out.readline()
            if line:
                return json.loads(line)
        except (BrokenPipeError, ValueError):
            pass
        self.close()
        return {"error": "needs more memory or time than a reader may have; ask the platform for a smaller export"}

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read_inbox(
    home: Home, settings: Settings, *, only: list[Parcel] | None = None, mine: bool = False, progress: Progress | None = None
) -> list[Read]:
    """Read every archive whose facts are missing or stale; `mine` accepts an account not known as the owner's."""
    if only is None:
        for folder in (home.folder, home.facts, *home.nights.glob("*")):
            sweep(folder)
    found = parcels(home) if only is None else only
    if only is None and home.ledger.exists():
        found = [*found, _ledger(home)]
    me = own(home)
    told = []
    with Child() as child:
        for done, parcel in enumerate(found):
            if progress:
                progress("reading", done, len(found))
            told.append(_read(home, settings, parcel, child, me, mine))
    if progress:
        progress("reading", len(found), len(found))
    if only is None:
        _drop_old_ledgers(home, found)
    return told


def _read(home: Home, settings: Settings, parcel: Parcel, child: Child, me: set[str], mine: bool) -> Read:
    name = parcel.paths[0].name
    target = home.facts / f"{parcel.sha256}.parquet"
    versions = _versions(settings, me)
    if _current(target, versions):
        return Read(parcel.sha256, name, "known")
    if sha256(parcel.paths) != parcel.sha256:
        return Read(parcel.sha256, name, "failed", "changed since it was looked at: still being copied, or damaged; get it again")
    draft = home.facts / f".{parcel.sha256}.{os.getpid()}"  # its own: the reader of a killed night may still be writing
    job = {
        "paths": [str(p) for p in parcel.paths], "sha256": parcel.sha256, "target": str(draft), "zone": settings.timezone,
        "me": sorted(me), "keep_text": settings.keep_text, "versions": versions | {"forgotten": mark(home)},
        "forgotten": tombstones(home),
    }  # fmt: skip
    answer = child.ask(job, SECONDS + EACH_MIB * parcel.size / (1 << 20))
    if "disk" in answer:  # a night without this archive would tell of an owner who never was
        draft.unlink(missing_ok=True)
        raise OSError(answer["disk"], os.strerror(answer["disk"]), str(home.facts))
    if "error" in answer:
        draft.unlink(missing_ok=True)
        return Read(parcel.sha256, name, "failed", answer["error"])
    read = Read(
        parcel.sha256, name, "read", platforms=answer["platforms"], counts=answer["counts"], records=answer["records"],
        aside=answer["aside"], problems=[tuple(p) for p in answer["problems"]], unread=answer["unread"],
    )  # fmt: skip
    if answer["nothing"]:
        draft.unlink(missing_ok=True)
        reasons = {reason for _, _, reason, _ in read.problems}
        read.outcome, read.line = "failed", "nothing in it could be read"
        if len(reasons) == 1:  # one line says all
            read.line, read.problems = f"{read.line}: {reasons.pop()}", []
        return read
    stranger = "" if target.exists() else _stranger(home, read, me)
    if stranger and not mine:
        draft.unlink(missing_ok=True)
        read.outcome = "refused"
        read.line = f"{stranger}: an account that is not yours as far as is known; `givetake add --mine` if it is"
        return read
    if stranger:
        _confirm(home, read)
    keep(draft, target)
    return read


def _versions(settings: Settings, me: set[str]) -> dict[str, Any]:
    """What facts depend on besides the archive: for all, for each source, and what some sources ask of the owner."""
    everything = [act.VERSION, value.VERSION, settings.keep_text, list(sources())]
    return {
        "all": json.dumps(everything),
        "sources": {name: source.VERSION for name, source in sources().items()},
        "owner": hashlib.sha256(json.dumps([settings.timezone, sorted(me)]).encode()).hexdigest(),
    }


def _current(target: Path, versions: dict[str, Any]) -> bool:
    """Whether facts are there, undamaged, and would come out the same today."""
    try:
        there = pl.read_parquet_metadata(target)
        used = json.loads(there["sources"])
    except (pl.exceptions.PolarsError, OSError, KeyError, ValueError):
        return False
    if there.get("all") != versions["all"] or there.get("owner", versions["owner"]) != versions["owner"]:
        return False
    return all(versions["sources"].get(name) == version for name, version in used.items()) and intact(target)


def own(home: Home) -> set[str]:
    """Accounts, addresses and names that people.csv says are the owner's (`me` set), without their platform."""
    told = {row["account"] for row in people(home) if row.get("me")}
    told |= {account.partition(":")[2] for account in told}
    return {name for account in told for name in (account, account.removeprefix("name:")) if name}


def people(home: Home) -> list[dict[str, str]]:
    """The rows of people.csv; empty where there is none."""
    if not home.people.exists():
        return []
    with home.people.open(newline="", encoding="utf-8-sig") as f:
        return [{k: (v or "").strip() for k, v in row.items() if k} for row in csv.DictReader(f) if row.get("account")]


def _stranger(home: Home, read: Read, me: set[str]) -> str:
    """The platform whose owner account is neither in people.csv nor the one other archives of it come from."""
    for reading in read.platforms:
        names = _names(reading)
        known = me | _facts_owners(home, reading["platform"], read.sha256)
        if names and known and reading["owner_key"] and not names & known and _has_me(home, reading["platform"], known):
            return reading["platform"]
    return ""


def _has_me(home: Home, platform: str, known: set[str]) -> bool:
    """Whether anything is known of the owner on this very platform."""
    return any(k.startswith(f"{platform}:") for k in known)


def _names(reading: dict[str, Any]) -> set[str]:
    told = {n for n in (reading["owner_key"], *reading["owner_aliases"]) if n}
    names = told | {n.removeprefix("name:") for n in told}
    return names | {f"{reading['platform']}:{n}" for n in names}


def _facts_owners(home: Home, platform: str, but: str) -> set[str]:
    owners: set[str] = set()
    for facts in sorted(home.facts.glob("*.parquet")):
        if facts.stem == but:
            continue
        with contextlib.suppress(pl.exceptions.PolarsError):
            rows = pl.scan_parquet(facts, glob=False).filter((pl.col("fact") == "source") & (pl.col("platform") == platform))
            for row in rows.select("platform", "owner_key", "owner_aliases").collect().to_dicts():
                owners |= _names(row | {"owner_aliases": row["owner_aliases"] or []})
    return owners


def _confirm(home: Home, read: Read) -> None:
    """Write an account that `--mine` confirmed into people.csv."""
    sheet = Sheet(home.people, PEOPLE)
    for reading in read.platforms:
        if reading["owner_key"]:
            sheet.put(f"{reading['platform']}:{reading['owner_key']}", me="yes")
    sheet.save()


def _ledger(home: Home) -> Parcel:
    return Parcel((home.ledger,), sha256([home.ledger]))


def _drop_old_ledgers(home: Home, found: list[Parcel]) -> None:
    """The ledger is a living file: facts of its earlier contents go."""
    living = {p.sha256 for p in found}
    for facts in home.facts.glob("*.parquet"):
        if facts.stem not in living:
            with contextlib.suppress(pl.exceptions.PolarsError):
                rows = pl.scan_parquet(facts, glob=False).filter(pl.col("fact") == "source").select("platform").collect()
                if rows["platform"].to_list() == ["ledger"]:
                    drop(facts)


def forget_archive(home: Home, parcel: Parcel) -> None:
    """Take an archive and its facts out."""
    remove(home, parcel)
    drop(home.facts / f"{parcel.sha256}.parquet")
    fsync_folder(home.facts)
