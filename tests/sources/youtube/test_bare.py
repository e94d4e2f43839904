"""A Takeout of other products only says what it is."""

from __future__ import annotations

import pytest

from transforms.archive import Archive, Member
from transforms.formats.takeout import bare


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("Takeout/Maps/Saved.json", True),
        ("some export/Takeout/archive_browser.html", True),
        ("Archiv_Übersicht.html", True),
        ("My Activity/Search/MyActivity.json", True),
        ("outbox.json", False),
    ],
)
def test_bare(path: str, known: bool) -> None:
    told = bare(Archive((Member(1, path, 0, lambda _: iter(())),)))
    assert (told is not None) == known
