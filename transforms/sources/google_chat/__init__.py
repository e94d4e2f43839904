"""Google Chat in a Takeout: one folder per conversation, both sides, to the second; reactions without a date.

A person is an e-mail address here: their old and their new one are two accounts. A direct message has one other member; in a
space a message opens a topic for all members, an answer in a topic is for those who wrote in it before. Spaces the owner has
left are missing. https://support.google.com/accounts/answer/3024190

Traps: dates are words (see formats.takeout), with a narrow blank in newer exports; an edited message keeps its date with its
previous versions; a message of a deleted account has no author; bots write too. Google moved conversations of Hangouts here,
back to 2013: a Hangouts.json of the same account may hold the same messages, as another platform's.
"""

from __future__ import annotations

import re
from collections import Counter

import polars as pl

from transforms import times
from transforms.act import Owner, Reading
from transforms.archive import Archive, Member, Unreadable
from transforms.formats import rooms, told
from transforms.formats.jsonrecords import document, numbered
from transforms.formats.takeout import spoken
from transforms.sources.google_chat.decode import Group, Message, Person, User, addressed, date, key_of

TITLE = "Google Chat"
VERSION = "3"
ASKS_OWNER = True
_GROUPS, _INFOS, _USERS = "Groups/*/messages.json", "Groups/*/group_info.json", "Users/*/user_info.json"
LAYOUTS = {"2020": tuple(f"Google Chat/{p}" for p in (_GROUPS, _INFOS, _USERS)), "unwrapped": (_GROUPS, _INFOS, _USERS)}
IGNORES = {"Google Chat/Groups/*/*": "files that were sent", "Groups/DM */*": "files that were sent",
           "Groups/Space */*": "files that were sent"}  # fmt: skip
_SHOWS = re.compile(rb'"(messages|members|user|membership_info|name)"\s*:')
_LIST = pl.List(pl.String)
_SAID = {"i": pl.Int64, "member": pl.Int32,
         **dict.fromkeys(("email", "name", "type", "at", "text", "id", "topic", "state"), pl.String)}  # fmt: skip
_NOBODY = Person()
_LOST = "not a message of the expected form; get the export again"


def claims(archive: Archive) -> list[Member]:
    """What it reads: named alike by Google in every language; and beside it the files that were sent."""
    mine = [m for m in archive.find(*LAYOUTS["unwrapped"]) if not m.size or _SHOWS.search(archive.head(m))]
    sure = [m for m in mine if "google chat/" in m.path.lower() or re.search(r"Groups/(DM|Space) [^/]+/|Users/User ", m.path)]
    return sure and sorted({*sure, *archive.find(*IGNORES)}, key=lambda m: m.number)


def read(archive: Archive, owner: Owner) -> Reading:
    """Everything a Takeout says of Google Chat."""
    reading = Reading("google_chat")
    book = Book(reading, owner)
    for member in claims(archive):
        reader = {"messages.json": book.messages, "group_info.json": book.group, "user_info.json": book.user}.get(member.name)
        if reader:
            try:
                n = reader(member, archive.read(member))
            except Unreadable as why:
                reading.problem(member.number, "-", str(why))
                n = 1
            reading.member(member.number, n)
    book.close()
    return reading


def _keyed(email: pl.Expr, name: pl.Expr) -> pl.Expr:
    """The same of columns."""
    email = email.str.strip_chars().str.to_lowercase()
    return pl.coalesce(pl.when(email != "").then(email), pl.when(name != "").then(pl.lit("name:") + name))


class Book:
    """What the members of one archive say, as columns, until all are read."""

    def __init__(self, reading: Reading, owner: Owner) -> None:
        self.reading, self.owner = reading, owner
        self.me: list[str] = []
        self.groups: dict[str, list[str]] = {}
        self.people: list[tuple] = []
        self.folders: dict[int, str] = {}  # of the members with messages
        self.said: dict[str, list] = {column: [] for column in _SAID}
        self.reacted: list[tuple] = []
        self.addressed: list[tuple] = []  # whom messages answer or mention, by key or by name
        self.named: list[tuple] = []  # in which folder a name is whose

    def user(self, member: Member, data: bytes) -> int:
        """The owner, and in which groups they are."""
        who = document(data, User).user
        if not (key := key_of(who)):
            raise Unreadable("does not name whose export it is; get the export again")
        self.me.append(key)
        self.reading.owner_name = self.reading.owner_name or who.name
        self._person(who, f"{member.number}:0")
        return 1

    def group(self, member: Member, data: bytes) -> int:
        """Who is in a conversation."""
        members = [p for p in document(data, Group).members or () if key_of(p)]
        if not members:
            self.reading.set_aside(member.number, "conversations without members", 1)
        self.groups[_folder(member)] = list(dict.fromkeys(key_of(p) for p in members))
        self.named += [(_folder(member), f"name:{p.name}", key_of(p)) for p in members if p.name]
        for person in members:
            self._person(person, f"{member.number}:0")
        return 1

    def messages(self, member: Member, data: bytes) -> int:
        """All messages of one conversation."""
        good, numbers, bad = numbered(data, Message, "messages")
        for i, cut in bad.items():
            self.reading.problem(member.number, i, cut or _LOST)
        by = [m.creator or _NOBODY for m in good]
        told = {
            "i": numbers, "email": [p.email for p in by], "name": [p.name for p in by], "type": [p.user_type for p in by],
            "at": [m.created_date or date(m) for m in good], "text": [m.text for m in good], "id": [m.message_id for m in good],
            "topic": [m.topic_id for m in good], "state": [m.message_state for m in good],
            "member": [member.number] * len(good),
        }  # fmt: skip
        self.folders[member.number] = _folder(member)
        for column, values in told.items():
            self.said[column] += values
        self.reacted += [
            (member.number, i, r.emoji.unicode if r.emoji else None, who.strip().lower())
            for i, m in zip(numbers, good, strict=True) if m.reactions for r in m.reactions for who in r.reactor_emails or ()
        ]  # fmt: skip
        self.addressed += [
            (member.number, i, key, quoted)
            for i, m in zip(numbers, good, strict=True) if m.quoted_message_metadata or m.annotations
            for key, quoted in addressed(m)
        ]  # fmt: skip
        return len(good) + len(bad)

    def close(self) -> None:
        """Tell every act once."""
        self._whose()
        said = pl.DataFrame(self.said, schema=_SAID).with_columns(
            by=_keyed(pl.col("email"), pl.col("name")), gone=(pl.col("state") == "DELETED").fill_null(False),
            folder=pl.col("member").replace_strict(self.folders, return_dtype=pl.String).cast(pl.String),
        )
        self._accounts(said)
        if said.is_empty():
            return
        if not self.me:
            for member, n in said.group_by("member").len().sort("member").iter_rows():
                reason = "who the owner is is told nowhere; add your address to people.csv with `me`"
                self.reading.problem(member, "-", reason, records=n)
            return
        told.aside(self.reading, said.filter("gone"), "deleted messages, of which only the time is left")
        rows = self._rows(said.filter(~pl.col("gone")))
        lonely = ~pl.col("direct") & (pl.col("by").is_null())
        alone = pl.col("own") & (pl.col("n") == 0)
        told.aside(self.reading, rows.filter(alone), "notes to oneself or to a bot")
        bots = pl.col("by").is_in(sorted(self._bots)).fill_null(False)
        told.aside(self.reading, rows.filter(bots), "messages of bots")
        rows = rows.filter(~alone & ~bots)
        acts = self._acts(rows, lonely)
        self.reading.exported_at = acts["happened_at"].max()
        told.aside(self.reading, acts.filter("overheard"), rooms.LARGE)
        told.tell(self.reading, pl.concat([acts.filter(~pl.col("overheard")).drop("overheard"), self._reactions(rows)]))
        claim = "messages.json of every conversation the owner is still in"
        shown = ("message", "group", "reaction") if self.reacted else ("message", "group")
        for channel in shown:
            for direction in ("given", "received"):
                self.reading.sees(channel, direction, claim=claim)

    def _whose(self) -> None:
        """The owner: as the export says, else an address they gave, else whoever is in every one of several conversations."""
        everywhere = Counter(k for keys in self.groups.values() for k in keys)
        if not self.me:
            self.me = sorted(set(everywhere) & {m.lower() for m in self.owner.me})
        if not self.me and len(self.groups) > 1:
            always = [k for k, n in everywhere.items() if n == len(self.groups)]
            self.me = always if len(always) == 1 else []
        self.me = list(dict.fromkeys(self.me))
        self.reading.owner_key, self.reading.owner_aliases = (self.me or [None])[0], sorted(self.me[1:])

    def _rows(self, said: pl.DataFrame) -> pl.DataFrame:
        """Messages with who else is there: the members, and those who wrote where no members are told."""
        nobody = self.me + sorted(self._bots)
        wrote = said.group_by("folder").agg(wrote=pl.col("by").drop_nulls().unique())
        groups = pl.DataFrame({"folder": list(self.groups), "people": list(self.groups.values())},
                              schema={"folder": pl.String, "people": _LIST})  # fmt: skip
        there = wrote.join(groups, on="folder", how="left").with_columns(
            pl.coalesce(pl.when(pl.col("people").list.set_difference(nobody).list.len() > 0).then("people"), "wrote")
            .list.set_difference(nobody).list.sort().alias("others")
        ).select("folder", "others", n=pl.col("others").list.len())  # fmt: skip
        parts = pl.col("id").str.extract_groups("^([^/]*)/([^/]*)/([^/]*)$")
        parts = parts.struct.rename_fields(["in_group", "in_topic", "last"])
        group, topic, last = pl.col("in_group"), pl.col("in_topic"), pl.col("last")
        rows = said.with_columns(parts.struct.unnest()).join(there, on="folder", how="left", maintain_order="left").with_columns(
            own=pl.col("by").is_in(self.me).fill_null(False), happened_at=spoken(pl.col("at")), direct=pl.col("n") <= 1,
            thread=pl.concat_str(
                group.fill_null(pl.col("folder")), pl.coalesce("topic", topic, "id"), separator="/", ignore_nulls=True
            ),
            is_reply=(topic != last).fill_null(False),
            uri=pl.coalesce("id", pl.concat_str(pl.col("folder", "by", "at", "text").fill_null(""), separator=" ")),
        )  # fmt: skip
        whom = self._whom(rows, nobody)
        answer = rooms.answers(rows.select("happened_at", room="folder", group=~pl.col("direct"), mine="own"))
        return rows.join(whom, on=["member", "i"], how="left", maintain_order="left").with_columns(
            pl.col("is_reply") | pl.col("quotes").fill_null(False) | pl.lit(answer), pl.col("to_me").fill_null(False),
            large=rooms.large(pl.col("n")),
        )  # fmt: skip

    def _whom(self, rows: pl.DataFrame, nobody: list[str]) -> pl.DataFrame:
        """Of messages of groups whom they answer, in their topic or by a quote, or mention: `peers` of the topic, `said` all."""
        groups = rows.filter(~pl.col("direct"))
        answers = groups.filter("is_reply").select("member", "i", "thread", "by", "happened_at")
        wrote = groups.join(answers, on="thread", how="semi").group_by("thread", key="by").agg(since=pl.col("happened_at").min())
        before = answers.join(wrote, on="thread").filter((pl.col("since") <= pl.col("happened_at")).fill_null(True))
        schema = {"member": pl.Int32, "i": pl.Int64, "told": pl.String, "quotes": pl.Boolean}
        named = pl.DataFrame(self.addressed, orient="row", schema=schema).join(
            groups.select("member", "i", "folder", "by"), on=["member", "i"]
        )
        known = pl.DataFrame(self.named, orient="row", schema=dict.fromkeys(("folder", "told", "key"), pl.String)).unique()
        known = known.filter(~pl.struct("folder", "told").is_duplicated())
        named = named.join(known, on=["folder", "told"], how="left").with_columns(
            pl.coalesce("key", pl.when(~pl.col("told").str.starts_with("name:")).then("told"))
        )
        both = pl.concat([before.with_columns(topic=True), named.with_columns(topic=False)], how="diagonal").drop_nulls("key")
        key, mine = pl.col("key"), pl.col("key").is_in(self.me)
        both = both.filter(key != pl.col("by").fill_null(""), mine | ~key.is_in(nobody))
        return both.group_by("member", "i").agg(
            peers=key.filter("topic", ~mine).unique().sort(), said=key.filter(~mine).unique().sort(), to_me=mine.any(),
            n_peers=key.filter("topic").n_unique(), n_said=key.n_unique(), quotes=pl.col("quotes").any(),
            in_topic_with_me=(mine & pl.col("topic")).any(),
        )  # fmt: skip

    def _acts(self, rows: pl.DataFrame, nobody: pl.Expr) -> pl.DataFrame:
        """Messages: to the one other, to those who wrote in the topic, or to all of a room that is small enough."""
        empty, large = pl.lit([], _LIST), pl.col("large")
        whom = pl.when(large).then(pl.col("said").fill_null([])).when(pl.col("peers").list.len() > 0).then("peers")
        author = pl.coalesce("by", pl.when("direct").then(pl.col("others").list.first()))
        by = pl.when(nobody | author.is_null()).then(empty).otherwise(pl.concat_list(author))
        narrow = pl.when(large).then("n_said").when(pl.col("own") | pl.col("in_topic_with_me")).then("n_peers")
        narrow = pl.when(~pl.col("direct") & (pl.col("own") | pl.col("to_me")) & (narrow > 0)).then(narrow)
        return rows.select(
            "member", "i", "uri", "happened_at", "thread", "is_reply", "text",
            overheard=large & ~pl.col("own") & ~pl.col("to_me"),
            post=pl.col("id"), composed=pl.lit(True), value_kind=pl.lit(None, pl.String), time_precision=pl.lit("second"),
            channel=pl.when("direct").then(pl.lit("message")).otherwise(pl.lit("group")),
            direction=pl.when("own").then(pl.lit("given")).otherwise(pl.lit("received")),
            counterparts=pl.when("own").then(whom.otherwise("others")).otherwise(by),
            n_targets=pl.coalesce(narrow, "n").cast(pl.Int32),
        )  # fmt: skip

    def _reactions(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Reactions between the owner and the author; they carry no date."""
        reacted = pl.DataFrame(self.reacted, orient="row", schema={
            "member": pl.Int32, "i": pl.Int64, "emoji": pl.String, "who": pl.String,
        })  # fmt: skip
        both = reacted.join(rows, on=["member", "i"], how="inner", maintain_order="left")
        mine = pl.col("who").is_in(self.me)
        both = both.filter(mine != pl.col("own"), pl.col("by").is_not_null() | ~mine)
        return both.select(
            "member", "i", uri=pl.concat_str("uri", pl.col("emoji").fill_null(""), "who", separator=" "),
            happened_at=pl.lit(None, times.INSTANT), thread="thread", is_reply=pl.lit(False), text=pl.lit(None, pl.String),
            post="id", composed=pl.lit(False), value_kind=pl.lit("applause"), time_precision=pl.lit("unknown"),
            channel=pl.lit("reaction"), direction=pl.when(mine).then(pl.lit("given")).otherwise(pl.lit("received")),
            counterparts=pl.concat_list(pl.when(mine).then("by").otherwise("who")), n_targets=pl.lit(1, pl.Int32),
        )  # fmt: skip

    def _person(self, who: Person, record: str | None) -> None:
        self.people.append((key_of(who), who.name, who.user_type, record))

    def _accounts(self, said: pl.DataFrame) -> None:
        """Everybody named, the owner too where a record is about nothing else."""
        schema = dict.fromkeys(("key", "name", "type", "record"), pl.String)
        people = pl.DataFrame(self.people, schema=schema, orient="row")
        if not said.is_empty():
            wrote = said.select(key="by", name="name", type="type", record=pl.lit(None, pl.String)).drop_nulls("key")
            people = pl.concat([people, wrote.unique("key", keep="last", maintain_order=True)])
        reacted = [(who, None, None, None) for *_, who in self.reacted]
        people = pl.concat([people, pl.DataFrame(reacted, schema=schema, orient="row").unique("key", maintain_order=True)])
        named = pl.col("key").str.starts_with("name:")
        bot = pl.col("type").is_not_null() & (pl.col("type") != "Human")
        self._bots = set(people.filter(bot)["key"].to_list()) - set(self.me)
        self.reading.accounts(people.filter(pl.col("record").is_not_null() | ~pl.col("key").is_in(self.me)).select(
            "key", "name", "record", account_kind=pl.when(pl.col("key").is_in(sorted(self._bots))).then(pl.lit("bot")),
            identified=pl.when(named).then(pl.lit("name")).otherwise(pl.lit("email")),
            same_as=pl.when(named).then(pl.lit([], _LIST)).otherwise(pl.concat_list(pl.lit("email:") + pl.col("key"))),
        ))  # fmt: skip


def _folder(member: Member) -> str:
    """The folder of a conversation names it: `DM k6…` or `Space AAAA…`."""
    return member.path.rsplit("/", 2)[-2] if member.path.count("/") else ""
