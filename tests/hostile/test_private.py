"""No word of an export leaves the places that are for it: not in what is told, logged or kept beside, whatever is read.

A canary is put into every text field of every source's cases: behind words a person wrote (`mild`), or behind every string
there is (`harsh`), so that most records cannot be read and every reason has its chance to quote.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flows.inbox import Parcel
from flows.read import read_inbox
from flows.settings import Home, Settings
from tests.hostile.mutate import Files, _parsed, dumped, files, places
from tests.hostile.places import contents, found
from transforms.archive import sha256
from transforms.sources import sources

ROOM = Path(__file__).parents[1] / "sources"
CASES = sorted(p for p in ROOM.glob("*/*") if (p / "archive").is_dir())
CANARY = "zqcanary"
WRITTEN = re.compile(r"[^\W\d]{2,} [^\W\d]{2,}")  # what has two words side by side, a person wrote; a date has not
GIVETAKE = [sys.executable, "-c", "from flows.cli import main; main()"]
NOT_BREAKABLE = re.compile(r"\.(jpg|png|car|pdf|msf)$")


def marked(path: str, body: bytes, harsh: bool) -> bytes:
    """A member with the canary in its words."""
    if NOT_BREAKABLE.search(path):
        return body
    if (parsed := _parsed(body)) is not None:
        head, tree = parsed
        for node, key in list(places(tree)):
            if isinstance(node[key], str) and (harsh or WRITTEN.search(node[key])):
                node[key] += f" {CANARY}"
        return dumped(head, tree)
    if path.endswith((".csv", ".tsv")):
        return _marked_csv(body, harsh)
    if path.endswith((".html", ".xml", ".atom")):
        return re.sub(rb">([^<>]*\w[^<>]*)<" if harsh else rb">([^<>]*[a-z]{2} [a-z]{2}[^<>]*)<", rb">\1 zqcanary<", body)
    return re.sub(rb"(?m)^(.*\w.*?)\r?$" if harsh else rb"(?m)^(.*[a-z]{2} [a-z]{2}.*?)\r?$", rb"\1 zqcanary", body)


def _marked_csv(body: bytes, harsh: bool) -> bytes:
    wide = body[:2] in (b"\xff\xfe", b"\xfe\xff")
    rows = list(csv.reader(io.StringIO(body.decode("utf-16" if wide else "utf-8-sig", "replace"), newline="")))
    out = io.StringIO()
    lines = csv.writer(out)
    for n, row in enumerate(rows):
        lines.writerow([f"{c} {CANARY}" if c and n and (harsh or WRITTEN.search(c)) else c for c in row])
    return out.getvalue().encode()


def packed(home: Home, harsh: bool, cases: list[Path] = CASES) -> list[Parcel]:
    """Every case of every source as a zip in the inbox, the canary in its words and in the names of folders people name."""
    told = []
    for n, case in enumerate(cases):
        held: Files = files(case / "archive")
        path = home.inbox / f"case-{n}-{'harsh' if harsh else 'mild'}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
            for name, body in held.items():
                z.writestr(name, marked(name, body, harsh))
            z.writestr(f"letters to {CANARY}/{CANARY}-1.txt", CANARY)
        told.append(Parcel((path,), sha256([path])))
    return told


@pytest.mark.slow
@pytest.mark.parametrize("harsh", [False, True], ids=["mild", "harsh"])
def test_no_reason_and_no_pattern_quotes_what_was_read(tmp_path: Path, harsh: bool) -> None:
    os.umask(0o077)
    home = Home(tmp_path / "home").make()
    reads = read_inbox(home, Settings(), only=packed(home, harsh), mine=True)
    outcomes = [r.outcome for r in reads]
    assert outcomes.count("read") > 0.8 * len(CASES), "most are read"
    answers = [(r.sha256[:8], json.dumps([r.line, r.problems, r.unread, r.counts, r.aside]).encode()) for r in reads]
    assert found([CANARY], answers) == []
    facts = pl.concat([pl.read_parquet(p) for p in home.facts.glob("*.parquet")])
    assert facts.filter(pl.col("text").str.contains(CANARY)).height > 100, "the canary is where it belongs"
    assert harsh or set(sources()) - set(facts.filter(fact="act")["platform"]) <= {"ledger", "contacts"}
    for column in ("reason", "pattern", "status", "severity", "claim", "visibility", "value_rule", "value_kind", "record"):
        assert facts.filter(pl.col(column).str.contains(CANARY)).is_empty(), column
    assert found([CANARY], [(p.name, p.name.encode()) for p in home.folder.rglob("*") if not p.is_relative_to(home.inbox)]) == []
    beside = [(p, held) for p, held in contents(home.folder, [home.inbox, home.people]) if ".parquet" not in p]
    assert found([CANARY], beside) == []


@pytest.mark.slow
def test_without_texts_none_is_kept(tmp_path: Path) -> None:
    """keep_text = false: lengths and kinds stay, every word of a text goes, in the facts of every source."""
    os.umask(0o077)
    home = Home(tmp_path / "home").make()
    (home.folder / "givetake.toml").write_text("keep_text = false\n")
    parcels = packed(home, harsh=False)
    with_text = {r.sha256: r.counts for r in read_inbox(home, Settings(), only=parcels, mine=True)}
    kept = pl.concat([pl.read_parquet(p) for p in home.facts.glob("*.parquet")])
    texts = {t for t in kept["text"].drop_nulls() if len(t) > 30}
    assert len(texts) > 80
    without = {r.sha256: r.counts for r in read_inbox(home, Settings.load(home), only=parcels, mine=True)}
    assert without == with_text
    bare = pl.concat([pl.read_parquet(p) for p in home.facts.glob("*.parquet")])
    assert bare["text"].null_count() == bare.height
    same = ["archive", "platform", "act_id"]
    columns = [*same, "words", "value_kind", "value_rule", "composed"]
    assert bare.filter(fact="act").select(columns).sort(same).equals(kept.filter(fact="act").select(columns).sort(same))
    assert found(texts, contents(home.folder, [home.inbox])) == []


def told_by(home: Home, work: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    env = os.environ | {"TMPDIR": str(work), "PYTHONPATH": str(Path(__file__).parents[2]), "PREFECT_LOGGING_LEVEL": "DEBUG"}
    return subprocess.run([*GIVETAKE, "--home", str(home.root), *words], capture_output=True, env=env, cwd=work, timeout=3000)


@pytest.mark.slow
def test_what_a_night_leaves_beside_its_tables_holds_no_word(tmp_path: Path) -> None:
    """A whole night through Prefect, at its most talkative: what it prints, logs, keeps and leaves behind."""
    os.umask(0o077)
    home, work = Home(tmp_path / "home").make(), tmp_path / "work"
    work.mkdir()
    some = list({case.parent: case for case in CASES}.values())  # one of each source
    packed(home, False, some)
    packed(home, True, some)
    one = read_inbox(home, Settings(), mine=True)
    assert {r.outcome for r in one} <= {"read", "failed"}
    said = [told_by(home, work, *words) for words in (["run"], ["doctor"], ["sources", "--json"], ["archives", "--json"])]
    assert said[0].returncode in (0, 3), said[0].stderr.decode()[-2000:]
    places = [(f"stdout {n}", s.stdout) for n, s in enumerate(said)] + [(f"stderr {n}", s.stderr) for n, s in enumerate(said)]
    assert found([CANARY], places) == []
    assert found([CANARY], contents(work)) == [], "temporary files"
    assert (home.root / ".prefect" / "prefect.db").stat().st_size > 10_000
    assert found([CANARY], contents(home.root / ".prefect")) == [], "Prefect's database, logs, artifacts, results"
    names: list[Any] = [(p.name, p.name.encode()) for p in home.root.rglob("*") if not p.is_relative_to(home.inbox)]
    assert found([CANARY], names) == []
    for place, held in contents(home.folder, [home.inbox, home.facts, home.people]):
        if not place.startswith("warehouse.duckdb") and "run of" not in place:
            assert found([CANARY], [(place, held)]) == [] or _may_hold_names(place), place
    rows = [h for p, h in contents(home.nights) if p.startswith(("main.run", "main.check_result", "main.source"))]
    assert bool(rows) == (said[0].returncode == 0)
    assert found([CANARY], [("run, check_result, source", h) for h in rows]) == []


def _may_hold_names(place: str) -> bool:
    """Names are what the published night is for: its tables and its page; never in the papers beside them."""
    return bool(re.search(r"givetake\.duckdb|marts/|report\.html|/connection|/account|warehouse", place))
