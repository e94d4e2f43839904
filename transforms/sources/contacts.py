"""Address books: vCards 2.1 to 4.0 (Google, Outlook, Android, iOS, macOS, Thunderbird) and the CSV of Google and Outlook.

Identity only: who somebody is across platforms (e-mail addresses, telephones, links the owner wrote down), and a state
`contact` without a date. RFC 6350; https://support.google.com/contacts/answer/7199294.
Traps: Google's cards have no id, so a person is known by the smallest e-mail address, else telephone, else name (namesakes
without either are one here); telephones wrapped in characters that turn the direction of writing; vCard 2.1 with soft
breaks; `* Other Contacts` are collected from mails, not chosen: accounts without a state; groups are no people. A telephone
without `+` is only asserted where the owner's time zone tells the country. A .vcf beside a chat was sent in it and is no
address book. Takeout holds a person once per label: told once.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

import phonenumbers
import polars as pl

from transforms import times
from transforms.act import Owner, Reading
from transforms.archive import Archive, Member, Unreadable, fold
from transforms.formats import contentlines, csvs
from transforms.formats.takeout import MEMBERS
from transforms.formats.told import TWICE, aside

TITLE = "Contacts"
VERSION = "2"
ASKS_OWNER = True
LAYOUTS = {"vCard": ("*.vcf", "*.vcard"), "CSV": ("*.csv",)}
IGNORES = {"Contacts/*/*.jpg": "pictures", "Kontakte/*/*.jpg": "pictures"}

_GOOGLE = {"firstname", "middlename", "lastname", "labels"}
_GOOGLE_OLD = {"name", "givenname", "familyname", "groupmembership"}
_OUTLOOK = {"firstname", "lastname", "emailaddress", "email2address"}
_CHATS = ("_chat.txt", "whatsapp chat*.txt", "result.json", "messages*.html", "messages.json", "group_info.json")
_OTHERS = (
    r"\b(other contacts|andere kontakte|weitere kontakte|autres contacts|otros contactos|altri contatti|andere contacten"
    r"|outros contatos|övriga kontakter)\b"
)
_ALL = (
    r"(^|/)(all contacts|alle kontakte|tous les contacts|todos los contactos|tutti i contatti|alle contacten|todos os contatos)\."
)
_TURNS = "[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]"
_READ = (  # properties, and those that say where a card begins and ends
    "BEGIN", "END", "FN", "N", "NICKNAME", "ORG", "TITLE", "EMAIL", "TEL", "URL", "X-SOCIALPROFILE", "IMPP", "CATEGORIES", "KIND",
    "X-ADDRESSBOOKSERVER-KIND",
)  # fmt: skip
_CARD: dict[str, pl.DataType | type[pl.DataType]] = {
    "member": pl.Int32, "i": pl.Int64, "name": pl.String,
    "company": pl.String, "position": pl.String, "emails": pl.List(pl.String),
    "phones": pl.List(pl.String), "urls": pl.List(pl.String), "chosen": pl.Boolean, "person": pl.Boolean,
}  # fmt: skip


def claims(archive: Archive) -> list[Member]:
    """vCards that are no attachment of a chat, and the tables whose columns are an address book's."""
    chats = {m.path[: -len(m.name)] for m in archive.find(*_CHATS)}
    crowds = {m.number for m in archive.find(*MEMBERS)}
    likely = [m for m in archive.find(*LAYOUTS["vCard"]) if m.number not in crowds and not _inside(m.path, chats)]
    cards = [m for m in likely if not m.size or b"BEGIN:VCARD" in archive.head(m).upper().replace(b"\x00", b"")]
    tables = [m for m in archive.find("*.csv") if csvs.header(archive.head(m), _GOOGLE, _GOOGLE_OLD, _OUTLOOK)]
    found = {m.number: m for m in cards + tables}
    found |= {m.number: m for m in archive.find(*IGNORES)} if found else {}
    return [found[n] for n in sorted(found)]


def _inside(path: str, chats: set[str]) -> bool:
    return any(path.startswith(folder) for folder in chats)


def read(archive: Archive, owner: Owner) -> Reading:
    """Every card of every file, one account per person."""
    reading = Reading("contacts")
    found, whole = [pl.DataFrame(schema=_CARD)], False
    ignored = {m.number for m in archive.find(*IGNORES)}
    for member in claims(archive):
        if member.number in ignored:
            continue
        try:
            data = archive.read(member)
            cards = _table(data, member, reading) if member.name.lower().endswith(".csv") else _cards(data, member, reading)
        except (Unreadable, csvs.NotCsv) as why:
            reading.member(member.number, 1)
            reading.problem(member.number, "-", str(why))
            continue
        if re.search(_OTHERS, fold(member.path)):
            cards = cards.with_columns(chosen=pl.lit(False))
        whole |= bool(re.search(_ALL, fold(member.path)))
        found.append(cards.select(pl.col(c).cast(t) for c, t in _CARD.items()))
    _tell(reading, pl.concat(found), owner)
    reading.listing("contact", "given", complete=whole)
    return reading


def _cards(data: bytes, member: Member, reading: Reading) -> pl.DataFrame:
    """The cards of a vCard file; a card that is cut off or has no name, address or number is a problem."""
    lines = contentlines.table(data)
    begins = (pl.col("name") == "BEGIN") & (pl.col("value").str.strip_chars().str.to_uppercase() == "VCARD")
    ends = (pl.col("name") == "END") & (pl.col("value").str.strip_chars().str.to_uppercase() == "VCARD")
    lines = contentlines.plain(
        lines.with_columns(i=begins.fill_null(False).cum_sum().cast(pl.Int64) - 1, last=ends.fill_null(False))
    )
    n = int(lines["i"].max() + 1) if lines.height else 0  # type: ignore[operator]
    reading.member(member.number, n or int(bool(data.strip())))
    if not n and data.strip():
        reading.problem(member.number, "-", "no vCard in it; export the address book again")
    revised = lines.filter(pl.col("name") == "REV").select(times.iso(pl.col("value")).max()).item()
    reading.exported_at = max((t for t in (reading.exported_at, revised) if t), default=None)
    value = contentlines.unescaped(pl.col("value")).str.strip_chars()
    told = lines.filter(pl.col("name").is_in(_READ)).with_columns(
        value=pl.when(value != "").then(value), first=_component(pl.col("value"))
    )

    def one(*names: str, column: str = "value") -> pl.Expr:
        return pl.coalesce(pl.col(column).filter(pl.col("name") == name).drop_nulls().first() for name in names)

    def many(*names: str) -> pl.Expr:
        return pl.col("value").filter(pl.col("name").is_in(names)).drop_nulls()

    written = pl.col("value").filter(pl.col("name") == "N").first().str.split(";")
    from_parts = pl.concat_str(
        written.list.get(1, null_on_oob=True), written.list.get(0, null_on_oob=True), separator=" ", ignore_nulls=True
    )
    cards = told.filter(pl.col("i") >= 0).group_by("i", maintain_order=True).agg(
        name=pl.coalesce(one("FN"), from_parts.str.strip_chars(), one("NICKNAME")), company=one("ORG", column="first"),
        position=one("TITLE"), emails=many("EMAIL"), phones=many("TEL"), urls=many("URL", "X-SOCIALPROFILE", "IMPP"),
        chosen=~many("CATEGORIES").str.to_lowercase().str.contains(_OTHERS).any(),
        person=~many("KIND", "X-ADDRESSBOOKSERVER-KIND").str.to_lowercase().is_in(["group", "org", "location"]).any(),
        ended=pl.col("last").any(),
    )  # fmt: skip
    cards = cards.with_columns(member=pl.lit(member.number, pl.Int32), name=pl.when(pl.col("name") != "").then("name"))
    for i in cards.filter(~pl.col("ended"))["i"]:
        reading.problem(member.number, i, "the card does not end; export the address book again")
    return cards.filter("ended")


def _component(value: pl.Expr) -> pl.Expr:
    """The first of the parts between `;`."""
    first = contentlines.unescaped(value.str.extract(r"^((?:[^;\\]|\\.)*)")).str.strip_chars()
    return pl.when(first != "").then(first)


def _table(data: bytes, member: Member, reading: Reading) -> pl.DataFrame:
    """The rows of a CSV file, of Google before and after 2024 or of Outlook."""
    table = csvs.table(csvs.windows(data), _GOOGLE, _GOOGLE_OLD, _OUTLOOK)
    reading.member(member.number, table.records)
    for row, reason in table.broken:
        reading.problem(member.number, row, reason)
    frame = table.frame

    def cell(name: str) -> pl.Expr:
        value = pl.col(name).str.strip_chars() if name in frame.columns else pl.lit(None, pl.String)
        return pl.when(value != "").then(value)

    def cells(pattern: str) -> pl.Expr:
        columns = [cell(c) for c in frame.columns if re.fullmatch(pattern, c)]
        if not columns:
            return pl.lit([], dtype=pl.List(pl.String))
        return pl.concat_list(columns).list.drop_nulls().list.join(" ::: ").str.split(" ::: ")

    parts = [cell(c) for c in ("firstname", "middlename", "lastname")]
    name = pl.coalesce(cell("name"), pl.concat_str(parts, separator=" ", ignore_nulls=True))
    labels = pl.coalesce(cell("labels"), cell("groupmembership"), cell("categories"), pl.lit("")).str.to_lowercase()
    chosen = labels.str.split(" ::: ").list.eval(~pl.element().str.contains(_OTHERS)).list.any()
    return frame.select(
        i=pl.col("row").cast(pl.Int64), member=pl.lit(member.number, pl.Int32), name=pl.when(name != "").then(name),
        company=pl.coalesce(cell("organizationname"), cell("organization1name"), cell("company")),
        position=pl.coalesce(cell("organizationtitle"), cell("organization1title"), cell("jobtitle")),
        emails=cells(r"email\d+value|email\d?address"), urls=cells(r"website\d+value|webpage"),
        phones=cells(r"phone\d+value|(?:business|home|mobile|primary|other|company\w*)phone\d?"), chosen=chosen,
        person=pl.lit(True),
    )  # fmt: skip


def _tell(reading: Reading, cards: pl.DataFrame, owner: Owner) -> None:
    """One account per key with all that its cards assert, and a state where a card was chosen."""
    email = pl.element().str.strip_chars().str.to_lowercase().str.strip_prefix("mailto:")
    link = pl.element().str.strip_chars().str.strip_suffix("/")
    cards = cards.with_columns(
        record=pl.concat_str("member", "i", separator=":"),
        emails=pl.col("emails").list.eval(email.filter(email.str.contains(r"^[^\s@]+@[^\s@]+$"))).list.unique().list.sort(),
        phones=_numbers(cards["phones"], _region(owner.zone)),
        urls=pl.col("urls").list.eval(link.filter(link.str.contains("(?i)^https?://"))).list.unique(maintain_order=True),
    ).sort("member", "i")
    mine = [a.removeprefix("email:").lower() for a in owner.me if "@" in a]
    own = pl.col("emails").list.set_intersection(pl.lit(mine, dtype=pl.List(pl.String))).list.len() > 0
    known = pl.coalesce(pl.col("emails").list.first(), pl.col("phones").list.first(), pl.lit("name:") + pl.col("name"))
    cards = cards.with_columns(key=known, own=own)
    for reason, which in (("a group or a place, nobody", ~pl.col("person")), ("the owner's own card", pl.col("own"))):
        aside(reading, cards.filter(which), reason)
        cards = cards.filter(~which)
    for member, i in cards.filter(pl.col("key").is_null()).select("member", "i").iter_rows():
        reading.problem(member, i, "no name, address or number; look at it in your address book")
    cards = cards.drop_nulls("key")
    aside(reading, cards.filter(~pl.col("key").is_first_distinct()), TWICE)
    site = pl.element().str.replace(r"(?i)^https?://([^/]+)", "").str.strip_chars()
    host = pl.element().str.extract(r"(?i)^https?://([^/]+)").str.to_lowercase()
    same = pl.concat_list(
        pl.col("emails").list.eval("email:" + pl.element()), pl.col("phones").list.eval("phone:" + pl.element()),
        pl.col("urls").list.eval("url:https://" + host + site),
    )  # fmt: skip
    people = cards.with_columns(same_as=same).group_by("key", maintain_order=True).agg(
        pl.col("name", "company", "position").drop_nulls().first(), pl.col("record").first(), pl.col("chosen").any(),
        url=pl.col("urls").explode(empty_as_null=False).first(),
        same_as=pl.col("same_as").explode(empty_as_null=False).unique(maintain_order=True),
        identified=pl.when(pl.col("emails").list.len() > 0).then(pl.lit("email"))
        .when(pl.col("phones").list.len() > 0).then(pl.lit("phone")).otherwise(pl.lit("name")).first(),
    )  # fmt: skip
    reading.accounts(people.with_columns(account_kind=pl.lit("person")))
    reading.states(
        people.filter("chosen").with_columns(state=pl.lit("contact"), direction=pl.lit("given"), time_precision=pl.lit("unknown"))
    )


def _numbers(phones: pl.Series, region: str | None) -> pl.Series:
    """E.164 numbers: those with `+` as they are, others by the country of the owner's clock or not at all."""
    rows = phones.to_frame("phone").with_row_index("row").explode("phone").drop_nulls()
    bare = pl.col("phone").str.replace_all(_TURNS, "").str.strip_chars().str.strip_prefix("tel:")
    rows = rows.with_columns(bare.str.replace_all("\uff0b", "+"))
    full = pl.col("phone").str.contains(r"^\+[\d\s().\u00a0\u2010-\u2015/-]+$")
    digits = "+" + pl.col("phone").str.replace("(0)", "", literal=True).str.replace_all(r"\D", "")
    rest = rows.filter(~full)["phone"].unique().to_list()
    national = {p: n for p in rest if (n := _national(p, region))}
    number = pl.when(full).then(digits).otherwise(pl.col("phone").replace_strict(national, default=None, return_dtype=pl.String))
    told = rows.with_columns(number=number).filter(pl.col("number").str.contains(r"^\+[1-9]\d{6,14}$"))
    found = told.group_by("row").agg(pl.col("number").unique().sort())
    every = pl.int_range(phones.len(), dtype=pl.UInt32, eager=True).to_frame("row")
    return every.join(found, on="row", how="left", maintain_order="left")["number"].fill_null([])


def _national(phone: str, region: str | None) -> str | None:
    try:
        number = phonenumbers.parse(phone, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@cache
def _region(zone: str) -> str | None:
    """The country of a time zone, where it has one."""
    told = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in told.splitlines() if not line.startswith("#"))
    return {row[2]: row[0] for row in rows if len(row) > 2}.get(zone)
