"""Write a synthetic calendar as Google Takeout makes it: N events, a third of which name somebody; the same for the same seed.

    python -m tests.bench.calendar TARGET.ics [N] [SEED]
"""

from __future__ import annotations

import random
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

START = datetime(2010, 1, 1, tzinfo=UTC)


def write(target: Path, n: int, seed: int = 7) -> None:
    """A file, or a folder it is written into."""
    path = target / "owner@example.org.ics" if target.is_dir() else target
    rng = random.Random(seed)
    with path.open("w", encoding="utf-8", newline="\r\n") as f:
        f.write("BEGIN:VCALENDAR\nPRODID:-//Google Inc//Google Calendar 70.9054//EN\nVERSION:2.0\n")
        for i in range(n):
            at = START + timedelta(minutes=80 * i)
            people = ["owner@example.org", *(f"person{rng.randrange(500)}@example.com" for _ in range(rng.choice((0, 0, 1, 3))))]
            f.write(f"BEGIN:VEVENT\nDTSTART:{at:%Y%m%dT%H%M%SZ}\nDTEND:{at:%Y%m%dT%H%M%SZ}\nDTSTAMP:20260101T000000Z\n")
            f.write(f"ORGANIZER;CN=Somebody:mailto:{rng.choice(people)}\nUID:event{i}@google.com\n")
            for person in people:
                f.write(
                    "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN=Person\n"
                    f"  Beispiel;X-NUM-GUESTS=0:mailto:{person}\n"
                )
            f.write(
                f"CREATED:{at - timedelta(days=3):%Y%m%dT%H%M%SZ}\nDESCRIPTION:{'a long text about it ' * rng.randrange(12)}\n"
            )
            f.write(
                "STATUS:CONFIRMED\nSUMMARY:Meeting\nBEGIN:VALARM\nACTION:DISPLAY\nTRIGGER:-P0DT0H30M0S\nEND:VALARM\nEND:VEVENT\n"
            )
        f.write("END:VCALENDAR\n")


def floor(path: Path) -> int:
    """The fastest plain reader: unfolded, split, the lines of each event by their names."""
    path = next(path.glob("*.ics")) if path.is_dir() else path
    lines = path.read_text(encoding="utf-8").replace("\r\n", "\n").replace("\n ", "").split("\n")
    events: list[dict[str, list[str]]] = [{}]
    for line in lines:
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            events.append({})
        elif value:
            events[-1].setdefault(name.partition(";")[0], []).append(value)
    return len(events) - 1


if __name__ == "__main__":
    write(Path(sys.argv[1]), *(int(a) for a in sys.argv[2:]))
