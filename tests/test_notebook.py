"""The SQL notebook: it runs as a script on a night, and its SQL reaches that night only."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.published_worlds import publish, random_world

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "dashboards" / "notebook.py"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An owner's folder with a night, and the copy of the notebook that is theirs."""
    folder = tmp_path_factory.mktemp("home") / "me"
    publish(random_world(5, 2000, 60), folder, "n1")
    (folder / "notebook.py").write_text(NOTEBOOK.read_text("utf-8"), "utf-8")
    return folder


def script(*command: str | Path) -> subprocess.CompletedProcess[str]:
    told = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, *command], capture_output=True, text=True, cwd="/", timeout=240, env=told)


def test_it_runs_as_a_script_where_it_lies_and_where_it_is_told(folder: Path) -> None:
    pytest.importorskip("marimo")
    here = script(folder / "notebook.py")
    assert here.returncode == 0, here.stderr
    there = script(NOTEBOOK, "--folder", folder)
    assert there.returncode == 0, there.stderr
    nothing = script(NOTEBOOK, "--folder", folder / "elsewhere")
    assert nothing.returncode != 0
    assert "givetake run" in nothing.stderr


def test_its_cells_tell_of_the_night_and_reach_nothing_else(folder: Path) -> None:
    pytest.importorskip("marimo")
    asked = f"""
import sys; sys.argv = ["notebook", "--folder", {str(folder)!r}]
from dashboards.notebook import app
outputs, told = app.run()
assert told["people"].height > 5 and told["people"]["given"].sum() > 0
assert "connection" in told["tables"]["table_name"].to_list()
assert "balance" in told["columns"]["column_name"].to_list()
for reach in ("from read_csv('/etc/hostname')", "create table t as select 1", "set enable_external_access = true"):
    try:
        told["night"].execute(reach).fetchall()
    except Exception as error:
        print(type(error).__name__)
    else:
        raise SystemExit(reach)
"""
    run = script("-c", asked)
    assert run.returncode == 0, run.stderr
    assert len(run.stdout.split()) == 3
