"""Answers of the API, each the unchanged body, and the chat export. Source of the shapes: lexicons of bluesky-social/atproto.

A like or repost is known by the post and who did it, because getLikes and getRepostedBy give no address of the record.
Its time is the one Bluesky sorts by: what the client asserted, or when the network first saw it, whichever is earlier.
"""

from __future__ import annotations

import re

import msgspec
import polars as pl

from transforms import times
from transforms.archive import Member, Unreadable
from transforms.formats.jsonrecords import CUT, Bad, document, lines, records
from transforms.formats.rooms import LARGE, large
from transforms.sources.bluesky.found import ACT_ROW, STATE_ROW, Found
from transforms.sources.bluesky.records import Record, authority

_CHANNEL = {"like": "reaction", "repost": "repost", "mention": "mention", "reply": "comment", "quote": "repost"}
_WRITTEN = ("mention", "reply", "quote")
_NOTICES = frozenset({
    "starterpack-joined", "verified", "unverified", "subscribed-post", "contact-match", "like-via-repost", "repost-via-repost",
})  # fmt: skip
_AT = re.compile(r"at://did:[^/]+/")
_MESSAGE = "chat.bsky.convo.defs#messageView"


class Actor(msgspec.Struct, rename="camel"):
    """Somebody; a handle may change, the DID may not."""

    did: str
    handle: str | None = None
    display_name: str | None = None


class Notification(msgspec.Struct, rename="camel"):
    """What somebody did that concerns the owner; `reason_subject` is the owner's record it is about."""

    uri: str
    author: Actor
    reason: str
    indexed_at: str | None = None
    reason_subject: str | None = None
    record: Record | None = None


class Like(msgspec.Struct, rename="camel"):
    """A like of one post."""

    actor: Actor
    created_at: str | None = None
    indexed_at: str | None = None


class Page(msgspec.Struct):
    """What stands around the records of an answer."""

    uri: str | None = None
    subject: Actor | None = None
    cursor: str | None = None


class Sender(msgspec.Struct):
    """Who sent a message."""

    did: str


class Reaction(msgspec.Struct, rename="camel"):
    """An emoji on a message."""

    sender: Sender
    created_at: str | None = None


class Replied(msgspec.Struct):
    """The message that a message answers, as far as it may be shown."""

    sender: Sender | None = None


class Message(msgspec.Struct, rename={"type": "$type", "sent_at": "sentAt", "reply_to": "replyTo", "convo": "convoId"}):
    """A message, a deleted one, or a line of the system, by `$type`."""

    type: str | None = None
    id: str | None = None
    text: str | None = None
    sender: Sender | None = None
    sent_at: str | None = None
    reply_to: Replied | None = None
    reactions: list[Reaction] | None = None
    convo: str | None = None


class Kind(msgspec.Struct, rename={"type": "$type"}):
    """Direct or group."""

    type: str | None = None


class Convo(msgspec.Struct):
    """A conversation and its members (of a large group only some)."""

    id: str
    members: list[Actor]
    kind: Kind | None = None


def _people(found: Found, actors: list[Actor], record: list[str] | None = None) -> None:
    handles = [None if a.handle == "handle.invalid" else a.handle for a in actors]
    place = {"record": record} if record else {}
    found.person([a.did for a in actors], name=[a.display_name or None for a in actors], handle=handles, **place)


def _sorted_at(created: pl.Expr, indexed: pl.Expr) -> list[pl.Expr]:
    asserted, seen = times.iso(created), times.iso(indexed)
    return [
        pl.min_horizontal(asserted, seen).alias("happened_at"),
        pl.when((asserted < seen).fill_null(seen.is_null())).then(pl.lit("asserted")).otherwise(pl.lit("millisecond"))
        .alias("time_precision"),
    ]  # fmt: skip


def notifications(data: bytes, member: Member, found: Found) -> int:
    """app.bsky.notification.listNotifications."""
    good, bad = records(data, Notification, "notifications")
    _broken(found, member, bad)
    _people(found, [n.author for n in good.values()])
    subjects = [
        n.reason_subject.split("/")[2] for n in good.values() if n.reason in _CHANNEL and _AT.match(n.reason_subject or "")
    ]
    if found.me is None and subjects:
        found.owner(subjects[0])  # these are about records of the owner
    notes = {i: (n, n.record or Record()) for i, n in good.items()}
    texts = ("uri", "reason", "author", "subject", "created", "indexed", "text", "parent", "root", "quoted")
    table = pl.DataFrame(
        [
            (i, n.uri, n.reason, n.author.did, n.reason_subject, r.created_at, n.indexed_at, r.full_text, r.parent, r.root,
             r.quoted, r.mentions) for i, (n, r) in notes.items()
        ],
        schema={"i": pl.Int64, **dict.fromkeys(texts, pl.String), "mentions": pl.List(pl.String)}, orient="row",
    )  # fmt: skip
    table = table.with_columns(*_sorted_at(pl.col("created"), pl.col("indexed")), member=pl.lit(member.number, dtype=pl.Int32))
    found.notified(table.select(times.iso(pl.col("indexed")).min()).item())
    reason, own = pl.col("reason"), pl.col("author") == (found.me or "")
    found.aside(table.filter(reason.is_in(list(_NOTICES)) | own), "notices that are nobody's act towards the owner")
    table = table.filter(~reason.is_in(list(_NOTICES)) & ~own)
    subjectless = reason.is_in(["like", "repost"]) & pl.col("subject").is_null()
    for i in table.filter(~reason.is_in([*_CHANNEL, "follow"]) | subjectless)["i"]:
        found.reading.problem(member.number, i, "a kind of notification that is not known; please report it")
    follows = table.filter(reason == "follow").rename({"happened_at": "since_at"})
    found.states.append(follows.select(
        "member", "i", pl.lit("follow").alias("state"), pl.lit("received").alias("direction"), pl.col("author").alias("key"),
        "since_at", "time_precision",
    ).cast(STATE_ROW))  # fmt: skip
    acts = table.filter(reason.is_in(list(_CHANNEL)) & ~subjectless)
    written = pl.col("reason").is_in(_WRITTEN)
    found.received(acts.select(
        "member", "i", "author", "mentions", "happened_at", "time_precision", text=pl.when(written).then("text"),
        channel=pl.col("reason").replace(_CHANNEL), direction=pl.lit("received"), evidence=pl.lit("api"),
        uri=pl.when(written).then("uri").otherwise(pl.concat_str("subject", "author", separator=" ")),
        parent=authority(pl.when(written).then("parent")), quoted=authority(pl.when(written).then("quoted")),
        post=pl.when(written).then("uri").otherwise("subject"), is_reply=written & pl.col("parent").is_not_null(),
        thread=pl.coalesce("root", pl.when(written).then("uri").otherwise("subject")),
    ))  # fmt: skip
    return len(good) + len(bad)


def likes(data: bytes, member: Member, found: Found) -> int:
    """app.bsky.feed.getLikes of one post."""
    good, bad = records(data, Like, "likes")
    rows = [(i, k.actor, k.created_at, k.indexed_at) for i, k in good.items()]
    return _reacted(found, member, document(data, Page).uri, "reaction", rows, bad)


def reposted_by(data: bytes, member: Member, found: Found) -> int:
    """app.bsky.feed.getRepostedBy of one post: without times, a notification says more."""
    good, bad = records(data, Actor, "repostedBy")
    return _reacted(found, member, document(data, Page).uri, "repost", [(i, a, None, None) for i, a in good.items()], bad)


def _reacted(found: Found, member: Member, post: str | None, channel: str, rows: list[tuple], bad: Bad) -> int:
    if post is None and rows:
        raise Unreadable("does not say of which post; get it again")
    if found.me is None and post and _AT.match(post):
        found.owner(post.split("/")[2])
    _broken(found, member, bad)
    _people(found, [actor for _, actor, _, _ in rows])
    table = pl.DataFrame(
        [(i, a.did, c, x) for i, a, c, x in rows],
        schema={"i": pl.Int64, "author": pl.String, "created": pl.String, "indexed": pl.String}, orient="row",
    )  # fmt: skip
    table = table.with_columns(*_sorted_at(pl.col("created"), pl.col("indexed")), member=pl.lit(member.number, dtype=pl.Int32))
    own = pl.col("author") == (found.me or "")
    found.aside(table.filter(own), "likes and reposts of own posts")
    nothing, nobody = pl.lit(None, dtype=pl.String), pl.lit([], dtype=pl.List(pl.String))
    undated = pl.col("created").is_null() & pl.col("indexed").is_null()
    found.received(table.filter(~own).select(
        "member", "i", "author", "happened_at", mentions=nobody, text=nothing, parent=nothing, quoted=nothing,
        channel=pl.lit(channel), direction=pl.lit("received"),
        time_precision=pl.when(undated).then(pl.lit("unknown")).otherwise("time_precision"),
        uri=pl.concat_str(pl.lit(post), pl.lit(" "), "author"), post=pl.lit(post), thread=pl.lit(post), is_reply=pl.lit(False),
        evidence=pl.lit("api"),
    ))  # fmt: skip
    return len(rows) + len(bad)


def followers(data: bytes, member: Member, found: Found) -> int:
    """app.bsky.graph.getFollowers: no dates. The last page has no cursor; without it the list is cut."""
    good, bad = records(data, Actor, "followers")
    page = document(data, Page)
    _broken(found, member, bad)
    if page.subject:
        found.owner(page.subject.did)
        _people(found, [page.subject])
    _people(found, list(good.values()))
    rows = [(member.number, i, "follow", "received", a.did, None, "unknown") for i, a in good.items()]
    found.states.append(pl.DataFrame(rows, schema=STATE_ROW, orient="row"))
    whole = found.listings.get(("follow", "received"), False) or page.cursor is None
    found.listings["follow", "received"] = whole
    return len(good) + len(bad)


def profiles(data: bytes, member: Member, found: Found) -> int:
    """app.bsky.actor.getProfiles: today's handles and names."""
    good, bad = records(data, Actor, "profiles")
    _broken(found, member, bad)
    _people(found, list(good.values()), [f"{member.number}:{i}" for i in good])
    return len(good) + len(bad)


def convos(data: bytes, member: Member, found: Found) -> int:
    """chat.bsky.convo.listConvos: who is in which conversation."""
    good, bad = records(data, Convo, "convos")
    _broken(found, member, bad)
    _people(found, [a for c in good.values() for a in c.members])
    for c in good.values():
        group = len(c.members) > 2 or bool(c.kind and (c.kind.type or "").endswith("#groupConvo"))
        found.rooms[c.id] = ([a.did for a in c.members], group)
    found.reading.set_aside(member.number, "conversations; their messages are records of their own", len(good))
    return len(good) + len(bad)


def messages(data: bytes, member: Member, found: Found) -> int:
    """chat.bsky.convo.getMessages; the conversation is in the file's name (messages-<convo>-<page>.json)."""
    good, bad = records(data, Message, "messages")
    _whose(found)
    related = {} if CUT in bad.values() else records(data, Actor, "relatedProfiles")[0]
    _broken(found, member, bad)
    _people(found, list(related.values()))
    convo = re.sub(r"-\d+$", "", member.name.removeprefix("messages-").rsplit(".", 1)[0])
    present = [a.did for a in related.values()] + [m.sender.did for m in good.values() if m.sender]
    found.rooms.setdefault(convo, (list(dict.fromkeys(present)), len(set(present)) > 2))
    other = [m for m in good.values() if m.type not in (None, _MESSAGE)]
    found.reading.set_aside(member.number, "deleted messages and lines of the system", len(other))
    _chat(found, member, {i: m for i, m in good.items() if m.type in (None, _MESSAGE)}, convo)
    return len(good) + len(bad)


def chat(data: bytes, member: Member, found: Found) -> int:
    """chat.bsky.actor.exportAccountData: only what the owner sent, one message view with its convoId on each line.

    No real file was seen: its lexicon says no more than "JSON lines", and the dialog of the app that it holds what was sent.
    """
    good, bad = lines(data, Message)
    senders = [m.sender.did for m in good.values() if m.sender]
    if found.me is None and senders:
        found.owner(senders[0])
    _whose(found)
    _broken(found, member, bad)
    for m in good.values():
        m.sender = m.sender or (Sender(found.me) if m.id else None)
    _chat(found, member, good, None)
    return len(good) + len(bad)


def _whose(found: Found) -> None:
    if found.me is None:
        raise Unreadable("does not say whose messages these are; put the repository (repo.car) beside it")


def _chat(found: Found, member: Member, good: dict[int, Message], convo: str | None) -> None:
    rows = []
    for i, m in good.items():
        if m.sender is None or m.id is None:
            found.reading.problem(member.number, i, "not a message; please report it")
            continue
        place = m.convo or convo
        members, group = found.rooms.get(place or "", ([], False))
        mine = m.sender.did == found.me
        others = [d for d in dict.fromkeys(members) if d not in (found.me, m.sender.did)]
        answered = [m.reply_to.sender.did] if m.reply_to and m.reply_to.sender and m.reply_to.sender.did != found.me else []
        crowd = large(len({*members} - {found.me}))
        to_me = bool(m.reply_to and m.reply_to.sender and m.reply_to.sender.did == found.me)
        named = (answered if crowd else others) if mine else [m.sender.did]
        targets = max(len(others) + (not mine), 1) if members or not group else None
        channel = "group" if group else "message"
        told = [] if crowd and not mine and not to_me else [
            (member.number, i, m.id, channel, mine, named, targets, m.sent_at, m.text, m.id, place, m.reply_to is not None)
        ]  # fmt: skip
        for r in m.reactions or []:
            if (r.sender.did == found.me) != mine:  # the owner to somebody, or somebody to the owner
                who = m.sender.did if not mine else r.sender.did
                told.append(
                    (member.number, i, f"{m.id} {who}", "reaction", not mine, [who], 1, r.created_at, None, m.id, place, False)
                )
        rows += told
        found.reading.set_aside(member.number, LARGE, not told)
    table = pl.DataFrame(rows, orient="row", schema={
        "member": pl.Int32, "i": pl.Int64, "uri": pl.String, "channel": pl.String, "mine": pl.Boolean,
        "counterparts": pl.List(pl.String), "n_targets": pl.Int32, "at": pl.String, "text": pl.String, "post": pl.String,
        "thread": pl.String, "is_reply": pl.Boolean,
    })  # fmt: skip
    at, reaction = times.iso(pl.col("at")), pl.col("channel") == "reaction"
    found.acts.append(table.select(
        "member", "i", "uri", "channel", pl.when("mine").then(pl.lit("given")).otherwise(pl.lit("received")).alias("direction"),
        "counterparts", "n_targets", pl.lit(False).alias("broadcast"), at.alias("happened_at"),
        pl.when(reaction & at.is_null()).then(pl.lit("unknown")).otherwise(pl.lit("millisecond")).alias("time_precision"),
        "text", (~reaction).alias("composed"), "post", "thread", "is_reply",
        pl.when(reaction).then(pl.lit("applause")).alias("value_kind"),
        pl.lit("api" if convo else "export").alias("evidence"),
    ).cast(ACT_ROW))  # fmt: skip


def _broken(found: Found, member: Member, bad: Bad) -> None:
    for i, cut in bad.items():
        found.reading.problem(member.number, i, cut or "not a record of the expected form; please report it")
