"""Options and paths every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--bless", action="store_true", help="rewrite golden files; read the diff as a person would")


@pytest.fixture
def samples() -> Path:
    """Real and realistic exports, where they lie beside the project."""
    folder = SHARED / "samples"
    if not folder.is_dir():
        pytest.skip("no samples beside the project")
    return folder
