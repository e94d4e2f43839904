"""The synthetic owner: the platforms' own layouts, the same bytes every time, and every story in the numbers."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import zipfile
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from flows import demo, stages
from flows.cli.found import tell
from flows.cli.screen import Choice
from flows.demo.life import Life
from flows.settings import Home, Settings
from tests.exports import facts, law
from transforms.act import Owner

EXPORTS = {"x": ["twitter-*.zip"], "linkedin": ["Basic_*.zip", "Complete_*.zip"], "mastodon": ["archive-*.zip"]}
# What the numbers must say of the people of the stories.
TOLD = {
    "balanced": {"verdict": "even", "realness": "real", "trend": "steady", "advice": "keep", "circle": "weekly"},
    "taker": {"verdict": "I give more", "realness": "real", "advice": "keep"},
    "one-way": {"verdict": "I give more", "realness": "thin", "advice": "prune: one-way"},
    "mentee": {"verdict": "I give more", "realness": "thin", "advice": "keep", "expect": "one-way"},
    "giver": {"verdict": "they give more", "realness": "real", "advice": "nurture: I owe"},
    "unthanked": {"verdict": "they give more", "realness": "thin", "advice": "keep", "acts_given": 0, "given": 0},
    "door": {"realness": "real", "advice": "nurture: dormant", "opened": 1},
    "job": {"realness": "real", "advice": "nurture: dormant", "opened": 1},
    "radio": {"realness": "real", "advice": "keep"},
    "fading": {"realness": "real", "advice": "nurture: fading"},
    "cooling": {"realness": "real", "advice": "nurture: cooling", "trend": "cooling"},
    "rising": {"realness": "real", "trend": "rising", "advice": "keep"},
    "mailer": {"realness": "fake", "advice": "prune: noise", "received": 0},
    "pitcher": {"realness": "fake", "advice": "prune: noise", "received": 0},
    "follow-back": {"realness": "nominal", "i_follow": True, "follows_me": True, "verdict": "too early"},
    "pinned": {"realness": "nominal", "advice": "keep: pinned"},
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("home"), "me").make()
    demo.write(home.folder)
    return home


@pytest.fixture(scope="module")
def life() -> Life:
    return Life(demo.SEED, demo.UNTIL)


@pytest.fixture(scope="module")
def measured(home: Home) -> Path:
    """The warehouse of a night on it."""
    night = stages.Night.begin(home, Settings.load(home), as_of=datetime.combine(demo.UNTIL, datetime.min.time()))
    for stage in (stages.gather, stages.lay, stages.count, stages.measure):
        stage(night)
    assert [r.outcome for r in night.reads] == ["read"] * 5
    return night.draft


def ask(warehouse: Path, sql: str) -> list[dict]:
    with duckdb.connect(str(warehouse), read_only=True) as con:
        done = con.execute(sql)
        columns = [c[0] for c in done.description]
        return [dict(zip(columns, row, strict=True)) for row in done.fetchall()]


def digests(folder: Path) -> dict[str, str]:
    files = sorted(f for f in folder.rglob("*") if f.is_file())
    return {f.relative_to(folder).as_posix(): hashlib.sha256(f.read_bytes()).hexdigest() for f in files}


def test_the_same_seed_gives_the_same_bytes(home: Home, tmp_path: Path) -> None:
    demo.write(tmp_path / "again")
    demo.write(tmp_path / "other", seed=8)
    first = {f: d for f, d in digests(home.folder).items() if f.startswith("inbox/") or "/" not in f}
    again, other = digests(tmp_path / "again"), digests(tmp_path / "other")
    assert again.items() <= first.items()
    assert len(again) == 7
    assert not set(other.values()) & {d for f, d in again.items() if f.startswith("inbox/")}


def test_only_this_user_may_read_it(home: Home) -> None:
    assert {oct(f.stat().st_mode & 0o777) for f in home.inbox.iterdir()} == {"0o600"}


@pytest.mark.parametrize(("platform", "pattern"), [(p, g) for p, globs in EXPORTS.items() for g in globs])
def test_a_source_reads_every_record(home: Home, platform: str, pattern: str) -> None:
    frame = facts(platform, *home.inbox.glob(pattern), owner=Owner(zone="Europe/Berlin"))
    assert law(frame) == []
    assert frame.filter((pl.col("fact") == "problem") & (pl.col("severity") == "problem")).is_empty()
    assert frame.filter(pl.col("fact") == "act").height > 1000
    assert frame.filter(pl.col("fact") == "source")["exported_at"][0].year in (2023, 2026)


def test_nothing_real_is_in_it(home: Home) -> None:
    known = {"www.linkedin.com", "twitter.com", "mobile.twitter.com", "www.w3.org", "w3id.org"}
    for path in home.inbox.iterdir():
        with zipfile.ZipFile(path) as z:
            text = "".join(z.read(n).decode() for n in z.namelist())
        hosts = set(re.findall(r"https?://([\w.-]+)", text)) | set(re.findall(r"\b\w+@([\w-]+\.\w[\w.]*)", text))
        assert {h for h in hosts - known if not re.search(r"(^|\.)example\.(org|net|com)$", h)} == set()


def test_x_counts_its_files_in_the_manifest(home: Home) -> None:
    with zipfile.ZipFile(next(home.inbox.glob("twitter-*"))) as z:
        manifest = json.loads(z.read("data/manifest.js").split(b"=", 1)[1])
        for kind in manifest["dataTypes"].values():
            for file in kind["files"]:
                assert len(json.loads(z.read(file["fileName"]).split(b"=", 1)[1])) == int(file["count"])


def test_linkedin_writes_invitations_on_a_pacific_clock(home: Home, life: Life) -> None:
    with zipfile.ZipFile(next(home.inbox.glob("Complete_*"))) as z:
        rows = list(csv.DictReader(z.read("Invitations.csv").decode().splitlines()))
    sent = {g.who.url: g.at for g in life.invitations if g.mine}
    behind = {
        round((sent[r["inviteeProfileUrl"]] - datetime.strptime(r["Sent At"], "%m/%d/%y, %I:%M %p")).total_seconds() / 3600)
        for r in rows
        if r["Direction"] == "OUTGOING"
    }
    assert behind == {7, 8}  # summer and winter


def test_no_text_is_said_twice_but_greetings(life: Life) -> None:
    times = Counter(s.text for s in life.said)
    assert all(t.startswith(("Hello ", "Congrats", "Happy birthday")) for t, n in times.items() if n > 1)


def test_it_ends_when_told() -> None:
    life = Life(3, date(2020, 2, 29))
    assert max(s.at for s in life.said) < datetime(2020, 2, 29)
    assert min(s.at for s in life.said) > datetime(2010, 2, 1)


def test_a_night_on_it_is_of_the_size_of_a_large_network(measured: Path) -> None:
    (network,) = ask(measured, "from marts.network")
    assert 20_000 < ask(measured, "select count(*) as n from marts.act")[0]["n"] < 40_000
    assert 300 < network["connections"] < 700
    assert all(network[kind] > 20 for kind in ("real", "thin", "fake", "nominal"))


@pytest.mark.parametrize("story", demo.STORIES)
def test_the_story_comes_out(measured: Path, life: Life, story: str) -> None:
    person = life.person(story)
    platform, key = person.account("linkedin" if "linkedin" in person.on else "x").split(":", 1)
    found = ask(
        measured,
        f"""from marts.connection where connection_id in
        (select connection_id from marts.account where platform = '{platform}' and key = '{key}')""",
    )
    assert len(found) == 1
    assert {c: found[0][c] for c in TOLD[story]} == TOLD[story]


def test_what_came_of_one_introduction(measured: Path) -> None:
    """Introduction, job, radio show: each is worth what came from them, and half of what came from whom they introduced."""
    told = ask(measured, "select name, opportunity from marts.connection where opportunity > 0 order by opportunity")
    worth = {r["name"]: r["opportunity"] for r in told}
    sql = "select name, o.opportunity from marts.opportunity o join marts.connection using (connection_id) where distance = 0"
    own = {r["name"]: r["opportunity"] for r in ask(measured, f"{sql} order by o.opportunity")}
    door, job, radio = (demo.STORIES[story] for story in ("door", "job", "radio"))
    assert worth[door] == pytest.approx(own[door] + worth[job] / 2)
    assert worth[job] == pytest.approx(own[job] + worth[radio] / 2)
    assert own[job] >= 12  # the job, which the ledger proves, and an introduction


def test_the_measures_of_the_essays_are_there(measured: Path) -> None:
    (network,) = ask(measured, "from marts.network")
    assert 0 < network["silence_ratio"] < 0.7  # stop sharing, and see
    assert network["introductions_given"] == 9
    assert network["follow_backs_without_act"] > 30
    assert 0.3 < network["outward_share"] < 0.7
    assert {r["change"] for r in ask(measured, "from marts.change")} >= {"new", "left"}
    merged = ask(measured, "select sum(merged) as n from marts.source where platform = 'linkedin'")[0]["n"]
    assert merged > 5000  # two exports of one history


def test_it_prints_what_it_found(
    measured: Path, life: Life, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def rows(_: Choice, select: str, **values: object) -> list[dict]:
        with duckdb.connect(str(measured), read_only=True) as con:
            done = con.execute(f"use marts; {select}", values)
            return [dict(zip([c[0] for c in done.description], row, strict=True)) for row in done.fetchall()]

    monkeypatch.setattr(Choice, "rows", rows)
    tell(Choice())
    told = capsys.readouterr()
    balance, coverage, todo = (part.splitlines() for part in re.split(r"\n(?=platform\t|name\twhy)", told.out.strip()))
    verdict = {line.split("\t")[0]: line.split("\t")[1] for line in balance[1:]}
    assert {verdict.get(life.person(story).name) for story in ("balanced", "taker", "giver")} == {
        "even", "I give more", "they give more",
    }  # fmt: skip
    assert [line.split("\t")[0] for line in coverage[1:]] == ["ledger", "linkedin", "mastodon", "x"]
    assert "message" in next(line for line in coverage if line.startswith("linkedin")).split("\t")[1]
    owed = [line.split("\t")[0] for line in todo[1:] if line.split("\t")[1] == "Thanks owed"]
    assert life.person("unthanked").name in owed
    assert "it is too early" in told.err.lower()
