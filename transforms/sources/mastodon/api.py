"""Answers of the REST API, each the unchanged body: the only place that tells what was received.

Source of the shapes: https://docs.joinmastodon.org/entities/ and recorded answers. `acct` has no host for accounts of the
own server; `id`s are the server's own, so posts and accounts are known by `uri`.
"""

from __future__ import annotations

import re

import msgspec
import polars as pl

from transforms.archive import Archive, Member
from transforms.formats.jsonrecords import document, records
from transforms.sources.mastodon.found import GIVEN, RECEIVED, Found

# A kind of notification → channel; the first two are told apart by what the post says.
_CHANNEL = {"mention": "mention", "quote": "repost", "reblog": "repost", "favourite": "reaction"}
_STATE = {"follow": "follow", "follow_request": "request"}
_NOTICES = frozenset({
    "status", "poll", "update", "quoted_update", "admin.sign_up", "admin.report", "severed_relationships",
    "moderation_warning", "annual_report", "collection_update", "added_to_collection",
})  # fmt: skip
_HREF = re.compile(r'href="(https?://[^"\s]+)"')


class Field(msgspec.Struct):
    """A line of a profile; `verified_at` where that page links back with rel=me."""

    value: str | None = None
    verified_at: str | None = None


class Account(msgspec.Struct):
    """Somebody, as the owner's server knows them."""

    id: str
    acct: str
    uri: str | None = None
    url: str | None = None
    display_name: str | None = None
    bot: bool | None = False
    group: bool | None = False
    fields: list[Field] | None = None
    followers_count: int | None = None
    following_count: int | None = None


class Mention(msgspec.Struct):
    """A person named in a post."""

    id: str
    acct: str
    url: str | None = None


class Quote(msgspec.Struct):
    """The post that a post quotes, where it may be shown."""

    quoted_status: Status | None = None


class Status(msgspec.Struct):
    """A post or, with `reblog`, a boost."""

    id: str
    uri: str
    account: Account
    created_at: str | None = None
    in_reply_to_id: str | None = None
    in_reply_to_account_id: str | None = None
    visibility: str | None = None
    spoiler_text: str | None = None
    content: str | None = None
    mentions: list[Mention] | None = None
    reblog: Status | None = None
    quote: Quote | None = None
    favourites_count: int | None = None
    reblogs_count: int | None = None

    @property
    def html(self) -> str:
        return "<br>".join(t for t in (self.spoiler_text, self.content) if t)


class Notice(msgspec.Struct):
    """A notification."""

    type: str
    created_at: str | None = None
    account: Account | None = None
    status: Status | None = None


def acct(account: Account | Mention) -> str:
    """`user@host`; without one it is of the server that its address names."""
    address = (account.uri if isinstance(account, Account) else None) or account.url or ""
    return account.acct if "@" in account.acct else f"{account.acct}@{address.split('/')[2] if '://' in address else ''}"


def me(data: bytes, member: Member, found: Found) -> int:
    """The owner: /api/v1/accounts/verify_credentials."""
    account = document(data, Account)
    found.owner(account.uri or account.url or "", account.acct, account.display_name, [account.url] if account.url else [])
    _people(found, [account], member, [0])
    return 1


def _people(found: Found, accounts: list[Account], member: Member | None = None, i: list[int] | None = None) -> None:
    kinds = ["bot" if a.bot else "organisation" if a.group else "person" for a in accounts]
    verified = [[f"url:{u}" for f in a.fields or [] if f.verified_at for u in _HREF.findall(f.value or "")] for a in accounts]
    found.person(
        member, i, uri=[a.uri or a.url for a in accounts], handle=[acct(a) for a in accounts],
        url=[a.url for a in accounts], name=[a.display_name or None for a in accounts], account_kind=kinds,
        identified=["id"] * len(accounts), same_as=verified,
    )  # fmt: skip


def _posts(found: Found, posts: list[Status]) -> None:
    found.posts.update({p.id: p.uri for p in posts})


def statuses(data: bytes, member: Member, found: Found) -> int:
    """The owner's own posts and boosts: /api/v1/accounts/:id/statuses."""
    good, bad = records(data, Status)
    found.broken(member, bad)
    posts = list(good.values())
    _posts(found, posts)
    _people(found, [p.reblog.account for p in posts if p.reblog] + [q.account for p in posts if (q := _quoted(p))])
    mentions = [m for p in posts for m in p.mentions or []]
    found.person(
        None, None, url=[m.url for m in mentions], handle=[acct(m) for m in mentions], identified=["url"] * len(mentions)
    )
    rows = [
        {
            "member": member.number, "i": i, "boost": p.reblog is not None, "at": p.created_at, "uri": p.uri,
            "direct": p.visibility == "direct", "post": p.reblog.uri if p.reblog else p.uri,
            "people": [acct(p.reblog.account).lower()] if p.reblog else [acct(m).lower() for m in p.mentions or []],
            "parent": _parent(p), "is_reply": p.in_reply_to_id is not None,
            "quoted": acct(q.account).lower() if (q := _quoted(p)) else None, "is_quote": p.quote is not None,
            "html": p.html, "thread": found.posts.get(p.in_reply_to_id or "", p.uri),
            "favourites": p.favourites_count, "boosts": p.reblogs_count,
        }
        for i, p in good.items()
    ]  # fmt: skip
    found.given.append(pl.DataFrame(rows, schema=GIVEN))
    return len(good) + len(bad)


def _quoted(post: Status) -> Status | None:
    return post.quote.quoted_status if post.quote else None


def _parent(post: Status) -> str | None:
    """Whom a post answers: its own author, or the one of its mentions with that id."""
    if post.in_reply_to_account_id == post.account.id:
        return acct(post.account).lower()
    named = [acct(m).lower() for m in post.mentions or [] if m.id == post.in_reply_to_account_id]
    return named[0] if named else None


def favourites(data: bytes, member: Member, found: Found) -> int:
    """What the owner favoured, with authors, without time: /api/v1/favourites."""
    good, bad = records(data, Status)
    found.broken(member, bad)
    _people(found, [p.account for p in good.values()])
    found.liked.append(pl.DataFrame(
        [(member.number, i, p.uri, acct(p.account).lower()) for i, p in good.items()],
        schema={"member": pl.Int32, "i": pl.Int64, "post": pl.String, "author": pl.String}, orient="row",
    ))  # fmt: skip
    return len(good) + len(bad)


def notifications(data: bytes, member: Member, found: Found) -> int:
    """What others did: /api/v1/notifications. The same one in two answers is told once."""
    good, bad = records(data, Notice)
    mine = [n.status.account for n in good.values() if n.type in ("favourite", "reblog") and n.status]
    if found.me is None and mine:
        found.owner(mine[0].uri or mine[0].url or "", mine[0].acct, mine[0].display_name, [])
    found.broken(member, bad)
    _people(found, [n.account for n in good.values() if n.account])
    _posts(found, [n.status for n in good.values() if n.status])
    found.notified([n.created_at for n in good.values()])
    rows, states, notices = [], [], 0
    for i, n in good.items():
        if n.type in _NOTICES:
            notices += 1
        elif n.account is None or n.type not in _CHANNEL | _STATE or (n.type in _CHANNEL and n.status is None):
            why = "its post or account is gone" if n.type in _CHANNEL | _STATE else "a kind of notification that is not known"
            found.reading.problem(member.number, i, f"{why}; nothing to do" if n.type in _CHANNEL else f"{why}; please report it")
        elif n.type in _STATE:
            states.append((f"{member.number}:{i}", _STATE[n.type], "received", acct(n.account).lower(), n.created_at))
        else:
            rows.append(_received(found, member, i, n, n.status))
    found.reading.set_aside(member.number, "notices that are nobody's act towards the owner", notices)
    found.received.append(pl.DataFrame(rows, schema=RECEIVED))
    _states(found, states)
    return len(good) + len(bad)


def _received(found: Found, member: Member, i: int, n: Notice, post: Status) -> dict:
    author = acct(n.account).lower()
    written = n.type in ("mention", "quote")
    channel = _CHANNEL[n.type]
    mine = post.in_reply_to_account_id is not None and post.in_reply_to_account_id in _my_ids(found, post)
    if n.type == "mention":
        channel = "message" if post.visibility == "direct" else "comment" if mine else "mention"
    return {
        "member": member.number, "i": i, "channel": channel, "author": author,
        "at": post.created_at if written else n.created_at,
        "uri": post.uri if written else f"{post.uri} {author}", "post": post.uri,
        "thread": found.posts.get(post.in_reply_to_id or "", post.uri), "is_reply": written and post.in_reply_to_id is not None,
        "html": post.html if written else None, "n_targets": max(len(post.mentions or []), 1) if written else 1,
    }  # fmt: skip


def _my_ids(found: Found, post: Status) -> set[str]:
    """The server's id of the owner, as the mentions in a post give it."""
    return {m.id for m in post.mentions or [] if acct(m).lower() == found.me}


def reacted(data: bytes, member: Member, found: Found, channel: str) -> int:
    """Who favoured or boosted one post (its id is the file's name): without time; a notification says more."""
    good, bad = records(data, Account)
    found.broken(member, bad)
    _people(found, list(good.values()))
    name = member.name.rsplit(".", 1)[0]
    post = found.posts.get(name) or f"{found.uri}/statuses/{name}"
    rows = [
        {"member": member.number, "i": i, "channel": channel, "author": acct(a).lower(), "uri": f"{post} {acct(a).lower()}",
         "post": post, "thread": post, "is_reply": False, "n_targets": 1}
        for i, a in good.items()
    ]  # fmt: skip
    found.received.append(pl.DataFrame(rows, schema=RECEIVED))
    return len(good) + len(bad)


def people(data: bytes, member: Member, found: Found, direction: str) -> int:
    """Followers (received) or the followed (given): no dates."""
    good, bad = records(data, Account)
    found.broken(member, bad)
    _people(found, list(good.values()))
    _states(found, [(f"{member.number}:{i}", "follow", direction, acct(a).lower(), None) for i, a in good.items()])
    return len(good) + len(bad)


def _states(found: Found, rows: list[tuple]) -> None:
    schema = dict.fromkeys(("record", "state", "direction", "key", "since"), pl.String)
    found.states.append(pl.DataFrame(rows, schema=schema, orient="row"))


def followed(archive: Archive, member: Member) -> dict[str, int | None]:
    """How many follows the owner's account counts, by direction: a list with fewer rows was cut."""
    account = document(archive.read(member), Account)
    return {"received": account.followers_count, "given": account.following_count}
