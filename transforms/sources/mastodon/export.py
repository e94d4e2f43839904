"""The account archive (outbox, likes, actor) and the CSV files of the same page, as frames of GIVEN, PERSON and states."""

from __future__ import annotations

import io
from typing import Any

import msgspec
import polars as pl

from transforms.archive import Member, Unreadable, utf8
from transforms.formats.jsonrecords import document, records
from transforms.formats.told import alone
from transforms.sources.mastodon.found import GIVEN, Found
from transforms.sources.mastodon.people import actor as actor_of
from transforms.sources.mastodon.people import author, key

_PUBLIC = ["https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"]
_POSTS = ["Note", "Question"]  # a poll is a Question
_NAMING = ("reply_to", "quote", "author")  # addresses of posts that name whose they are


class Tag(msgspec.Struct, gc=False):
    """A mention, hashtag or emoji of a post."""

    type: str | None = None
    href: str | None = None
    name: str | None = None


class Total(msgspec.Struct, gc=False):
    """A collection of which only the size is told (favourites and boosts of a post, since 4.4)."""

    totalItems: int | None = None  # noqa: N815  the name in ActivityStreams


class Note(msgspec.Struct, gc=False, rename="camel"):
    """A post."""

    id: str | None = None
    type: str | None = None
    summary: str | None = None
    in_reply_to: str | None = None
    conversation: str | None = None
    content: str | None = None
    tag: list[Tag] | Tag | None = None
    quote: str | dict[str, Any] | None = None
    quote_url: str | None = None
    likes: Total | str | None = None
    shares: Total | str | None = None


class Activity(msgspec.Struct, gc=False):
    """One entry of the outbox."""

    id: str | None = None
    type: str | None = None
    actor: str | None = None
    published: str | None = None
    to: list[str] | str | None = None
    cc: list[str] | str | None = None
    object: Note | str | None = None


class Actor(msgspec.Struct, gc=False, rename="camel"):
    """The owner, as actor.json has them."""

    id: str
    preferred_username: str | None = None
    name: str | None = None
    url: str | None = None
    also_known_as: list[str] | str | None = None


def _listed(value: Any) -> list:
    return value if type(value) is list else [] if value is None else [value]


def _total(value: Total | str | None) -> int | None:
    return value.totalItems if type(value) is Total else None


def actor(data: bytes, member: Member, found: Found) -> int:
    """The owner's own account; accounts they moved from are the owner's too."""
    me = document(data, Actor)
    found.owner(me.id, me.preferred_username, me.name, [u for u in (me.url, *_listed(me.also_known_as)) if u])
    found.person(member, [0], uri=[me.id], handle=[found.me], url=[me.url], name=[me.name], identified=["id"])
    return 1


def outbox(data: bytes, member: Member, found: Found) -> int:
    """Posts, replies, direct messages and boosts. `totalItems` counts something else."""
    good, bad = records(data, Activity, "orderedItems")
    acts = list(good.values())
    none = Note()
    notes = [a.object if type(a.object) is Note else none for a in acts]
    if found.me is None and (actors := [a.actor for a in acts if a.actor]):
        found.owner(actors[0], None, None, [])
    found.broken(member, bad)
    tags = [[t for t in _listed(n.tag) if t.type == "Mention" and t.href] for n in notes]
    frame = pl.DataFrame(
        {
            "i": list(good), "kind": [a.type for a in acts], "form": [n.type for n in notes],
            "activity": [a.id for a in acts], "note": [n.id for n in notes],
            "object": [n.id if n is not none else a.object for a, n in zip(acts, notes, strict=True)],
            "at": [a.published for a in acts], "sent": ["\n".join(_listed(a.to) + _listed(a.cc)) for a in acts],
            "tags": ["\n".join([t.href for t in ts]) for ts in tags], "reply_to": [n.in_reply_to for n in notes],
            "quote": [n.quote if isinstance(n.quote, str) else n.quote_url for n in notes],
            "summary": [n.summary for n in notes], "content": [n.content for n in notes],
            "conversation": [n.conversation for n in notes],
            "favourites": [_total(n.likes) for n in notes], "boosts": [_total(n.shares) for n in notes],
        },
        schema={
            "i": pl.Int64, **dict.fromkeys(("kind", "form", "activity", "note", "object", "at", "sent", "tags"), pl.String),
            **dict.fromkeys(("reply_to", "quote", "summary", "content", "conversation"), pl.String),
            "favourites": pl.Int64, "boosts": pl.Int64,
        },
    )  # fmt: skip
    post, boost = pl.col("kind") == "Create", pl.col("kind") == "Announce"
    frame = frame.with_columns(uri=pl.when(post).then("note").otherwise(pl.coalesce("activity", "object")))
    unknown_form = post & ~pl.col("form").is_in(_POSTS).fill_null(False)
    frame = frame.with_columns(
        why=pl.when(~(post | boost).fill_null(False)).then(pl.lit("neither a post nor a boost; please report it"))
        .when(unknown_form).then(pl.lit("a kind of post that is not known; please report it"))
        .when(pl.col("uri").is_null()).then(pl.lit("a post without an id; get the export again"))
    )  # fmt: skip
    found.problems(member, frame)
    frame = frame.filter(pl.col("why").is_null())
    sent, tagged = _addressed(frame["sent"]), _addressed(frame["tags"]).select("tags", mentions="keys")
    frame = frame.join(sent, on="sent", how="left", maintain_order="left")
    frame = frame.join(tagged, on="tags", how="left", maintain_order="left")
    frame = frame.with_columns(author=pl.when(boost).then("object"))
    named, open_ = pl.col("keys"), pl.col("open")
    found.given.append(frame.select(
        member=pl.lit(member.number), i="i", boost=boost, at="at", direct=post & ~open_, uri="uri",
        post=pl.when(post).then("note").otherwise("object"),
        # a boost is copied to whom it boosts; else whom the address of the post names
        people=pl.when(post & open_).then("mentions").when(post | (named.list.len() > 0)).then(named)
        .otherwise(alone(author(pl.col("author")))),
        parent=author(pl.col("reply_to")), is_reply=pl.col("reply_to").is_not_null(),
        quoted=author(pl.col("quote")), is_quote=pl.col("quote").is_not_null(),
        html=pl.concat_str("summary", "content", separator="<br>", ignore_nulls=True),
        thread=pl.coalesce("conversation", "reply_to", "note"),
        favourites="favourites", boosts="boosts",
    ).cast(GIVEN))  # fmt: skip
    told = list(dict.fromkeys((t.href, t.name) for ts in tags for t in ts))
    found.person(None, None, uri=[u for u, _ in told], handle=[name for _, name in told], identified=["url"] * len(told))
    seen = [sent["uris"].explode(empty_as_null=False), *(frame.select(actor_of(pl.col(c))).to_series() for c in _NAMING)]
    once = pl.concat([s.alias("uri") for s in seen]).drop_nulls().unique(maintain_order=True).to_list()
    found.person(None, None, uri=once, identified=["url"] * len(once))
    return len(good) + len(bad)


def _addressed(joined: pl.Series) -> pl.DataFrame:
    """Addresses joined by line breaks → `uris` but the public and followers, their `keys`, and whether those made it `open`.

    Worked out once for each: people are written to again and again, alone or together.
    """
    once = joined.unique(maintain_order=True).to_frame().with_columns(all=pl.col(joined.name).str.split("\n"))
    person = ~(pl.element().is_in([*_PUBLIC, ""]) | pl.element().str.ends_with("/followers"))
    once = once.with_columns(uris=pl.col("all").list.filter(person))
    return once.select(
        joined.name, "uris", open=(pl.col("all") != pl.col("uris")) & (pl.col(joined.name) != ""),
        keys=pl.col("uris").list.eval(key(pl.element())),
    )  # fmt: skip


def likes(data: bytes, member: Member, found: Found) -> int:
    """Favourites: bare addresses of posts, without time; the author only where the address names one."""
    good, bad = records(data, str, "orderedItems")
    found.broken(member, bad)
    frame = pl.DataFrame({"i": list(good), "post": list(good.values())}, schema={"i": pl.Int64, "post": pl.String})
    whose = frame.select(actor_of(pl.col("post")))["post"].drop_nulls().unique(maintain_order=True).to_list()
    found.person(None, None, uri=whose, identified=["url"] * len(whose))
    found.liked.append(frame.select(pl.lit(member.number).alias("member"), "i", "post", author=author(pl.col("post"))))
    return len(good) + len(bad)


def table(data: bytes, member: Member, found: Found, state: str | None) -> int:
    """A CSV of accounts, without dates: `lists.csv` never has a header, old tables had the address alone and none.

    `state` is follow, block or membership; None for mutes, which are nobody's state: the account is kept, no more.
    """
    which = 1 if state == "membership" else 0
    try:
        rows = pl.read_csv(
            io.BytesIO(utf8(data)), has_header=False, infer_schema=False, encoding="utf8-lossy",
            truncate_ragged_lines=True, raise_if_empty=False,
        )  # fmt: skip
    except pl.exceptions.PolarsError:
        raise Unreadable("not a table of accounts; get the export again") from None
    if rows.width <= which:
        if rows.height:
            raise Unreadable("not a table of accounts; get the export again")
        return 0
    rows = rows.select(who=pl.nth(which).str.strip_chars(), first=pl.nth(0))
    if rows.height and rows["first"][0] == "Account address":
        rows = rows.slice(1)
    rows = rows.filter(pl.col("first").is_not_null() | pl.col("who").is_not_null()).select(
        "who",
        i=pl.int_range(pl.len()),
        why=pl.when(~pl.col("who").str.contains(r"^@?[^@\s/]+@[^@\s/]+$").fill_null(False)).then(
            pl.lit("not the address of an account (user@host)")
        ),
    )
    found.problems(member, rows)
    good = rows.filter(pl.col("why").is_null())
    who = good["who"].to_list()
    if state is None:
        found.person(member, good["i"].to_list(), handle=who, identified=["handle"] * len(who))
    else:
        found.person(None, None, handle=who, identified=["handle"] * len(who))
        found.states.append(good.select(
            record=pl.concat_str(pl.lit(str(member.number)), "i", separator=":"), state=pl.lit(state), direction=pl.lit("given"),
            key=key(pl.col("who")), since=pl.lit(None, dtype=pl.String),
        ))  # fmt: skip
        found.listings.append((state, "given", good.height == rows.height))
    return rows.height
