"""Damage, change and repetition in YouTube's tables, and the real ones."""

from __future__ import annotations

import pytest

from tests.takeout import SAMPLES, cases, facts, files, grown_files, kept, sample, truncations

CASES = cases("youtube")


# Members that lean on each other: a reply of a pull needs its thread (tests/test_properties.py); a like is told by two.
@pytest.mark.parametrize("case", [c for c in CASES if not c.startswith("api") and c != "likes"])
def test_a_cut_member_costs_no_other(case: str) -> None:
    of = files("youtube", case)
    whole = facts("youtube", of)
    for number, path in enumerate(sorted(of), 1):
        for at, cut in truncations(of, path, 397):
            found = facts("youtube", cut)
            assert kept(found, number) == kept(whole, number), (path, at)
            if path.endswith(".csv"):  # what stands before the cut is read
                assert {k[:-1] for k in kept(found)[:-1]} <= {k[:-1] for k in kept(whole)}


@pytest.mark.parametrize("case", CASES)
def test_more_keys_change_nothing(case: str) -> None:
    of = files("youtube", case)
    assert kept(facts("youtube", grown_files(of))) == kept(facts("youtube", of))


def test_the_order_and_names_of_columns_do_not_matter() -> None:
    of = files("youtube", "2026-english")
    path = next(p for p in of if p.endswith("live chats.csv"))
    rows = [r.split(b",", 6) for r in of[path].split(b"\n") if r]
    turned = b"\n".join(b",".join([r[5], r[1], r[2], r[3], r[4], r[0], r[6]]) for r in rows)
    header, body = turned.split(b"\n", 1)
    other = of | {path: "Ã,É,Î,Õ,Ü,Ŵ,Ÿ\n".encode() + body}
    assert header.count(b",") == 6
    assert kept(facts("youtube", other)) == kept(facts("youtube", of))


@pytest.mark.parametrize("case", CASES)
def test_what_is_told_twice_counts_once(case: str) -> None:
    of = files("youtube", case)
    again = of | {p.replace(".csv", "(1).csv"): b for p, b in of.items()}
    ids = [{k[1] for k in kept(facts("youtube", f))} for f in (of, again)]
    assert ids[0] == ids[1]


@pytest.mark.skipif(not SAMPLES.exists(), reason="no samples here")
def test_real_tables_of_2025() -> None:
    """Its cells were emptied by hand, so all of it is problems; none is lost."""
    told = sample("youtube", "google_takeout/what-if-horizon+what-if-data-donation/_unpacked_YT_public_test_file.zip")
    assert told == {"records": 8, "problem": 8, "set aside": 0, "acts": 0}
