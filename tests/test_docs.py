"""The pages about the published tables: written from what stands beside the SQL, and every statement on them is run."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
from pathlib import Path

import duckdb
import polars as pl
import pytest
import yaml

from dashboards.published import published, query
from flows.gate import check, promises
from tests.published_worlds import publish, random_world
from tests.worlds import world

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
QUESTIONS = re.findall(r"^## (\d+\. [^\n]+)\n(.*?)(?=^## |\Z)", (DOCS / "queries.md").read_text(), re.M | re.S)


def test_every_published_table_has_a_page(request: pytest.FixtureRequest) -> None:
    """docs/tables.md is written from sql/marts/*.yml: --bless."""
    page = ["# The published tables", "", "Written from `sql/marts/*.yml` by `pytest tests/test_docs.py --bless`.", ""]
    for path in sorted((ROOT / "sql" / "marts").glob("*.yml")):
        told = yaml.safe_load(path.read_text())
        page += [f"## {path.stem}", "", f"{told['row'][0].upper()}{told['row'][1:]}.", ""]
        page += ["| column | type | what it is |", "| --- | --- | --- |"]
        page += [f"| {name} | {c['type']} | {c['doc'].replace('|', '&#124;')} |" for name, c in told["columns"].items()]
        page += [""]
    docs, text = DOCS / "tables.md", "\n".join(page)
    if request.config.getoption("--bless"):
        assert not os.environ.get("CI"), "pages are blessed by a person"
        docs.write_text(text)
    assert docs.read_text() == text


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A night with something to say to every question: two exports, old ones, and answers to posts."""
    tables = random_world(7, 3000, 120)
    earlier, later = dt.datetime(2024, 6, 1), dt.datetime(2024, 9, 1)
    state = tables["core.state"].with_columns(exported_at=pl.lit(later))
    before = state.head(80).with_columns(archive=pl.lit("b"), exported_at=pl.lit(earlier))
    tables["core.state"] = pl.concat([before, state.tail(100)])
    tables["core.archive"] = pl.DataFrame({
        "archive": ["b", "a"], "owner_key": "me", "exported_at": [earlier, later], "records": 9, "acts": 9, "kept_acts": 9,
    })  # fmt: skip
    tables["core.response"] = pl.DataFrame({
        "post": ["p1", "p2", "p2"], "kind": ["clap", "clap", "repost"], "total": [3, 5, 1], "archive": "a", "exported_at": later,
        "happened_at": earlier,
    })  # fmt: skip
    # one connection hears nothing from me, nobody does in one month, and one tie fell silent years ago
    who, at, mine = pl.col("account_key"), pl.col("happened_at"), pl.col("direction") == "given"
    unsaid = mine & ((who == "c00007") | at.dt.truncate("1mo").eq_missing(dt.datetime(2023, 5, 1)))
    dormant = (who == "c00000") & (at > dt.datetime(2019, 1, 1)).fill_null(value=False)
    tables["core.act"] = tables["core.act"].filter(~unsaid & ~dormant)
    folder = tmp_path_factory.mktemp("home") / "me"
    publish(tables, folder, "20250101T000000000000Z")
    return published(folder)


def test_there_are_twenty_questions() -> None:
    assert [title.split(".")[0] for title, _ in QUESTIONS] == [str(n) for n in range(1, 21)]
    assert (DOCS / "queries.md").read_text().count("```sql") == len(QUESTIONS)


@pytest.mark.parametrize(("title", "text"), QUESTIONS, ids=[title for title, _ in QUESTIONS])
def test_every_question_is_answered(night: Path, title: str, text: str) -> None:
    """Not only run: a night that has an answer gets one, so that a verdict or channel misspelt is found."""
    (sql,) = re.findall(r"```sql\n(.*?)```", text, re.S)
    columns, rows = query(night, sql)
    assert rows, title
    assert len(set(columns)) == len(columns)


def test_the_measure_of_the_cookbook_holds_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """docs/add-a-measure.md, followed to the letter in a copy of sql/: its case is right, its promises hold and can break."""
    text = (DOCS / "add-a-measure.md").read_text()
    told = re.findall(r"[Ss]ave it as\s+`([^`]+)`:\n\n```\w+\n(.*?)```|as `([^`]+)`:\n\n```\w+\n(.*?)```", text, re.S)
    saved = {first or second: body or other for first, body, second, other in told}
    assert len(saved) == text.count("```") // 2 == 5
    shutil.copytree(ROOT / "sql", tmp_path / "sql")
    for path, body in saved.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(body)
    for module in ("flows.warehouse", "tests.worlds"):
        monkeypatch.setattr(f"{module}.SQL", tmp_path / "sql")
    case = next((tmp_path / "tests" / "sql").glob("*/*"))
    table = case.parent.name
    expected = pl.read_csv(case / "expected.csv")
    with world({path.stem: path for path in case.glob("core.*.csv")}) as con:
        assert con.sql(f"from {table}").fetchall() == expected.rows()
        assert con.sql(f"from {table}").columns == expected.columns
        con.execute(f"attach '{tmp_path}/right.duckdb' as kept").fetchall()
        con.execute(f"create schema kept.marts; create table kept.{table} as from {table}").fetchall()
        con.execute("detach kept").fetchall()
    listed = promises(tmp_path / "sql" / "marts" / f"{table.removeprefix('marts.')}.yml")
    assert [r.outcome for r in check(tmp_path / "right.duckdb", {table: listed})] == ["held"] * len(listed)
    (spoilt,) = [p for p in listed if p.spoil]
    with duckdb.connect(str(tmp_path / "right.duckdb")) as con:
        con.execute(spoilt.spoil.replace("{table}", table)).fetchall()
    assert [r.outcome for r in check(tmp_path / "right.duckdb", {table: [spoilt]})] == ["broken"]


def test_every_link_between_the_pages_leads_somewhere() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS.rglob("*.md")]
    links = [(page, link) for page in pages for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8"))]
    assert len(links) > 20
    assert [f"{page.name}: {link}" for page, link in links if not (page.parent / link).exists()] == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [page.name for page in DOCS.glob("*.md") if f"docs/{page.name}" not in readme] == []
