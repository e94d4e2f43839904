"""The child process that parses untrusted bytes: archive after archive, one line of JSON in, one out.

It may use so much memory and write so large a file, and nothing else; whatever goes wrong in it, the parent lives.
Run as `python -m flows.reader`.
"""

from __future__ import annotations

import errno
import json
import os
import re
import resource
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl
import polars.selectors as cs

from transforms.act import FACT, Owner, Reading, aside, conform
from transforms.archive import Archive, Member, Unreadable, open_archive
from transforms.forgotten import Forgotten, without
from transforms.formats.takeout import bare
from transforms.orders import mistaken
from transforms.sources import pattern, recognise, sources

MEMORY = 6 << 30  # bytes of address space; polars alone reserves nearly one GiB of it
FILE = 8 << 30  # bytes of one facts file


class NotStored(Exception):  # noqa: N818
    """The facts could not be written: no fault of the archive. Holds the errno."""


def main() -> None:
    """Answer each job on stdin until it closes."""
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE, FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # nothing but answers on stdout, whatever a library prints
    for line in sys.stdin:
        answers.write(json.dumps(_answer(json.loads(line))) + "\n")
        answers.flush()


def _answer(job: dict[str, Any]) -> dict[str, Any]:
    try:
        return read(job)
    except Unreadable as why:
        return {"error": str(why)}
    except NotStored as disk:
        return {"disk": disk.args[0]}
    except MemoryError:
        return {"error": "needs more memory than a reader may have; ask the platform for a smaller export"}
    except BaseException as bug:  # also polars' PanicException, which is no Exception
        if isinstance(bug, KeyboardInterrupt | SystemExit):
            raise
        return {"error": f"could not be read ({place(bug)}); please report this"}


def place(bug: BaseException) -> str:
    """Where a bug is: its type and the line of ours that raised it. Never its message, which may quote content."""
    ours = [f for f in traceback.extract_tb(bug.__traceback__) if "/transforms/" in f.filename or "/flows/" in f.filename]
    return type(bug).__name__ + (f" at {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else "")


def read(job: dict[str, Any]) -> dict[str, Any]:
    """Read one archive: `paths`, `sha256`, `target` of the facts, `zone`, `me`, `keep_text`, `versions`, `forgotten`.

    Returns platforms with owner and counts. Raises Unreadable where no source knows it.
    """
    archive = open_archive([Path(p) for p in job["paths"]], job["sha256"])
    try:
        claimed = recognise(archive)
    except ValueError as why:
        raise Unreadable(f"{why}; remove one of them") from None
    if not claimed:
        unknown = f"no export that is known: {_outside(archive)}; asked {', '.join(sources())}"
        raise Unreadable(mistaken(archive) or bare(archive) or unknown)
    owner = Owner(zone=job["zone"], me=frozenset(job["me"]))
    frames: list[pl.DataFrame] = []
    told: list[dict[str, Any]] = []
    handled: set[int] = set()
    failed: list[str] = []
    for platform, members in claimed.items():
        source = sources()[platform]
        try:
            found = source.read(archive, owner)
            readings = found if isinstance(found, list) else [found]
            frame = pl.concat([r.facts() for r in readings])
        except Unreadable as why:
            readings, frame = _failed(platform, members[0].number, str(why))
        except Exception as bug:
            failed.append(f"could not be read ({place(bug)}); please report this")
            readings, frame = _failed(platform, members[0].number, failed[-1])
        read_numbers = set(frame.filter((pl.col("fact") == "member") & (pl.col("status") == "read"))["member"].to_list())
        unread = [m for m in members if m.number not in read_numbers]
        frames += [frame, _members(platform, unread, _ignored(archive, source))]
        handled |= {m.number for m in members}
        for reading in readings:
            told.append(
                {"platform": reading.platform, "owner_key": reading.owner_key, "owner_name": reading.owner_name,
                 "owner_aliases": reading.owner_aliases}
            )  # fmt: skip
    if len(failed) == len(claimed):
        raise Unreadable(failed[0])
    rest = [m for m in archive.members if m.number not in handled]
    main_platform = next(iter(claimed))
    frames.append(_members(main_platform, rest, {}))
    for member, reason in archive.refused:
        closing = Reading(main_platform)
        closing.problem(member.number, "-", f"not read: {reason}", records=0)
        frames.append(closing.facts().filter(pl.col("fact") == "problem"))
    facts = _once(pl.concat(frames))
    names = {m.number: m.path for m in archive.members}
    facts = facts.with_columns(
        path=pl.coalesce("path", pl.col("member").replace_strict(names, default=None, return_dtype=pl.String)),
        pattern=pl.coalesce(
            "pattern",
            pl.when(pl.col("fact") == "member").then(
                pl.col("member").replace_strict({n: pattern(p) for n, p in names.items()}, default=None, return_dtype=pl.String)
            ),
        ),
    )
    if job.get("forgotten"):
        facts, _ = without(facts, Forgotten(**job["forgotten"]))
    if not job["keep_text"]:
        facts = facts.with_columns(text=pl.lit(None, dtype=pl.String))
    facts = facts.with_columns(cs.datetime().dt.replace_time_zone(None), archive=pl.lit(job["sha256"]))
    versions = {} if failed else _versions(job["versions"], claimed)  # without: to be tried again
    try:
        facts.write_parquet(job["target"], compression="zstd", compression_level=1, metadata=versions)
        with open(job["target"], "rb") as f:
            os.fsync(f.fileno())
    except (OSError, pl.exceptions.PolarsError) as disk:
        error = re.search(r"(?:os error |Errno )(\d+)|transport error", str(disk))  # as polars and Python tell it
        if not error:
            raise
        raise NotStored(int(error[1] or errno.EIO)) from None
    counts = dict(facts.group_by("fact").len().iter_rows())
    aside = facts.filter(pl.col("fact") == "problem").group_by("severity").agg(pl.col("records").sum())
    problems = facts.filter((pl.col("fact") == "problem") & (pl.col("severity") == "problem"))
    return {
        "platforms": told,
        "counts": counts,
        "records": int(facts.filter(pl.col("fact") == "source")["records"].sum() or 0),
        "aside": dict(aside.iter_rows()),
        "problems": problems.group_by("platform", "reason", maintain_order=True)
        .agg(pl.col("record").first(), pl.len())
        .select("platform", "record", "reason", "len")
        .rows(),
        "unread": facts.filter((pl.col("fact") == "member") & (pl.col("status") == "unread"))["pattern"]
        .unique()
        .sort()
        .to_list(),
    }


def _once(facts: pl.DataFrame) -> pl.DataFrame:
    """Each act once: several exports in one folder tell the same acts; records that say nothing new are set aside."""
    again = (pl.col("fact") == "act") & ~pl.struct("fact", "platform", "act_id").is_first_distinct()
    twice, facts = facts.filter(again), facts.filter(~again)
    if twice.is_empty():
        return facts
    return pl.concat([facts, aside(twice, facts, "told twice in this archive")])


def _versions(now: dict[str, Any], claimed: Iterable[str]) -> dict[str, str]:
    """What these facts depend on. A source that asks nothing of the owner does not care who that is."""
    used = {name: now["sources"][name] for name in claimed}
    asks = any(getattr(sources()[name], "ASKS_OWNER", False) for name in claimed)
    told = {"all": now["all"], "sources": json.dumps(used), "forgotten": now.get("forgotten", "")}
    return told | ({"owner": now["owner"]} if asks else {})


def _failed(platform: str, number: int, reason: str) -> tuple[list[Reading], pl.DataFrame]:
    reading = Reading(platform)
    reading.problem(number, "-", reason)
    reading.member(number, 1)
    return [reading], reading.facts()


def _ignored(archive: Archive, source: Any) -> dict[int, str]:
    return {m.number: reason for layout, reason in source.IGNORES.items() for m in archive.find(layout)}


def _members(platform: str, rest: list[Member], reasons: dict[int, str]) -> pl.DataFrame:
    """A row for each member no source has read: ignored for a stated reason, or unread."""
    rows = pl.DataFrame(
        [("member", platform, m.number, "ignored" if m.number in reasons else "unread", reasons.get(m.number), 0) for m in rest],
        schema={c: FACT[c] for c in ("fact", "platform", "member", "status", "reason", "records")},
        orient="row",
    )
    return conform(rows, FACT)


def _outside(archive: Archive) -> str:
    """What an archive looks like from outside, without a name: how many files, of which kinds."""
    endings: dict[str, int] = {}
    for m in archive.members:
        ending = m.name.rpartition(".")[2].lower() if "." in m.name else "no ending"
        endings[ending if len(ending) <= 9 and ending.replace(" ", "").isalnum() else "other"] = endings.get(ending, 0) + 1
    most = sorted(endings.items(), key=lambda e: -e[1])[:4]
    return f"{len(archive.members)} files ({', '.join(f'{n} {e}' for e, n in most)})"


if __name__ == "__main__":
    main()
