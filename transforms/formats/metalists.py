"""Entries of the lists of Instagram and Threads: somebody, a time, perhaps a text and an address, in every shape since 2021."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import polars as pl

from transforms.formats.meta import Label, Struct, frame, mend_one
from transforms.times import epoch

NAME = (
    "name", "naam", "nom", "nombre", "nome", "navn", "namn", "imię", "imię i nazwisko", "nume", "ad", "adı", "имя", "nimi", "név",
    "jméno", "meno", "ім’я", "όνομα", "名前", "이름", "名稱", "名称", "姓名",
)  # fmt: skip
USERNAME = (
    "username", "gebruikersnaam", "nom d’utilisateur", "nom d'utilisateur", "nombre de usuario", "benutzername", "nutzername",
    "nome de usuário", "nome utente", "nome do utilizador", "brugernavn", "användarnamn", "nume de utilizator", "用戶名稱",
)  # fmt: skip


_HANDLE = re.compile(r"(?=.*[a-z])[a-z0-9._]{1,30}")
COLUMNS = ("member", "i", "who", "text", "at", "link", "name")


_PROFILE = re.compile(
    r"https?://(?:www\.)?(?:instagram\.com|threads\.(?:net|com))/(?:_u/)?@?([A-Za-z0-9._]+)(?:/post/.*)?/?(?:\?.*)?$"
)


class Leaf(Struct):
    """A value, an address, a time: which of them is there tells what it is."""

    href: str | None = None
    value: Any = None
    timestamp: int | None = None


class Post(Struct):
    """A picture of a post, with the text where the post has but one."""

    title: str | None = None
    creation_timestamp: int | None = None


class Entry(Struct):
    """One entry, in any of the shapes since 2021."""

    title: str | None = None
    timestamp: int | None = None
    string_list_data: list[Leaf] | None = None
    string_map_data: dict[str, Leaf | list | str | float | bool | None] | None = None
    label_values: list[Label] | None = None
    media: list[Post] | Post | None = None
    creation_timestamp: int | None = None

    def post(self) -> tuple[str | None, int | None]:
        """Text and time of a post."""
        media = self.media if isinstance(self.media, list) else [self.media] if self.media else []
        text = next((t for t in (self.title, *(m.title for m in media)) if t), None)
        return text, next((t for t in (self.creation_timestamp, *(m.creation_timestamp for m in media)) if t), None)

    def told(self) -> tuple[str | None, str | None, int | None, str | None, str | None]:
        """Whom it is about (handle), the text, the time, the address, and the display name; by shape, by label last."""
        if self.string_map_data:
            return self._mapped(self.string_map_data)
        if self.label_values:
            return self._labelled()
        leaf = self.string_list_data[0] if self.string_list_data else _EMPTY
        value = leaf.value if isinstance(leaf.value, str) else None
        return self.title or handle_of(leaf.href) or value, value, leaf.timestamp, leaf.href, None

    def _mapped(self, values: dict) -> tuple[str | None, str | None, int | None, str | None, str | None]:
        """Of a map of labels: the time is what has one, the owner is the last text, what was written the first."""
        at = link = who = None
        texts = []
        for label, leaf in values.items():
            if not isinstance(leaf, Leaf):
                continue
            written = leaf.value if isinstance(leaf.value, str) else ""
            if who is None and _owns(label):
                who = written
            if leaf.timestamp:
                at = at or leaf.timestamp
            elif written:
                texts.append(written)
            link = link or leaf.href
        if who is None:
            who = texts[-1] if len(texts) > 1 else handle_of(link)
        return who or None, next((t for t in texts if t is not who), None), at or self.timestamp, link, None

    def _labelled(self) -> tuple[str | None, str | None, int | None, str | None, str | None]:
        """Of label_values: whom it is about stands under a title, with the address of the profile."""
        handle = name = link = text = None
        at = self.timestamp
        for label in self.label_values or ():
            leaves = list(label.leaves())
            at = at or next((x.timestamp_value for x in leaves if x.timestamp_value), None)
            links = [x.link for x in leaves if x.link]
            texts = [x.text for x in leaves if x.text]
            if label.dict is None:
                link = link or next(iter(links), None)
                text = text or next(iter(texts), None)
                continue
            found = next((h for u in links if (h := handle_of(u)) and h in {t.lower() for t in texts}), None)
            spelled = (t.lower() for x in leaves if (t := x.text) and mend_one(x.label or "").lower() in USERNAME)
            found = found or next(spelled, None)
            if found:
                handle = handle or found
                name = name or next((t for t in texts if t.lower() != found), None)
        return handle or handle_of(link), text, at, link, name


_EMPTY = Leaf()


@lru_cache(1000)
def _owns(label: str) -> bool:
    """Whether a label says that it is the owner of a post."""
    return bool(re.search("owner|eigenaar|propri|inhaber", mend_one(label).lower()))


def owner_of(labels: dict[str, str]) -> tuple[str | None, str | None]:
    """Handle and name in a profile of labels (lower case, mended); in other languages the first that is a handle by form."""
    name = next((labels[k] for k in NAME if labels.get(k)), None)
    handle = next((labels[k] for k in USERNAME if labels.get(k)), None)
    return handle or next((v for k, v in labels.items() if k not in NAME and _HANDLE.fullmatch(v)), None), name


def handle_of(link: str | None) -> str | None:
    """The handle in the address of a profile: not in that of a post."""
    match = _PROFILE.match(link or "")
    return match[1].lower() if match and match[1] not in ("p", "reel", "stories", "explore") else None


def table(rows: list[tuple]) -> pl.DataFrame:
    """Rows of COLUMNS as a frame: handles as keys, times as instants."""
    return columned(dict(zip(COLUMNS, zip(*rows, strict=True) if rows else ((),) * len(COLUMNS), strict=True)))


def columned(columns: dict[str, Sequence]) -> pl.DataFrame:
    """The same of columns."""
    found = frame(columns | {"i": pl.Series(columns["i"]).cast(pl.String)})
    who = pl.col("who").str.strip_chars(" @").str.to_lowercase()
    return found.with_columns(who=pl.when(who != "").then(who), happened_at=epoch(pl.col("at")))
