"""The report: whole in itself, safe against any name, the same size for any network, readable in a real browser."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess
import zlib
from datetime import date, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from dashboards.report import ROWS, render
from dashboards.words import NAME, ago, readable

MARTS = Path(__file__).parents[1] / "sql" / "marts"
NAMESPACES = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
HOSTILE = {
    "markup": "<script>alert(1)</script>",
    "attribute": '"><img src=x onerror=alert(2)>',
    "template": "{{ 7 * 7 }}{% raw %}",
    "turned": "safe\u202egnp.exe\u2066",
    "long": "Wolfeschlegel" * 800,
    "closing": "</td></table></script><style>*{display:none}</style>",
    "control": "a\x00b\x1b[31mred\nline",
}
PERSON = {
    "owner": "me", "platforms": "linkedin, x", "given": 12.0, "received": 9.0, "effective_acts": 11.0,
    "balance": 0.1, "balance_lo": -0.3, "balance_hi": 0.45, "verdict": "even", "strength": 10.0, "circle": "monthly",
    "contact_days": 20, "acts_given": 14,
    "acts_received": 11, "gap_days": 12, "overdue": 0.6, "realness": "real", "opportunity": 0.0, "opened": 0, "advice": "keep",
    "reason": "real tie: 20 contact days", "last_contact_on": date(2026, 6, 18), "first_contact_on": date(2019, 2, 3),
}  # fmt: skip
NETWORK = {
    "owner": "me", "as_of": datetime(2026, 6, 30), "connections": 9, "real": 7, "thin": 1, "fake": 0, "nominal": 1,
    "given": 1234.5, "received": 900.0, "settled_directly": 0.7, "settled_through_others": 0.2, "unsettled": 0.1,
    "silence_ratio": None,
    "outward_share": 0.5, "outward_share_lo": 0.4, "outward_share_hi": 0.6, "cadence": 0.9, "cadence_longest": 20,
    "coverage": 0.8,
    "unattributed_acts": 4321, "verdicts_changed_1": 3, "verdicts_changed_2": 1, "verdicts_changed_5": 2,
}  # fmt: skip


def night(target: Path, **tables: list[dict[str, Any]]) -> Path:
    """A published file with every table of sql/marts, empty but for these rows."""
    with duckdb.connect(str(target)) as con:
        for told in sorted(MARTS.glob("*.yml")):
            columns = yaml.safe_load(told.read_text("utf-8"))["columns"]
            shape = ", ".join(f'"{c}" {about["type"]}' for c, about in columns.items())
            con.execute(f"create table {told.stem} ({shape})")
        for table, rows in tables.items():
            for row in rows:
                listed = ", ".join(f'"{c}"' for c in row)
                con.execute(f"insert into {table} ({listed}) values ({', '.join('?' * len(row))})", list(row.values()))
    return target


def person(number: int, name: str | None, **more: Any) -> dict[str, Any]:
    return PERSON | {"connection_id": f"{number:010x}", "name": name} | more


class Tags(HTMLParser):
    """Every tag of a page as a browser reads it, with the names of its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, list[str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, [name for name, _ in attrs]))


@pytest.fixture
def page(tmp_path: Path) -> Path:
    people = [person(i, name, received=9.0 - i) for i, name in enumerate(HOSTILE.values())]
    people += [
        person(20, "Ana Brookhollow", given=300.0, received=280.0),
        person(21, "Delia Marshgate", advice="nurture: dormant", gap_days=1337, overdue=98.6,
               last_contact_on=date(2022, 11, 1)),
        person(22, None, verdict="too early", effective_acts=2.0, balance_lo=-1.0, balance_hi=0.9),
        person(23, "Otis Marlwood", acts_given=0, given=0.0, received=30.0, verdict="they give more", balance=-0.6,
               balance_lo=-0.9,
               balance_hi=-0.2),
    ]  # fmt: skip
    seen = {"platform": "linkedin", "channel": "reaction", "acts": 0}
    channels = [
        seen
        | {
            "direction": "given",
            "visibility": "seen, nobody named",
            "acts": 2336,
            "first_on": date(2016, 7, 1),
            "last_on": date(2026, 6, 1),
        },
        seen | {"direction": "received", "visibility": "not observable"},
    ]
    source = {"platform": "linkedin", "archive": "a" * 64, "exported_on": date(2023, 10, 23), "age_days": 981, "records": 6202,
              "acts": 6000, "merged": 5976, "problems": 1, "unread_members": 2}  # fmt: skip
    months = [
        {"owner": "me", "month_on": date(y, m, 1), "given": 10.0 * m, "received": 6.0 * m}
        for y in (2024, 2025)
        for m in (1, 5, 9)
    ]
    ids = {p["name"]: p["connection_id"] for p in people}
    thanks = {"acts": 2, "value": 6.0, "what": "credit, help"}
    owed = [
        thanks | {"connection_id": ids["Otis Marlwood"], "since_on": date(2026, 6, 2)},
        thanks | {"connection_id": ids["Ana Brookhollow"], "since_on": date(2026, 6, 28)},  # not a week ago
    ]
    lost = {"received_share": 0.03, "opportunity_share": 0.05, "real_share": 0.29, "attention_share": 0.16}
    curve = [{"percent": p, "connections": p * 9 // 100} | {k: v * p / 80 for k, v in lost.items()} for p in range(101)]
    heavy = {"direction": "received", "value_kind": "offer", "channel": "message", "platform": "x", "act_id": "a"}
    doors = [heavy | {"connection_id": ids[HOSTILE["markup"]], "happened_at": datetime(2020, 5, 1), "composed": True}]
    way = {"connection_id": ids[HOSTILE["attribute"]], "reached_id": ids[HOSTILE["markup"]], "distance": 1, "received": 9.0}
    database = night(
        tmp_path / "givetake.duckdb",
        connection=people,
        owed_thanks=owed,
        cut_curve=curve,
        act=doors,
        opportunity=[way],
        network=[NETWORK],
        channel=channels,
        source=[source],
        network_month=months,
    )
    render(database, tmp_path / "report.html")
    return tmp_path / "report.html"


def test_nothing_is_loaded_from_anywhere(page: Path) -> None:
    html = page.read_text("utf-8")
    assert set(re.findall(r"(?:https?:)?//[\w.-]+\.[a-z]{2,}[^\"'\s<>)]*", html)) <= NAMESPACES
    tags = Tags(html).seen
    assert not {tag for tag, _ in tags} & {"link", "iframe", "object", "embed", "base", "img", "image", "use", "a"}
    assert not {name for _, names in tags for name in names if name in ("src", "href", "xlink:href") or name.startswith("on")}
    assert not re.search(r"@import|url\(", html)


def test_only_the_script_of_the_policy_may_run(page: Path) -> None:
    html = page.read_text("utf-8")
    scripts = re.findall(r"<script[^>]*>(.*?)</script>", html, re.S)
    assert len(scripts) == 1
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert policy
    assert f"script-src 'sha256-{digest}'" in policy[1]
    assert policy[1].startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:;")


def test_hostile_names_are_text(page: Path) -> None:
    html = page.read_text("utf-8")
    body = re.sub(r"<svg.*?</svg>", "", html, flags=re.S)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in body
    assert "{{ 7 * 7 }}" in body
    assert "<style>*" not in html
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e\u2066-\u2069]", html)
    assert "Wolfeschlegel" * 5 not in html
    assert "somebody unnamed (000000)" in html


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("  Ana \n B ", "Ana B"),
        ("\u202eana", "ana"),
        (None, ""),
        ("x" * 500, "x" * (NAME - 1) + "…"),
        ("李 雷", "李 雷"),
        ("مريم", "مريم"),
    ],
)
def test_a_name_stays_on_one_line(name: str | None, shown: str) -> None:
    assert readable(name) == shown


@pytest.mark.parametrize(
    ("days", "told"), [(1, "1 day"), (12, "12 days"), (21, "3 weeks"), (90, "3 months"), (365, "1 year"), (1337, "4 years")]
)
def test_days_are_told_as_one_would(days: float, told: str) -> None:
    assert ago(days) == told


def test_says_what_cannot_be_known(page: Path) -> None:
    html = page.read_text("utf-8")
    assert html.count(">not observable<") == 1
    assert "seen, nobody named" in html
    assert "4\u202f321 acts name nobody" in html
    assert "981" not in html or "3 years old" in html
    assert "In weeks of your silence" not in html  # silence_ratio is null: nothing is claimed


def test_cares_for_the_right_people(page: Path) -> None:
    care = page.read_text("utf-8").split("People to turn to")[1].split("<h2>")[0]
    thanks, dormant = care.split("Thanks owed")[1].split("Long unheard")
    assert "Delia Marshgate" in dormant
    assert "Last in touch 4 years ago; it used to be about every 14 days" in dormant
    assert "Otis Marlwood" in thanks
    assert "Recognition and help came 4 weeks ago." in thanks
    assert "Ana Brookhollow" not in care


def test_tells_what_a_cut_would_lose_and_what_opened_doors(page: Path) -> None:
    html = page.read_text("utf-8")
    assert "Letting the 7 go whom you would miss least, 3\u202f% of the value received" in html
    doors = html.split("Doors that opened")[1].split("<h2>")[0]
    assert "an offer in 2020. It began with their message on x, 1 May 2020" in doors
    assert "the way led through &#34;&gt;&lt;img" in doors


def test_every_plot_is_drawn_for_a_page_and_for_a_phone(page: Path) -> None:
    html = page.read_text("utf-8")
    assert html.count('<figure class="page"><svg') == html.count('<figure class="phone"><svg') == 4
    assert not re.search(r">0(\.\d)?k<", html), "ticks below a thousand told in thousands"


def test_an_empty_network_has_a_report(tmp_path: Path) -> None:
    none = NETWORK | dict.fromkeys(("connections", "real", "thin", "nominal", "given", "received", "unattributed_acts"), 0)
    none |= dict.fromkeys(("settled_directly", "outward_share", "cadence", "coverage"))
    render(night(tmp_path / "n.duckdb", network=[none]), tmp_path / "report.html")
    assert "of the 0 people" in (tmp_path / "report.html").read_text("utf-8")


def test_ten_thousand_connections_fit_one_page(tmp_path: Path) -> None:
    database = night(
        tmp_path / "n.duckdb", network=[NETWORK | {"connections": 10_000}], connection=[person(0, "Ana Brookhollow")]
    )
    with duckdb.connect(str(database)) as con:
        con.execute("""insert into connection by name select connection.* replace (
            printf('%010x', n) as connection_id, 'P ' || n as name,
            n / 7.0 as given, n % 211 as received, if(n % 3 = 0, 'too early', 'unclear') as verdict,
            if(n % 5 = 0, 'nurture: dormant', 'keep') as advice) from connection, range(1, 10000) as r(n)""")
    render(database, tmp_path / "report.html")
    html = (tmp_path / "report.html").read_text("utf-8")
    assert len(html) < 900_000
    assert html.count("<tr>\n<td data-sort=") == ROWS
    assert f"{10_000 - ROWS:,} more: <code>givetake connections</code>".replace(",", "\u202f") in html


CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM, reason="no chromium (Debian: apt-get install chromium)")
@pytest.mark.parametrize("width", [390, 1200])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_shows_it_without_complaint(page: Path, tmp_path: Path, width: int, scheme: str) -> None:
    shot = tmp_path / "shot.png"
    options = [
        CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars",
        f"--user-data-dir={tmp_path / 'browser'}", f"--window-size={width},1400", "--enable-logging=stderr",
        f"--blink-settings=preferredColorScheme={int(scheme == 'light')}",
    ]  # fmt: skip
    seen = subprocess.run([*options, f"--screenshot={shot}", page.as_uri()], capture_output=True, timeout=120, check=True)
    assert b"CONSOLE" not in seen.stderr
    red, green, blue = _first_pixel(shot)
    assert (max(red, green, blue) < 60) == (scheme == "dark")
    dom = subprocess.run([*options, "--dump-dom", page.as_uri()], capture_output=True, timeout=120, check=True).stdout.decode()
    assert dom.count('<button type="button">') == 8  # the script has run
    assert 'class="find" hidden' not in dom


def _first_pixel(png: Path) -> tuple[int, int, int]:
    """Red, green, blue of the upper left corner: there every PNG filter is without effect."""
    data, at, packed = png.read_bytes(), 8, b""
    while at < len(data):
        size, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        packed += data[at + 8 : at + 8 + size] if kind == b"IDAT" else b""
        at += size + 12
    raw = zlib.decompress(packed)
    return raw[1], raw[2], raw[3]
