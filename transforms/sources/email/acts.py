"""From the rows of all mails to acts: whose mailbox it is, who is meant, what answers what, who brings whom together."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from transforms.act import Owner, Reading
from transforms.formats import mail
from transforms.formats.rooms import large
from transforms.formats.told import TWICE, alone, aside
from transforms.sources.email.letters import ROLE, Box, whose

TABLE = 10  # people at most who may be introduced to each other
_STRANGE = "does not tell whose mailbox it is; mark your own address `me` in people.csv"
_LATE = pl.duration(hours=1)  # a clock that is fast
_EARLY = pl.duration(days=5)  # as long as a mail may wait on its way


def own_addresses(rows: pl.DataFrame, box: Box, owner: Owner) -> list[str]:
    """The owner's addresses, the most used first: told by the owner, delivered to, sent from; else the one always there."""
    used = (
        pl.concat([rows["sender"], rows["to"].explode().drop_nulls()])
        .value_counts()
        .sort("count", "sender", descending=[True, False])
    )
    counts = dict(used.iter_rows())
    told = {_same(a.removeprefix("email:").casefold()) for a in owner.me if "@" in a}
    delivered = {a: n for a, n in box.delivered.items() if a not in box.lists}
    told |= {_same(a) for a, n in delivered.items() if n * 5 >= sum(delivered.values())}
    sent = rows.filter("sent")["sender"].value_counts()
    told |= {_same(a) for a, n in sent.iter_rows() if n * 20 >= sent["count"].sum()}
    if not told and rows.height >= 3:
        (first, most), (_, next_most) = [*counts.items(), ("", 0)][:2]
        told = {_same(first)} if most * 10 >= rows.height * 9 and most * 2 >= next_most * 3 else set()
    return [a for a in counts if _same(a) in told]


def _same(address: str) -> str:
    """An address without what is after `+`, and at Google without dots: the same mailbox."""
    local, _, host = address.partition("@")
    local = local.partition("+")[0]
    if host in ("gmail.com", "googlemail.com"):
        return local.replace(".", "") + "@gmail.com"
    return f"{local}@{host}"


def dated(rows: pl.DataFrame, zone: str) -> pl.DataFrame:
    """`happened_at`: what the sender's clock says, unless the server that took the mail in makes that impossible."""
    rows = rows.with_columns(said=mail.instant(pl.col("date"), zone), came=mail.instant(pl.col("received"), "UTC"))
    wrong = (pl.col("said") > pl.col("came") + _LATE) | (pl.col("said") < pl.col("came") - _EARLY)
    return rows.with_columns(happened_at=pl.when(wrong.fill_null(False)).then("came").otherwise(pl.coalesce("said", "came")))


def tell(reading: Reading, box: Box, owner: Owner, asked: str = "") -> pl.DataFrame:
    """Add the acts and accounts of all mails; returns the acts with their direction and time.

    `asked` is the address whose mailbox was pulled: it is the owner's, though no mail may name it.
    """
    rows = box.mails()
    mine = own_addresses(rows, box, owner) or [a for a in (asked.casefold(),) if "@" in a]
    rows = dated(rows, owner.zone)
    reading.exported_at = newest(rows)
    if rows.height and not mine:
        for member, n in rows.group_by("member").len().sort("member").iter_rows():
            reading.problem(member, "-", _STRANGE, records=n)
        rows = rows.clear()
    reading.owner_key, reading.owner_aliases = mine[0] if mine else None, mine[1:]
    for member, i in rows.filter(pl.col("happened_at").is_null()).select("member", "i").iter_rows():
        reading.problem(member, i, "no date between 1990 and 2100; look it up and add it to the ledger")
    rows = _directed(rows.drop_nulls("happened_at"), mine, box.lists)
    kept = rows
    for reason, rest in ((ROLE, pl.col("role") & (pl.col("direction") == "received")), ("notes to oneself", pl.col("alone"))):
        aside(reading, kept.filter(rest), reason)
        kept = kept.filter(~rest)
    fullest = kept.sort(pl.col("text").str.len_bytes(), "member", "i", descending=[True, False, False], nulls_last=True)
    first = fullest.select(pl.struct("id", "sender", "date").is_first_distinct()).to_series()
    aside(reading, fullest.filter(~first), TWICE)
    kept = _introducing(_threaded(fullest.filter(first)), mine)
    reading.acts(
        kept.with_columns(
            channel=pl.lit("mail"), time_precision=pl.lit("second"), record=pl.concat_str("member", "i", separator=":"),
        ),
        identity=["id"],
    )  # fmt: skip
    _accounts(reading, kept, box.names)
    return kept


def _directed(rows: pl.DataFrame, mine: list[str], lists: set[str]) -> pl.DataFrame:
    given = pl.col("sender").is_in(mine)
    mine_or_lists = pl.lit([*mine, *lists], dtype=pl.List(pl.String))
    others = pl.col("to").list.set_difference(mine_or_lists)
    to_me = pl.col("to").list.set_intersection(pl.lit(mine, dtype=pl.List(pl.String))).list.len() > 0
    received = pl.col("to").list.set_difference(pl.concat_list("sender")).list.len()
    rows = rows.with_columns(direction=pl.when(given).then(pl.lit("given")).otherwise(pl.lit("received")), others=others)
    every = pl.col("others").list.set_union(pl.col("unseen").list.set_difference(mine_or_lists))
    whom = pl.when(~large(every.list.len())).then(every).otherwise(pl.lit([], dtype=pl.List(pl.String)))
    listed = pl.col("to").list.set_intersection(pl.lit(list(lists), dtype=pl.List(pl.String))).list.len() > 0
    unknown = (pl.col("hidden") & ~(given & (every.list.len() > 0))) | listed | (~given & ~to_me)
    return rows.with_columns(
        counterparts=pl.when(given).then(whom).otherwise(pl.concat_list("sender")),
        n_targets=pl.when(~unknown).then(pl.when(given).then(every.list.len()).otherwise(received)).cast(pl.Int32),
        alone=given & (every.list.len() == 0) & to_me,
    )


def _threaded(rows: pl.DataFrame) -> pl.DataFrame:
    """`thread` is the first mail known of a conversation; an answer is what has a parent somebody else wrote."""
    ids = rows["id"].to_list()
    above = dict(zip(ids, rows["parent"].to_list(), strict=True))
    top = dict(zip(ids, rows["root"].to_list(), strict=True))
    wrote = dict(zip(ids, rows["sender"].to_list(), strict=True))
    threads: dict[str, str] = {}
    for one in ids:
        way: list[str] = []
        here = one
        while here not in threads and here not in way and len(way) < 1000:
            way.append(here)
            here = top.get(here) or above.get(here) or here
        threads.update(dict.fromkeys(way, threads.get(here, here)))
    answers = [p is not None and wrote.get(p) != s for p, s in rows.select("parent", "sender").iter_rows()]
    return rows.with_columns(
        thread=pl.Series([threads[i] for i in ids], dtype=pl.String), is_reply=pl.Series(answers, dtype=pl.Boolean)
    )


def _introducing(rows: pl.DataFrame, mine: list[str]) -> pl.DataFrame:
    """`introduces`: in the first mail that has them beside somebody known, the new ones; and addresses in the text.

    Whether the mail is an introduction its text decides; this only says whom it would connect.
    """
    rows = rows.sort("happened_at", "member", "i")
    seen: set[str] = set()
    met: set[frozenset[str]] = set()
    found: list[list[str]] = []
    for direction, sender, others in rows.select("direction", "sender", "others").iter_rows():
        people = [a for a in others if a != sender and whose(a) == "person"] if len(others) <= TABLE else []
        if direction == "received":
            found.append([a for a in people if a not in seen] if sender in seen else [])
        else:
            found.append(people if len(people) > 1 and frozenset(people) not in met else [])
        met.add(frozenset(people))
        seen.update(people, (sender,))
    written = pl.col("text").str.to_lowercase().str.extract_all(r"[\w.+-]+@(?:[\w-]+\.)+[a-z]{2,}").fill_null([])
    written = written.list.set_difference(pl.concat_list("sender")).list.set_difference(pl.lit(mine, dtype=pl.List(pl.String)))
    rows = rows.with_columns(met=pl.Series(found, dtype=pl.List(pl.String)))
    return rows.with_columns(introduces=pl.concat_list("met", written).list.unique(maintain_order=True)).sort("member", "i")


def _accounts(reading: Reading, rows: pl.DataFrame, names: dict[tuple[str, str], int]) -> None:
    """Everybody an act is towards or from, or who is introduced by it; the name most used for them."""
    keys = pl.concat([rows["counterparts"].explode(), rows["met"].explode()]).drop_nulls().unique().sort().alias("key").to_frame()
    known = pl.DataFrame(
        [(a, n, c) for (a, n), c in names.items()], schema={"key": pl.String, "name": pl.String, "n": pl.Int64}, orient="row"
    )
    best = known.sort(["n", "name"], descending=[True, False]).unique("key", keep="first", maintain_order=True)
    kinds = {a: whose(a) for a in keys["key"]}
    reading.accounts(
        keys.join(best.select("key", "name"), on="key", how="left", maintain_order="left").with_columns(
            account_kind=pl.col("key").replace_strict(kinds, default="person", return_dtype=pl.String),
            identified=pl.lit("email"), same_as=pl.concat_list(pl.lit("email:") + pl.col("key")),
        )
    )  # fmt: skip


def notices(box: Box, zone: str) -> list[Reading]:
    """One reading per platform that mails tell of; a mail that tells several acts is one record."""
    readings = []
    for platform in sorted({str(n["platform"]) for n in box.notices}):
        reading = Reading(platform)
        rows = pl.DataFrame([n for n in box.notices if n["platform"] == platform], infer_schema_length=None)
        rows = rows.cast({c: pl.String for c in rows.columns if rows[c].dtype == pl.Null})
        for member, n in rows.group_by("member").agg(pl.col("i").n_unique()).sort("member").iter_rows():
            reading.member(member, n)
        rows = dated(rows, zone)
        for member, i in (
            rows.filter(pl.col("happened_at").is_null()).select("member", "i").unique().sort("member", "i").iter_rows()
        ):
            reading.problem(member, i, "no date between 1990 and 2100; look it up and add it to the ledger")
        rows = rows.drop_nulls("happened_at").sort("member", "i", "n")
        first = rows.select(pl.struct("id", "n").is_first_distinct()).to_series()
        aside(reading, rows.filter(~first).unique(["member", "i"]), TWICE)
        rows = rows.filter(first).with_columns(key=_known(rows.filter(first)))
        reading.acts(
            rows.with_columns(
                direction=pl.lit("received"), n_targets=pl.lit(1, pl.Int32), evidence=pl.lit("notification"),
                counterparts=alone("key"), time_precision=pl.lit("second"),
                is_reply=pl.col("channel") == "comment", record=pl.concat_str("member", "i", separator=":"),
            ),
            identity=["id", "n"],
        )  # fmt: skip
        people = (
            rows.drop_nulls("key")
            .sort(pl.col("url").is_not_null(), "happened_at")
            .unique("key", keep="last", maintain_order=True)
            .sort("key")
        )
        reading.accounts(people.select("key", "name", "handle", "url", "identified", "account_kind"))
        reading.exported_at = newest(rows)
        readings.append(reading)
    return readings


def _known(rows: pl.DataFrame) -> pl.Series:
    """The keys, where a bare name is the name of one account alone that account's."""
    bare = pl.col("key").str.starts_with("name:")
    named = rows.filter(~bare, pl.col("name").is_not_null()).group_by("name").agg(pl.col("key").unique())
    one = dict(named.filter(pl.col("key").list.len() == 1).with_columns(pl.col("key").list.first()).iter_rows())
    return rows.select(pl.when(bare).then(pl.col("name").replace_strict(one, default=pl.col("key"))).otherwise("key")).to_series()


def oldest(rows: pl.DataFrame, direction: str) -> datetime | None:
    """When the oldest mail in a direction was sent."""
    return rows.filter(pl.col("direction") == direction).select(pl.col("happened_at").min()).item()


def newest(rows: pl.DataFrame) -> datetime | None:
    """When the newest act happened: an export of mails says no better when it was made."""
    return rows.select(pl.col("happened_at").max()).item()
