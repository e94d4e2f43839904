"""Who is who in a Telegram export: the owner, the people in chats, the address book."""

from __future__ import annotations

from functools import cached_property

import polars as pl

from transforms.act import Owner, Reading
from transforms.sources.telegram.decode import Card, Export
from transforms.times import epoch, written

_PREFIXES = ("user", "channel", "chat")
_KINDS = {"channel": "organisation", "chat": "organisation"}


def key_of(number: int | str | None) -> str | None:
    """`user123`, `channel456`; before 2021 a bare number, which was a person's."""
    if number is None or number == "":
        return None
    return number if isinstance(number, str) and number.startswith(_PREFIXES) else f"user{number}"


class Book:
    """The owner and the names of one export."""

    def __init__(self, reading: Reading, member: int, export: Export, owner: Owner) -> None:
        self.reading, self.member, self.export, self.zone = reading, member, export, owner.zone
        self.me = self._owner(owner)
        reading.owner_key = self.me
        card = export.me
        if card:
            reading.owner_name = card.name
            reading.owner_aliases = [a for a in (card.username, card.phone) if a]
        self.handle = (card.username or "").lower() if card else ""
        self.bots = {f"user{c.id}" for c, _, _ in export.chats if c.type == "bot_chat"}

    def _owner(self, owner: Owner) -> str | None:
        """Who the export says it is; else whose notes it holds; else whom the owner named; else who talks with all."""
        if self.export.me and self.export.me.user_id:
            return f"user{self.export.me.user_id}"
        notes = [c.id for c, _, _ in self.export.chats if c.type == "saved_messages" and c.id]
        if notes:
            return f"user{notes[0]}"
        authors: dict[str, set[str]] = {}
        pairs: list[set[str]] = []
        for chat, _, messages in self.export.chats:
            here = {k for m in messages if (k := key_of(m.from_id or m.actor_id))}
            if chat.type in ("personal_chat", "bot_chat"):
                pairs.append(here - {f"user{chat.id}"})
            for m in messages:
                if (k := key_of(m.from_id)) and m.from_:
                    authors.setdefault(k, set()).add(m.from_.casefold())
        mine = {name.casefold() for name in owner.me}
        named = [k for k, names in authors.items() if k in owner.me or names & mine]
        common = {k for pair in pairs for k in pair}
        return named[0] if len(named) == 1 else common.pop() if len(common) == 1 else None

    @cached_property
    def names(self) -> dict[str, str]:
        """Name → account, of names only one account here has."""
        held: dict[str, set[str]] = {}
        for chat, _, messages in self.export.chats:
            if chat.type == "personal_chat" and chat.name:
                held.setdefault(chat.name, set()).add(f"user{chat.id}")
            for name, key in {(m.from_ or m.actor, m.from_id or m.actor_id) for m in messages}:
                if name and key:
                    held.setdefault(name, set()).add(key_of(key) or "")
        for _, card in self.export.contacts or ():
            if card.user_id and card.name:
                held.setdefault(card.name, set()).add(f"user{card.user_id}")
        own = {self.reading.owner_name: self.me} if self.me and self.reading.owner_name else {}
        return {name: min(keys) for name, keys in held.items() if len(keys) == 1} | own

    def other(self, card: Card) -> bool:
        """Whether a shared contact has a name and is not the owner's own card."""
        own = self.export.me
        return card.name is not None and (own is None or (card.name != own.name and (card.phone or "") != own.phone))

    def named(self, names: list[str | None] | None) -> list[str]:
        """Account keys of members, who stand in events by name alone."""
        return [self.names.get(n, f"name:{n}") for n in names or () if n]

    def contacts(self) -> None:
        """The address book: who is in it, since when."""
        if self.export.contacts is None:
            return
        kept = [(i, c) for i, c in self.export.contacts if c.name or c.phone]
        nobody = len(self.export.contacts) - len(kept)
        self.reading.set_aside(self.member, "contacts whose account is gone", nobody)
        keys = [f"user{c.user_id}" if c.user_id else f"phone:{c.phone}" if c.phone else f"name:{c.name}" for _, c in kept]
        f = pl.DataFrame(
            {"record": [f"{self.member}:{i}" for i, _ in kept], "key": keys, "name": [c.name for _, c in kept],
             "phone": [c.phone for _, c in kept], "at": [c.date_unixtime for _, c in kept], "date": [c.date for _, c in kept]},
            schema=dict.fromkeys(("record", "key", "name", "phone", "at", "date"), pl.String),
        ).with_columns(identified=pl.when(pl.col("key").str.starts_with("user")).then(pl.lit("id"))
                       .otherwise(pl.col("key").str.split(":").list.first()))  # fmt: skip
        same = pl.when(pl.col("phone").is_not_null()).then(pl.concat_list(pl.lit("phone:") + pl.col("phone")))
        self.reading.accounts(f.with_columns(account_kind=pl.lit("person"), same_as=same))
        local = written(pl.col("date"), "%Y-%m-%dT%H:%M:%S", zone=self.zone)
        self.reading.states(f.with_columns(
            state=pl.lit("contact"), direction=pl.lit("given"), since_at=pl.coalesce(epoch(pl.col("at")), local),
            time_precision=pl.lit("second"),
        ))  # fmt: skip
        self.reading.listing("contact", "given", complete=not any(b.startswith("c") for b in self.export.broken))

    def people(self, f: pl.DataFrame, addressed: pl.Series) -> None:
        """Everybody a chat is held with, or who writes in one, under the newest name; and handles that were addressed."""
        chats = [(c.name, f"user{c.id}") for c, _, _ in self.export.chats if c.type in ("personal_chat", "bot_chat") and c.id]
        held = pl.DataFrame(chats, schema={"name": pl.String, "key": pl.String}, orient="row").with_columns(
            happened_at=pl.lit(None, pl.Datetime("us", "UTC"))
        )
        said = f.select("name", "happened_at", key="by").drop_nulls("key")
        newest = pl.concat([held.select("key", "name", "happened_at"), said.select("key", "name", "happened_at")])
        newest = (
            newest.sort("happened_at", nulls_last=False, maintain_order=True)
            .group_by("key")
            .agg(name=pl.col("name").drop_nulls().last())
        )
        newest = newest.filter(pl.col("key") != (self.me or "")).sort("key")
        kind = pl.col("key").str.extract(r"^([a-z]+)").replace_strict(_KINDS, default="person", return_dtype=pl.String)
        kind = pl.when(pl.col("key").is_in(list(self.bots))).then(pl.lit("bot")).otherwise(kind)
        self.reading.accounts(newest.with_columns(account_kind=kind, identified=pl.lit("id")))
        handles = pl.DataFrame({"key": addressed.filter(addressed.str.starts_with("@")).sort()})
        handles = handles.with_columns(handle="key", identified=pl.lit("handle"))
        bot = pl.col("key").str.ends_with("bot")
        self.reading.accounts(handles.with_columns(account_kind=pl.when(bot).then(pl.lit("bot")).otherwise(pl.lit("person"))))
