"""The house rules a machine can check: who imports whom, what stands beside what, and what must not be in here."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
ROOMS = ("transforms", "flows", "dashboards", "deployments", "tests")
TEXT = (".py", ".sql", ".yml", ".yaml", ".toml", ".md", ".csv", ".json", ".js", ".html", ".txt", ".lock", ".css", ".service", "")
LONGEST = 400  # lines; what is longer is two ideas


@cache
def files() -> list[Path]:
    """What is, or is about to be, in git: tests run in a clone and in a working copy alike."""
    told = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [p for line in told.stdout.splitlines() if (p := ROOT / line).is_file()]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def code() -> list[Path]:
    return [p for p in files() if p.suffix == ".py"]


def found(pattern: str, paths: list[Path], but: str = r"(?!)") -> list[str]:
    """Where a pattern stands, less the lines that also fit `but`."""
    return [
        f"{named(path)}:{n}"
        for path in paths
        for n, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if re.search(pattern, line) and not re.search(but, line)
    ]


def test_imports_point_one_way() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"],
        cwd=ROOT, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert told.returncode == 0, told.stdout[-3000:] + told.stderr[-1000:]


def test_what_is_pure_does_not_look_at_the_clock() -> None:
    looks = [
        f"{named(path)}:{node.lineno}"
        for path in code() if path.is_relative_to(ROOT / "transforms")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in ("now", "utcnow", "today", "getenv", "environ")
    ]  # fmt: skip
    assert looks == []


def test_every_package_imported_is_named_in_pyproject() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())
    project = told["project"]
    lists = [project["dependencies"], *project["optional-dependencies"].values(), *told["dependency-groups"].values()]
    declared = {re.split(r"[<>=\[ ]", d)[0].lower().replace("_", "-") for each in lists for d in each}
    of = packages_distributions()
    missing = set()
    for path in code():
        for node in ast.walk(ast.parse(path.read_text())):
            modules = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            for top in {m.split(".")[0] for m in modules} - set(sys.stdlib_module_names) - set(ROOMS):
                names = {d.lower().replace("_", "-") for d in of.get(top, [top])}
                if not names & (declared | {"typing-extensions"}):
                    missing.add(f"{top} in {named(path)}")
    assert sorted(missing) == []


def test_no_file_is_too_long() -> None:
    counted = {named(p): p.read_text(errors="replace").count("\n") for p in files() if p.suffix in (".py", ".sql")}
    assert {name: lines for name, lines in counted.items() if lines > LONGEST} == {}


def test_every_table_is_one_select_with_its_promises_beside_it() -> None:
    tables = [p for p in files() if p.suffix == ".sql" and p.parent.parent == ROOT / "sql"]
    assert tables
    wrong = []
    for path in tables:
        text = path.read_text()
        beside = path.with_suffix(".yml")
        if not text.startswith("-- One row per "):
            wrong.append(f"{named(path)}: does not begin with its grain")
        bare = re.sub(r"--.*|'[^']*'", "", text)
        if ";" in bare or re.search(r"^\s*(create|insert|drop|alter|update|delete)\s", bare, re.M | re.I):
            wrong.append(f"{named(path)}: not one SELECT")
        if not beside.exists():
            wrong.append(f"{named(path)}: no {beside.name}")
            continue
        told = yaml.safe_load(beside.read_text())
        kinds = [p["type"] for p in told.get("promises", [])]
        wrong += [f"{named(beside)}: no {key}" for key in ("row", "columns", "promises") if not told.get(key)]
        if "expect_table_row_count_to_be_between" not in kinds:
            wrong.append(f"{named(beside)}: no row count, so an empty table passes")
        if not any("not_be_null" in kind for kind in kinds):
            wrong.append(f"{named(beside)}: no share of nulls, so an empty column passes")
        wrong += [f"{named(beside)}: {p['type']} without a why" for p in told["promises"] if not p.get("meta", {}).get("why")]
    assert wrong == []


def _seen(platform: str) -> list[str]:
    """What archives of a platform declare they can show, from the golden cases; what is not named is not observable."""
    import polars as pl

    cases = [pl.read_csv(p, infer_schema=False) for p in (ROOT / "tests" / "sources" / platform).glob("*/facts.csv")]
    columns = ["platform", "channel", "direction", "visibility", "claim"]
    told = [c.filter(pl.col("fact") == "sees").select(columns) for c in cases if "visibility" in c.columns]
    if not told:
        return []
    rows = pl.concat(told).unique().sort(columns)
    rows = rows.unique(["platform", "channel", "direction"], keep="first", maintain_order=True)
    other = pl.when(pl.col("platform") != platform).then(pl.format(" ({})", "platform")).otherwise(pl.lit(""))
    lines = rows.select(pl.format("| {}{} | {} | {} | {} |", "channel", other, "direction", "visibility", "claim")).to_series()
    head = [
        "What its archives can show; everything else is not observable:",
        "",
        "| channel | direction | visibility | known from |",
    ]
    return [*head, "| --- | --- | --- | --- |", *lines, ""]


def test_every_source_has_a_page(request: pytest.FixtureRequest) -> None:
    """docs/sources.md is written from the sources themselves: --bless."""
    from transforms.sources import sources

    page = ["# What can be read", "", "Written from `transforms/sources/` by `pytest tests/test_house.py --bless`.", ""]
    for source in sources().values():
        page += [f"## {source.TITLE}", "", (source.__doc__ or "").strip(), "", "Layouts, newest first:", ""]
        page += [f"- {era}: {', '.join(f'`{pattern}`' for pattern in patterns)}" for era, patterns in source.LAYOUTS.items()]
        ignored = [f"- `{pattern}`: {why}" for pattern, why in source.IGNORES.items()]
        page += ["", *(["Known and not read:", "", *ignored, ""] if ignored else [])]
        page += [*_seen(source.__name__.rpartition(".")[2])]
    docs, told = ROOT / "docs" / "sources.md", "\n".join(page)
    if request.config.getoption("--bless"):
        assert not os.environ.get("CI"), "pages are blessed by a person"
        docs.write_text(told)
    assert docs.read_text() == told


def test_every_command_is_in_the_readme() -> None:
    import typer

    from flows.cli import app

    commands = typer.main.get_command(app).commands
    readme = (ROOT / "README.md").read_text()
    assert [name for name in commands if f"givetake {name}" not in readme] == []
    assert [name for name, command in commands.items() if not command.help] == []


def test_no_address_of_where_packages_come_from() -> None:
    locks = [p for p in files() if p.suffix == ".lock"]
    assert len(locks) == 3
    assert found(r"https?://|--(extra-)?index|--find-links|file:|@ ", locks) == []
    others = [p for p in files() if p.suffix in TEXT and p not in locks]
    hosts = r"(pypi|pythonhosted)\.org/(simple|packages)|--(extra-)?index-url|--find-links "
    assert found(hosts, others, r"hosts = ") == []


EMAIL = r"[\w.+-]+@(?:[\w-]+\.)+[a-z]{2,}"
# The platforms' own machines, whose names tell a notice or an event id from a person's mail: no person has them.
MACHINES = (
    r"@(?:[\w-]+\.)*(?:twitter|mastodon|g|x|google|github|linkedin|facebookmail|instagram|redditmail|blogger|thread)\b"
    r"(?:\.com|\.skype)?$"
)
RESERVED = r"@(?:[\w-]+\.)*(?:example(?:\.(?:org|com|net))?|test|invalid|localhost|example\.[a-z.]+)\b"


def test_people_in_fixtures_are_invented() -> None:
    """E-mail addresses on reserved names, no number a telephone could ring, no place on earth."""
    fixtures = [p for p in files() if p.is_relative_to(ROOT / "tests") and p.suffix in TEXT]
    real = [
        f"{named(path)}: {address}"
        for path in fixtures
        for address in re.findall(EMAIL, path.read_text(errors="replace"), re.I)
        if not re.search(RESERVED, address, re.I) and not re.search(MACHINES, address, re.I)
    ]
    assert real == []
    telephone, reserved = (
        r"\+(?:49|44|33|1)[ -]?\d[\d -]{8,}",
        r"555|1234567|\+44 ?7700 ?900|\+49 ?30 ?0000|\+49 ?(?:30|40|69|89) ?\d* ?23125",
    )
    assert found(telephone, fixtures, reserved) == []
    assert found(r"\b-?\d{1,2}\.\d{5,}\s*,\s*-?\d{1,3}\.\d{5,}", [p for p in fixtures if p.suffix == ".json"]) == []


def test_nothing_is_left_to_do() -> None:
    ours = [p for p in files() if p.suffix in (".py", ".sql", ".toml", ".md")]
    assert found(r"\b(TODO|FIXME|XXX|HACK)\b", ours, r"found\(|FIXME\|") == []


def test_exports_and_databases_cannot_be_committed() -> None:
    assert [named(p) for p in files() if p.suffix in (".zip", ".duckdb", ".parquet", ".tgz", ".tar", ".wal")] == []
    large = {named(p): p.stat().st_size for p in files() if p.stat().st_size > 1 << 20}
    assert large == {}


@pytest.mark.parametrize("room", ROOMS[:-1])
def test_every_module_says_what_it_is(room: str) -> None:
    silent = [named(p) for p in code() if p.is_relative_to(ROOT / room) and not ast.get_docstring(ast.parse(p.read_text()))]
    assert silent == []
