"""The homes the faults meet, and what must be true of them afterwards."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tests.exports import law, zipped
from tests.faults import machine
from tests.faults.machine import Ended, forked

CASES = Path(__file__).parents[1] / "sources"
AS_OF = date(2026, 6, 30)
FIRST = {"x": "2025-tweets", "linkedin": "2023_member_numbers"}  # in the night before
LATER = {"mastodon": "archive"}  # new since
WHOLE = slice(None)
LEDGER = "happened_on,direction,person,kind,n_targets,note\n2024-05-31,both,Ana Example,talk,,on the boat\n"


def run(home: Path, *more: str, as_of: date = AS_OF, stages: slice = WHOLE, gates: bool = True) -> int:
    """`givetake run --plain` in this process, which is thrown away after it: its exit code.

    `stages` are those that are done; what the others leave behind must be there. `gates` may be left out where only the
    numbers are asked for, and the drawings of the report with them: together they take most of the time of a small night.
    """
    from dashboards import report_plots
    from flows import cli, publish
    from flows import stages as work

    work.STAGES = work.STAGES[stages]
    if work.gather in work.STAGES:
        machine.Reader.stands_ready()
    if not gates:
        work.check = publish.check = lambda *_: []
        report_plots._svg = lambda *_: ""
    return cli.run(["run", "--plain", "--json", "--home", str(home), "--as-of", as_of.isoformat(), *more])


def night(home: Path, stages: slice = WHOLE, gates: bool = True, **how: Any) -> Ended:
    """One night in a copy of this process."""
    return forked(lambda: run(home, stages=stages, gates=gates), **how)


@dataclass
class Base:
    """A home as the fault finds it: what is published before and what must be after, by content."""

    path: Path
    before: str
    after: str
    files: list[str]


def base(folder: Path, name: str = "next") -> Base:
    """A home: `first`, where nothing was read yet, or `next`, a night with an archive that came since."""
    home, done = folder / f"base-{name}", folder / f"done-{name}"
    if not home.exists():
        _fill(home, FIRST if name == "next" else FIRST | LATER)
        if name == "next":
            _must(night(home, gates=False))
            _fill(home, LATER)
    before = look(home)["hash"]
    if not done.exists():
        _must(night(copy(home, done), gates=False))
    state = look(done)
    if state["wrong"]:
        raise RuntimeError(f"an undisturbed night: {state['wrong']}")
    return Base(home, before, state["hash"], state["files"])


def copy(base: Path, to: Path) -> Path:
    """The home with its links and times."""
    shutil.rmtree(to, ignore_errors=True)
    return Path(shutil.copytree(base, to, symlinks=True))


def look(home: Path) -> dict[str, Any]:
    """What a home is like: the hash of what is published ("" where nothing is), its files, and all that is wrong."""
    ended = forked(lambda: _look(home / "me"))
    if ended.code:
        return {"hash": "?", "files": [], "wrong": [f"looking at it failed: {ended.lines[-1:]}"]}
    return dict(json.loads(ended.out))


def published(home: Path) -> dict[str, Any]:
    """Only what a reader sees: cheap enough for every instant."""
    ended = forked(lambda: _published(home / "me"))
    if ended.code:
        return {"hash": "?", "wrong": [f"the published night could not be opened: {ended.lines[-1:]}"]}
    return dict(json.loads(ended.out))


def _must(ended: Ended) -> Ended:
    if ended.code:
        raise RuntimeError(f"an undisturbed night ended with {ended.code}: {ended.err[-2000:]}")
    return ended


def _fill(home: Path, archives: dict[str, str]) -> None:
    inbox = home / "me" / "inbox"
    inbox.mkdir(mode=0o700, parents=True, exist_ok=True)
    for platform, case in archives.items():
        target = inbox / f"{platform}.zip"
        zipped(CASES / platform / case / "archive", target)
        target.chmod(0o600)
    (home / "me" / "ledger.csv").write_text(LEDGER)
    for path in (home, home / "me"):
        path.chmod(0o700)
    (home / "me" / "ledger.csv").chmod(0o600)


def _published(owner: Path) -> dict[str, Any]:
    from flows.publish import FILE, content_hash

    link = owner / "published"
    if not link.is_symlink():
        return {"hash": "", "wrong": []}
    wrong = []
    told = json.loads((link / "CURRENT.json").read_bytes())
    if hashlib.sha256((link / FILE).read_bytes()).hexdigest() != told["sha256"]:
        wrong.append("the published file is not the one CURRENT.json tells of")
    json.loads((link / "catalog.json").read_bytes())
    if not (link / "report.html").read_text().rstrip().endswith("</html>"):
        wrong.append("the report is cut")
    return {"hash": content_hash(link), "wrong": wrong}


def _look(owner: Path) -> dict[str, Any]:
    import polars as pl

    told = _published(owner)
    for facts in sorted((owner / "facts").glob("*.parquet")):
        told["wrong"] += law(pl.read_parquet(facts))
    for path in [owner, *owner.rglob("*")]:
        if not path.is_symlink() and path.stat().st_mode & 0o077:
            told["wrong"].append(f"others may read {_plain(path.relative_to(owner).as_posix())}")
    return told | {"files": sorted({_plain(p.relative_to(owner).as_posix()) for p in owner.rglob("*")})}


def _plain(name: str) -> str:
    """A path without what differs from run to run."""
    return re.sub(r"\d{8}T\d{12}Z", "<run>", re.sub(r"[0-9a-f]{64}", "<sha256>", name))


def mended(home: Path, base: Base, gates: bool = True) -> list[str]:
    """What is wrong after a fault and an undisturbed rerun; [] where all is well."""
    rerun, wrong = night(home, gates=gates), []
    if rerun.code:
        wrong.append(f"the rerun ended with {rerun.code}: {rerun.lines[-1:]}")
    state = look(home)
    wrong += state["wrong"]
    if state["hash"] != base.after:
        wrong.append("the rerun's numbers are not those of an undisturbed run")
    if left := sorted(set(state["files"]) - set(base.files)):
        wrong.append(f"left behind: {left}")
    if gone := sorted(set(base.files) - set(state["files"])):
        wrong.append(f"missing: {gone}")
    return wrong


def stands(home: Path, base: Base, ended: Ended) -> list[str]:
    """What is wrong between a fault and the rerun: readers see the night before, or the new one; the new one if all went well."""
    state = published(home)
    if ended.code == 0 and state["hash"] != base.after:
        return [*state["wrong"], "it ended well, and published other numbers than an undisturbed night"]
    return state["wrong"] + ([] if state["hash"] in (base.before, base.after) else ["what readers see is neither night"])


def restore(home: Path, to: Path) -> Path:
    """The home as `to` has it, with what a fault left lying about still in it."""
    left = home.with_name("left")
    shutil.rmtree(left, ignore_errors=True)
    if home.exists():
        home.rename(left)
    copy(to, home)
    for old in (p for place in ("me", "me/facts", "me/nights") for p in (left / place).glob("*")):
        new = home / old.relative_to(left)
        stays = (old.name.startswith(".") and not old.name.startswith(".warehouse")) or old.parent.name == "nights"
        if stays and new.parent.is_dir() and not new.exists():  # the warehouse is of this stage, and its log with it
            old.rename(new)
    return home


def clear(path: Path) -> None:
    """Take a file, a link or a folder away."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
