"""Tweets of every era: own posts, replies, mentions, retweets and quotes. What others wrote is not in the export.

A tweet is one record and one act. `RT @handle:` is a repost of its author; a reply to somebody else a comment; a link to
somebody's tweet a quote, a repost with own text; a mention that is not the address line of a reply a mention; the rest,
with answers to oneself, posts. The address line is told by the text, since display ranges are absent before 2016 and
begin at 0 in real exports later. Text is HTML-escaped, and display ranges and entities count the escaped characters.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from transforms import text as texts
from transforms.archive import Member
from transforms.sources.x.decode import Export, Id, Struct, instants, place, wrapped
from transforms.times import sane

NEW_TIME, OLD_TIME = "%a %b %d %H:%M:%S %z %Y", "%Y-%m-%d %H:%M:%S %z"  # the latter in Grailbird exports
_QUOTED = r"^https?://(?:www\.|mobile\.)?(?:twitter|x)\.com/(i/web|\w{1,20})/status(?:es)?/(\d{1,19})"  # i: nobody is named
_ADDRESS = r"^((?:@\w+(?:\s+|$))+)"  # whom a reply goes to, put there by X
_LIST = pl.List(pl.String)
PART = 50_000  # tweets told at a time


class Mention(Struct):
    """Who is named; the id is -1 where the account is gone."""

    screen_name: str
    id_str: Id = -1
    name: str | None = None
    indices: list[int] | None = None


class Link(Struct):
    """A link as written (t.co) and as meant; of media only as written."""

    url: str | None = None
    expanded_url: str | None = None


class Entities(Struct):
    """What X found in the text."""

    user_mentions: list[Mention] | None = None
    urls: list[Link] | None = None
    media: list[Link] | None = None


class Versions(Struct):
    """All versions of an edited tweet, the first one first."""

    editTweetIds: list[Id] | None = None  # noqa: N815


class Edit(Struct):
    """A later version names the versions one level deeper."""

    editControlInitial: Versions | None = None  # noqa: N815


class EditInfo(Struct):
    """Present since 2022, for tweets never edited too."""

    initial: Versions | None = None
    edit: Edit | None = None


class Tweet(Struct):
    """A tweet; `text` in Grailbird exports, `full_text` after."""

    id_str: Id
    created_at: str
    full_text: str | None = None
    text: str | None = None
    in_reply_to_status_id_str: Id | None = None
    in_reply_to_user_id_str: Id | None = None
    in_reply_to_screen_name: str | None = None
    favorite_count: Id | None = None
    retweet_count: Id | None = None
    entities: Entities | None = None
    edit_info: EditInfo | None = None


class NoteCore(Struct):
    """The text of a long post, not escaped."""

    text: str


class Note(Struct):
    """A long post whose tweet holds only the beginning; it carries no tweet id."""

    createdAt: str  # noqa: N815
    core: NoteCore


def read(export: Export, members: Sequence[Member], notes: Sequence[Member]) -> pl.DataFrame:
    """Add the acts and responses of all tweets; give back the people they name: key, name, handle, since (a tweet id)."""
    tables = [_decode(export, member, offset << 32) for offset, member in enumerate(members)]
    tweets, mentions, quotes = (pl.concat(part) for part in zip(*tables, strict=True)) if tables else _columns([], 0, (), 0)
    long = _notes(export, notes)
    tweets = export.timeless(_newest(export, tweets))
    tweets = _join_notes(export, tweets, long)
    people, tops, ids = _people(tweets, mentions), _tops(tweets), tweets["id"].implode()
    for part in tweets.iter_slices(PART):
        here = part.select("row")
        said, quoted = (table.join(here, on="row", how="semi", maintain_order="left") for table in (mentions, quotes))
        part = _addressed(export, part, said, quoted, people, ids).join(tops, on="id", how="left", maintain_order="left")
        thread = pl.when(~pl.col("reposted")).then(pl.coalesce("top", "id").cast(pl.String))
        export.acts(part.with_columns(direction=pl.lit("given"), record=place(), thread=thread), "root")
        _responses(export, part)
    return people


def _decode(export: Export, member: Member, offset: int) -> tuple[pl.DataFrame, ...]:
    found, numbers = export.rows(member, wrapped("tweet", Tweet), Tweet)
    if export.read_well(member):
        export.reading.member(member.number, export.lengths[member.number])
    return _columns(found, member.number, numbers, offset)


def _columns(found: list[Tweet], member: int, numbers: Sequence[int], offset: int) -> tuple[pl.DataFrame, ...]:
    """Tweets, mentions and quotes as columns; `row`, counted from `offset`, ties them."""
    whole = [(r, t.entities) for r, t in enumerate(found) if t.entities]
    named = [(r, m) for r, e in whole if e.user_mentions for m in e.user_mentions]
    links = [(r, u) for r, e in whole if e.urls for u in e.urls if u.expanded_url]
    media = {r: e.media[0].url for r, e in whole if e.media}
    versions = [(r, i.initial or (i.edit and i.edit.editControlInitial)) for r, t in enumerate(found) if (i := t.edit_info)]
    edited = {r: min(v.editTweetIds) for r, v in versions if v and v.editTweetIds and len(v.editTweetIds) > 1}
    rows = range(len(found))
    tweets = pl.DataFrame(
        {
            "row": rows,
            "number": numbers,
            "id": [t.id_str for t in found],
            "at": [t.created_at for t in found],
            "text": [t.full_text or t.text for t in found],
            "parent": [t.in_reply_to_status_id_str for t in found],
            "to": [t.in_reply_to_user_id_str for t in found],
            "to_handle": [t.in_reply_to_screen_name for t in found],
            "favourite": [t.favorite_count for t in found],
            "repost": [t.retweet_count for t in found],
            "media": [media.get(r) for r in rows] if media else None,
            "root": [edited.get(r) for r in rows] if edited else None,
        },
        schema={"row": pl.Int64, "number": pl.Int64, "id": pl.Int64, "at": pl.String, "text": pl.String,
                "parent": pl.Int64, "to": pl.Int64, "to_handle": pl.String, "favourite": pl.Int64,
                "repost": pl.Int64, "media": pl.String, "root": pl.Int64},
    )  # fmt: skip
    mentions = pl.DataFrame(
        {
            "row": [r for r, _ in named],
            "id": [m.id_str for _, m in named],
            "handle": [m.screen_name for _, m in named],
            "name": [m.name for _, m in named],
            "start": [m.indices[0] if m.indices else 0 for _, m in named],
        },
        schema={"row": pl.Int64, "id": pl.Int64, "handle": pl.String, "name": pl.String, "start": pl.Int64},
    )
    quotes = pl.DataFrame(
        {"row": [r for r, _ in links], "link": [u.url for _, u in links], "goes": [u.expanded_url for _, u in links]},
        schema={"row": pl.Int64, "link": pl.String, "goes": pl.String},
    )
    quotes = quotes.with_columns(handle=pl.col("goes").str.extract(_QUOTED), of=pl.col("goes").str.extract(_QUOTED, 2))
    quotes = quotes.filter(pl.col("handle").is_not_null()).with_columns(
        handle=pl.when(~pl.col("handle").is_in(["i", "i/web"])).then("handle"), of=pl.col("of").cast(pl.Int64, strict=False)
    ).drop("goes")  # fmt: skip
    tweets = tweets.with_columns(
        happened_at=sane(
            pl.coalesce(pl.col("at").str.to_datetime(f, time_unit="us", strict=False) for f in (NEW_TIME, OLD_TIME))
        ),
        root=pl.coalesce("root", "id"),
        # The oldest exports know only the day of tweets before November 2010, and write midnight.
        time_precision=pl.when(pl.col("at").str.contains(r"^20(0\d|10)-.* 00:00:00 "))
        .then(pl.lit("day"))
        .otherwise(pl.lit("second")),
    )
    tweets = _own_text(tweets.drop("at").with_columns(member=pl.lit(member, pl.Int32)))
    return tuple(f.with_columns(pl.col("row") + offset) for f in (tweets, mentions, quotes))


def _own_text(tweets: pl.DataFrame) -> pl.DataFrame:
    """Without the address line, of which `lead` is the length, and the link to a picture; `source` is whom it repeats."""
    lead = pl.when(pl.col("parent").is_not_null() | pl.col("to").is_not_null()).then(pl.col("text").str.extract(_ADDRESS))
    return tweets.with_columns(
        lead=lead.str.len_chars().fill_null(0),
        source=pl.col("text").str.extract(r"^RT @(\w{1,20})"),
        text=texts.unescape(
            pl.col("text")
            .str.strip_prefix(lead.fill_null(""))
            .str.strip_chars_end()
            .str.strip_suffix(pl.col("media").fill_null(""))
        ),
    ).drop("media")


def _newest(export: Export, tweets: pl.DataFrame) -> pl.DataFrame:
    """Each tweet once, in its newest version; earlier ones and repetitions in other files are set aside."""
    kept = tweets.select("row", "id", "root").sort("id", "row", descending=[True, False])
    kept = kept.unique("root", keep="first", maintain_order=True)
    if kept.height == tweets.height:
        return tweets
    out = tweets.join(kept.select("row"), on="row", how="anti").join(kept.select("root", newest="id"), on="root")
    for member, same, n in out.group_by("member", same=pl.col("id") == pl.col("newest")).len().sort("member", "same").iter_rows():
        reason = "the same tweet again in another file" if same else "earlier versions of edited tweets"
        export.reading.set_aside(member, reason, n)
    return tweets.join(kept.select("row"), on="row", how="semi", maintain_order="left")


def _notes(export: Export, members: Sequence[Member]) -> pl.DataFrame:
    frames = []
    for member in members:
        found, numbers = export.rows(member, wrapped("noteTweet", Note), Note)
        if export.read_well(member):
            export.reading.member(member.number, export.lengths[member.number])
        frames.append(
            pl.DataFrame(
                {"at": [n.createdAt for n in found], "note": [n.core.text for n in found], "number": list(numbers)},
                schema={"at": pl.String, "note": pl.String, "number": pl.UInt32},
            ).with_columns(member=pl.lit(member.number, pl.Int32))
        )
    if not frames:
        return pl.DataFrame(
            schema={"happened_at": pl.Datetime("us", "UTC"), "note": pl.String, "number": pl.UInt32, "member": pl.Int32}
        )
    return pl.concat(frames).with_columns(happened_at=instants(pl.col("at")).dt.truncate("1s")).drop("at")


def _join_notes(export: Export, tweets: pl.DataFrame, notes: pl.DataFrame) -> pl.DataFrame:
    """The text whole where a note of the same second begins as the tweet does."""
    if notes.is_empty():
        return tweets
    stem = pl.col("text").str.replace(r"\s*…?\s*(https://t\.co/\w+)?\s*$", "").str.slice(0, 40)
    beginnings = tweets.select("row", "happened_at", stem=stem).filter(pl.col("stem").str.len_chars() >= 20)
    pairs = notes.join(beginnings, on="happened_at", maintain_order="left_right").filter(
        pl.col("note").str.contains(pl.col("stem"), literal=True)
    )
    pairs = pairs.unique("row", keep="first", maintain_order=True).unique(["member", "number"], keep="first", maintain_order=True)
    for member, n in pairs.group_by("member").len().sort("member").iter_rows():
        export.reading.set_aside(member, "full texts of tweets, put there", n)
    for member, number in notes.join(pairs, on=["member", "number"], how="anti").select("member", "number").iter_rows():
        export.reading.problem(member, number, "a long post that fits no tweet of its second; its text is not used")
    whole = pairs.select("row", note=pl.col("note").str.replace(_ADDRESS, ""))
    return (
        tweets.join(whole, on="row", how="left", maintain_order="left")
        .with_columns(text=pl.coalesce("note", "text"))
        .drop("note")
    )


def _people(tweets: pl.DataFrame, mentions: pl.DataFrame) -> pl.DataFrame:
    """Who has which id, name and handle, from mentions and replies; since = the id of the newest tweet that says so."""
    said = mentions.join(tweets.select("row", since="id"), on="row", maintain_order="left").select(
        "since", "id", "handle", "name"
    )
    answered = tweets.filter(pl.col("to").is_not_null()).select(
        since="id", id="to", handle="to_handle", name=pl.lit(None, pl.String)
    )
    told = pl.concat([said, answered]).with_columns(handle=pl.when(pl.col("handle") != "").then(pl.col("handle")))
    return told.sort("since", maintain_order=True).unique(["id", "handle", "name"], keep="last", maintain_order=True)


def _addressed(
    export: Export, tweets: pl.DataFrame, mentions: pl.DataFrame, quotes: pl.DataFrame, people: pl.DataFrame, ids: pl.Series
) -> pl.DataFrame:  # fmt: skip
    """Channel, counterparts and how many were addressed; `ids` are of all tweets."""
    own = (pl.col("handle").str.to_lowercase().is_in(export.handles) | (pl.col("id") == (export.me or 0))).fill_null(False)
    answers = (pl.col("parent").is_not_null() | pl.col("to").is_not_null() | pl.col("to_handle").is_not_null()) & pl.col(
        "source"
    ).is_null()
    to_self = pl.coalesce(
        pl.when(pl.col("to") > 0).then(pl.col("to") == (export.me or 0)),
        pl.col("to_handle").str.to_lowercase().is_in(export.handles),
        pl.col("parent").is_in(ids),
    )
    tweets = tweets.with_columns(comment=(answers & ~to_self).fill_null(False), reposted=pl.col("source").is_not_null())
    key = tweets.select("row", "lead", "source", "comment", "to", "to_handle")
    said = mentions.join(key, on="row", maintain_order="left").with_columns(
        why=pl.when(pl.col("source").is_null() & (pl.col("start") >= pl.col("lead"))).then(pl.lit("mention"))
        .when(pl.col("source").str.to_lowercase() == pl.col("handle").str.to_lowercase()).then(pl.lit("repost"))
    ).filter(pl.col("why").is_not_null())  # fmt: skip
    answered = key.filter("comment").select("row", id="to", handle="to_handle", why=pl.lit("comment"))
    reposted = key.filter(pl.col("source").is_not_null()).select(
        "row", id=pl.lit(None, pl.Int64), handle="source", why=pl.lit("repost")
    )
    reposted = reposted.join(said.filter(pl.col("why") == "repost"), on="row", how="anti")
    quoted = quotes.join(key.filter(pl.col("source").is_null()).select("row"), on="row", maintain_order="left").with_columns(
        why=pl.lit("quote"), id=pl.lit(None, pl.Int64)
    ).filter(pl.col("handle").is_not_null() | ~pl.col("of").is_in(ids))  # by number, one's own is known
    columns = ["row", "id", "handle", "why"]
    targets = keyed(
        pl.concat(
            [answered, said.sort("row", "start", maintain_order=True).select(columns), reposted, quoted.select(columns)]
        ).filter(~own),
        people,
    )
    targets = targets.filter(pl.col("key").is_not_null()).unique(["row", "key"], keep="first", maintain_order=True)
    targets = targets.group_by("row", maintain_order=True).agg(
        counterparts="key", mentions=(pl.col("why") == "mention").any()
    )
    link = quoted.filter(~own).unique("row", keep="last", maintain_order=True).select("row", "link")
    tweets = tweets.join(targets, on="row", how="left", maintain_order="left").join(
        link, on="row", how="left", maintain_order="left"
    )
    bare = pl.col("text").str.strip_chars_end().str.strip_suffix(pl.col("link").fill_null("")).str.strip_chars()
    channel = (
        pl.when("reposted").then(pl.lit("repost")).when("comment").then(pl.lit("comment"))
        .when(pl.col("link").is_not_null()).then(pl.lit("repost")).when("mentions").then(pl.lit("mention")).otherwise(pl.lit("post"))
    )  # fmt: skip
    tweets = tweets.with_columns(
        channel=channel, text=pl.when("reposted").then(None).otherwise(bare), post=pl.col("id").cast(pl.String),
        counterparts=pl.col("counterparts").fill_null(pl.lit([], _LIST)), is_reply=pl.col("comment"),
    )  # fmt: skip
    plain = pl.col("reposted") | ((pl.col("channel") == "repost") & (pl.col("text") == "").fill_null(True))
    named, quote = pl.col("counterparts").list.len().cast(pl.Int32), pl.col("link").is_not_null() & ~pl.col("reposted")
    return tweets.with_columns(
        composed=~plain,
        n_targets=pl.when(named > 0).then(named).when(pl.col("comment") | quote).then(pl.lit(1, pl.Int32)),
        broadcast=(named == 0) & ~pl.col("comment") & ~quote,
        value_kind=pl.when(plain).then(pl.when((named > 0) | quote).then(pl.lit("amplification")).otherwise(pl.lit("applause"))),
    )


def keyed(frame: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Add `key` from `id` and `handle`: the id, also where the archive itself ties the handle to one id; else "@handle"."""
    handle = pl.col("handle").str.to_lowercase()
    known = (
        people.filter(pl.col("id") > 0).group_by(folded=handle).agg(pl.col("id").unique()).filter(pl.col("id").list.len() == 1)
    )
    known = known.select("folded", known=pl.col("id").list.first())
    joined = frame.with_columns(folded=handle).join(known, on="folded", how="left", maintain_order="left")
    key = pl.coalesce(pl.when(pl.col("id") > 0).then("id"), "known").cast(pl.String)
    return joined.with_columns(key=pl.coalesce(key, pl.lit("@") + pl.when(pl.col("folded") != "").then(pl.col("folded")))).drop(
        "folded", "known"
    )


def _tops(tweets: pl.DataFrame) -> pl.DataFrame:
    """The first tweet that own answers lead back to, for each that is an answer: the thread it belongs to."""
    above = tweets.filter(pl.col("parent").is_not_null()).select("id", top="parent")
    for _ in range(24):  # each round doubles the reach: chains of 16 million, and a forged ring ends too
        leads = above.join(above, left_on="top", right_on="id", how="left", maintain_order="left")
        if leads["top_right"].null_count() == leads.height:
            break
        above = leads.select("id", top=pl.coalesce("top_right", "top"))
    return above


def _responses(export: Export, tweets: pl.DataFrame) -> None:
    """Favourites and retweets received by what was not an answer; a retweet shows another's."""
    own = tweets.filter(~pl.col("reposted") & ~pl.col("comment")).with_columns(record=place())
    totals = own.unpivot(["favourite", "repost"], index=["post", "record"], variable_name="kind", value_name="total")
    export.reading.responses(totals.filter(pl.col("total").is_not_null()))
