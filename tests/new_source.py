"""Start a source: `make new-source NAME=mastodon` writes its module and its first case, and nothing else."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
MODULE = '''"""{title}. What its export shows, from where that is known, and its traps."""

from __future__ import annotations

import polars as pl

from transforms import times
from transforms.act import Owner, Reading
from transforms.archive import Archive, Member, Unreadable
from transforms.formats import csvs

TITLE = "{title}"
VERSION = "1"  # raise it when what is read changes
LAYOUTS = {{"2026": ("{name}/messages.csv",)}}  # paths by the year they came in, newest first
IGNORES = {{"{name}/settings.csv": "settings, name nobody"}}


def claims(archive: Archive) -> list[Member]:
    """Members this source reads or knows; none where the export is not of this platform."""
    found = archive.find(*LAYOUTS["2026"])
    return found and sorted({{*found, *archive.find(*IGNORES)}}, key=lambda m: m.number)


def read(archive: Archive, owner: Owner) -> Reading:
    """Every record an act, a state or a problem."""
    reading = Reading("{name}")
    for member in archive.find(*LAYOUTS["2026"]):
        try:
            table = csvs.table(archive.read(member), ("date", "from", "text"))
        except (Unreadable, csvs.NotCsv) as why:
            reading.problem(member.number, "-", f"{{why}}")
            reading.member(member.number, 1)
            continue
        rows = table.frame.with_columns(happened_at=times.iso(pl.col("date")))
        for i in rows.filter(pl.col("happened_at").is_null())["row"]:
            reading.problem(member.number, i, "no date that can be read")
        for i, wrong in table.broken:
            reading.problem(member.number, i, wrong)
        good = rows.filter(pl.col("happened_at").is_not_null()).with_columns(
            record=pl.format(f"{{member.number}}:{{{{}}}}", "row"),
            channel=pl.lit("message"),
            direction=pl.lit("received"),
            counterparts=pl.concat_list("from"),
            n_targets=1,
        )
        reading.acts(good, identity=["happened_at", "from", "text"])
        reading.accounts(good.select(key="from", name="from", identified=pl.lit("name")).unique("key", maintain_order=True))
        reading.exported_at = max(filter(None, [reading.exported_at, good["happened_at"].max()]), default=None)
        reading.member(member.number, table.records)
    reading.sees("message", "received", claim="the export's own list of files")
    return reading
'''
CASE = """date,from,text
2024-05-01T10:00:00Z,Ana Example,thanks for the recipe because it saved the evening
no date,Ana Example,hello
"""


def main(name: str) -> None:
    """Write transforms/sources/<name>.py and tests/sources/<name>/plain/. Raises FileExistsError where it is begun already."""
    if not name.isidentifier() or name != name.lower():
        raise SystemExit(f"{name!r} — a source is named in lower case, as a module — try make new-source NAME=example")
    module, case = ROOT / "transforms" / "sources" / f"{name}.py", ROOT / "tests" / "sources" / name / "plain"
    if module.exists() or module.with_suffix("").exists():
        raise SystemExit(f"{module.relative_to(ROOT)} — is there already — open it")
    (case / "archive" / name).mkdir(parents=True)
    module.write_text(MODULE.format(name=name, title=name.replace("_", " ").title()))
    (case / "archive" / name / "messages.csv").write_text(CASE)
    (case / "why.txt").write_text("The smallest export: one message and one that cannot be dated.\n")
    for written in (module, case / "archive" / name / "messages.csv", case / "why.txt"):
        print(written.relative_to(ROOT))
    print(f"next: .venv/bin/python -m pytest tests/test_sources.py -k {name} --bless, then docs/add-a-source.md")


if __name__ == "__main__":
    main(sys.argv[1] if sys.argv[1:] else "")
