"""Calendars as bytes from anybody; and the samples, where they are."""

from __future__ import annotations

import time
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.exports import facts, law
from transforms.act import Owner

CASES = Path(__file__).parent
FILES = sorted(f for f in CASES.glob("*/archive/**/*.ics") if f.stat().st_size)
EVENT = """BEGIN:VCALENDAR
BEGIN:VEVENT
UID:1
DTSTAMP:20240401T000000Z
DTSTART;TZID=Europe/Berlin:20240325T100000
RRULE:{rule}
ORGANIZER:mailto:owner@example.org
ATTENDEE:mailto:ben@example.com
END:VEVENT
END:VCALENDAR
"""


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_cut_and_spoilt_files_lose_nothing_and_raise_nothing(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    raw = bytearray(data.draw(st.sampled_from(FILES)).read_bytes())
    for at, junk in data.draw(st.lists(st.tuples(st.integers(0, len(raw) - 1), st.binary(min_size=1, max_size=3)), max_size=12)):
        raw[at : at + len(junk)] = junk
    path = tmp_path_factory.mktemp("spoilt") / "a.ics"
    path.write_bytes(bytes(raw[: data.draw(st.integers(1, len(raw)))]))
    assert law(facts("calendar", path)) == []


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=DAILY", ["25", "26", "27", "28", "29", "30", "31"]),
        ("FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20240327", ["25", "27"]),
        ("FREQ=DAILY;UNTIL=20240326T080000Z", ["25"]),
        ("FREQ=DAILY;COUNT=2", ["25", "26"]),
        ("FREQ=MONTHLY;BYDAY=-1MO", ["25"]),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", []),
        ("FREQ=MINUTELY", []),
        ("FREQ=DAILY;INTERVAL=0", []),
        ("FREQ=WEEKLY;BYDAY=XX", []),
        ("FREQ=YEARLY;BYSETPOS=400;BYDAY=MO", []),
    ],
)  # fmt: skip
def test_rules_end_with_the_export_and_at_once(rule: str, days: list[str], tmp_path: Path) -> None:
    (tmp_path / "a.ics").write_text(EVENT.format(rule=rule))
    begun = time.perf_counter()
    found = facts("calendar", tmp_path / "a.ics")
    assert time.perf_counter() - begun < 20
    acts = found.filter((pl.col("fact") == "act") & (pl.col("direction") == "given")).sort("happened_at")
    told = acts["happened_at"].dt.convert_time_zone("Europe/Berlin").dt.strftime("%d %H:%M")
    assert told.to_list() == [f"{d} 10:00" for d in days]
    assert law(found) == []


def test_events_in_another_order_and_twice_say_the_same(tmp_path: Path) -> None:
    source = CASES / "google/archive/Takeout/Calendar/owner@example.org.ics"
    head, *events = source.read_text().split("BEGIN:VEVENT")
    events[-1] = events[-1].partition("BEGIN:VTODO")[0]
    told = []
    for i, order in enumerate((events, events[::-1], events * 2)):
        path = tmp_path / f"{i}.ics"
        path.write_text("BEGIN:VEVENT".join([head, *order]) + "END:VCALENDAR\n")
        acts = facts("calendar", path).filter(pl.col("fact") == "act")
        told.append(acts.select("act_id", "channel", "direction", "counterparts", "n_targets").sort("act_id"))
    assert told[0].equals(told[1])
    assert told[0].equals(told[2])


def test_nobody_known_as_the_owner_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.ics").write_text(EVENT.format(rule="FREQ=DAILY"))
    found = facts("calendar", tmp_path / "a.ics", owner=Owner())
    assert law(found) == []
    assert "people.csv" in found.filter(pl.col("severity") == "problem")["reason"].item()


def test_samples(samples: Path) -> None:
    for name in ("calendar", "google_takeout"):
        assert law(facts("calendar", samples / name)) == []
