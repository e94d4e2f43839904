"""The child process that parses untrusted bytes: archive after archive, one line of JSON in, one out.

It may use so much memory and write so large a file, and nothing else; whatever goes wrong in it, the parent lives.
Run as `python -m flows.reader`.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import traceback
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from flows.facts import Draft, NotStored, forget
from transforms.act import FACT, TOLD, Owner, Reading, conform, handed_on
from transforms.archive import Archive, Member, Unreadable, nested, open_archive
from transforms.forgotten import Forgotten
from transforms.formats.takeout import bare
from transforms.orders import mistaken
from transforms.records import Records
from transforms.sources import pattern, recognise, sources

MEMORY = 6 << 30  # bytes of address space; polars alone reserves nearly one GiB of it
FILE = 8 << 30  # bytes of one facts file


BUG = "could not be read"


class Failed(Exception):  # noqa: N818
    """A source could not read what it claimed: its platform, and why."""


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
        return {"disk": disk.errno}
    except MemoryError:
        return {"error": "needs more memory than a reader may have; ask the platform for a smaller export"}
    except BaseException as bug:  # also polars' PanicException, which is no Exception
        if isinstance(bug, KeyboardInterrupt | SystemExit):
            raise
        return {"error": f"{BUG} ({place(bug)}); please report this"}


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
        inside = "holds archives and nothing else that is known; unpack them and add what is in them" if nested(archive) else None
        raise Unreadable(mistaken(archive) or bare(archive) or inside or unknown)
    failed: dict[str, str] = {}
    while True:
        try:
            told = _read(job, archive, claimed, failed)
            return {"error": mistaken(archive)} if told["nothing"] and mistaken(archive) else told
        except Failed as failure:  # once more, without what it had told so far
            failed |= {failure.args[0]: failure.args[1]}
        if len([why for why in failed.values() if why.startswith(BUG)]) == len(claimed):
            raise Unreadable(next(iter(failed.values())))


def _read(job: dict[str, Any], archive: Archive, claimed: dict[str, list[Member]], failed: dict[str, str]) -> dict[str, Any]:
    target, keep_text = Path(job["target"]), job["keep_text"]
    gone = Forgotten(**job["forgotten"]) if job.get("forgotten") else None
    path = target.with_name(f"{target.stem}.whole{target.suffix}") if gone else target
    draft = Draft(path, archive.sha256, keep_text=keep_text or gone is not None)
    once, told, rest = Once(draft.records), list[dict[str, Any]](), list[pl.DataFrame]()
    left = {m.number: m for m in archive.members}
    with handed_on(lambda facts: draft.put(_named(archive, once.told(facts)))):
        for platform, members in claimed.items():
            if platform in failed:
                readings = [_amiss(platform, members[0], failed[platform])]
            else:
                readings = _asked(platform, archive, Owner(zone=job["zone"], me=frozenset(job["me"])))
            read_numbers = set().union(*(reading.members_read for reading in readings))
            rest.append(_members(platform, [m for m in members if m.number not in read_numbers], _ignored(archive, platform)))
            left = {number: m for number, m in left.items() if m not in members}
            for reading in readings:
                reading.close()
                told.append(
                    {"platform": reading.platform, "owner_key": reading.owner_key, "owner_name": reading.owner_name,
                     "owner_aliases": reading.owner_aliases}
                )  # fmt: skip
    platform = next(iter(claimed))
    for frame in (*rest, _members(platform, list(left.values()), {}), _refused(platform, archive), draft.records.aside()):
        draft.put(_named(archive, frame))
    bugs = any(why.startswith(BUG) for why in failed.values())
    versions = {} if bugs else _versions(job["versions"], claimed)  # without: to be tried again
    draft.close(versions)
    if gone:
        draft = Draft(target, archive.sha256, keep_text=keep_text)
        forget(path, draft, gone)
        path.unlink()
        draft.close(versions)
    return {"platforms": told} | _told(draft)


def _asked(platform: str, archive: Archive, owner: Owner) -> list[Reading]:
    """What a source makes of an archive. Raises Failed."""
    try:
        found = sources()[platform].read(archive, owner)
        return found if isinstance(found, list) else [found]
    except NotStored:
        raise
    except Unreadable as why:
        raise Failed(platform, str(why)) from None
    except Exception as bug:
        raise Failed(platform, f"{BUG} ({place(bug)}); please report this") from None


def _amiss(platform: str, member: Member, reason: str) -> Reading:
    reading = Reading(platform)
    reading.problem(member.number, "-", reason)
    reading.member(member.number, 1)
    return reading


def _told(draft: Draft) -> dict[str, Any]:
    """What is said of the facts to who asked for them."""
    few = draft.few()
    problems = few.filter(fact="problem", severity="problem")
    return {
        "counts": dict(draft.counts),
        "records": int(few.filter(fact="source")["records"].sum() or 0),
        "aside": dict(few.filter(fact="problem").group_by("severity").agg(pl.col("records").sum()).iter_rows()),
        "problems": problems.group_by("platform", "reason", maintain_order=True)
        .agg(pl.col("record").first(), pl.len())
        .select("platform", "record", "reason", "len")
        .rows(),
        "nothing": problems.height > 0 and not _anything(draft.counts, few),
        "unread": few.filter(fact="member", status="unread")["pattern"].unique().sort().to_list(),
    }


def _anything(counts: Mapping[str, int], few: pl.DataFrame) -> bool:
    """Whether anything could be read: told, set aside, a whole file that is merely empty, or what waits for the owner's name."""
    problems = few.filter(fact="problem", severity="problem")
    whole = few.filter(fact="member", status="read").join(problems, on=["platform", "member"], how="anti")
    aside = few.filter(fact="problem", severity="set aside")
    waits = problems["reason"].str.contains("`me`", literal=True).any()
    return any(counts.get(fact) for fact in TOLD) or not aside.is_empty() or not whole.is_empty() or waits


class Once:
    """Each act once: several exports in one folder tell the same acts; records that say nothing new are set aside."""

    def __init__(self, records: Records) -> None:
        self._records, self._seen = records, pl.DataFrame(schema={"id": pl.Binary})

    def told(self, facts: pl.DataFrame) -> pl.DataFrame:
        """The rows of FACT that are no act told before."""
        ids = facts.select(id=pl.col("act_id").str.decode("hex"))
        known = self._seen.filter(pl.col("id").is_in(ids["id"].implode()))["id"]
        again = ids.select(pl.col("id").is_not_null() & (~pl.col("id").is_first_distinct() | pl.col("id").is_in(known.implode())))
        self._seen.vstack(ids.filter(~again["id"]).drop_nulls(), in_place=True)
        self._records.lost(facts.filter(again["id"]), "told twice in this archive")
        return facts.filter(~again["id"])


def _named(archive: Archive, facts: pl.DataFrame) -> pl.DataFrame:
    """Rows that tell of a member with its path; of the members themselves also with the pattern it may be published as."""
    numbers = set(facts["member"].drop_nulls())
    paths = {m.number: m.path for m in archive.members if m.number in numbers} if numbers else {}
    if not paths:
        return facts
    shown = {number: pattern(path) for number, path in paths.items()}
    path, as_shown = (pl.col("member").replace_strict(m, default=None, return_dtype=pl.String) for m in (paths, shown))
    return facts.with_columns(
        path=pl.coalesce("path", path), pattern=pl.coalesce("pattern", pl.when(pl.col("fact") == "member").then(as_shown))
    )


def _versions(now: dict[str, Any], claimed: Iterable[str]) -> dict[str, str]:
    """What these facts depend on. A source that asks nothing of the owner does not care who that is."""
    used = {name: now["sources"][name] for name in claimed}
    asks = any(getattr(sources()[name], "ASKS_OWNER", False) for name in claimed)
    told = {"all": now["all"], "sources": json.dumps(used), "forgotten": now.get("forgotten", "")}
    return told | ({"owner": now["owner"]} if asks else {})


def _ignored(archive: Archive, platform: str) -> dict[int, str]:
    return {m.number: reason for layout, reason in sources()[platform].IGNORES.items() for m in archive.find(layout)}


def _members(platform: str, rest: list[Member], reasons: dict[int, str]) -> pl.DataFrame:
    """A row for each member no source has read: ignored for a stated reason, or unread."""
    return _rows("member", platform, "status", [
        (m.number, "ignored" if m.number in reasons else "unread", reasons.get(m.number)) for m in rest
    ])  # fmt: skip


def _refused(platform: str, archive: Archive) -> pl.DataFrame:
    rows = [(m.number, "problem", f"not read: {reason}") for m, reason in archive.refused]
    return _rows("problem", platform, "severity", rows).with_columns(record=pl.format("{}:-", "member"))


def _rows(fact: str, platform: str, status: str, rows: Sequence[tuple[int, str, str | None]]) -> pl.DataFrame:
    columns = {"member": FACT["member"], status: FACT[status], "reason": FACT["reason"]}
    frame = pl.DataFrame(rows, schema=columns, orient="row")
    same = {"fact": pl.lit(fact), "platform": pl.lit(platform), "records": pl.lit(0, pl.Int64)}
    return conform(frame.with_columns(**same), FACT)


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
