"""Core: every act once, accounts tied to people by certain evidence only, templates found, in whatever order archives come."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from tests.ledgers import core, day, reading

BOTH = [("message", "given"), ("message", "received")]


def rows(con, query: str) -> list[tuple]:
    return con.execute(query).fetchall()


def test_an_act_in_two_overlapping_exports_is_one_and_the_later_export_wins(tmp_path: Path) -> None:
    old = reading("x", "2024-01-01", [{"id": "1", "on": "2023-05-01", "text": "old words"}, {"id": "2", "on": "2023-06-01"}])
    new = reading("x", "2024-09-01", [{"id": "1", "on": "2023-05-01", "text": "the words of today"}])
    con = core(tmp_path, {"a" * 64: old, "b" * 64: new})
    assert rows(con, "select happened_at::date::varchar, words, archive[1] from core.act order by 1") == [
        ("2023-05-01", 4, "b"),
        ("2023-06-01", 2, "a"),
    ]
    assert rows(con, "select archive[1], acts, kept_acts, merged from core.archive order by 1") == [
        ("a", 2, 1, 1),
        ("b", 1, 1, 0),
    ]


def test_a_later_export_that_names_nobody_does_not_take_a_person_away(tmp_path: Path) -> None:
    told = reading("x", "2024-01-01", [{"id": "1", "counterparts": ["ana"]}], accounts=[{"key": "ana", "name": "Ana Example"}])
    untold = reading("x", "2024-09-01", [{"id": "1", "counterparts": []}])
    con = core(tmp_path, {"a" * 64: told, "b" * 64: untold})
    assert rows(con, "select account_key, archive[1] from core.act") == [("ana", "a")]


def test_two_alike_in_one_export_are_two_and_merge_by_the_larger_count(tmp_path: Path) -> None:
    twice = reading("x", "2024-01-01", [{"id": "1"}, {"id": "1"}])
    once = reading("x", "2024-09-01", [{"id": "1"}])
    assert rows(core(tmp_path, {"a": twice, "b": once}), "select count(*) from core.act") == [(2,)]


def test_the_order_of_archives_is_irrelevant(tmp_path: Path) -> None:
    made = [
        reading("x", f"2024-0{n}-01", [{"id": str(i), "on": "2023-05-01"} for i in range(n, n + 3)], sees=BOTH) for n in (1, 2, 3)
    ]
    told = set()
    for n, order in enumerate(itertools.permutations(range(3))):
        con = core(tmp_path / str(n), {"abc"[place]: made[i] for place, i in enumerate(order)})
        told.add(tuple(rows(con, "select act_id, happened_at, two_sided, words from core.act order by all")))
    assert len(told) == 1


def test_two_sided_needs_both_sides_seen_by_archives_of_one_account_at_that_time(tmp_path: Path) -> None:
    given = reading(
        "x", "2024-01-01", [{"id": "1", "on": "2023-05-01"}, {"id": "2", "on": "2020-05-01"}, {"id": "3"}], sees=[BOTH[0]]
    )
    received = reading("x", "2024-01-01")
    received.sees("message", "received", since=day("2022-01-01"), claim="test")
    con = core(tmp_path, {"a": given, "b": received})
    assert rows(con, "select happened_at::date::varchar, two_sided from core.act order by 1 nulls last") == [
        ("2020-05-01", False),
        ("2023-05-01", True),
        (None, False),
    ]
    stranger = reading("x", "2024-01-01", owner="somebody else", sees=[BOTH[1]])
    con = core(tmp_path / "apart", {"a": given, "b": stranger})
    assert rows(con, "select distinct two_sided from core.act") == [(False,)]


def test_an_unnamed_side_is_no_side(tmp_path: Path) -> None:
    found = reading("x", "2024-01-01", [{"id": "1", "on": "2023-05-01"}], sees=[BOTH[1]])
    found.sees("message", "given", named=False, claim="test")
    assert rows(core(tmp_path, {"a": found}), "select two_sided from core.act") == [(False,)]


def test_a_note_sent_with_an_invitation_is_also_the_first_message(tmp_path: Path) -> None:
    acts = [
        {"id": "i", "on": "2024-02-01", "channel": "invitation", "text": "we met at the fair"},
        {"id": "m", "on": "2024-02-03", "text": "we met at the fair"},
        {"id": "n", "on": "2024-02-04", "text": "we met at the fair"},
    ]
    con = core(tmp_path, {"a": reading("linkedin", "2024-03-01", acts)})
    assert rows(con, "select channel, happened_at::date::varchar from core.act order by 2") == [
        ("invitation", "2024-02-01"),
        ("message", "2024-02-04"),
    ]
    assert rows(con, "select rule from core.act_merged") == [("invitation note",)]
    assert rows(con, "select acts, kept_acts, merged from core.archive") == [(3, 2, 1)]


def test_a_notification_mail_is_not_counted_beside_the_export(tmp_path: Path) -> None:
    act = {"direction": "received", "channel": "comment", "on": "2024-02-01T10:00"}
    mails = [
        act | {"id": "m1", "evidence": "notification", "on": "2024-02-01T12:00"},
        act | {"id": "m2", "evidence": "notification", "on": "2024-05-01"},
        act | {"id": "m3", "evidence": "notification", "on": "2024-02-10T12:00", "channel": "mention"},  # an answer, to the mail
    ]
    told = [act | {"id": "e"}, act | {"id": "e3", "on": "2024-02-10T11:00"}]
    con = core(tmp_path, {"a": reading("github", "2024-03-01", told), "b": reading("github", "2024-06-01", mails)})
    assert rows(con, "select evidence, happened_at::date::varchar from core.act order by 2") == [
        ("export", "2024-02-01"),
        ("export", "2024-02-10"),
        ("notification", "2024-05-01"),
    ]


PEOPLE = [
    {"key": "ana", "name": "Ana A", "same_as": ["email:ana@example.org"]},
    {"key": "bo", "name": "Bo B", "same_as": ["email:info@example.org", "phone:+4930123"]},
    {"key": "cy", "name": "Cy C", "same_as": ["phone:+4930123"]},
]


def test_people_are_tied_by_certain_evidence_only(tmp_path: Path) -> None:
    x = reading("x", "2024-01-01", accounts=PEOPLE)
    book = reading(
        "contacts", "2024-01-01",
        accounts=[{"key": "1", "name": "A.", "same_as": ["email:ana@example.org", "url:https://example.org/ana"]},
                  {"key": "2", "name": "Bo B", "same_as": ["email:info@example.org"]},
                  {"key": "3", "name": "Cy C", "same_as": ["phone:+4930123"]}],
    )  # fmt: skip
    site = reading("mastodon", "2024-01-01", accounts=[{"key": "ana@example.org", "url": "https://example.org/ana/"}])
    con = core(tmp_path, {"a": x, "b": book, "c": site})
    tied = rows(con, "select list(name order by name) from core.person group by person having count(*) > 1 order by 1")
    # A role address ties nobody; a telephone that two accounts of one platform hold ties nobody; names alone never do.
    assert tied == [(["contacts:1", "mastodon:ana@example.org", "x:ana"],)]


def test_people_csv_ties_and_parts(tmp_path: Path) -> None:
    x = reading("x", "2024-01-01", accounts=PEOPLE)
    book = reading("contacts", "2024-01-01", accounts=[{"key": "1", "same_as": ["email:ana@example.org"]}, {"key": "2"}])
    people = "account,person,not_same_as,pin\nx:bo,Bo,,\ncontacts:2,Bo,,keep\nx:ana,,contacts:1,\n"
    con = core(tmp_path, {"a": x, "b": book}, people=people)
    tied = rows(con, "select list(name order by name) from core.person group by person having count(*) > 1")
    assert tied == [(["contacts:2", "x:bo"],)]


def test_the_owner_organisations_and_mere_senders_of_mail_are_no_connections(tmp_path: Path) -> None:
    x = reading(
        "x", "2024-01-01",
        [{"id": "1", "counterparts": ["ana"]}, {"id": "2", "counterparts": ["me"]}, {"id": "3", "counterparts": ["shop"]}],
        accounts=[{"key": "shop", "account_kind": "organisation"}, {"key": "me", "name": "Owner"}],
    )  # fmt: skip
    mails = [
        {"id": "m1", "channel": "mail", "direction": "received", "counterparts": ["s@example.org"]},
        {"id": "m2", "channel": "mail", "direction": "received", "counterparts": ["f@example.org"]},
        {"id": "m3", "channel": "mail", "direction": "given", "counterparts": ["f@example.org"]},
    ]
    con = core(tmp_path, {"a": x, "b": reading("mail", "2024-01-01", mails)})
    assert rows(con, "select name from core.connection order by 1") == [("ana",), ("f@example.org",)]
    assert rows(con, "select count(*) from core.act") == [(6,)]


SENTENCE = (
    "we would love to see you at our little spring fair in the old harbour next week"
    " because it is the very best day of the whole long year"
)


@pytest.mark.parametrize(("people", "templated"), [(2, 0), (3, 3)])
def test_nearly_the_same_text_to_two_others_is_a_template(tmp_path: Path, people: int, templated: int) -> None:
    acts = [{"id": str(i), "counterparts": [f"p{i}"], "text": f"{SENTENCE} {'friend' * (i + 1)}"} for i in range(people)]
    acts += [{"id": "other", "counterparts": ["p9"], "text": "how was the exam that you wrote about in your last letter to me"}]
    con = core(tmp_path, {"a": reading("x", "2024-01-01", acts)})
    assert rows(con, "select count(*) from core.act where templated") == [(templated,)]


def test_one_text_to_one_person_again_and_again_is_no_template(tmp_path: Path) -> None:
    acts = [{"id": str(i), "text": SENTENCE} for i in range(5)]
    assert rows(core(tmp_path, {"a": reading("x", "2024-01-01", acts)}), "select count(*) from core.act where templated") == [
        (0,)
    ]


def test_states_are_those_of_the_newest_export_not_after_t(tmp_path: Path) -> None:
    old = reading("x", "2023-01-01", states=[{"key": "ana"}, {"key": "bo"}])
    new = reading("x", "2024-01-01", states=[{"key": "ana"}])
    later = reading("x", "2026-01-01", states=[{"key": "cy"}])
    con = core(tmp_path, {"a": old, "b": new, "c": later})
    assert rows(con, "select key from core.state_now") == [("ana",)]
    con = core(tmp_path / "then", {"a": old, "b": new, "c": later}, as_of=day("2023-06-01").replace(tzinfo=None))
    assert rows(con, "select key from core.state_now order by 1") == [("ana",), ("bo",)]


def test_two_exports_in_one_folder_list_everybody_once_and_are_whole_only_together(tmp_path: Path) -> None:
    old = reading("x", "2023-01-01", states=[{"key": "ana"}])
    new = reading("x", "2024-01-01", states=[{"key": "bo", "record": "7:0"}])
    new.listing("follow", "given", complete=False)
    con = core(tmp_path, {"a": [old, new]})
    assert rows(con, "select key, is_complete from core.state order by 1") == [("ana", False), ("bo", False)]


def test_an_act_to_two_accounts_of_one_person_is_one_row(tmp_path: Path) -> None:
    act = {"id": "1", "counterparts": ["ana", "ana2", "bo"], "n_targets": 3}
    con = core(tmp_path, {"a": reading("x", "2024-01-01", [act])}, people="account,person\nx:ana,Ana\nx:ana2,Ana\n")
    assert rows(con, "select count(*) from core.act") == [(2,)]


def test_introductions_name_a_connection_where_exactly_one_fits(tmp_path: Path) -> None:
    act = {"direction": "received", "value_kind": "introduction", "on": "2024-01-01"}
    acts = [act | {"id": "1", "introduces": ["Bo B"]}, act | {"id": "2", "introduces": ["Ana A"]}]
    acts += [{"id": "3", "counterparts": ["bo"]}, {"id": "4", "counterparts": ["ana2"]}]
    accounts = [*PEOPLE, {"key": "ana2", "name": "Ana A"}]
    con = core(
        tmp_path, {"a": reading("x", "2024-06-01", acts, accounts=accounts)}, people="account,introduced_by\nx:ana2,x:ana\n"
    )
    named = rows(
        con, "select a.name, b.name from core.introduction i join core.connection a using (connection_id)"
        " join core.connection b on b.connection_id = i.introduced_id order by all"
    )  # fmt: skip
    assert named == [("Ana A", "Ana A"), ("Ana A", "Bo B")]


def test_the_ledger_speaks_of_the_one_account_that_fits(tmp_path: Path) -> None:
    names = ["Ana A", "x:bo", "Cy C", "Dee"]
    ledger = reading("ledger", "2024-06-01", accounts=[{"key": n, "name": n} for n in names])
    x = reading("x", "2024-01-01", accounts=[*PEOPLE, {"key": "cy2", "name": "Cy C"}, {"key": "dd", "name": "D. D."}])
    con = core(tmp_path, {"a": x, "b": ledger}, people="account,person\nx:dd,Dee\n")
    tied = rows(con, "select list(name order by name) from core.person group by person having count(*) > 1 order by 1")
    assert tied == [(["ledger:Ana A", "x:ana"],), (["ledger:Dee", "x:dd"],), (["ledger:x:bo", "x:bo"],)]


def test_introduced_by_may_name_an_account_or_a_person(tmp_path: Path) -> None:
    people = "account,person,introduced_by\nx:ana,Ana,\nx:bo,,Ana\nx:cy,,x:ana\n"
    accounts = [{"key": k} for k in ("ana", "bo", "cy")]
    acts = [{"id": k, "counterparts": [k]} for k in ("ana", "bo", "cy")]
    con = core(tmp_path, {"a": reading("x", "2024-01-01", acts, accounts=accounts)}, people=people)
    named = rows(
        con, "select a.name, b.name from core.introduction i join core.connection a using (connection_id)"
        " join core.connection b on b.connection_id = i.introduced_id order by all"
    )  # fmt: skip
    assert named == [("Ana", "bo"), ("Ana", "cy")]


def test_two_keys_of_one_page_on_a_platform_are_one_person(tmp_path: Path) -> None:
    x = reading("x", "2024-01-01", accounts=[{"key": "12", "url": "https://x.example.org/ana"}])
    told = reading("x", "2024-02-01", accounts=[{"key": "@ana", "url": "https://x.example.org/Ana/"}])
    con = core(tmp_path, {"a": x, "b": told})
    assert rows(con, "select count(distinct person) from core.person") == [(1,)]


def test_a_field_that_a_newer_export_never_fills_is_told(tmp_path: Path) -> None:
    def export(on: str, n: int, **told: object) -> object:
        return reading("x", on, [{"id": f"{on}-{i}", "on": "2023-05-01", "text": "some words", **told} for i in range(n)])

    old, new = export("2024-01-01", 30, thread="t"), export("2024-09-01", 25)
    few, other = export("2024-10-01", 5, text=None), export("2024-11-01", 25, text=None, thread="t")
    con = core(tmp_path, {"a" * 64: old, "b" * 64: new, "c" * 64: few, "d" * 64: other})
    assert rows(con, "select archive[1], platform, channel, direction, field, acts from core.fallen_silent order by all") == [
        ("b", "x", "message", "given", "thread", 25),
        ("d", "x", "message", "given", "words", 25),
    ]
    assert rows(core(tmp_path / "same", {"a" * 64: old, "b" * 64: old}), "from core.fallen_silent") == []
