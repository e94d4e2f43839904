"""Threads of Messenger and of Instagram's direct messages, which are one format, and the end-to-end encrypted download.

`messages/<box>/<slug>/message_N.json`: participants, title, messages newest first; people are display names. The encrypted
download of messenger.com is flat, `<name>_N.json`, with other keys, and tells again what the box `e2ee_cutover` holds.

Traps: lines of the product itself stand among the messages in the language of the account (they begin with the full name
of who caused them); a shared link has such a line instead of a text; who left a thread is no participant any more; old
reactions have no time, so they count as of the day of their message; a call is a message with a duration.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
import polars as pl

from transforms import text as texts
from transforms.archive import Member, Unreadable, fold, utf8
from transforms.formats.jsonrecords import CUT, uncut
from transforms.formats.meta import Book, Struct, first_told, folded, frame, mend_one, nobody, people
from transforms.formats.metalines import LINE, REACTED, attached, product
from transforms.formats.rooms import LARGE, large
from transforms.times import epoch

_BROKEN = (msgspec.MsgspecError, RecursionError, UnicodeError)
_LIST = pl.List(pl.String)


class Reaction(Struct):
    """An emoji on a message; a time only in newer exports, in seconds."""

    reaction: str | None = None
    actor: str | None = None
    timestamp: int | None = None


class Person(Struct):
    """Somebody by display name."""

    name: str | None = None


class Share(Struct):
    """A link."""

    link: str | None = None


class Message(Struct):
    """A message, call or line of the product."""

    timestamp_ms: int | None = None
    sender_name: str | None = None
    content: str | None = None
    type: str | None = None
    call_duration: int | None = None
    missed: bool | None = None
    is_unsent: bool | None = None
    is_taken_down: bool | None = None
    share: Share | None = None
    sticker: dict | None = None
    users: list[Person] | None = None
    reactions: list[Reaction] | None = None


class Thread(Struct):
    """One file of a conversation."""

    participants: list[Person] | None = None
    title: str | None = None
    messages: list[Message] | None = None


class Secret(Struct):
    """A message of the encrypted download."""

    timestamp_ms: int | None = msgspec.field(name="timestamp", default=None)
    sender_name: str | None = msgspec.field(name="senderName", default=None)
    content: str | None = msgspec.field(name="text", default=None)
    type: str | None = None
    is_unsent: bool | None = msgspec.field(name="isUnsent", default=None)
    reactions: list[Reaction] | None = None
    call_duration = missed = share = sticker = users = is_taken_down = None


class SecretThread(Struct):
    """One file of the encrypted download."""

    participants: list[str] | None = None
    title: str | None = msgspec.field(name="threadName", default=None)
    messages: list[Secret] | None = None


class Loose(Struct):
    """A thread with something in it that is not as expected."""

    participants: msgspec.Raw = msgspec.Raw(b"[]")
    title: msgspec.Raw = msgspec.Raw(b"null")
    threadName: msgspec.Raw = msgspec.Raw(b"null")  # noqa: N815
    messages: list[msgspec.Raw] | None = None


_TYPES = (Thread, SecretThread, Loose, Message, Secret, list[Person], list[str], str | None)
_DECODE = {t: msgspec.json.Decoder(t) for t in _TYPES}


@dataclass
class Talk:
    """What the files of one conversation say of it."""

    names: dict[str, None] = field(default_factory=dict)  # participants, mended
    title: str = ""
    senders: set[str] = field(default_factory=set)  # mended names


@dataclass
class Talks:
    """All conversations of an export."""

    book: Book
    talks: dict[str, Talk] = field(default_factory=lambda: defaultdict(Talk))
    columns: dict[str, list] = field(default_factory=lambda: defaultdict(list))
    reactions: list[tuple] = field(default_factory=list)
    changes: list[tuple] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)  # slug → what the same conversation is called in another box

    def read(self, member: Member, *, secret: bool = False) -> None:
        """Take in one file."""
        try:
            data = utf8(self.book.archive.read(member))
            whole, numbers, bad = _decoded(data, SecretThread if secret else Thread, Secret if secret else Message)
        except Unreadable as why:
            self.book.broken(member, str(why))
            return
        self.book.told.add("encrypted" if secret else "messages")
        found = whole.messages or []
        slug = _slug(member, secret=secret)
        talk = self.talks[slug]
        talk.names |= dict.fromkeys(mend_one(n) for p in whole.participants or () if (n := p if secret else p.name))
        title = mend_one(whole.title or "")
        talk.title = talk.title or (re.sub(r"_\d+$", "", title) if secret else title)
        talk.senders |= {mend_one(n) for n in {m.sender_name for m in found} if n}
        n_reactions = 0
        for i, m in zip(numbers, found, strict=True):
            if m.reactions:
                n_reactions += len(m.reactions)
                self.reactions += [
                    (member.number, f"{i}.{j}", slug, m.sender_name, r.actor, r.reaction, r.timestamp, m.timestamp_ms)
                    for j, r in enumerate(m.reactions)
                ]
            if m.users or m.type in ("Subscribe", "Unsubscribe"):
                added = [u.name for u in m.users or () if u.name]
                self.changes.append((member.number, str(i), slug, m.sender_name, m.type, added, m.timestamp_ms))
        add = self.columns
        add["member"] += [member.number] * len(found)
        add["slug"] += [slug] * len(found)
        add["i"] += numbers
        add["at"] += [m.timestamp_ms for m in found]
        add["sender"] += [m.sender_name for m in found]
        add["text"] += [m.content for m in found]
        add["link"] += [m.share.link or "" if m.share else None for m in found]
        add["seconds"] += [m.call_duration if m.call_duration is not None else -1 if m.type == "Call" else None for m in found]
        add["missed"] += [bool(m.missed) for m in found]
        add["gone"] += [bool(m.is_unsent) for m in found]
        add["down"] += [bool(m.is_taken_down) for m in found]
        add["stuck"] += [m.sticker is not None for m in found]
        add["change"] += [bool(m.users) or m.type in ("Subscribe", "Unsubscribe") for m in found]
        self.book.reading.member(member.number, len(found) + len(bad) + n_reactions)
        for i, cut in bad.items():
            self.book.reading.problem(member.number, i, cut or "not a message of the expected form; please report it")

    def owner(self) -> str | None:
        """The folded name of who is in the most conversations without giving them their title; None where several are."""
        count: Counter[str] = Counter()
        for talk in self.talks.values():
            there = {folded(n) for n in (*talk.names, *talk.senders)}  # in 2018 the owner was no participant
            count.update({n for n in there if not nobody(n)} - {folded(talk.title)})
        mine = [n for n in count if n in {folded(m) for m in self.book.owner.me}]
        best = [n for n, times in count.most_common() if times == max(count.values())]
        return mine[0] if mine else best[0] if len(best) == 1 else None

    def tell(self) -> None:
        """Add everything as acts, once each."""
        if not self.columns["member"]:
            return
        kinds = {"seconds": pl.Int64, **dict.fromkeys(("missed", "gone", "down", "stuck", "change"), pl.Boolean)}
        rows = frame(self.columns | {"i": pl.Series(self.columns["i"]).cast(pl.String)}, slug=pl.String, **kinds)
        if self.book.me is None:
            reason = "whose messages these are is told nowhere; add `me` to people.csv, or order the profile with them"
            all_of = [*self.columns["member"], *(r[0] for r in self.reactions)]
            for member, n in sorted(Counter(all_of).items()):
                self.book.reading.problem(member, "-", reason, records=n)
            return
        rooms = self._rooms()
        mine = {n: folded(n) == self.book.me for n in rows["sender"].drop_nulls().unique()}
        rows = rows.with_columns(
            room=pl.col("slug").replace_strict(self.titles, default=None, return_dtype=pl.String),
            mine=pl.col("sender").replace_strict(mine, default=None, return_dtype=pl.Boolean),
            happened_at=epoch(pl.col("at"), "ms"),
            at_s=pl.col("at") // 1000,
        )
        rows = first_told(self.book, rows, "at", "sender", "room")
        rows = self._without(rows, pl.col("sender").is_null(), "no name of a sender; please report it")
        rows = rows.join(rooms, on="slug", how="left", maintain_order="left")
        rows = self._without(rows, pl.col("alone"), "messages to oneself", aside=True)
        rows = self._without(rows, pl.col("gone"), "taken back by who sent them", aside=True)
        rows = self._without(rows, pl.col("down"), "taken down by the platform", aside=True)
        self._changes(rows.filter("change"))
        self._calls(rows.filter(~pl.col("change") & pl.col("seconds").is_not_null()))
        rows = rows.filter(~pl.col("change") & pl.col("seconds").is_null())
        own_line = pl.col("text").str.starts_with(pl.col("sender") + " ").fill_null(False)
        said = pl.when(own_line).then(pl.col("text").str.strip_prefix(pl.col("sender") + " ")).otherwise("text")
        line = own_line & pl.col("sender").str.contains(" ", literal=True) | product(pl.col("text"))
        rows = rows.with_columns(own_line=own_line, line=line, attached=attached(said))
        no_text = pl.col("own_line") & pl.col("link").is_not_null() | pl.col("attached")
        rows = rows.with_columns(text=pl.when(~no_text).then("text"))
        line = pl.col("line") & pl.col("link").is_null() & ~pl.col("attached")
        rows = self._without(rows, line, "lines of the product itself", aside=True)
        rows = rows.join(self._stamps(), on=["slug", "sender", "at_s"], how="left", maintain_order="left")
        again = pl.col("text").str.replace_all("\ufe0f", "", literal=True).str.contains(pl.col("emoji"), literal=True)
        told = pl.col("text").str.contains(REACTED) | (again & (pl.col("text").str.len_chars() < LINE)).fill_null(False)
        self._reactions(rows.filter(told))
        rows = rows.filter(~told.fill_null(False))
        if rows["large"].any():
            to_me = texts.fold(pl.col("text")).str.contains(f"@{self.book.me}", literal=True).fill_null(False)
            rows = self._without(rows, pl.col("large") & ~pl.col("mine") & ~to_me, LARGE, aside=True)
        empty = pl.col("text").is_null() | (pl.col("text") == "")
        self._acts(rows.with_columns(
            text=pl.when(empty).then("link").otherwise("text"), composed=~(pl.col("stuck") & empty),
            channel=pl.when("group").then(pl.lit("group")).otherwise(pl.lit("message")),
        ), "happened_at", "text")  # fmt: skip

    def _rooms(self) -> pl.DataFrame:
        """Who else is in each conversation: slug, others (keys), n (how many), group, alone, large. Notes its name."""
        rows = []
        for slug, talk in self.talks.items():
            names = {folded(n): n for n in talk.names}
            others = [n for plain, n in names.items() if plain != self.book.me]
            here = {plain for n in (*talk.senders, *others) if not nobody(plain := folded(n))} - {self.book.me}
            title = folded(talk.title)
            named = bool(title) and title not in names
            if not others:
                others = sorted(n for n in talk.senders if folded(n) != self.book.me)
            group = len(here) > 1 or (named and len(here) == 1)
            keys = [k for n in others if (k := self.book.key(n))]
            crowd, alone = large(max(len(here), len(others))), not here and title == self.book.me
            rows.append((slug, [] if crowd else keys, len(others) or 1, group, alone, crowd))
            self.titles[slug] = title or " ".join(sorted(names))
        kinds = {"slug": pl.String, "others": _LIST, "n": pl.Int32, "group": pl.Boolean, "alone": pl.Boolean, "large": pl.Boolean}
        return pl.DataFrame(rows, schema=kinds, orient="row")

    def _without(self, rows: pl.DataFrame, which: pl.Expr, reason: str, *, aside: bool = False) -> pl.DataFrame:
        which = which.fill_null(False)
        out = rows.filter(which)
        if out.is_empty():
            return rows
        if aside:
            self.book.aside(out, reason)
        else:
            for member, i in out.select("member", "i").iter_rows():
                self.book.reading.problem(member, i, reason)
        return rows.filter(~which)

    def _acts(self, rows: pl.DataFrame, *identity: str) -> None:
        self.book.acts(self._sent(rows), *identity)

    def _sent(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Acts of the sender: to the others where it is the owner, else towards the owner."""
        keys = self.book.keys(rows["sender"])
        return rows.with_columns(
            direction=pl.when("mine").then(pl.lit("given")).otherwise(pl.lit("received")), time_precision=pl.lit("millisecond"),
            counterparts=pl.when("mine").then("others").otherwise(people(pl.col("sender"), keys)),
            n_targets=pl.when("group").then("n").otherwise(pl.lit(1, pl.Int32)), thread="slug",
        )  # fmt: skip

    def _calls(self, rows: pl.DataFrame) -> None:
        """Both ways: by whoever began it, and back when it ended."""
        rows = self._without(rows, pl.col("missed") | (pl.col("seconds") <= 0), "calls nobody took", aside=True)
        rows = self._sent(rows.with_columns(channel=pl.lit("call"), text=pl.lit(None, pl.String)))
        back = rows.with_columns(
            direction=pl.when("mine").then(pl.lit("received")).otherwise(pl.lit("given")),
            happened_at=pl.col("happened_at") + pl.duration(seconds=pl.col("seconds").clip(0, 30 * 86_400)),
        )
        self.book.acts(pl.concat([rows, back]), "happened_at")

    def _changes(self, rows: pl.DataFrame) -> None:
        """Who was added to a group by whom, where the owner is one of them."""
        told = {(m, i): (by, users) for m, i, _, by, kind, users, _ in self.changes if kind != "Unsubscribe"}
        whom = []
        for member, i in rows.select("member", "i").iter_rows():
            by, users = told.get((member, i), (None, []))
            others = [k for u in users if (k := self.book.key(u))]
            if folded(by) == self.book.me:
                whom.append(others)
            else:
                key = self.book.key(by)
                whom.append([key] if key and self.book.me in map(folded, users) else [])
        rows = rows.with_columns(whom=pl.Series(whom, dtype=_LIST))
        rows = self._without(rows, pl.col("whom").list.len() == 0, "comings and goings in groups", aside=True)
        self.book.acts(rows.with_columns(
            channel=pl.lit("invitation"), direction=pl.when("mine").then(pl.lit("given")).otherwise(pl.lit("received")),
            counterparts="whom", n_targets=pl.col("whom").list.len().cast(pl.Int32), thread="slug", composed=pl.lit(False),
            value_kind=pl.lit("applause"), time_precision=pl.lit("millisecond"), text=pl.lit(None, pl.String),
        ), "happened_at")  # fmt: skip

    def _stamps(self) -> pl.DataFrame:
        """Who reacted in which second, give or take one: a line of theirs with that emoji tells it again, in any language."""
        found = [(slug, mend_one(by), at + d, mend_one(emoji).replace("\ufe0f", ""))
                 for *_, slug, _, by, emoji, at, _ in self.reactions if at and by and emoji for d in (-1, 0, 1)]  # fmt: skip
        kinds = {"slug": pl.String, "sender": pl.String, "at_s": pl.Int64, "emoji": pl.String}
        return pl.DataFrame(found, schema=kinds, orient="row").unique(["slug", "sender", "at_s"], maintain_order=True)

    def _reactions(self, lines: pl.DataFrame) -> None:
        """Reactions between the owner and somebody; a line that tells one again is set aside."""
        names = ("member", "i", "slug", "to", "by", "emoji", "at", "of")
        columns: dict[str, Sequence] = dict(zip(names, zip(*self.reactions, strict=True), strict=True)) if self.reactions else {
            n: [] for n in names
        }  # fmt: skip
        rows = frame(columns, slug=pl.String, of=pl.Int64)
        rows = self._without(rows, pl.col("by").is_null() | pl.col("to").is_null(), "no name of who reacted; please report it")
        both = {n: folded(n) for c in ("by", "to") for n in rows[c].unique()}
        rows = rows.with_columns(pl.col("by", "to").replace_strict(both, return_dtype=pl.String).name.suffix("_plain"))
        given, taken = pl.col("by_plain") == self.book.me, pl.col("to_plain") == self.book.me
        rows = rows.with_columns(room=pl.col("slug").replace_strict(self.titles, default=None, return_dtype=pl.String))
        rows = first_told(self.book, rows, "of", "by_plain", "to_plain", "emoji", "room")
        told = rows.select("slug", sender="by").unique()
        again = lines.join(told, on=["slug", "sender"], how="semi")
        self.book.aside(again, "a line that tells a reaction again")
        lines = lines.join(told, on=["slug", "sender"], how="anti", maintain_order="left")
        self._acts(lines.with_columns(
            channel=pl.lit("reaction"), composed=pl.lit(False), value_kind=pl.lit("applause"), text=pl.lit(None, pl.String),
        ), "happened_at")  # fmt: skip
        rows = self._without(rows, given == taken, "reactions between others", aside=True)
        keys = self.book.keys(pl.concat([rows["by"], rows["to"]])) if rows.height else {}
        self.book.acts(rows.with_columns(
            channel=pl.lit("reaction"), direction=pl.when(given).then(pl.lit("given")).otherwise(pl.lit("received")),
            counterparts=pl.when(given).then(people(pl.col("to"), keys)).otherwise(people(pl.col("by"), keys)),
            n_targets=pl.lit(1, pl.Int32), thread="slug", composed=pl.lit(False), value_kind=pl.lit("applause"),
            happened_at=pl.coalesce(epoch(pl.col("at")), epoch(pl.col("of"), "ms")),
            time_precision=pl.when(epoch(pl.col("at")).is_not_null()).then(pl.lit("second")).otherwise(pl.lit("day")),
        ), "of", "by_plain", "emoji")  # fmt: skip


def _slug(member: Member, *, secret: bool) -> str:
    """What tells a conversation from others: its box and folder; of a file that is one by itself, its own name."""
    folder, _, name = fold(member.path).rpartition("/")
    if secret:
        return re.sub(r"(_\d+)?\.json$", "", name)
    return "/".join(folder.split("/")[-2:]) if folder and re.fullmatch(r"message(_\d+)?\.json", name) else fold(member.path)


def _decoded(data: bytes, kind: type, one: type):
    """A file as a whole; else record by record. The thread, the numbers of its messages, the numbers that do not fit."""
    try:
        whole = _DECODE[kind].decode(data)
        return whole, range(len(whole.messages or ())), {}
    except _BROKEN:
        pass
    try:
        loose = _DECODE[Loose].decode(data)
    except _BROKEN:
        left = uncut(data, "messages")
        if left is None:
            raise Unreadable("not the JSON that was expected, or cut short; get the export again") from None
        whole, numbers, bad = _decoded(left, kind, one)
        return whole, numbers, bad | {len(numbers) + len(bad): CUT}
    good, bad = {}, {}
    for i, raw in enumerate(loose.messages or ()):
        try:
            good[i] = _DECODE[one].decode(raw)
        except _BROKEN:
            bad[i] = ""
    title = loose.title if kind is Thread else loose.threadName
    who = _try(list[Person] if kind is Thread else list[str], loose.participants) or []
    return kind(participants=who, title=_try(str | None, title), messages=list(good.values())), list(good), bad


def _try(kind: type, raw: msgspec.Raw):
    try:
        return _DECODE[kind].decode(raw)
    except _BROKEN:
        return None
