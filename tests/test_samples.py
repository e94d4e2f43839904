"""The page on the samples is what the sources make of them today."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.samples import PAGE, page


@pytest.mark.slow
def test_the_page_is_current(samples: Path) -> None:
    assert PAGE.read_text() == page(samples), "python -m tests.samples, then read the difference"
