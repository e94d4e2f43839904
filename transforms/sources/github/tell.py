"""Whom a text on GitHub is addressed to, and so what was given and what was received."""

from __future__ import annotations

import polars as pl

from transforms import times
from transforms.act import Reading
from transforms.formats import markdown
from transforms.formats.told import TWICE, alone, aside, tell
from transforms.sources.github.decode import OWNER, PERSON, REACTION, STATE, TEXT, Found

_ACT = [
    "channel", "direction", "counterparts", "n_targets", "broadcast", "happened_at", "time_precision", "text", "composed",
    "post", "thread", "is_reply", "value_kind", "evidence", "uri", "member", "i",
]  # fmt: skip
_MENTIONED = {
    "member": pl.Int32, "i": pl.Int64, "url": pl.String, "thread": pl.String, "who": pl.String, "at": pl.String,
}  # fmt: skip
_REVIEWS = ("COMMENTED", "CHANGES_REQUESTED", "APPROVED", "DISMISSED", "PENDING")
_AGAINST = ("-1", "confused", "thumbs_down")
_ORDER = ("member", "i")
_WHOSE = "whose export this is, nothing tells; name your GitHub login among what is yours"


def uri(url: pl.Expr) -> pl.Expr:
    """The address of a text as the API spells it: the archive adds `/files` and says `#r1` for `#discussion_r1`."""
    return url.map_batches(_uris, return_dtype=pl.String, is_elementwise=True)


def _uris(url: pl.Series) -> pl.Series:
    odd = url.str.contains(r"/files(?:#|$)|#r\d+$").fill_null(False)
    if not odd.any():
        return url
    spelt = url.filter(odd).str.replace(r"/files(#|$)", "$1").str.replace(r"#r(\d+)$", "#discussion_r$1")
    return url.clone().scatter(odd.arg_true(), spelt)


def close(reading: Reading, found: Found, me: str | None) -> None:
    """All facts, told from the rows."""
    people = pl.DataFrame(list(found.people.values()), PERSON, orient="row")
    people = people.with_columns(account_kind=_kind())
    api = pl.col("member").is_in(sorted(found.api))
    found.reactions += [(*r[:2], found.numbers.get(r[2], r[2]), *r[3:]) for r in found.unnamed]
    reactions = pl.DataFrame(found.reactions, REACTION, orient="row")
    mentions = pl.DataFrame(found.mentioned, _MENTIONED, orient="row")
    written = pl.DataFrame(found.texts, TEXT)
    states = pl.DataFrame(found.states, STATE, orient="row").with_columns(record=pl.concat_str("member", "i", separator=":"))
    first = states.select(pl.struct("direction", "key").is_first_distinct()).to_series()
    aside(reading, states.filter(~first), TWICE)
    reading.states(states.filter(first).with_columns(state=pl.lit("follow"), time_precision=pl.lit("unknown")))
    if me is None:
        lost = pl.concat([f.select(_ORDER) for f in (written, reactions, mentions)]).unique()
        for member, n in lost.group_by("member").len().sort("member").iter_rows():
            reading.problem(member, "*", _WHOSE, records=n)
        _people(reading, people, me)
        return
    reactions = reactions.with_columns(pl.col("user", "owner").replace(OWNER, me))
    written = _threads(written, people, mentions, me)
    new = written.filter(_reviewed() & ~pl.col("state").is_in(_REVIEWS))
    for member, i in new.select(_ORDER).iter_rows():
        reading.problem(member, i, "a state of a review that is not known; please report it")
    written = written.join(new, on=_ORDER, how="anti", maintain_order="left")
    acts, others = _texts(written, me)
    mention, told = _events(mentions, written, me)
    reaction, unrelated = _reactions(reactions, written, me)
    parts = [a.with_columns(evidence=pl.when(api).then(pl.lit("api")).otherwise(pl.lit("export"))).select(_ACT)
             for a in (acts, mention, reaction)]  # fmt: skip
    told_acts = pl.concat(parts)
    kept = tell(reading, told_acts)
    done = told_acts.select(_ORDER)
    for rows, why in (
        (others, "between others"), (told, "told by the text that names them"), (unrelated, "between others, or no approval"),
    ):  # fmt: skip
        rest = rows.select(_ORDER).unique(maintain_order=True).join(done, on=_ORDER, how="anti")
        aside(reading, rest, why)
        done = pl.concat([done, rest])
    named = kept.select(key=pl.col("counterparts").explode(empty_as_null=False)).drop_nulls().unique(maintain_order=True)
    seen = pl.concat([people, named.join(people, on="key", how="anti").select(
        *(pl.lit(None, t).alias(c) if c != "key" else pl.col("key") for c, t in PERSON.items())
    ).with_columns(account_kind=_kind())])  # fmt: skip
    _people(reading, seen, me)


def _kind() -> pl.Expr:
    bot = pl.col("key").str.contains(r"\[bot\]$|/apps/")
    return pl.when(bot).then(pl.lit("bot")).otherwise(pl.col("account_kind").fill_null("person"))


def _people(reading: Reading, people: pl.DataFrame, me: str | None) -> None:
    known = people.group_by("key", maintain_order=True).agg(
        pl.col("name", "company", "mail").drop_nulls().first(),
        pl.col("account_kind").sort_by(pl.col("account_kind") == "person").first(),
    )
    rows = people.select("key", "member", "i").join(known, on="key", maintain_order="left")
    rows = rows.filter(pl.col("member").is_not_null() | (~pl.col("key").is_in(
        people.filter(pl.col("member").is_not_null())["key"].implode()) & pl.col("key").ne_missing(me)))  # fmt: skip
    reading.accounts(rows.with_columns(
        record=pl.concat_str("member", "i", separator=":"), url="key", identified=pl.lit("url"),
        handle=pl.col("key").str.extract(r"([^/]+)$"),
        same_as=pl.when(pl.col("mail").is_not_null()).then(pl.concat_list(pl.lit("email:") + pl.col("mail"))),
    ))  # fmt: skip


def _threads(rows: pl.DataFrame, people: pl.DataFrame, mentions: pl.DataFrame, me: str) -> pl.DataFrame:
    """Adds to every text its place (`uri`, `thread`, `root`) and whom it addresses (`at_named`, `whom`)."""
    rows = rows.with_columns(
        uri=uri(pl.col("url")), parent=uri(pl.col("reply_to")), happened_at=times.iso(pl.col("at")),
        names=markdown.named(pl.col("body")), owner=pl.col("url").str.extract(r"^(https?://[^/]+/[^/]+)/").str.to_lowercase(),
    ).with_columns(
        thread=pl.col("uri").str.splitn("#", 2).struct.field("field_0"), root=~pl.col("uri").str.contains("#", literal=True),
        host=pl.col("uri").str.extract(r"^(https?://[^/]+/)"),
    )  # fmt: skip
    once = rows.unique("uri", keep="first", maintain_order=True)
    opener = once.filter("root").select("thread", opener="author")
    parents = once.select(parent="uri", answered_by_id="author")
    bots = people.filter(pl.col("account_kind") == "bot")["key"]
    lived = once.filter(~pl.col("author").is_in(bots.implode())).sort("thread", "happened_at", "uri")
    start, before = pl.col("thread").ne_missing(pl.col("thread").shift()), pl.col("author").shift()
    spoke = pl.when(start).then(pl.lit("")).when(before != pl.col("author")).then(before).forward_fill()
    spoke = lived.select("uri", before=pl.when(spoke != "").then(spoke))
    rows = (
        rows.join(opener, on="thread", how="left", maintain_order="left")
        .join(parents, on="parent", how="left", maintain_order="left")
        .join(spoke, on="uri", how="left", maintain_order="left")
    )
    companies = people.filter(pl.col("account_kind") != "person")["key"]
    known = pl.concat([people["key"], once["author"], once["owner"], mentions["who"]]).drop_nulls().unique()
    # in one's own thread an answer goes to whoever spoke before: GitHub has no other sign
    own_thread = pl.col("author").eq_missing(pl.col("opener")) & ~pl.col("root")
    owner = pl.when(~pl.col("owner").is_in(companies.implode())).then(pl.col("owner"))
    foreign = pl.when(pl.col("root") | (pl.col("owner") == me) | pl.col("opener").is_null()).then(owner)
    row = pl.int_range(pl.len()).alias("row")
    places = (pl.when(~pl.col("root")).then("opener"), "answered_by_id", pl.when(own_thread).then("before"), foreign)
    named = _keys(rows.select(row, "author", "host", "names"), known)
    long = pl.concat([*(rows.select(row, "author", key=p).drop_nulls("key") for p in places), named])
    others = long.filter(pl.col("key").ne_missing(pl.col("author")))
    return rows.with_columns(at_named=_lists(named, rows.height), whom=_lists(others, rows.height))


def _keys(rows: pl.DataFrame, known: pl.Series) -> pl.DataFrame:
    """row, author, key: the logins in `names` as keys; only those that occur in this archive as an account."""
    long = rows.filter(pl.col("names").list.len() > 0).explode("names", empty_as_null=False)
    long = long.select("row", "author", key=pl.col("host") + pl.col("names"))
    return long.filter(pl.col("key").is_in(known.implode()))


def _lists(long: pl.DataFrame, height: int) -> pl.Series:
    grouped = long.group_by("row", maintain_order=True).agg(pl.col("key").unique(maintain_order=True))
    every = pl.DataFrame({"row": pl.int_range(height, eager=True)}).join(grouped, on="row", how="left", maintain_order="left")
    return every["key"].cast(pl.List(pl.String)).fill_null([])


def _reviewed() -> pl.Expr:
    return pl.col("state").is_not_null() & pl.col("uri").str.contains("#pullrequestreview-", literal=True)


def _texts(rows: pl.DataFrame, me: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Texts by the owner, and those that address the owner; the rest is between others."""
    given, mine = pl.col("author").eq_missing(me), pl.col("owner").eq_missing(me)
    silent = pl.col("body").fill_null("").str.strip_chars() == ""
    approval = _reviewed() & (pl.col("state") == "APPROVED") & silent
    hollow = _reviewed() & ((silent & ~approval) | (pl.col("state") == "PENDING"))
    rows = rows.with_columns(
        direction=pl.when(given).then(pl.lit("given")).when(pl.col("whom").list.contains(me)).then(pl.lit("received")),
        counterparts=pl.when(given).then(pl.col("whom")).otherwise(alone("author")),
        channel=pl.when(approval).then(pl.lit("reaction")).when(~pl.col("root")).then(pl.lit("comment"))
        .when(given & ~mine).then(pl.lit("comment")).when(given & (pl.col("names").list.len() == 0)).then(pl.lit("post"))
        .when(given).then(pl.lit("mention")).when(mine).then(pl.lit("comment")).otherwise(pl.lit("mention")),
        composed=~approval, is_reply=~pl.col("root"), post=pl.when("root").then("uri").otherwise("thread"),
        value_kind=pl.when(approval).then(pl.lit("applause")),
        text=pl.concat_str("title", markdown.plain(pl.col("body")), separator="\n", ignore_nulls=True),
        time_precision=pl.lit("second"),
    )  # fmt: skip
    rows = rows.with_columns(
        broadcast=pl.col("channel") == "post",
        n_targets=pl.when(pl.col("whom").list.len() > 0).then(pl.col("whom").list.len()).cast(pl.Int32),
    )
    related = pl.col("direction").is_not_null() & ~hollow
    return rows.filter(related), rows.filter(~related).select(_ORDER)


def _events(events: pl.DataFrame, texts_: pl.DataFrame, me: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Mentions that no text of the archive tells: then nobody says who it was."""
    events = events.with_columns(thread=uri(pl.col("thread")))
    said = texts_.select("thread", who="at_named").explode("who", empty_as_null=False).unique()
    told = events.join(said, on=["thread", "who"], how="semi")
    rest = events.join(said, on=["thread", "who"], how="anti")
    mine = rest.filter(pl.col("who").eq_missing(me)).select(
        "member", "i", channel=pl.lit("mention"), direction=pl.lit("received"), counterparts=pl.lit([], pl.List(pl.String)),
        n_targets=pl.lit(None, pl.Int32), broadcast=pl.lit(False), happened_at=times.iso(pl.col("at")),
        time_precision=pl.lit("second"), text=pl.lit(None, pl.String), composed=pl.lit(True), post="thread", thread="thread",
        is_reply=pl.lit(False), value_kind=pl.lit(None, pl.String), uri="url",
    )  # fmt: skip
    return mine, pl.concat([told, rest.filter(pl.col("who").ne_missing(me))])


def _reactions(rows: pl.DataFrame, texts_: pl.DataFrame, me: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Reactions to the owner's texts, and the owner's to others'. What disagrees is no applause."""
    authors = texts_.select(uri="uri", author="author", of="thread").unique("uri", maintain_order=True)
    rows = rows.with_columns(uri=uri(pl.col("url"))).join(authors, on="uri", how="left", maintain_order="left")
    rows = rows.with_columns(author=pl.coalesce("author", "owner"))
    given = pl.col("user").eq_missing(me)
    rows = rows.with_columns(
        channel=pl.lit("reaction"),
        direction=pl.when(given & pl.col("author").ne_missing(me)).then(pl.lit("given"))
        .when(~given & pl.col("author").eq_missing(me)).then(pl.lit("received")),
        counterparts=alone(pl.when(given).then("author").otherwise("user")),
        n_targets=pl.lit(1, pl.Int32), broadcast=pl.lit(False), happened_at=times.iso(pl.col("at")),
        time_precision=pl.when(pl.col("at").is_null()).then(pl.lit("unknown"))
        .when(pl.col("at").str.contains(r":\d\d\.\d")).then(pl.lit("millisecond")).otherwise(pl.lit("second")),
        text=pl.lit(None, pl.String), composed=pl.lit(False), post="uri", thread=pl.coalesce("of", "uri"),
        is_reply=pl.lit(False), value_kind=pl.lit("applause"),
        uri=pl.concat_str(pl.col("uri").fill_null("?"), pl.col("user").fill_null("?"), pl.col("content").fill_null("?"),
                          pl.when(pl.col("uri").is_null()).then("at").fill_null(""), separator=" "),
    )  # fmt: skip
    related = pl.col("direction").is_not_null() & ~pl.col("content").is_in(_AGAINST).fill_null(False)
    return rows.filter(related), rows.filter(~related).select(_ORDER)
