"""Whom the owner had erased: known by keyed hashes alone, and kept out of whatever is read.

A person is known by the names of their accounts (`x:42`, `x:@jane`, `url:…`, `email:…`, `name:jane example`) and by the phrases
they are written as: full name, handle, address, profile, number. Rows that are theirs go, and are counted as set aside; in
what others wrote or what is left of a group, the phrases become "…". A first name alone is not a phrase.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from transforms.act import hashes

TOKEN = re.compile(r"@?[^\W_]+")
LONGEST = 12  # tokens of a phrase
SHORTEST = 5  # characters of a handle or key that is looked for in texts without its @
REDACTED = ("text", "name", "company", "position", "post", "thread", "path")
BUCKETS = 1 << 16


def tokens(text: str) -> list[str]:
    """The words of a text as they are compared: lower case, an @ before a word is part of it."""
    return TOKEN.findall(text.lower())


def bare(url: str) -> str:
    """A profile's address without what may differ between two spellings of it."""
    return re.sub(r"^https?://(www\.)?|/+$", "", url.strip().lower())


@dataclass(frozen=True)
class Account:
    """One account as some archive knows it."""

    platform: str
    key: str
    name: str | None = None
    handle: str | None = None
    url: str | None = None
    same_as: tuple[str, ...] = ()

    def names(self, *, own: bool = True) -> set[str]:
        """What it is known by; `own` includes the person's name, which a namesake bears too."""
        told = {f"{self.platform}:{self.key}"} | {_plain(token) for token in self.same_as}
        told |= {f"{self.platform}:@{self.handle.lower().lstrip('@')}"} if self.handle else set()
        told |= {f"url:{bare(url)}" for url in (self.url, self.key) if url and "/" in url}
        return told | (named(self.name) if own else set())

    def phrases(self, *, own: bool = True) -> set[str]:
        """What it is written as in texts and paths."""
        told = [bare(url) for url in (self.url, self.key) if url and "/" in url]
        told += [token.partition(":")[2] for token in map(_plain, self.same_as)]
        told += [word for word in (self.key.removeprefix("name:") if own else "", self.handle or "") if len(word) >= SHORTEST]
        handle = (self.handle or "").lstrip("@")
        found = {" ".join(tokens(t)) for t in (*told, f"@{handle}" if handle else "")}
        words = tokens(self.name or "")
        if own and len(words) > 1:  # a folder runs the name together
            found |= {" ".join(words), "".join(words)}
        return {phrase for phrase in found if len(phrase) > 2 and (" " in phrase or len(phrase) >= SHORTEST or phrase[0] == "@")}


def named(name: str | None) -> set[str]:
    """What a full name is known by; a single word names nobody."""
    words = tokens(name or "")
    return {f"name:{' '.join(words)}"} if len(words) > 1 else set()


def _plain(token: str) -> str:
    kind, colon, value = token.partition(":")
    return f"url:{bare(value)}" if kind == "url" else f"{kind}{colon}{value.strip().lower()}"


@dataclass(frozen=True)
class Forgotten:
    """Tombstones: HMAC-SHA-256 under `key` (hex) of names and phrases, and 16 bits of each phrase's first word to look by."""

    key: str
    hashes: frozenset[str]
    starts: frozenset[int]

    def knows(self, names: Iterable[str]) -> bool:
        """Whether one of these names is of somebody forgotten."""
        return any(digest(self.key, "name", name) in self.hashes for name in names)

    def redact(self, text: str) -> str:
        """The text with every phrase of somebody forgotten as "…"."""
        found = list(TOKEN.finditer(text.lower())) if len(text.lower()) == len(text) else list(TOKEN.finditer(text))
        out, at, i = [], 0, 0
        while i < len(found):
            words = [m[0].lower() for m in found[i : i + LONGEST]]
            fits = next((n for n in range(len(words), 0, -1) if self._phrase(" ".join(words[:n]))), 0)
            if fits:
                out += [text[at : found[i].start()], "…"]
                at = found[i + fits - 1].end()
            i += fits or 1
        return "".join([*out, text[at:]])

    def _phrase(self, phrase: str) -> bool:
        return digest(self.key, "phrase", phrase) in self.hashes


def digest(key: str, kind: str, name: str) -> str:
    """The tombstone of a name or a phrase."""
    return hmac.digest(bytes.fromhex(key), f"{kind}\0{name}".encode("utf-8", "replace"), "sha256").hex()[:40]


def starts(key: str, phrases: Iterable[str]) -> set[int]:
    """Buckets of first words."""
    first = pl.Series([p.partition(" ")[0] for p in phrases], dtype=pl.String).to_frame("word")
    return set(first.select(_bucket(key)).to_series().to_list())


def _bucket(key: str) -> pl.Expr:
    return (hashes(pl.col("word")).xxh3_64(seed=int(key[:15], 16)) % BUCKETS).cast(pl.Int64)


def theirs(facts: Iterable[pl.DataFrame], gone: Forgotten) -> dict[str, set[str]]:
    """The keys of those forgotten, by platform: by any name an account of this archive has, or by the key itself.

    `facts` are all of the archive's, in any number of frames of FACT.
    """
    accounts, told = [], []
    for part in facts:
        accounts.append(part.filter(fact="account").select("platform", "key", "name", "handle", "url", "same_as").unique())
        acts = part.filter(fact="act").select("platform", key="counterparts").explode("key")
        told.append(pl.concat([acts, part.filter(fact="state").select("platform", "key")]).unique())
    keys: dict[str, set[str]] = {}
    known = pl.concat(accounts).unique()
    for platform, key, name, handle, url, same_as in known.iter_rows():
        if gone.knows(Account(platform, key or "", name, handle, url, tuple(same_as or ())).names()):
            keys.setdefault(platform, set()).add(key)
    bare_keys = pl.concat(told).unique().drop_nulls()
    for platform, key in bare_keys.join(known, on=["platform", "key"], how="anti").iter_rows():
        if gone.knows(Account(platform, key, key.removeprefix("name:")).names()):
            keys.setdefault(platform, set()).add(key)
    return keys


def without(facts: pl.DataFrame, keys: dict[str, set[str]], gone: Forgotten) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of FACT without those forgotten, whose keys are these, and the rows that went."""
    left = facts.with_columns(_went=pl.lit(False))
    for platform, those in keys.items():
        here, them = pl.col("platform") == platform, pl.Series(sorted(those)).implode()
        others = pl.col("counterparts").list.eval(pl.element().filter(~pl.element().is_in(them)))
        emptied = (pl.col("counterparts").list.len() > 0) & (others.list.len() == 0)
        held = pl.col("fact").is_in(["account", "state"]) & pl.col("key").is_in(them)
        left = left.with_columns(
            counterparts=pl.when(here).then(others).otherwise("counterparts"),
            _went=pl.col("_went") | (here & (emptied | held).fill_null(False)),
        )
    dropped, left = facts.filter(left["_went"]), left.filter(~pl.col("_went")).drop("_went")
    return _redacted(_unintroduced(left, gone), gone), dropped


def _unintroduced(facts: pl.DataFrame, gone: Forgotten) -> pl.DataFrame:
    """Without those forgotten among whom an act introduces: keys, addresses or names."""
    told = facts.filter(pl.col("introduces").list.len() > 0).select("platform", "introduces").explode("introduces").unique()
    theirs = [
        (platform, who) for platform, who in told.iter_rows()
        if gone.knows({f"{platform}:{who}", _plain(who), f"email:{who.lower()}"} | named(who.removeprefix("name:")))
    ]  # fmt: skip
    for platform, who in theirs:
        others = pl.col("introduces").list.eval(pl.element().filter(pl.element() != who))
        facts = facts.with_columns(introduces=pl.when(pl.col("platform") == platform).then(others).otherwise("introduces"))
    return facts


def _redacted(facts: pl.DataFrame, gone: Forgotten) -> pl.DataFrame:
    """What is written in the columns of free words, with their phrases as "…". Hashes of such a text's words go."""
    for column in REDACTED:
        cells = facts.select(row=pl.int_range(pl.len(), dtype=pl.Int64), cell=column).drop_nulls()
        words = cells.select("row", word=pl.col("cell").str.to_lowercase().str.extract_all(TOKEN.pattern)).explode("word")
        suspect = words.drop_nulls().filter(_bucket(gone.key).is_in(sorted(gone.starts)))["row"].unique()
        changed = {
            row: redacted for row, cell in cells.filter(pl.col("row").is_in(suspect.implode())).iter_rows()
            if (redacted := gone.redact(cell)) != cell
        }  # fmt: skip
        if not changed:
            continue
        row = pl.int_range(pl.len(), dtype=pl.Int64)
        new = row.replace_strict(changed, default=pl.col(column), return_dtype=pl.String).alias(column)
        kept = pl.when(row.is_in(list(changed)).not_()).then("shingles").alias("shingles")
        facts = facts.with_columns([new, *([kept] if column == "text" else [])])
    return facts
