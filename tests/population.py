"""A network of known truth: people with accounts on five platforms, and everything that makes them hard to tell apart.

Namesakes and a few very common names, nicknames, initials, accents, typing errors, a new family name after a marriage,
families that share a telephone or an e-mail address, desks with an address of their own, address books that say "Mum".
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime

import polars as pl

from transforms.act import Reading

_GIVEN = (
    "william robert elizabeth margaret katherine thomas michael jennifer alexander christopher samuel benjamin daniel susan"
    " anna maria johannes katharina matthias stefanie wolfgang jürgen björn zoë josé sofía françois chloé ivan dmitri elena"
    " olga tatiana yusuf amina kenji noor priya arjun mei lin omar leila nadia hugo emma lucas nora finn ida"
)
GIVEN = _GIVEN.split()
NICK = {
    "william": "bill", "robert": "bob", "elizabeth": "liz", "margaret": "peggy", "katherine": "kate", "thomas": "tom",
    "michael": "mike", "jennifer": "jenny", "alexander": "alex", "christopher": "chris", "samuel": "sam", "benjamin": "ben",
    "daniel": "dan", "susan": "sue", "johannes": "hannes", "katharina": "kathi", "stefanie": "steffi", "dmitri": "dima",
    "tatiana": "tanya", "elena": "lena", "josé": "pepe",
}  # fmt: skip
_START = "ash brack cor dal elm fen gal har ing kest lark mill nor oak pell quar ros sil tal umber vale wex yarrow zand"
_END = "by combe dale ermoor ford grove haven ingham kerk ley mere ness over quist rick stede thorpe wick wood worth"
START, END = _START.split(), _END.split()
COMMON = ("smith", "müller", "garcia", "lee", "novak", "hansen", "silva", "kim")
MARK = {"ü": "ue", "ö": "o", "ë": "e", "é": "e", "í": "i", "ç": "c"}


def population(people: int, seed: int = 7) -> tuple[dict[str, Reading], dict[str, int]]:
    """Readings by archive, and the person behind each account (`platform:key`)."""
    rng = random.Random(seed)
    rows: dict[str, list[dict]] = {p: [] for p in ("linkedin", "x", "contacts", "whatsapp", "email")}
    truth: dict[str, int] = {}
    families = [(rng.choice(COMMON) if rng.random() < 0.2 else rng.choice(START) + rng.choice(END)) for _ in range(people // 2)]
    for n in range(people):
        for platform, row in _person(rng, n, families[rng.randrange(len(families))] if rng.random() < 0.6 else families[n // 3]):
            name = f"{platform}:{row['key']}"
            if truth.setdefault(name, n) == n:
                rows[platform].append(row)
    made = datetime(2024, 6, 1, tzinfo=UTC)
    found = {}
    for platform, listed in rows.items():
        reading = found[platform] = Reading(platform, owner_key="me", exported_at=made)
        frame = pl.DataFrame(listed, schema_overrides={"same_as": pl.List(pl.String)}, infer_schema_length=None)
        reading.accounts(frame)
        reading.states(frame.select("key", state=pl.lit("contact"), direction=pl.lit("given"), record=pl.lit("1:0")))
        reading.listing("contact", "given", complete=True)
    return found, truth


def _person(rng: random.Random, n: int, family: str) -> Iterator[tuple[str, dict]]:
    """The accounts of one person."""
    given = rng.choice(GIVEN[n % 3 :: 3])  # nobody names two children alike
    name = f"{given} {family}".title()
    house = n // 3  # three people in a row may be one family
    mobile, landline = f"phone:+999{n:07d}", f"phone:+998{house:07d}"
    mail = f"{_plain(given)}.{_plain(family)}{n}@example.org"
    company = f"Firm {rng.randrange(200)}"
    desk = rng.choice(("info", "kontakt", "reception", "front.desk")) + f"@{company[5:]}.example.com"
    later = f"{given} {rng.choice(START)}{rng.choice(END)}".title() if rng.random() < 0.03 else name
    nick = NICK.get(given, given)
    handle = rng.choice(
        (f"{_plain(given)}{_plain(family)}", f"{_plain(given)}_{_plain(family)}{n % 90}", f"{rng.choice(START)}{n}")
    )

    def some(share: float, *tokens: str) -> list[str]:
        return [t for t in tokens if rng.random() < share]

    if rng.random() < 0.75:
        slug = f"{_plain(given)}-{_plain(family)}-{n:x}a{n % 7}"
        yield "linkedin", {
            "key": f"in/{slug}", "name": later, "handle": slug, "url": f"https://linkedin.example/in/{slug}", "identified": "url",
            "company": company, "same_as": some(0.25, f"email:{mail}") + some(0.03, f"email:{desk}"),
        }  # fmt: skip
    if rng.random() < 0.5:
        shown = rng.choice((name, f"{nick} {family}".title(), nick.title(), f"{given[0]}. {family}".title(), _typo(rng, name)))
        page = some(0.2, f"url:https://linkedin.example/in/{_plain(given)}-{_plain(family)}-{n:x}a{n % 7}")
        yield "x", {"key": str(10_000 + n), "name": shown, "handle": handle, "identified": "id", "same_as": page}
    if rng.random() < 0.6:
        written = rng.choice((name, name, f"{family}, {given}".title(), f"{nick} {family}".title(), _plain(name).title(),
                              f"{given[0]}. {family}".title(), f"Dr. {name}", "Mum", given.title()))  # fmt: skip
        yield "contacts", {
            "key": f"c{n}", "name": written, "company": rng.choice((company, None, None)), "identified": "id",
            "same_as": some(0.5, f"email:{mail}", mobile) + some(0.25, landline)
            + some(0.05, f"email:{desk}", f"email:home{house}@example.net"),
        }  # fmt: skip
    if rng.random() < 0.5:
        pushed = rng.choice((given.title(), name, nick.title(), f"{given.title()} \U0001f33b", "\U0001f33b", None))
        number = landline if pushed and given.title() in pushed and rng.random() < 0.08 else mobile
        yield "whatsapp", {"key": number[6:], "name": pushed, "identified": "phone", "same_as": [number]}
    if rng.random() < 0.45:
        address = f"home{house}@example.net" if rng.random() < 0.03 else mail
        shown = name if address != mail else rng.choice((name, name, None))
        yield "email", {"key": address, "name": shown, "identified": "email", "same_as": [f"email:{address}"]}


def _plain(text: str) -> str:
    return "".join(MARK.get(c, c) for c in text.lower())


def _typo(rng: random.Random, name: str) -> str:
    at = rng.randrange(3, len(name) - 1)
    return name[:at] + name[at + 1 :]
