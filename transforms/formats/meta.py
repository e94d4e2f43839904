"""What the JSON exports of Meta (Facebook, Messenger, Instagram, Threads) have in common.

Every byte of UTF-8 is written as one character `\\u00XX`, in values and in keys; not in every file, so each string is
mended by itself. Keys drift (`friends_v2`), labels are in the language of the account, and the newest shape is a list of
`label_values`: a value is known by `ent_field_name` where that is there, else by its shape, by its label last.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec
import polars as pl

from transforms.act import Owner, Reading
from transforms.archive import Archive, Member, Unreadable, utf8
from transforms.formats.jsonrecords import CUT, Bad, numbered, uncut
from transforms.formats.told import TWICE
from transforms.times import epoch

T = TypeVar("T")
LIST = pl.List(pl.String)
HTML = (
    "ordered as HTML; order JSON: Accounts Center, Your information and permissions, Export your information, "
    "Format: JSON, Date range: All time"
)
UNDATED = "no date between 1990 and 2100; look it up and add it to the ledger"
_BROKEN = (msgspec.MsgspecError, RecursionError, UnicodeError)
# What stands in place of the name of a deleted account, in the languages of the product
_USER = (
    r"(?:user|nutzer(?:in|/in|\*in)?|bruger|gebruiker|användare|bruker|kullanıcısı|käyttäjä|felhasználó|ユーザー|用戶|用户|사용자|"
    r"utilisateur(?:/utilisatrice|rice|trice)?|usu[aá]ri[oa]|utente|utilizador|użytkowni(?:k|czka)|пользователь|користувач|"
    r"uživatel|používateľ|utilizator|vartotojas|lietotājs|kasutaja|χρήστης|pengguna|người dùng|ผู้ใช้|مستخدم)"
)
_BRAND = r"(?:facebook|instagram|messenger|فيسبوك|انستغرام)"
_NOBODY = re.compile(rf"{_BRAND}[- ]?{_USER}|{_USER}\W*(?:\w{{1,3}}\W+)?{_BRAND}\w{{0,2}}|instagrammer")
_KNOWN_LABELS = {
    "author": {"author", "owner", "autor", "auteur", "autore", "forfatter", "författare", "eigenaar", "propriétaire",
               "propietario", "proprietario", "proprietário", "inhaber", "inhaberin", "besitzer", "作者", "擁有者"},
    "group": {"group", "gruppe", "groupe", "grupo", "gruppo", "groep", "grup", "grupp", "社團", "グループ"},
}  # fmt: skip


class Struct(msgspec.Struct, gc=False):
    """A JSON object of the export; keys it does not name are skipped."""


class Label(Struct):
    """One of `label_values`: a leaf with a value, or a title over more of them."""

    label: str | None = None
    ent_field_name: str | None = None
    value: Any = None
    href: str | None = None
    timestamp_value: int | None = None
    title: str | None = None
    dict: list[Label] | None = None

    def leaves(self) -> Iterator[Label]:
        """All leaves below, itself where it is one."""
        if self.dict is None:
            yield self
        else:
            for below in self.dict:
                yield from below.leaves()

    @property
    def link(self) -> str | None:
        """The address it holds."""
        value = self.value if isinstance(self.value, str) else None
        return next((v for v in (self.href, value) if v and v.startswith("http")), None)

    @property
    def text(self) -> str | None:
        """What it says, where that is no address; mended."""
        return mend_one(self.value) if isinstance(self.value, str) and self.value and not self.link else None

    def called(self, what: str) -> bool:
        """Whether it is the author or the group: by the name of its field, else by its title in the languages known."""
        if self.ent_field_name:
            return what in self.ent_field_name.lower()
        return mend_one(self.title or self.label or "").strip().lower() in _KNOWN_LABELS[what]


def mend_one(broken: str) -> str:
    """A string as it was before each byte of its UTF-8 became a character; itself where it never was."""
    if broken.isascii():
        return broken
    try:
        return broken.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return broken


def strings(values: Sequence[str | None]) -> pl.Series:
    """A mended column: in one piece where all of it can be mended, else string by string."""
    told = [v for v in values if v is not None]
    whole = "\x1e".join(told)
    if whole.isascii():
        return pl.Series(values, dtype=pl.String)
    try:
        found = pl.Series([whole.encode("latin-1")]).cast(pl.String).str.split("\x1e").explode()
    except (UnicodeError, pl.exceptions.ComputeError):
        found = pl.Series(dtype=pl.String)
    if found.len() != len(told):
        found = pl.Series([mend_one(t) for t in told], dtype=pl.String)
    if len(told) == len(values):
        return found
    column = pl.Series(values, dtype=pl.String)
    return column.scatter(column.is_not_null().arg_true(), found)


def folded(name: str | None) -> str:
    """A mended name as names are compared (as `texts.fold`)."""
    return " ".join(unicodedata.normalize("NFKC", mend_one(name)).lower().split()) if name else ""


def handle_in(written: str) -> str:
    """A handle as a key."""
    return written.strip().removeprefix("@").lower()


def nobody(name: str | None) -> bool:
    """Whether a folded name stands for an account that is gone."""
    return not name or bool(_NOBODY.fullmatch(name))


def listed(data: bytes, kind: type[T], *keys: str) -> tuple[list[T], Sequence[int], Bad]:
    """The records of a member, their indices, and the indices that do not fit.

    A member is a bare list, one object of that kind, or an object with the list under one of `keys`, with `_v2` or the
    like behind it, sometimes one object deeper (`activity_log_data`). Raises Unreadable where it is none of these.
    """
    data = utf8(data)
    start = data.lstrip()[:1]
    if start == b"[" or not keys:
        return numbered(data, kind)
    try:
        top = _object(data)
    except _BROKEN:
        left = uncut(data, "|".join(rf"{k}(_v\d+)?" for k in (*keys, "activity_log_data", "data")))
        if left is None or not any(re.fullmatch(rf"{k}(_v\d+)?", key) for k in keys for key in _object(left)):
            raise Unreadable("not the JSON that was expected, or cut short; get the export again") from None
        good, numbers, bad = listed(left, kind, *keys)
        return good, numbers, bad | {len(good) + len(bad): CUT}
    found = [raw for key, raw in top.items() if any(re.fullmatch(rf"{k}(_v\d+)?", key) for k in keys)]
    if not found and not top:
        return [], [], {}
    if not found and {"label_values", "string_map_data", "media", "timestamp"} & set(top):
        return numbered(b"[" + data + b"]", kind)
    if not found:
        raise Unreadable("none of the lists that were expected; report it if it is of the platform")
    raw = bytes(found[0])
    if raw[:1] == b"{":
        deeper = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
        if set(deeper) & {"activity_log_data", "data"}:
            raw = bytes(deeper[next(k for k in ("activity_log_data", "data") if k in deeper)])
        else:
            raw = b"[" + raw + b"]" if deeper else b"[]"
    return ([], [], {}) if raw == b"null" else numbered(raw, kind)


def _object(data: bytes) -> dict[str, msgspec.Raw]:
    return msgspec.json.decode(data, type=dict[str, msgspec.Raw])


@dataclass
class Book:
    """One export while it is read: where findings go, who the owner is, and under which key people go."""

    archive: Archive
    reading: Reading
    owner: Owner
    site: str = ""  # where the profile of a handle is
    me: str | None = None  # the owner's name, folded
    handles: dict[str, str] = field(default_factory=dict)  # folded name → handle, where handles are the keys
    newest: datetime | None = None
    people: dict[str, dict[str, str | None]] = field(default_factory=dict)  # key → name, handle, url
    told: set[str] = field(default_factory=set)  # kinds of members that were read well
    flawed: set[int] = field(default_factory=set)  # members of which a record could not be read

    def rows(self, member: Member, kind: type[T], what: str, *keys: str) -> tuple[list[T], Sequence[int]]:
        """Records of a member and their numbers. The member is counted, what cannot be read is a problem."""
        try:
            good, numbers, bad = listed(self.archive.read(member), kind, *keys)
        except Unreadable as why:
            self.broken(member, str(why))
            return [], []
        self.told.add(what)
        self.flawed |= {member.number} if bad else set()
        self.reading.member(member.number, len(good) + len(bad))
        for i, cut in bad.items():
            self.reading.problem(member.number, i, cut or "not a record of the expected form; please report it")
        return good, numbers

    def broken(self, member: Member, why: str) -> None:
        """A member that cannot be read at all is one record."""
        self.reading.problem(member.number, "-", why)
        self.reading.member(member.number, 1)

    def key(self, name: str | None) -> str | None:
        """The key of who carries a name; None for the owner and for accounts that are gone. Remembers the name."""
        plain = folded(name)
        if plain == self.me or nobody(plain):
            return None
        handle = self.handles.get(plain)
        key = handle or f"name:{plain}"
        if handle is None or handle != self.reading.owner_key:
            self.know(key, name=mend_one(name or "").strip(), handle=handle)
            return key
        return None

    def keys(self, names: pl.Series) -> dict[str, str | None]:
        """The same for every name of a column."""
        return {n: self.key(n) for n in names.drop_nulls().unique(maintain_order=True)}

    def owner_is(self, handle: str, name: str | None) -> None:
        """Whose export it is, by handle."""
        self.reading.owner_key, self.reading.owner_name = handle, name
        self.me = folded(name or handle)
        self.handles |= {self.me: handle, handle: handle}

    def know(self, key: str, **more: str | None) -> None:
        """Remember an account; what is known first counts more."""
        here = not key.startswith("name:") and self.site
        start = {"name": None, "handle": key if here else None, "url": self.site + key if here else None}
        known = self.people.setdefault(key, start)
        for what, value in more.items():
            known[what] = known[what] or value

    def acts(self, frame: pl.DataFrame, *identity: str | pl.Expr) -> None:
        """Add acts with `member` and `i`; what has no instant where one belongs is a problem."""
        if frame.is_empty():
            return
        undated = pl.col("happened_at").is_null() & (pl.col("time_precision") != "unknown")
        for member, i in frame.filter(undated).select("member", "i").iter_rows():
            self.reading.problem(member, i, UNDATED)
        frame = frame.filter(~undated)
        self.seen(frame["happened_at"])
        self.reading.acts(frame.with_columns(record=place()), identity)

    def seen(self, instants: pl.Series) -> None:
        """What the export holds was there when it was made."""
        newest = instants.max()
        self.newest = max((t for t in (self.newest, newest) if isinstance(t, datetime)), default=None)

    def aside(self, frame: pl.DataFrame, reason: str) -> pl.Series:
        """Set rows aside, counted per member."""
        for member, n in frame.group_by("member").len().sort("member").iter_rows():
            self.reading.set_aside(member, reason, n)
        return frame["member"]

    def named(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows with a `key`; the others are problems."""
        for member, i in rows.filter(pl.col("key").is_null()).select("member", "i").iter_rows():
            self.reading.problem(member, i, "names nobody; look the person up and add them to people.csv")
        return rows.filter(pl.col("key").is_not_null())

    def states(self, state: str, direction: str, rows: pl.DataFrame, *, complete: bool | None = None) -> pl.DataFrame:
        """A list of people as of the export: columns member, i, key, at. Returns those kept; the same twice is set aside.

        Without `complete`, a list is whole where it goes back more than three years from its newest entry: the longest
        date range an export can be cut to, short of all time.
        """
        flawed = not self.flawed.isdisjoint(rows["member"])
        rows = self.named(rows)
        self.aside(rows.filter(~pl.col("key").is_first_distinct()), TWICE)
        rows = rows.filter(pl.col("key").is_first_distinct()).with_columns(since_at=epoch(pl.col("at")))
        self.seen(rows["since_at"])
        self.reading.states(rows.with_columns(
            state=pl.lit(state), direction=pl.lit(direction), record=place(),
            time_precision=pl.when(pl.col("since_at").is_null()).then(pl.lit("unknown")).otherwise(pl.lit("second")),
        ))  # fmt: skip
        oldest, newest = rows["since_at"].min(), rows["since_at"].max()
        whole = bool(oldest and newest and newest - oldest > timedelta(days=3 * 366))
        self.reading.listing(state, direction, complete=not flawed and (whole if complete is None else complete))
        return rows

    def close(self) -> Reading:
        """The accounts that were named, and when the export was made: not before the newest instant in it."""
        self.reading.exported_at = self.newest
        self.reading.accounts(pl.DataFrame(
            [{"key": k, **p, "identified": "name" if k.startswith("name:") else "handle",
              "same_as": ["url:" + p["url"]] if p["url"] else []} for k, p in self.people.items()],
            schema={"key": pl.String, "name": pl.String, "handle": pl.String, "url": pl.String, "identified": pl.String,
                    "same_as": pl.List(pl.String)},
        ))  # fmt: skip
        return self.reading


def place() -> pl.Expr:
    """The place of a record as published."""
    return pl.concat_str("member", "i", separator=":")


def frame(columns: dict[str, Sequence], **kinds: pl.DataType | type) -> pl.DataFrame:
    """Columns with `member` and `i`; numbers are epochs, text is mended, unless `kinds` says otherwise."""
    schema = {"member": pl.Int32, "i": pl.String, "at": pl.Int64} | kinds
    return pl.DataFrame({
        c: pl.Series(v, dtype=schema[c], strict=False) if c in schema else strings(v) for c, v in columns.items()
    })  # fmt: skip


def first_told(book: Book, rows: pl.DataFrame, *of: str) -> pl.DataFrame:
    """Rows that no member before told; the same twice within one member are two. Others are set aside."""
    if rows["member"].n_unique() < 2 or not rows.select(pl.struct(of).is_duplicated().any()).item():
        return rows
    nth = pl.int_range(pl.len()).over("member", *of)
    first = rows.with_columns(_nth=nth).select(pl.struct(*of, "_nth").is_first_distinct()).to_series()
    book.aside(rows.filter(~first), TWICE)
    return rows.filter(first)


def people(names: pl.Expr, keys: dict[str, str | None]) -> pl.Expr:
    """Names as a list of keys, empty where nobody is known."""
    known, nobody = {name: [key] for name, key in keys.items() if key}, pl.lit([], LIST)
    return names.replace_strict(list(known), list(known.values()), default=nobody, return_dtype=LIST) if known else nobody
