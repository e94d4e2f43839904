"""Who is whom: what is joined unseen, what is asked, and that the owner's word is written, kept and taken back."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flows import warehouse
from flows.cli import run
from flows.own_files import PEOPLE, Sheet
from flows.people import NamedApart, People, pair_id
from flows.settings import Home
from tests.bench.people import measure
from tests.ledgers import core, reading

HAND = 'Account,person,note,pin\nx:bo,Bo Bee,met in Brest,keep\n# a word of mine\n,,,\nx:ana,,"two, lines\nof it",\n'


@pytest.mark.parametrize("seed", [7, 11])
def test_nobody_is_joined_wrongly_and_what_is_asked_is_well_ranked(tmp_path: Path, seed: int) -> None:
    told = measure(800, tmp_path, seed)
    assert told["wrong"] == []
    assert told["merged_pairs"] > 200
    assert told["merged_recall"] + (1 - told["merged_recall"]) * told["asked_recall"] > 0.5
    assert told["asked_from_0.7"] > 200
    assert told["asked_from_0.7_precision"] > 0.9
    assert told["auc"] > 0.8


def accounts(*listed: tuple[str, str | None], **more: Any) -> dict[str, Any]:
    return {
        "accounts": [{"key": key, "name": name, **more} for key, name in listed],
        "states": [{"key": key, "state": "contact"} for key, _ in listed],
    }


def asked(con: Any) -> dict[tuple[str, str], tuple[float, str]]:
    rows = con.execute("select platform || ':' || key, other_platform || ':' || other_key, score, reason from core.suggestion")
    return {(a, b): (score, reason) for a, b, score, reason in rows.fetchall()}


def test_weaker_evidence_is_asked_and_never_applied(tmp_path: Path) -> None:
    x = reading("x", "2024-01-01", **accounts(
        ("1", "Bill Bee"), ("2", "Zoë Quist"), ("3", "K. Thorpe"), ("4", "sunflower"), ("5", "Ann Other"),
        ("6", "Jo Smith"), ("7", "Jo Smith"),
    ))  # fmt: skip
    x.accounts(pl.DataFrame({"key": ["4"], "handle": ["@sunflower77"]}))
    book = reading("contacts", "2024-01-01", **accounts(
        ("a", "William Bee"), ("b", "Quist, Zoe"), ("c", "Kenji Thorpe"), ("e", "Nobody Else"), ("f", "Jo Smith"),
    ))  # fmt: skip
    mastodon = reading(
        "mastodon", "2024-01-01", accounts=[{"key": "m", "handle": "sunflower77@example.org"}], states=[{"key": "m"}]
    )
    con = core(tmp_path, {"a": x, "b": book, "c": mastodon})
    assert con.execute("select count(*) - count(distinct person) from core.person").fetchone() == (0,)
    told = asked(con)
    assert told[("contacts:a", "x:1")][1] == "a short form of the same name"
    assert told[("contacts:b", "x:2")][1] == "the same name"
    assert told[("contacts:c", "x:3")][1] == "the same family name and initial"
    assert "the same handle" in told[("mastodon:m", "x:4")][1]
    assert told[("contacts:f", "x:6")][1] == "the same name; one of 2 it could be"
    assert told[("contacts:f", "x:6")][0] < told[("contacts:b", "x:2")][0]
    assert not any("x:5" in pair or "contacts:e" in pair for pair in told)
    assert ("x:6", "x:7") not in told


@pytest.mark.parametrize(
    ("one", "other", "token", "joined"),
    [
        ("Ana Bee", "Tom Bee", "phone:+9990001", False),  # a family's telephone
        ("Ana Bee", "A. Bee", "phone:+9990001", False),
        ("Ana Bee", "A. Bee", "email:ana@example.org", True),
        ("Ana Bee", "Ana", "phone:+9990001", True),
        ("Ana Bee", None, "phone:+9990001", True),
        ("Ana Bee", "Tom Quist", "email:home@example.org", False),
        ("Bill Bee", "William Bee", "email:wb@example.org", True),
        ("Анна Би", "Ana Bee", "email:ana@example.org", True),  # what cannot be compared does not contradict
        ("Ana Bee", "Tom Bee", "email:kontakt@example.org", False),
    ],
)  # fmt: skip
def test_evidence_whose_names_contradict_each_other_is_not_certain(
    tmp_path: Path, one: str, other: str | None, token: str, joined: bool
) -> None:
    x = reading("x", "2024-01-01", **accounts(("1", one), same_as=[token]))
    book = reading("contacts", "2024-01-01", **accounts(("2", other), same_as=[token]))
    con = core(tmp_path, {"a": x, "b": book})
    assert con.execute("select count(distinct person) = 1 from core.person").fetchone() == (joined,)
    assert (("contacts:2", "x:1") in asked(con)) == (not joined and "kontakt" not in token)


def test_two_cards_of_one_address_book_are_asked_about(tmp_path: Path) -> None:
    token = ["phone:+9990001"]
    con = core(tmp_path, {"a": reading("contacts", "2024-01-01", **accounts(("1", "Ana Bee"), ("2", "Ana Bee"), same_as=token))})
    assert asked(con)[("contacts:1", "contacts:2")][0] > 0.7


def test_what_the_owner_has_said_is_not_asked_again(tmp_path: Path) -> None:
    archives = {
        "a": reading("x", "2024-01-01", **accounts(("1", "Ana Bee"), ("2", "Tom Quist"), ("3", "Ida Wick"))),
        "b": reading("contacts", "2024-01-01", **accounts(("a", "Ana Bee"), ("b", "Tom Quist"), ("c", "Ida Wick"))),
    }
    assert len(asked(core(tmp_path / "before", archives))) == 3
    people = "account,person,not_same_as\nx:1,,x:9; contacts:a\nx:2,Tom,\ncontacts:b,Thomas,\nx:3,Ida,\ncontacts:c,Ida,\n"
    assert asked(core(tmp_path / "after", archives, people=people)) == {}


def test_a_file_keeps_what_a_hand_wrote(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("\ufeff" + HAND, encoding="utf-8")
    sheet = Sheet(path, PEOPLE)
    sheet.put("x:cy", person="Cy")
    sheet.save()
    again = Sheet(path, PEOPLE)
    assert path.read_text().splitlines()[0].startswith("Account,person,note,pin,me,")
    assert again.rows[:4] == [r | dict.fromkeys(again.header[len(r) :], "") for r in Sheet(_written(tmp_path, HAND), PEOPLE).rows]
    assert again.row("x:ana")["note"] == "two, lines\nof it"
    assert again.row("x:cy")["person"] == "Cy"
    assert oct(path.stat().st_mode & 0o777) == "0o600"


def _written(folder: Path, text: str) -> Path:
    path = folder / "as_written.csv"
    path.write_text(text)
    return path


def test_confirming_and_undoing_leave_nothing_behind(tmp_path: Path) -> None:
    """In whatever order pairs are confirmed, rejected and undone: groups are the confirmed pairs, and undone is undone."""
    names = [f"x:{n}" for n in range(6)]
    for seed in range(60):
        rng = random.Random(seed)
        home = Home(tmp_path / str(seed)).make()
        home.people.write_text(HAND.replace("x:bo", names[0]))
        before = Sheet(home.people, PEOPLE).rows
        book, said = People(home), {}
        for _ in range(12):
            pair = tuple(sorted(rng.sample(names, 2)))
            act = rng.choice(("confirm", "confirm", "reject", "undo"))
            book.confirm(pair, "Ana Bee") if act == "confirm" else getattr(book, act)(pair)
            said[pair] = act
            book.sheet.save()
            book = People(home)
        confirmed = {pair for pair, act in said.items() if act == "confirm"}
        assert {pair for pair, verdict in book.decided().values() if verdict == "confirmed"} == confirmed
        person = {n: book.sheet.row(n).get("person", "") for n in names}
        for a in names:
            for b in names:
                group = _reach(a, confirmed)
                assert a == b or (person[a] == person[b] != "") == (b in group), (seed, a, b, person, confirmed)
        assert person[names[0]] == "Bo Bee"
        for pair in said:
            book.undo(pair)
        assert [{k: v for k, v in r.items() if v} for r in book.sheet.rows] == [{k: v for k, v in r.items() if v} for r in before]


def _reach(start: str, pairs: set[tuple[str, str]]) -> set[str]:
    found, size = {start}, 0
    while size < len(found):
        size = len(found)
        found |= {x for pair in pairs if found & set(pair) for x in pair}
    return found


def test_who_a_hand_named_apart_is_not_joined(tmp_path: Path) -> None:
    home = Home(tmp_path).make()
    home.people.write_text("account,person\nx:1,Ana\ncontacts:1,Anna\n")
    with pytest.raises(NamedApart):
        People(home).confirm(("contacts:1", "x:1"), "Ana")


def test_two_namesakes_confirmed_are_two_people(tmp_path: Path) -> None:
    book = People(Home(tmp_path).make())
    book.confirm(("contacts:1", "x:1"), "Jo Smith")
    book.confirm(("contacts:2", "x:2"), "Jo Smith")
    assert [book.sheet.row(a)["person"] for a in ("x:1", "contacts:1", "x:2", "contacts:2")] == ["Jo Smith"] * 2 + [
        "Jo Smith 2"
    ] * 2


ACTS = [
    {"id": "1", "direction": "received", "value_kind": "introduction", "text": "meet Dee", "on": "2024-05-01"},
    {"id": "2", "direction": "given", "value_kind": "offer", "text": "a desk for you", "on": "2024-05-02"},
    {"id": "3", "value_kind": "gift", "proven": True, "text": "a book", "on": "2024-05-03"},
    {"id": "4", "value_kind": "talk", "text": "hello", "on": "2024-05-04"},
]  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home whose warehouse was built, with two suggestions and two kinds to confirm."""
    build(tmp_path)
    return Home(tmp_path)


def build(folder: Path) -> None:
    x = reading("x", "2024-06-01", ACTS, **accounts(("1", "Ana Bee"), ("2", "Tom Quist"), ("ana", "Ida Wick")))
    book = reading("contacts", "2024-06-01", **accounts(("a", "Ana Bee"), ("b", "Tom Quist")))
    with core(folder, {"a" * 64: x, "b" * 64: book}) as con:
        warehouse.build(con, ["measure"])
    (folder / "counted.duckdb").replace(Home(folder).warehouse)


@pytest.fixture
def told(home: Home, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    def ask(*words: str, code: int = 0) -> Any:
        capsys.readouterr()
        assert run([*words, "--home", str(home.root), "--json"]) == code
        out = capsys.readouterr().out
        return json.loads(out) if out else None

    return ask


def test_people_confirm_reject_undo(home: Home, told: Callable[..., Any]) -> None:
    ana, tom = (pair_id(("x:1", "contacts:a")), pair_id(("x:2", "contacts:b")))
    listed = told("people")
    assert {row["suggestion_id"] for row in listed} == {ana, tom}
    assert listed[0]["reason"] == "the same name"
    told("people", "--confirm", ana)
    told("people", "--reject", tom)
    assert told("people") == []
    build(home.root)  # the next night: the one is one person, the other is not asked about
    assert told("people") == []
    assert {(row["id"], row["verdict"]) for row in told("people", "--decided")} == {(ana, "confirmed"), (tom, "rejected")}
    told("people", "--undo", ana, tom)
    assert Sheet(home.people, PEOPLE).rows == []
    build(home.root)
    assert len(told("people")) == 2
    for words in (["--confirm", "nobody"], ["--confirm"], [ana], ["--confirm", "--reject", ana], ["--undo", ana]):
        told("people", *words, code=2)


def test_kinds_confirm_reject_undo(home: Home, told: Callable[..., Any]) -> None:
    offer, introduction = told("kinds")
    assert (offer["value_kind"], offer["text"], offer["name"]) == ("offer", "a desk for you", "Ida Wick")
    told("kinds", "--confirm", introduction["act_id"][:8])
    told("kinds", "--reject", offer["act_id"])
    assert told("kinds") == []
    said = [f"{introduction['act_id']},introduction,confirmed", f"{offer['act_id']},offer,rejected"]
    assert home.kinds.read_text().splitlines()[1:] == said
    build(home.root)
    assert told("kinds") == []
    assert {row["verdict"] for row in told("kinds", "--decided")} == {"confirmed", "rejected"}
    told("kinds", "--undo", offer["act_id"], introduction["act_id"])
    assert [row["act_id"] for row in told("kinds")] == [offer["act_id"], introduction["act_id"]]
    told("kinds", "--undo", offer["act_id"], code=2)
