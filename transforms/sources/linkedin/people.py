"""Who is who in one LinkedIn archive: profile URLs, names that stand for one, the owner."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import unquote

import polars as pl

from transforms import text as texts
from transforms import times
from transforms.act import ACCOUNT, Owner, Reading

PACIFIC = "America/Los_Angeles"  # the clock of dates written as 1/31/24, 9:05 AM, whoever's export it is
NOBODY = ("linkedin member", "linkedin user", "")
_SITE = "https://www.linkedin.com/"


def col(frame: pl.DataFrame, *names: str) -> pl.Expr:
    """The first of these columns there is, outer blanks gone and empty as null; null where an era has none of them."""
    name = next((n for n in names if n in frame.columns), None)
    if name is None:
        return pl.lit(None, pl.String)
    value = pl.col(name).str.strip_chars()
    return pl.when(value != "").then(value)


def instant(text: pl.Expr, zone: str = "UTC") -> pl.Expr:
    """UTC, from every way LinkedIn has written a time; `zone` is the clock of those with AM and PM."""
    return text.map_batches(lambda told: _instants(told, zone), return_dtype=times.INSTANT)


def _instants(told: pl.Series, zone: str) -> pl.Series:
    """The usual form of one file first, the others only where it does not fit."""
    t = pl.col("t")
    usual = t.str.strip_suffix(" UTC").str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False, cache=False)
    f = told.to_frame("t").with_columns(at=times.sane(usual.dt.replace_time_zone("UTC")))
    left = f["at"].is_null() & f["t"].is_not_null()
    if not left.any():
        return f["at"]
    plain = t.str.replace_all("[\u00a0\u202f]", " ").str.replace(r"^(\d{4})/(\d\d)/(\d\d)", "$1-$2-$3")
    others = pl.coalesce(
        times.iso(t),
        times.written(t, "%m/%d/%y, %I:%M %p", "%m/%d/%Y, %I:%M %p", zone=zone),
        times.written(t, "%d %b %Y", "%a %b %d %H:%M:%S UTC %Y", "%d-%b-%y", "%Y-%m-%d", "%m/%d/%y"),
    )
    return f["at"].scatter(left.arg_true(), f.filter(left).select(t=plain).select(others).to_series())


def precision(text: pl.Expr) -> pl.Expr:
    """How finely `instant` tells."""
    colons = text.str.count_matches(":", literal=True)
    return (
        pl.when(colons > 1).then(pl.lit("second")).when(colons == 1).then(pl.lit("minute"))
        .when(text.is_not_null()).then(pl.lit("day")).otherwise(pl.lit("unknown"))
    )  # fmt: skip


def profile(url: pl.Expr) -> pl.Expr:
    """`in/<vanity>` as written (`pub/…`, `company/…` likewise), or `urn:li:member:<n>`; null where it is neither.

    The API names people by `urn:li:person:<id>`, another id for every application that asks.
    """
    path = url.str.extract(r"(?i)linkedin\.com/((?:in|company|school)/[^/?#\s]+|pub/[^?#\s]*[^/?#\s])")
    number = url.str.extract(r"(urn:li:(?:member:\d+|person:[\w-]+))")
    return pl.coalesce(path.map_batches(_decoded, return_dtype=pl.String), number)


def _decoded(paths: pl.Series) -> pl.Series:
    odd = paths.str.contains("%", literal=True).fill_null(False)
    if not odd.any():
        return paths
    coded = paths.filter(odd).unique()
    return paths.replace(coded, pl.Series([unquote(c) for c in coded]))


def full(frame: pl.DataFrame, first: str, last: str) -> pl.Expr:
    """One name of two columns."""
    name = pl.concat_str(col(frame, first), col(frame, last), separator=" ", ignore_nulls=True)
    return pl.when(name != "").then(name)


@dataclass
class Book:
    """What the files of one export say together, and where each record goes."""

    reading: Reading
    tables: dict[str, pl.DataFrame]
    me: frozenset[str] = frozenset()  # the owner's names, folded
    evidence: str = "export"
    names: dict[str, str] = field(default_factory=dict)  # folded name → key, where one profile alone carries it
    seen: list[dict] = field(default_factory=list)
    _accounts: list[pl.DataFrame] = field(default_factory=list)
    _newest: list[datetime] = field(default_factory=list)

    def key(self, name: pl.Expr, url: pl.Expr | None = None) -> pl.Expr:
        """The account key: the profile, else the one profile that carries the name, else the name; null for nobody."""
        folded = texts.fold(name)
        named = folded.replace_strict(self.names, default=None, return_dtype=pl.String) if self.names else pl.lit(None, pl.String)
        by_name = pl.when(~folded.is_in(NOBODY)).then(pl.coalesce(named, pl.lit("name:") + folded))
        if url is None:
            return by_name
        known = profile(url).str.to_lowercase()
        return pl.coalesce(pl.when(known.str.starts_with("urn:")).then(named), known, by_name)

    def note(self, frame: pl.DataFrame, key: str, name: str, url: str | None = None, **more: pl.Expr) -> None:
        """Remember accounts by columns of `frame`; what is noted first counts more."""
        told = pl.col(url) if url else pl.lit(None, pl.String)
        frame = frame.select(key=key, name=name, url=told, **more).unique(maintain_order=True)
        path = profile(pl.col("url"))
        frame = frame.with_columns(url=pl.when(~path.str.starts_with("urn:")).then(pl.lit(_SITE) + path))
        self._accounts.append(frame.filter(pl.col("key") != (self.reading.owner_key or "")))

    def acts(self, frame: pl.DataFrame, *identity: str | pl.Expr) -> None:
        """Keep acts, and remember the newest instant."""
        self.newest(frame["happened_at"])
        self.reading.acts(frame.with_columns(evidence=pl.lit(self.evidence)), identity)

    def newest(self, instants: pl.Series) -> None:
        """What the export holds was there when it was made."""
        self._newest += [m for m in [instants.max()] if m is not None]

    def amiss(self, frame: pl.DataFrame, reason: str, records: int = 1) -> None:
        """Records that cannot be read, each with its place; 0 of those of which the rest can be."""
        for number, row in frame.select("member", "row").iter_rows():
            self.reading.problem(number, row, reason, records=records)

    def aside(self, frame: pl.DataFrame, reason: str) -> None:
        """Records known to tell nothing of giving or taking, counted per member."""
        for number, records in frame.group_by("member", maintain_order=True).len().iter_rows():
            self.reading.set_aside(number, reason, records)

    def sees(self, channel: str, *directions: str, claim: str, **more: object) -> None:
        """What the archive shows; declared at the end, when the time of the export is known."""
        self.seen += [{"channel": channel, "direction": d, "claim": claim, **more} for d in directions]

    def close(self, made: datetime | None) -> Reading:
        """The reading, with its accounts and what it sees. `made`: the day the export's folder names."""
        reading = self.reading
        reading.exported_at = max([*self._newest, *([made] if made else [])], default=None)
        if self._accounts:
            told = pl.concat([pl.DataFrame(schema=ACCOUNT), *self._accounts], how="diagonal")
            same = pl.col("same_as").explode().drop_nulls().unique(maintain_order=True)
            rest = pl.exclude("key", "same_as", "identified", "handle").drop_nulls().first()
            told = told.group_by("key", maintain_order=True).agg(rest, same)
            told = told.with_columns(identified=identified(pl.col("key")), handle=pl.col("key").str.extract("^in/(.+)$"))
            address = pl.when(pl.col("url").is_not_null()).then(pl.concat_list(pl.lit("url:") + pl.col("url").str.to_lowercase()))
            reading.accounts(told.with_columns(same_as=pl.concat_list(address.fill_null([]), "same_as")))
        for one in {(s["channel"], s["direction"]): s for s in self.seen}.values():
            reading.sees(**one)
        return reading


def identified(key: pl.Expr) -> pl.Expr:
    """How well a key is known, by its form."""
    return (
        pl.when(key.str.starts_with("urn:")).then(pl.lit("id")).when(key.str.contains("^(in|pub|company|school)/")).then(pl.lit("url"))
        .when(key.str.starts_with("email:")).then(pl.lit("email")).when(key.str.starts_with("phone:")).then(pl.lit("phone"))
        .otherwise(pl.lit("name"))
    )  # fmt: skip


def open_book(reading: Reading, tables: dict[str, pl.DataFrame], owner: Owner, evidence: str = "export") -> Book:
    """Find the owner and the names that stand for one profile; everything else is read with them."""
    book = Book(reading, tables, evidence=evidence)
    tables = tables | ({"messages": _once(tables["messages"])} if "messages" in tables else {})
    pairs = _pairs(tables)
    mine = _own_name(tables)
    book.me = frozenset(_folded([*([mine] if mine else []), *owner.me]))
    book.names = _alone(pairs, tables)
    key = reading.owner_key or _own_key(tables, pairs, book.me)
    key = key or next((k for k in sorted(owner.me) if k.startswith("in/")), None)
    if key is None and mine:
        key = "name:" + _folded([mine])[0]
    beside = _beside(tables, key) if key else []
    book.me |= set(_folded(beside))
    reading.owner_key, reading.owner_name = key, mine or next(iter(beside), None)
    reading.owner_aliases += [f"name:{name}" for name in dict.fromkeys(_folded([*([mine] if mine else []), *beside]))]
    return book


def _once(messages: pl.DataFrame) -> pl.DataFrame:
    """Who wrote to whom, each pair once a conversation, and how often as `n`: what tells who is who."""
    return messages.group_by(pl.col("^(conversationid|direction|from|to|senderprofileurl|recipientprofileurls)$")).len("n")


def _beside(tables: dict[str, pl.DataFrame], key: str) -> list[str]:
    """Names that stand beside the owner's profile, the most usual first: there may be no Profile.csv, and names change."""
    columns = {"messages": [("from", "senderprofileurl")], "invitations": [
        ("from", "inviterprofileurl"), ("from", "inviterprofileurn"), ("to", "inviteeprofileurl"), ("to", "inviteeprofileurn"),
    ]}  # fmt: skip
    told = [
        tables[stem].select(name=col(tables[stem], name), url=col(tables[stem], url), n=_number(tables[stem]))
        for stem, pairs in columns.items() if stem in tables for name, url in pairs if url in tables[stem].columns
    ]  # fmt: skip
    if not told:
        return []
    mine = pl.concat(told).drop_nulls().filter(profile(pl.col("url")).str.to_lowercase() == key)
    counted = mine.group_by("name").agg(pl.col("n").sum()).sort("n", "name", descending=[True, False])
    return [name for name in counted["name"] if name.lower() not in NOBODY]


def _folded(names: list[str]) -> list[str]:
    return pl.select(texts.fold(pl.Series(names, dtype=pl.String))).to_series().to_list() if names else []


def _pairs(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Every (folded name, profile) the export writes side by side."""
    invitations, messages = tables.get("invitations"), tables.get("messages")
    found = []
    if "connections" in tables:
        f = tables["connections"]
        found.append(f.select(name=full(f, "firstname", "lastname"), url=col(f, "url")))
    if invitations is not None:
        f = invitations
        found.append(f.select(name=col(f, "from"), url=col(f, "inviterprofileurl", "inviterprofileurn")))
        found.append(f.select(name=col(f, "to"), url=col(f, "inviteeprofileurl", "inviteeprofileurn")))
    if messages is not None:
        f = messages
        found.append(f.select(name=col(f, "from"), url=col(f, "senderprofileurl")))
        alone = f.filter(~col(f, "recipientprofileurls").str.contains(",", literal=True))
        found.append(alone.select(name=col(f, "to"), url=col(f, "recipientprofileurls")))
    for stem, who in (("endorsementgiveninfo", "endorsee"), ("endorsementreceivedinfo", "endorser")):
        if stem in tables:
            f = tables[stem]
            found.append(f.select(name=full(f, f"{who}firstname", f"{who}lastname"), url=col(f, f"{who}publicurl")))
    if not found:
        return pl.DataFrame(schema={"name": pl.String, "key": pl.String})
    pairs = pl.concat(found).unique().select(name=texts.fold(pl.col("name")), key=profile(pl.col("url")).str.to_lowercase())
    return pairs.drop_nulls().unique().filter(~pl.col("name").is_in(NOBODY))


def _alone(pairs: pl.DataFrame, tables: dict[str, pl.DataFrame]) -> dict[str, str]:
    """Names that exactly one profile carries, and no second connection: namesakes are never merged.

    A member number of mid-2023 goes with the profile of its name only where that name has one number, too.
    """
    urn = pl.col("key").str.starts_with("urn:")
    one = pairs.group_by("name").agg(key=pl.col("key").filter(~urn).first(), profiles=(~urn).sum(), numbers=urn.sum())
    one = one.filter((pl.col("profiles") == 1) & (pl.col("numbers") <= 1))
    if "connections" in tables:
        f = tables["connections"]
        day = instant(col(f, "connectedon"), PACIFIC).dt.date()  # what two files tell of one day is one connection
        twice = f.select(name=texts.fold(full(f, "firstname", "lastname")), day=day).unique()
        one = one.join(twice.filter(pl.col("name").is_duplicated()), on="name", how="anti")
    return dict(one.select("name", "key").iter_rows())


def _own_name(tables: dict[str, pl.DataFrame]) -> str | None:
    """From the profile, else whoever sends what goes out and gets what comes in."""
    if (f := tables.get("profile")) is not None and f.height:
        return f.select(full(f, "firstname", "lastname")).to_series()[0]
    return _usual(tables, "from", "to")


def _usual(tables: dict[str, pl.DataFrame], sender: str, receiver: str) -> str | None:
    """What stands most often on the owner's side of invitations, and of messages that state a direction (2018)."""
    sides = []
    for f in (tables[stem] for stem in ("invitations", "messages") if stem in tables):
        way = col(f, "direction")
        mine = pl.when(way == "OUTGOING").then(col(f, sender)).when(way == "INCOMING").then(col(f, receiver))
        sides.append(f.select(mine=mine, n=_number(f)))
    if not sides:
        return None
    counted = pl.concat(sides).drop_nulls().group_by("mine").agg(pl.col("n").sum()).sort("n", "mine", descending=[True, False])
    return counted["mine"][0] if counted.height else None


def _number(table: pl.DataFrame) -> pl.Expr:
    """How many records a row stands for."""
    return (pl.col("n") if "n" in table.columns else pl.lit(1)).cast(pl.Int64)


def _own_key(tables: dict[str, pl.DataFrame], pairs: pl.DataFrame, me: frozenset[str]) -> str | None:
    """The owner's profile: on their side of the invitations, else in all conversations, else the one with their name."""
    usual = _usual(tables, "inviterprofileurl", "inviteeprofileurl")
    if usual:
        return pl.select(profile(pl.lit(usual)).str.to_lowercase()).item()
    named = set(pairs.filter(pl.col("name").is_in(list(me)) & ~pl.col("key").str.starts_with("urn:"))["key"])
    f = tables.get("messages")
    if f is not None and "recipientprofileurls" in f.columns and "conversationid" in f.columns:
        there = f.select(pl.col("^(conversationid|senderprofileurl|recipientprofileurls)$")).unique()
        urls = pl.concat_str(col(f, "senderprofileurl"), col(f, "recipientprofileurls"), separator=",", ignore_nulls=True)
        there = there.select(thread="conversationid", url=urls.str.split(",")).explode("url")
        there = there.select("thread", key=profile(pl.col("url")).str.to_lowercase()).drop_nulls().unique()
        threads = there["thread"].n_unique()
        counts = there.group_by("key").len().filter((pl.col("len") == pl.col("len").max()) & (pl.col("len") >= 0.9 * threads))
        top = set(counts["key"])
        if len(top) == 1 and threads > 1:
            return top.pop()
        named = top & named or named
    urn = _usual(tables, "inviterprofileurn", "inviteeprofileurn")
    return named.pop() if len(named) == 1 else urn
