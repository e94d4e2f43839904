"""What the owner did in public on LinkedIn. Whose post it was is never named; the number of a post tells when it was made."""

from __future__ import annotations

import re

import polars as pl

from transforms import text as texts
from transforms import times
from transforms.sources.linkedin.people import Book, col, instant, precision

NEAR, CLEAR = 1_000, 5_000  # ms: activity and share number of one post lie 3 to 755 ms apart, nothing else within 5 s
REACTIONS = ("LIKE", "APPRECIATION", "PRAISE", "INTEREST", "ENTERTAINMENT", "EMPATHY", "MAYBE")
_EXPORT = "Get a copy of your data: "
_UPDATE = "https://www.linkedin.com/feed/update/urn%3Ali%3A"
_PERCENT = {"%3A": ":", "%3a": ":", "%28": "(", "%29": ")", "%2C": ",", "%2c": ","}


def post(link: pl.Expr) -> pl.Expr:
    """`activity:7100…` out of a link to a post, however it is percent-encoded; the link itself where it names no URN."""
    return link.map_batches(_posts, return_dtype=pl.String, is_elementwise=True)


def _posts(link: pl.Series) -> pl.Series:
    """Most links are written alike and end with the name: what is not so is searched."""
    name = link.str.strip_prefix(_UPDATE)
    usual = link.str.starts_with(_UPDATE) & name.str.contains(r"^[A-Za-z]+%3A[0-9A-Za-z_-]+$")
    name = name.str.replace("%3A", ":", literal=True)
    odd = link.is_not_null() & ~usual.fill_null(False)
    if odd.any():
        rest = link.filter(odd).str.replace_many(list(_PERCENT), list(_PERCENT.values()))
        found = rest.str.extract(r"urn:li:([A-Za-z]+:[\w-]+)")
        name = name.scatter(odd.arg_true(), found.zip_with(found.is_not_null(), rest))
    return name


def _made(name: pl.Expr) -> pl.Expr:
    """When the post of this number was made: unix milliseconds = number >> 22."""
    return times.snowflake(name.str.extract(r"^(?:share|ugcPost|activity|groupPost):(?:\d+-)?(\d{15,20})$"), 22, 0)


def shares(book: Book) -> None:
    """One broadcast per post. Lines of a post are quoted one by one, so quotes stand around every line break."""
    f = book.tables["shares"]
    date, link = col(f, "date"), col(f, "sharedurl")
    f = f.with_columns(
        channel=pl.lit("post"), direction=pl.lit("given"), date=instant(date), time_precision=precision(date), link=link,
        post=post(col(f, "sharelink")), text=col(f, "sharecommentary").str.replace_all("\"\r?\n\"", "\n"),
    )  # fmt: skip
    f = _dated(book, f)
    made = _made(pl.col("post"))
    exact = (made - pl.col("date")).dt.total_milliseconds().abs() <= CLEAR
    passed_on = pl.col("text").is_null() & pl.col("link").str.contains(r"urn(:|%3[Aa])li(:|%3[Aa])").fill_null(False)
    shown = pl.col("text").str.contains(pl.col("link"), literal=True).fill_null(False)
    page = pl.when(~pl.col("link").str.contains(r"linkedin\.com/feed/") & ~shown)
    f = f.with_columns(
        happened_at=pl.when(exact).then(made).otherwise("date"),
        time_precision=pl.when(exact).then(pl.lit("millisecond")).otherwise("time_precision"),
        channel=pl.when(passed_on).then(pl.lit("repost")).otherwise("channel"), broadcast=~passed_on, composed=~passed_on,
        n_targets=pl.when(passed_on).then(1), value_kind=pl.when(passed_on).then(pl.lit("amplification")),
        text=pl.concat_str("text", page.then("link"), separator="\n", ignore_nulls=True),
    )  # fmt: skip
    book.acts(f, "date")
    book.sees("post", "given", claim=f"{_EXPORT}Shares.csv")
    book.sees("repost", "given", named=False, claim=f"{_EXPORT}Shares.csv and InstantReposts.csv name no author")


def _dated(book: Book, f: pl.DataFrame) -> pl.DataFrame:
    book.amiss(f.filter(pl.col("date").is_null()), "its date cannot be read; get the export again")
    return f.filter(pl.col("date").is_not_null())


def _answered(book: Book, f: pl.DataFrame) -> pl.DataFrame:
    """Adds `own`: the owner's share this post is, by its number or by the time inside it."""
    if "shares" not in book.tables:
        return f.with_columns(own=pl.lit(None, pl.String))
    s = book.tables["shares"]
    mine = s.select(own=post(col(s, "sharelink"))).unique().with_columns(made=_made(pl.col("own")).dt.epoch("ms")).sort("made")
    asked = f.select("post").unique().with_columns(made=_made(pl.col("post")).dt.epoch("ms")).sort("made")
    clear = pl.min_horizontal(pl.col("made").diff().fill_null(CLEAR), pl.col("made").diff(-1).abs().fill_null(CLEAR)) >= CLEAR
    timed = mine.drop_nulls().filter(clear)
    near = asked.drop_nulls().join_asof(timed, on="made", strategy="nearest", tolerance=NEAR).drop_nulls("own")
    same = asked.join(mine.select(post="own", own="own"), on="post")
    known = pl.concat([same.select("post", "own"), near.select("post", "own")]).unique("post", keep="first", maintain_order=True)
    return f.join(known, on="post", how="left", maintain_order="left")


def comments(book: Book) -> None:
    """One act per comment; on an own post it answers people whom nobody names."""
    f = book.tables["comments"]
    f = _one_click(book, f, "comment")
    own = pl.col("own").is_not_null()
    f = f.with_columns(
        text=f["text"].str.replace_all("\"\r?\n\"", "\n"), composed=pl.lit(True), is_reply=pl.lit(True), thread=pl.col("post"),
        n_targets=pl.when(~own).then(1),
    )  # fmt: skip
    book.acts(f, "date")
    book.sees("comment", "given", named=False, claim=f"{_EXPORT}Comments.csv names no author; comments in groups are not in it")


def reactions(book: Book) -> None:
    """One act per reaction still standing."""
    f = book.tables["reactions"]
    known = col(f, "type").is_in(REACTIONS)
    book.amiss(f.filter(~known.fill_null(False)), "a type of reaction that is new; it is not counted until it is understood")
    f = _one_click(book, f.filter(known), "reaction")
    book.acts(f.with_columns(value_kind=pl.lit("applause")), "date")
    book.sees("reaction", "given", named=False, claim=f"{_EXPORT}Reactions.csv names no author; withdrawn ones are gone")


def votes(book: Book) -> None:
    """One reaction per vote in a poll."""
    f = _one_click(book, book.tables["votes"], "reaction")
    book.acts(f.with_columns(value_kind=pl.lit("applause")), "date", pl.lit("vote"))


def reposts(book: Book) -> None:
    """One act per post passed on with one click."""
    f = _one_click(book, book.tables["instantreposts"], "repost")
    book.acts(f.with_columns(value_kind=pl.lit("amplification")), "date")
    book.sees("repost", "given", named=False, claim=f"{_EXPORT}Shares.csv and InstantReposts.csv name no author")


def _one_click(book: Book, f: pl.DataFrame, channel: str) -> pl.DataFrame:
    """Acts on somebody's post, read alike: when, on which, the owner's own or not."""
    date = col(f, "date")
    f = f.select(
        "member", "row", "record", channel=pl.lit(channel), direction=pl.lit("given"), date=instant(date),
        time_precision=precision(date), post=post(col(f, "link")), text=col(f, "message"), composed=pl.lit(False),
        n_targets=pl.lit(1),
    )  # fmt: skip
    f = _answered(book, _dated(book, f))
    return f.with_columns(happened_at=pl.col("date"), post=pl.coalesce("own", "post"))


def article(book: Book, number: int, page: str) -> None:
    """One long text by the owner: a broadcast once it was published. Its clock is UTC, as that of shares."""
    day = re.search(r'(?is)<p[^>]*class="published"[^>]*>(.*?)</p>', page)
    when = re.search(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)?)?", day[1]) if day else None
    link = re.search(r'(?is)<h1[^>]*>\s*<a[^>]*href="([^"]*)"', page)
    if day is None:
        unsure = "an article that does not say whether it was published; if it was, add it to the ledger"
        return book.reading.problem(number, "-", unsure)
    if when is None:
        return book.reading.set_aside(number, "a draft, never published", 1)
    parts = re.search(r"(?is)<h1[^>]*>(.*?)</h1>(.*)", page)
    title, body = parts.groups() if parts else ("", page)
    body = re.sub(r'(?is)<p[^>]*class="(?:created|published)"[^>]*>.*?</p>', "", body)
    f = pl.DataFrame({
        "record": [f"{number}:0"], "channel": ["post"], "direction": ["given"], "broadcast": [True], "at": [when[0]],
        "post": [link[1] if link else None], "text": [f"{title}<br>{body}"],
    }, schema_overrides={"post": pl.String})  # fmt: skip
    seconds = pl.col("at").str.count_matches(":").replace_strict([0, 1, 2], ["day", "minute", "second"])
    f = f.with_columns(happened_at=times.written(pl.col("at"), "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"),
                       time_precision=seconds, text=texts.unhtml(pl.col("text")))  # fmt: skip
    if f["happened_at"].null_count():
        return book.reading.problem(number, "-", "its date cannot be read; get the export again")
    book.acts(f, "happened_at", "post")
    book.sees("post", "given", claim=f"{_EXPORT}Articles")
    return None
