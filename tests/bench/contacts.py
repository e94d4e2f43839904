"""Write a synthetic address book as Google Takeout makes it: N cards; the same bytes for the same seed.

    python -m tests.bench.contacts TARGET.vcf [N] [SEED]
"""

from __future__ import annotations

import random
import sys
from pathlib import Path


def write(target: Path, n: int, seed: int = 7) -> None:
    """A file, or a folder it is written into."""
    path = target / "All Contacts.vcf" if target.is_dir() else target
    rng = random.Random(seed)
    with path.open("w", encoding="utf-8", newline="\r\n") as f:
        for i in range(n):
            f.write(
                f"BEGIN:VCARD\nVERSION:3.0\nFN:Persön {i}\nN:{i};Persön;;;\nEMAIL;TYPE=INTERNET;TYPE=HOME:person{i}@example.com\n"
                f"TEL;TYPE=CELL:+1 202 555 0{rng.randrange(100, 200)}\nitem1.URL:https\\://example.org/{i}\n"
                f"item1.X-ABLabel:Profile\nORG:Example {rng.randrange(50)}\nTITLE:Head of a long name of somethi\n ng\n"
                f"NOTE:{'a note on somebody ' * rng.randrange(6)}\nCATEGORIES:myContacts\nEND:VCARD\n"
            )


def floor(path: Path) -> int:
    """The fastest plain reader: unfolded, split, the lines of each card by their names."""
    path = next(path.glob("*.vcf")) if path.is_dir() else path
    lines = path.read_text(encoding="utf-8").replace("\r\n", "\n").replace("\n ", "").split("\n")
    cards: list[dict[str, list[str]]] = []
    for line in lines:
        name, _, value = line.partition(":")
        if name == "BEGIN":
            cards.append({})
        elif value:
            cards[-1].setdefault(name.partition(";")[0], []).append(value)
    return len(cards)


if __name__ == "__main__":
    write(Path(sys.argv[1]), *(int(a) for a in sys.argv[2:]))
