"""The repository (CAR file): what the owner did, with whom, at the time their client asserted."""

from __future__ import annotations

import polars as pl

from transforms import times
from transforms.archive import Member, Unreadable
from transforms.formats import atproto
from transforms.sources.bluesky.found import STATE_ROW, Found
from transforms.sources.bluesky.records import authority, typed

_FEED = {"app.bsky.feed.like": "reaction", "app.bsky.feed.repost": "repost", "app.bsky.feed.post": "post"}
_STATES = {"app.bsky.graph.follow": "follow", "app.bsky.graph.block": "block", "app.bsky.graph.listitem": "membership"}
_OURS = ("app.bsky.", "chat.bsky.")
_PROFILE = "app.bsky.actor.profile"
# Known, and nobody's act: settings, names of lists and packs (their members are records of their own), own feeds; and the
# likes, scenes and declarations of the network's first year.
_ASIDE = frozenset({
    "app.bsky.actor.status", "app.bsky.actor.contentVisibilityDeclaration", "app.bsky.feed.generator", "app.bsky.feed.postgate",
    "app.bsky.feed.threadgate", "app.bsky.graph.list", "app.bsky.graph.listblock", "app.bsky.graph.starterpack",
    "app.bsky.graph.verification", "app.bsky.labeler.service", "app.bsky.notification.declaration",
    "chat.bsky.actor.declaration", "app.bsky.feed.vote", "app.bsky.feed.trend", "app.bsky.feed.mediaEmbed",
    "app.bsky.system.declaration", "app.bsky.system.actorScene", "app.bsky.system.actorUser", "app.bsky.graph.assertion",
    "app.bsky.graph.confirmation",
})  # fmt: skip
_MODERATION = "app.bsky.graph.defs#modlist"


def read(data: bytes, member: Member, found: Found) -> int:
    """One repository, by its tree. A record whose block is missing or damaged is a problem, a missing branch is one more."""
    repo = atproto.repo(data)
    if found.me not in (None, repo.did):
        raise Unreadable("the repository of another account; add it as an archive of its own")
    found.owner(repo.did, repo.made_at)
    found.whole &= repo.missing == 0
    for n in range(repo.missing):
        found.reading.problem(member.number, f"branch {n}", "a branch of the tree is missing or damaged; get the export again")
    good, bad = typed(repo.values)
    table = pl.DataFrame(
        {
            "i": list(good), "collection": [repo.collections[i] for i in good], "rkey": [repo.rkeys[i] for i in good],
            "at": [r.created_at for r in good.values()], "about": [r.about for r in good.values()],
            "parent": [r.parent for r in good.values()], "root": [r.root for r in good.values()],
            "quoted": [r.quoted for r in good.values()], "mentions": [r.mentions or None for r in good.values()],
            "text": [r.full_text for r in good.values()], "list": [r.in_list for r in good.values()],
            "purpose": [r.purpose for r in good.values()], "name": [r.display_name for r in good.values()],
        },
        schema={"i": pl.Int64, **dict.fromkeys(("collection", "rkey", "at", "about", "parent", "root", "quoted"), pl.String),
                "mentions": pl.List(pl.String), **dict.fromkeys(("text", "list", "purpose", "name"), pl.String)},
    ).with_columns(
        pl.col("mentions").fill_null([]),
        member=pl.lit(member.number, dtype=pl.Int32),
        uri=pl.concat_str(pl.lit(f"at://{repo.did}/"), "collection", pl.lit("/"), "rkey"),
    )  # fmt: skip
    collection = pl.col("collection")
    ours = pl.any_horizontal(collection.str.starts_with(p) for p in _OURS)
    foreign = table.filter(~ours).height
    for i in bad:
        if repo.values[i] is None:
            found.reading.problem(member.number, i, "its block is missing or damaged; get the export again")
            found.whole = False
        elif repo.collections[i].startswith(_OURS) and repo.collections[i] not in _ASIDE:
            found.reading.problem(member.number, i, "not a record of the expected form; please report it")
        else:  # other apps give their records any form
            foreign += 1
    found.reading.set_aside(member.number, "records of other apps", foreign)
    found.aside(table.filter(collection.is_in(list(_ASIDE))), "settings, lists and feeds of the owner, nobody's act")
    known = {*_FEED, *_STATES, *_ASIDE, _PROFILE}
    for i in table.filter(ours & ~collection.is_in(list(known)))["i"]:
        found.reading.problem(member.number, i, "a kind of record that is not known; please report it")
    _profile(found, member, table.filter(collection == _PROFILE))
    _edges(found, table)
    _feed(found, table)
    return len(repo.values) + repo.missing


def _profile(found: Found, member: Member, rows: pl.DataFrame) -> None:
    for i, name in rows.select("i", "name").iter_rows():
        found.reading.owner_name = name or found.reading.owner_name
        found.person([found.me], name=[name], record=[f"{member.number}:{i}"])


def _edges(found: Found, table: pl.DataFrame) -> None:
    """Follows, blocks, members of own lists. A list for moderation is no membership anybody shares."""
    edges = table.filter(pl.col("collection").is_in(list(_STATES)))
    moderation = table.filter(pl.col("purpose") == _MODERATION)["uri"]
    hidden = edges["list"].is_in(moderation.implode()).fill_null(False)
    found.aside(edges.filter(hidden), "members of own moderation lists")
    edges = edges.filter(~hidden)
    for member, i in edges.filter(~pl.col("about").str.starts_with("did:").fill_null(False)).select("member", "i").iter_rows():
        found.reading.problem(member, i, "names no account; please report it")
    edges = edges.filter(pl.col("about").str.starts_with("did:"))
    found.states.append(edges.select(
        "member", "i", state=pl.col("collection").replace(_STATES), direction=pl.lit("given"), key="about",
        since_at=times.iso(pl.col("at")), time_precision=pl.lit("asserted"),
    ).cast(STATE_ROW))  # fmt: skip
    for state in _STATES.values():
        found.listings[state, "given"] = found.whole


def _feed(found: Found, table: pl.DataFrame) -> None:
    acts = table.filter(pl.col("collection").is_in(list(_FEED))).with_columns(kind=pl.col("collection").replace(_FEED))
    post = pl.col("kind") == "post"
    target = authority(pl.col("about"))
    lost = ~post & target.is_null()
    for member, i in acts.filter(lost).select("member", "i").iter_rows():
        found.reading.problem(member, i, "names no post; please report it")
    acts = acts.filter(~lost).with_columns(target=target)
    found.aside(acts.filter(~post & (pl.col("target") == found.me)), "likes and reposts of own posts")
    acts = acts.filter(post | (pl.col("target") != found.me))
    of = pl.when(post).then("uri").otherwise("about")
    found.given(acts.select(
        "member", "i", "uri", "text", "mentions", direction=pl.lit("given"),
        channel=pl.when(~post).then("kind"), whom="target", parent=authority(pl.col("parent")),
        quoted=authority(pl.col("quoted")), is_reply=pl.col("parent").is_not_null(), post=of, thread=pl.coalesce("root", of),
        happened_at=times.iso(pl.col("at")), time_precision=pl.lit("asserted"), evidence=pl.lit("export"),
    ))  # fmt: skip
