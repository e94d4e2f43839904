"""Friends, requests, follows, groups, pokes: lists of names with a time."""

from __future__ import annotations

from typing import Any

import polars as pl

from transforms import text as texts
from transforms.archive import Member, Unreadable
from transforms.formats.jsonrecords import document
from transforms.formats.meta import Book, Label, Struct, first_told, folded, frame, mend_one, people, place
from transforms.times import epoch


class Data(Struct):
    """Something with a name, and where it is."""

    name: str | None = None
    uri: str | None = None


class Attachment(Struct):
    """What an entry is about, in old exports."""

    data: list[Data] | None = None


class Entry(Struct):
    """Somebody and a time; in the newest shape in `label_values`."""

    timestamp: int | None = None
    name: str | None = None
    data: list[Data] | Data | None = None
    attachments: list[Attachment] | None = None
    label_values: list[Label] | None = None
    entries: list[Entry] | None = None

    def about(self) -> list[Data]:
        """What it is about."""
        data = self.data if isinstance(self.data, list) else [self.data] if self.data else []
        return [*data, *(d for a in self.attachments or () for d in a.data or ())]

    def linked(self) -> list[tuple[str, str]]:
        """Name and address of what the newest shape is about."""
        leaves = [leaf for v in self.label_values or () for leaf in v.leaves()]
        name, link = (next((getattr(leaf, a) for leaf in leaves if getattr(leaf, a)), None) for a in ("text", "link"))
        return [(name, link)] if name and link else []

    def called(self) -> str | None:
        """The name it is about."""
        named = [self.name, *(d.name for d in self.about())]
        named += [leaf.text for v in self.label_values or () for leaf in v.leaves()]
        return next((n for n in named if n), None)

    def since(self) -> int | None:
        """When."""
        stamps = (leaf.timestamp_value for v in self.label_values or () for leaf in v.leaves())
        return self.timestamp or next((s for s in stamps if s), None)


class Poke(Struct):
    """One pokes the other; only the last of each pair is kept, with the number of it."""

    poker: str
    pokee: str
    timestamp: int | None = None


class Profile(Struct):
    """The owner; what each part looks like has changed, so it is looked at afterwards."""

    profile: dict[str, Any] | None = None
    profile_v2: dict[str, Any] | None = None
    profile_v3: dict[str, Any] | None = None


def profile(book: Book, member: Member) -> tuple[str, list[str]] | None:
    """The owner's name and other ways to write them: user name, address of the profile, e-mail addresses."""
    try:
        found = document(book.archive.read(member), Profile)
    except Unreadable as why:
        book.broken(member, str(why))
        return None
    book.reading.member(member.number, 1)
    book.reading.set_aside(member.number, "the owner's own profile", 1)
    told = found.profile_v3 or found.profile_v2 or found.profile or {}
    name = told.get("name")
    name = name.get("full_name") if isinstance(name, dict) else name
    aliases = [a for a in (told.get("username"), told.get("profile_uri")) if isinstance(a, str) and a]
    emails = told.get("emails")
    aliases += [e for e in (emails.get("emails") or [] if isinstance(emails, dict) else []) if isinstance(e, str)]
    return (mend_one(name), [mend_one(a) for a in aliases]) if isinstance(name, str) and name else None


KEYS = {
    "friends": ("friends",), "received": ("received_requests",), "sent": ("sent_requests",), "rejected": ("rejected_requests",),
    "removed": ("deleted_friends", "removed_friends"), "following": ("following",), "followers": ("followers", "followed_by"),
    "groups": ("groups_joined",), "seen": ("people_interactions",),
}  # fmt: skip
_STATES = {"friends": ("connection", "both"), "following": ("follow", "given"), "followers": ("follow", "received")}
_REQUESTS = {"received": "received", "sent": "given", "rejected": "received"}


def read(book: Book, kinds: dict[str, list[Member]]) -> None:
    """Add everything these lists say."""
    for what, (state, direction) in _STATES.items():
        if kinds[what]:
            book.states(state, direction, _names(book, kinds[what], what))
    for what, direction in _REQUESTS.items():
        rows = _names(book, kinds[what], what)
        if what == "rejected":
            rows = book.named(first_told(book, rows, "at", "name"))
        elif kinds[what]:
            rows = book.states("request", direction, rows, complete=False).filter(epoch(pl.col("at")).is_not_null())
        book.acts(rows.with_columns(
            channel=pl.lit("invitation"), direction=pl.lit(direction), counterparts=pl.concat_list("key"), composed=pl.lit(False),
            value_kind=pl.lit("applause"), n_targets=pl.lit(1, pl.Int32), happened_at=epoch(pl.col("at")),
            time_precision=pl.lit("second"),
        ), "happened_at", "key")  # fmt: skip
    removed = book.named(_names(book, kinds["removed"], "removed"))
    book.reading.accounts(removed.select("key", "name", record=place(), identified=pl.lit("name")))
    _groups(book, kinds["groups"])
    _seen(book, kinds["seen"])
    _pokes(book, kinds["pokes"])


def _names(book: Book, members: list[Member], what: str) -> pl.DataFrame:
    """Columns member, i, name, key, at of all entries."""
    found = [(m.number, i, e) for m in members for e, i in zip(*book.rows(m, Entry, what, *KEYS[what]), strict=True)]
    rows = frame({
        "member": [m for m, _, _ in found], "i": [str(i) for _, i, _ in found],
        "name": [e.called() for *_, e in found], "at": [e.since() for *_, e in found],
    })  # fmt: skip
    keys = {} if what == "groups" else book.keys(rows["name"])
    return rows.with_columns(key=people(pl.col("name"), keys).list.first())


def _groups(book: Book, members: list[Member]) -> None:
    """Groups the owner joined. Leaving, and joining in some years, is told in a sentence alone."""
    rows = _names(book, members, "groups").with_columns(key="group:" + texts.fold(pl.col("name")))
    book.aside(rows.filter(pl.col("key").is_null()), "a group told in a sentence alone")
    rows = rows.filter(pl.col("key").is_not_null())
    if members:
        rows = book.states("membership", "given", rows, complete=False)
        book.reading.accounts(rows.select("key", "name", account_kind=pl.lit("organisation"), identified=pl.lit("name")))


def _seen(book: Book, members: list[Member]) -> None:
    """People the owner has dealt with lately: the only list that knows addresses of profiles."""
    for member in members:
        entries, _ = book.rows(member, Entry, "seen", *KEYS["seen"])
        for entry in entries:
            known = [(k, d.uri) for e in [entry, *(entry.entries or ())] for d in e.about() if d.uri and (k := book.key(d.name))]
            known += [(k, link) for pair in entry.linked() for name, link in [pair] if (k := book.key(name))]
            for key, uri in known:
                book.know(key, url=uri)
        reason = "people lately dealt with: their addresses are taken, what was done is not told"
        book.reading.set_aside(member.number, reason, len(entries))


def _pokes(book: Book, members: list[Member]) -> None:
    found = [(m.number, i, p) for m in members for p, i in zip(*book.rows(m, Poke, "pokes", "pokes"), strict=True)]
    rows = frame({
        "member": [m for m, *_ in found], "i": [str(i) for _, i, _ in found], "by": [p.poker for *_, p in found],
        "to": [p.pokee for *_, p in found], "at": [p.timestamp for *_, p in found],
    })  # fmt: skip
    rows = first_told(book, rows, "at", "by", "to")
    mine = {n: folded(n) == book.me for n in pl.concat([rows["by"], rows["to"]]).unique()}
    given, taken = (pl.col(c).replace_strict(mine, default=None, return_dtype=pl.Boolean) for c in ("by", "to"))
    rows = rows.with_columns(given=given, taken=taken)
    book.aside(rows.filter(pl.col("given") == pl.col("taken")), "pokes between others")
    keys = book.keys(pl.concat([rows["by"], rows["to"]]))
    book.acts(rows.filter(pl.col("given") != pl.col("taken")).with_columns(
        channel=pl.lit("reaction"), direction=pl.when("given").then(pl.lit("given")).otherwise(pl.lit("received")),
        counterparts=pl.when("given").then(people(pl.col("to"), keys)).otherwise(people(pl.col("by"), keys)),
        composed=pl.lit(False), value_kind=pl.lit("applause"), n_targets=pl.lit(1, pl.Int32), happened_at=epoch(pl.col("at")),
        time_precision=pl.lit("second"),
    ), "happened_at", texts.fold(pl.col("by")))  # fmt: skip
