"""Whatever a stranger calls himself is text in every output: the page, a terminal, a spreadsheet."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from dashboards.report import ROWS, render
from dashboards.words import readable
from flows.cli.cut import FORMULA, harmless
from flows.cli.screen import cell
from tests.hostile.mutate import HOSTILE
from tests.test_report import NETWORK, Tags, night, person

OWN = [
    *(str(h).replace("\ud800", "\ufffd") for h in HOSTILE if isinstance(h, str)),
    '"><img src=x onerror=alert(1)>', "</title><script>alert(1)</script>", "<svg/onload=alert(1)>", "javascript:alert(1)",
    "&lt;script&gt;", "&#60;b&#62;", "<!--", "-->", "]]>", "{% raw %}", "${7*7}", "<a href=//example.org>x</a>",
    "' onmouseover='x",
    "\u2028x", "\x9b31mred", "\x1b]8;;http://example.org\x07link\x1b]8;;\x07", "\x07", "\x08\x08\x08", "x\rhidden",
    "=HYPERLINK(\"http://example.org\")", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "\u00a0=1", "\u200b=1", "%0A=1",
    "\ufffe", "\uffffx", "a\ufdd0b",
]  # fmt: skip


def naughty(samples: Path) -> list[str]:
    return [s for s in json.loads((samples / "hostile" / "strings" / "blns" / "blns.json").read_text("utf-8")) if s]


def pages_are_text(folder: Path, names: list[str]) -> None:
    """A page of these names has the very tags of a page of plain ones, no character that steers, and shows each name."""
    told = []
    for n, some in enumerate((names, [f"Person {i}" for i in range(len(names))])):
        people = [person(i, name, company=name, received=float(len(names) - i)) for i, name in enumerate(some)]
        database = night(folder / f"{n}.duckdb", connection=people, network=[NETWORK])
        render(database, folder / f"{n}.html")
        told.append(re.sub(r"<svg.*?</svg>", "", (folder / f"{n}.html").read_text("utf-8"), flags=re.S))
    assert sorted(map(str, Tags(told[0]).seen)) == sorted(map(str, Tags(told[1]).seen))
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", told[0])


def others_are_text(names: list[str]) -> None:
    for name in names:
        assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", cell(name)), name
        assert not re.search("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", readable(name)), "no XML, and no picture"
        assert not str(harmless(name)).lstrip().startswith(FORMULA), name


def test_our_own_payloads(tmp_path: Path) -> None:
    others_are_text(OWN)
    pages_are_text(tmp_path, OWN[:ROWS])


@pytest.mark.slow
def test_the_big_list_of_naughty_strings(tmp_path: Path, samples: Path) -> None:
    names = naughty(samples)
    assert len(names) > 500
    others_are_text(names)
    for n in range(0, len(names), ROWS):
        (tmp_path / str(n)).mkdir()
        pages_are_text(tmp_path / str(n), names[n : n + ROWS])
