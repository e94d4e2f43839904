"""A Medium download of N claps on pages of 1000: `write(folder, n)`; `floor(folder)` parses the same bytes and no more."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

PAGE = 1000


def write(folder: Path, n: int) -> None:
    """Write the pages."""
    (folder / "claps").mkdir(parents=True, exist_ok=True)
    for first in range(0, n, PAGE):
        entries = "".join(
            f'<li class="h-entry">+{i % 50} — <a class="h-cite" href="https://medium.com/@user{i % 500}/p-{i:012x}">Post</a>'
            f' <time class="dt-published">2021-{1 + i % 12:02}-{1 + i % 28:02} 5:19 pm</time></li>'
            for i in range(first, min(first + PAGE, n))
        )
        page = f'<html><body><section class="h-feed"><ul>{entries}</ul></section></body></html>'
        (folder / "claps" / f"claps-{first // PAGE + 1:04}.html").write_text(page)


def floor(folder: Path) -> int:
    """Parse the same bytes."""
    pages = sorted(folder.rglob("*.html"))
    for page in pages:
        HTMLParser().feed(page.read_text())
    return len(pages)
