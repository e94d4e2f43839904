"""The account archive (outbox, likes, actor) and the CSV files of the same page, as frames of GIVEN, PERSON and states."""

from __future__ import annotations

import io
from typing import Any

import msgspec
import polars as pl

from transforms.archive import Member, Unreadable
from transforms.formats.jsonrecords import document, records
from transforms.sources.mastodon.found import GIVEN, Found
from transforms.sources.mastodon.people import actor as actor_of
from transforms.sources.mastodon.people import author, key

_PUBLIC = ["https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"]
_POSTS = ["Note", "Question"]  # a poll is a Question


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
    notes = [a.object if isinstance(a.object, Note) else Note() for a in acts]
    if found.me is None and (actors := [a.actor for a in acts if a.actor]):
        found.owner(actors[0], None, None, [])
    found.broken(member, bad)
    tags = [[t for t in _listed(n.tag) if t.type == "Mention" and t.href] for n in notes]
    sent = [[u for u in _listed(a.to) + _listed(a.cc) if u] for a in acts]
    whom = [[u for u in us if u not in _PUBLIC and not u.endswith("/followers")] for us in sent]
    frame = pl.DataFrame(
        {
            "i": list(good), "kind": [a.type for a in acts], "form": [n.type for n in notes],
            "activity": [a.id for a in acts], "note": [n.id for n in notes],
            "object": [a.object if isinstance(a.object, str) else n.id for a, n in zip(acts, notes, strict=True)],
            "at": [a.published for a in acts], "open": [len(w) < len(us) for w, us in zip(whom, sent, strict=True)],
            "named": ["\n".join(us) or None for us in whom],
            "mentions": ["\n".join([t.href for t in ts]) or None for ts in tags], "reply_to": [n.in_reply_to for n in notes],
            "quote": [n.quote if isinstance(n.quote, str) else n.quote_url for n in notes],
            "summary": [n.summary for n in notes], "content": [n.content for n in notes],
            "conversation": [n.conversation for n in notes],
            "favourites": [_total(n.likes) for n in notes], "boosts": [_total(n.shares) for n in notes],
        },
        schema={
            "i": pl.Int64, **dict.fromkeys(("kind", "form", "activity", "note", "object", "at"), pl.String),
            "open": pl.Boolean,
            **dict.fromkeys(("named", "mentions", "reply_to", "quote", "summary", "content", "conversation"), pl.String),
            "favourites": pl.Int64, "boosts": pl.Int64,
        },
    )  # fmt: skip
    post, boost = pl.col("kind") == "Create", pl.col("kind") == "Announce"
    frame = frame.with_columns(  # joined and split: building a list column from lists is ten times slower
        pl.col("named", "mentions").str.split("\n").fill_null([]),
    )
    frame = frame.with_columns(uri=pl.when(post).then("note").otherwise(pl.coalesce("activity", "object")))
    unknown_form = post & ~pl.col("form").is_in(_POSTS).fill_null(False)
    frame = frame.with_columns(
        why=pl.when(~(post | boost).fill_null(False)).then(pl.lit("neither a post nor a boost; please report it"))
        .when(unknown_form).then(pl.lit("a kind of post that is not known; please report it"))
        .when(pl.col("uri").is_null()).then(pl.lit("a post without an id; get the export again"))
    )  # fmt: skip
    found.problems(member, frame)
    frame = frame.filter(pl.col("why").is_null())
    named, open_ = pl.col("named"), pl.col("open")
    found.given.append(frame.select(
        member=pl.lit(member.number), i="i", boost=boost, at="at", direct=post & ~open_, uri="uri",
        post=pl.when(post).then("note").otherwise("object"),
        # a boost is copied to whom it boosts; else whom the address of the post names
        people=pl.when(post & open_).then(pl.col("mentions").list.eval(key(pl.element())))
        .when(post | (named.list.len() > 0)).then(named.list.eval(key(pl.element())))
        .otherwise(pl.concat_list(author(pl.col("object")))),
        parent=author(pl.col("reply_to")), is_reply=pl.col("reply_to").is_not_null(),
        quoted=author(pl.col("quote")), is_quote=pl.col("quote").is_not_null(),
        html=pl.concat_str("summary", "content", separator="<br>", ignore_nulls=True),
        thread=pl.coalesce("conversation", "reply_to", "note"),
        favourites="favourites", boosts="boosts",
    ).cast(GIVEN))  # fmt: skip
    flat = [t for ts in tags for t in ts]
    found.person(None, None, uri=[t.href for t in flat], handle=[t.name for t in flat], identified=["url"] * len(flat))
    answered = pl.concat_list("reply_to", "quote", pl.when(boost).then("object")).list.eval(actor_of(pl.element()))
    uris = pl.concat_list(named, answered).list.drop_nulls().explode(empty_as_null=False)
    seen = frame.select(uris.alias("uri"))["uri"].unique(maintain_order=True).to_list()
    found.person(None, None, uri=seen, identified=["url"] * len(seen))
    return len(good) + len(bad)


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
            io.BytesIO(data.removeprefix(b"\xef\xbb\xbf")), has_header=False, infer_schema=False, encoding="utf8-lossy",
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
