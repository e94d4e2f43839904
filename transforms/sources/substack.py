"""Substack: the zip of Settings → Export: posts, the list of subscribers, the list of paying ones.

Who subscribed, and when, is known by e-mail address; comments, likes and notes are in no export. A first payment is a gift to
the owner; a free paid subscription (`comp`) is a gift of the owner, dated by nothing but its end. A subscription somebody gave
away (`gift`) names who got it, not who paid. https://support.substack.com/hc/en-us/articles/360037466012

Traps: titles are HTML-escaped; drafts and pages stand among the posts; addresses differ in case; columns have come and gone;
who unsubscribed is not in the list at all. Reads of single persons (`*.opens.csv`, `*.delivers.csv`) are never read.
"""

from __future__ import annotations

import re

import polars as pl

from transforms import text as texts
from transforms import times
from transforms.act import Owner, Reading
from transforms.archive import Archive, Member, Unreadable
from transforms.formats import csvs
from transforms.formats.told import TWICE, aside, tell

TITLE = "Substack"
VERSION = "2"
LAYOUTS = {"2019": ("posts.csv", "email_list*.csv", "*signup_emails*.csv", "*subscriber_emails*.csv", "*subscribers*.csv")}
IGNORES = {
    "posts/*.html": "bodies of the posts that posts.csv lists", "posts/*.opens.csv": "who read what is nobody's act",
    "posts/*.delivers.csv": "who got what is nobody's act",
}  # fmt: skip
_POSTS = {"postid", "postdate", "ispublished"}
_LISTS = ({"email", "activesubscription", "createdat"}, {"email", "expiry", "type"})
_ACT = [
    "channel", "direction", "counterparts", "n_targets", "broadcast", "happened_at", "time_precision", "text", "composed", "post",
    "thread", "value_kind", "proven", "uri", "member", "i",
]  # fmt: skip
_TYPES = ("newsletter", "podcast", "thread", "video")
_PAID = ("paid", "gift", "comp", "free", "")
_WHERE = "Settings → Export: "


def _found(archive: Archive) -> list[tuple[Member, bool]]:
    """Tables by their columns, the posts first; True for posts."""
    tables = archive.find(*LAYOUTS["2019"])
    posts = [(m, True) for m in tables if csvs.header(archive.head(m), _POSTS)]
    lists = [(m, False) for m in tables if csvs.header(archive.head(m), *_LISTS)]
    return posts + lists


def claims(archive: Archive) -> list[Member]:
    """What it reads, and beside the posts what it only knows."""
    mine = [m for m, _ in _found(archive)]
    folders = {m.path.rpartition("/")[0] for m, posts in _found(archive) if posts}
    beside = [m for m in archive.find(*IGNORES) if m.path.rpartition("posts/")[0].rstrip("/") in folders]
    return sorted({m.number: m for m in [*mine, *beside]}.values(), key=lambda m: m.number)


def read(archive: Archive, owner: Owner) -> Reading:
    """Posts, then lists."""
    reading = Reading("substack")
    posts: list[pl.DataFrame] = []
    lists: list[pl.DataFrame] = []
    for member, is_posts in _found(archive):
        try:
            table = csvs.table(archive.read(member), *([_POSTS] if is_posts else _LISTS))
        except (Unreadable, csvs.NotCsv) as why:
            reading.problem(member.number, "-", str(why))
            reading.member(member.number, 1)
            continue
        reading.member(member.number, table.records)
        for row, reason in table.broken:
            reading.problem(member.number, row, reason)
        frame = table.frame.rename({"row": "i"}).with_columns(member=pl.lit(member.number, pl.Int32))
        (posts if is_posts else lists).append(frame)
        name = re.fullmatch(r"email_list\.(.+)\.csv", member.name.lower())
        if name:
            reading.owner_key, reading.owner_name = f"https://{name[1]}.substack.com", name[1]
    acts = [_posts(reading, pl.concat(posts, how="diagonal"))] if posts else []
    acts += _lists(reading, pl.concat(lists, how="diagonal")) if lists else []
    if acts:
        tell(reading, pl.concat([a.select(_ACT) for a in acts]))
    return reading


def _cell(frame: pl.DataFrame, name: str) -> pl.Expr:
    text = pl.col(name).str.strip_chars() if name in frame.columns else pl.when(pl.lit(False)).then(pl.col("i").cast(pl.String))
    return pl.when(text != "").then(text)


def _posts(reading: Reading, f: pl.DataFrame) -> pl.DataFrame:
    """One broadcast per published post."""
    reading.sees("post", "given", claim=f"{_WHERE}posts.csv")
    kind, out = _cell(f, "type").fill_null("newsletter"), _cell(f, "ispublished").str.to_lowercase().eq_missing("true")
    aside(reading, f.filter(~out), "drafts")
    aside(reading, f.filter(out & (kind == "page")), "pages of the site, not sent to anybody")
    for member, i in f.filter(out & ~kind.is_in([*_TYPES, "page"])).select("member", "i").iter_rows():
        reading.problem(member, i, "a kind of post that is not known; please report it")
    f = f.filter(out & kind.is_in(_TYPES))
    at = pl.coalesce(_cell(f, "postdate"), _cell(f, "emailsentat"), _cell(f, "inboxsentat"))
    title = pl.concat_str(_cell(f, "title"), _cell(f, "subtitle"), separator="\n", ignore_nulls=True)
    return f.select(
        "member", "i", channel=pl.lit("post"), direction=pl.lit("given"), counterparts=pl.lit([], pl.List(pl.String)),
        n_targets=pl.lit(None, pl.Int32), broadcast=pl.lit(True), happened_at=times.iso(at), time_precision=_precision(at),
        text=texts.unescape(title), composed=pl.lit(True), post=_cell(f, "postid").str.extract(r"^(\d+)"),
        thread=pl.lit(None, pl.String), value_kind=pl.lit(None, pl.String), proven=pl.lit(False),
        uri=pl.lit("post ") + _cell(f, "postid").str.extract(r"^([^.]+)"),
    )  # fmt: skip


def _precision(at: pl.Expr) -> pl.Expr:
    return (
        pl.when(at.is_null()).then(pl.lit("unknown")).when(at.str.contains(r":\d\d\.\d")).then(pl.lit("millisecond"))
        .when(at.str.contains(r"\d:\d")).then(pl.lit("second")).otherwise(pl.lit("day"))
    )  # fmt: skip


def _lists(reading: Reading, f: pl.DataFrame) -> list[pl.DataFrame]:
    """Subscribers, and what was paid or given. An address in both lists is one person."""
    mail = _cell(f, "email").str.to_lowercase()
    f = f.with_columns(mail=mail, kind=_cell(f, "type").str.to_lowercase().fill_null(""), since=_cell(f, "createdat"),
                       paid=_cell(f, "firstpaymentat"), record=pl.format("{}:{}", "member", "i"))  # fmt: skip
    wrong = (
        pl.when(~pl.col("mail").str.contains(r"^[^@\s]+@[^@\s]+$").fill_null(False)).then(pl.lit("no e-mail address in it"))
        .when(~pl.col("kind").is_in(_PAID)).then(pl.lit("a kind of subscription that is not known; please report it"))
    )  # fmt: skip
    whole = "activesubscription" in f.columns
    f = f.with_columns(wrong=wrong, since_at=times.iso(pl.col("since")), paid_at=times.iso(pl.col("paid")))
    for member, i, why in f.filter(pl.col("wrong").is_not_null()).select("member", "i", "wrong").iter_rows():
        reading.problem(member, i, why)
        whole = False
    f = f.filter(pl.col("wrong").is_null())
    for day in ("since", "paid"):
        for member, i in f.filter(pl.col(day).is_not_null(), pl.col(f"{day}_at").is_null()).select("member", "i").iter_rows():
            reading.problem(member, i, "a date between 1990 and 2100 was expected; it is kept without one", records=0)
    base = f.with_columns(
        channel=pl.lit("gift"), counterparts=pl.concat_list("mail"), n_targets=pl.lit(1, pl.Int32), broadcast=pl.lit(False),
        text=pl.lit(None, pl.String), composed=pl.lit(True), post=pl.lit(None, pl.String), thread=pl.lit(None, pl.String),
        value_kind=pl.lit("gift"), proven=pl.lit(True), happened_at="paid_at",
        time_precision=_precision(pl.when(pl.col("paid_at").is_not_null()).then("paid")),
    )  # fmt: skip
    money = (
        base.filter(pl.col("paid").is_not_null() | (pl.col("kind") == "paid"))
        .with_columns(direction=pl.lit("received"), uri=pl.lit("paid ") + pl.col("mail"))
        .sort(pl.col("paid_at").is_null(), maintain_order=True)
    )  # a dated payment is told before an undated one
    free = base.filter(pl.col("kind") == "comp").with_columns(
        direction=pl.lit("given"), uri=pl.lit("comp ") + pl.col("mail"), happened_at=pl.lit(None, times.INSTANT),
        time_precision=pl.lit("unknown"),
    )  # fmt: skip
    # the oldest list entry of an address tells since when; other lists only repeat that they subscribe
    states = f.sort(pl.col("since_at").is_null(), maintain_order=True)
    first = states["mail"].is_first_distinct()
    again, states = states.filter(~first), states.filter(first)
    gifts = pl.concat([money.select("record"), free.select("record")])
    lost = again.join(gifts, on="record", how="anti")
    aside(reading, lost, TWICE)
    reading.states(states.with_columns(
        state=pl.lit("follow"), direction=pl.lit("received"), key="mail",
        time_precision=pl.when(pl.col("since_at").is_null()).then(pl.lit("unknown")).otherwise(_precision(pl.col("since"))),
    ))  # fmt: skip
    reading.accounts(states.select(key="mail", identified=pl.lit("email")))
    reading.exported_at = f["since_at"].max()
    reading.listing("follow", "received", complete=whole)
    reading.sees("gift", "received", claim=f"{_WHERE}payments as of the lists of subscribers")
    if "type" in f.columns:
        reading.sees("gift", "given", claim=f"{_WHERE}free paid subscriptions, undated")
    return [money, free]
