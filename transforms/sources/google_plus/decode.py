"""Posts, the activity log and circles of Google+, as JSON or as one of two kinds of pages, in one form."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
from selectolax.lexbor import LexborHTMLParser, LexborNode

from transforms.archive import Unreadable
from transforms.formats import csvs
from transforms.formats.jsonrecords import Bad, document, records

_WHOSE = re.compile(r"plus\.google\.com/(?:u/\d+/)?(?:b/\d+/)?(\d{15,}|\+[^/?#\s\"]+)")
_AT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?\s?(?:Z|[+-]\d\d:?\d\d)?")
_OID = re.compile(r'oid="(\d{15,})"')


class Who(NamedTuple):
    """Somebody: `key` is the account number, else the lower-case +name of the address, else "name:<name>"."""

    key: str | None
    name: str | None
    alias: str | None = None  # the +name where the number is known too


class Said(NamedTuple):
    """A comment."""

    who: Who
    at: str | None
    html: str | None


class Post(NamedTuple):
    """A post with everything that came back. `shared` is whose post it hands on; None: it is no reshare."""

    id: str | None
    author: Who
    at: str | None
    html: str | None
    shared: Who | None
    users: list[Who]
    open: bool
    comments: list[Said]
    plus: list[Who]
    reshares: list[Who]
    votes: list[Who]
    broken: list[str]  # parts that could not be read


class Log(NamedTuple):
    """Something done on somebody's post."""

    kind: str
    link: str | None
    at: str | None
    html: str | None


class Struct(msgspec.Struct, gc=False):
    """An object of the export; keys it does not name are skipped."""


class Person(Struct, rename="camel"):
    """Somebody, as posts name them."""

    display_name: str | None = None
    profile_page_url: str | None = None
    profile_url: str | None = None
    resource_name: str | None = None


class Comment(Struct, rename="camel"):
    """A comment."""

    author: Person | None = None
    creation_time: str | None = None
    content: str | None = None


class PlusOne(Struct, rename="camel"):
    """A +1."""

    plus_oner: Person


class Reshare(Struct):
    """Somebody who handed the post on."""

    resharer: Person


class Vote(Struct):
    """A vote in a poll."""

    voter: Person


class Choice(Struct):
    """What could be voted for."""

    votes: list[Vote] | None = None


class Poll(Struct):
    """A poll."""

    choices: list[Choice] | None = None


class Shared(Struct):
    """The post that was handed on; a deleted one has no author."""

    author: Person | None = None


class Acl(Struct):
    """Who was let see a post."""

    users: list[Person] | None = None
    circles: list[Any] | None = None


class PostAcl(Struct, rename="camel"):
    """Who was let see a post."""

    visible_to_standard_acl: Acl | None = None
    is_public: bool | None = None
    community_acl: Acl | None = None
    collection_acl: Acl | None = None
    event_acl: Acl | None = None


class Page(Struct, rename="camel"):
    """A post with what came back."""

    url: str | None = None
    resource_name: str | None = None
    creation_time: str | None = None
    author: Person | None = None
    content: str | None = None
    reshared_post: Shared | None = None
    post_acl: PostAcl | None = None
    comments: list[Comment] | None = None
    plus_ones: list[PlusOne] | None = None
    reshares: list[Reshare] | None = None
    poll: Poll | None = None


class Loose(Page, rename="camel"):
    """A post of which a part is broken: what came back is decoded apart."""

    comments: list[msgspec.Raw] | None = None
    plus_ones: list[msgspec.Raw] | None = None
    reshares: list[msgspec.Raw] | None = None


class Link(Struct, rename="camel"):
    """Which post."""

    post_permalink: str | None = None


class Item(Struct, rename="camel"):
    """An entry of the activity log."""

    timestamp_ms: str | int | None = None
    primary_text: str | None = None
    comment_created_item: Link | None = None
    post_plus_one_added_item: Link | None = None
    comment_plus_one_added_item: Link | None = None
    poll_vote_added_item: Link | None = None


def whose(address: str | None) -> str | None:
    """The number or +name an address of Google+ begins with."""
    found = _WHOSE.search(address or "")
    return found[1].lower() if found else None


def _who(p: Person | None) -> Who:
    return Who(None, None) if p is None else _named(p.display_name, p.profile_page_url or p.profile_url, p.resource_name)


@lru_cache(100_000)
def _named(name: str | None, address: str | None, resource: str | None) -> Who:
    number = next(iter(re.findall(r"users/(\d{15,})$", resource or "")), None)
    spelt = whose(address)
    key = number or spelt or (f"name:{name}" if name else None)
    return Who(key, name, spelt if key != spelt and spelt and spelt[0] == "+" else None)


def ident(address: str | None) -> str | None:
    """The number of a post: the last part of its address."""
    return address.partition("?")[0].partition("#")[0].rstrip("/").rsplit("/", 1)[-1] if address else None


def json_post(data: bytes) -> Post:
    """A post as JSON."""
    broken: list[str] = []
    try:
        page = document(data, Page)
    except Unreadable:
        page = document(data, Loose)

    def parts(raws: list | None, shape: type, letter: str) -> list:
        if not isinstance(page, Loose):
            return raws or []
        found = []
        one = msgspec.json.Decoder(shape)
        for i, raw in enumerate(raws or ()):
            try:
                found.append(one.decode(raw))
            except (msgspec.DecodeError, UnicodeError, RecursionError):
                broken.append(f"{letter}{i}")
        return found

    if not (page.url or page.resource_name or page.creation_time or page.author):
        raise Unreadable("neither a post nor a log of activities; if it is whole, its format is new")
    acl = page.post_acl or PostAcl()
    users = [_who(p) for a in (acl.visible_to_standard_acl, acl.community_acl, acl.collection_acl, acl.event_acl) if a
             for p in a.users or ()]  # fmt: skip
    wide = bool(acl.is_public or acl.community_acl or acl.collection_acl or acl.event_acl or not users)
    wide = wide or bool(acl.visible_to_standard_acl and acl.visible_to_standard_acl.circles)
    return Post(
        ident(page.url) or ident(page.resource_name), _who(page.author), page.creation_time, page.content,
        _who(page.reshared_post.author) if page.reshared_post else None, users, wide,
        [Said(_who(c.author), c.creation_time, c.content) for c in parts(page.comments, Comment, "c")],
        [_who(p.plus_oner) for p in parts(page.plus_ones, PlusOne, "p")],
        [_who(r.resharer) for r in parts(page.reshares, Reshare, "r")],
        [_who(v.voter) for c in (page.poll.choices if page.poll else None) or () for v in c.votes or ()], broken,
    )  # fmt: skip


def json_log(data: bytes) -> tuple[dict[int, Log], Bad]:
    """The activity log as JSON: entries by index, and those that cannot be read."""
    good, bad = records(data, Item, "items")
    logs = {}
    for i, item in good.items():
        kinds = {
            "comment": item.comment_created_item, "plus": item.post_plus_one_added_item,
            "plus on comment": item.comment_plus_one_added_item, "vote": item.poll_vote_added_item,
        }  # fmt: skip
        kind, link = next(((k, v) for k, v in kinds.items() if v), ("", Link()))
        at = None if item.timestamp_ms is None else str(item.timestamp_ms)
        logs[i] = Log(kind, link.post_permalink, at, item.primary_text if kind == "comment" else None)
    return logs, bad


def json_circle(data: bytes) -> tuple[dict[int, Who], Bad]:
    """A circle: whom the owner put in it. An empty one names nobody."""
    good, bad = records(data, Person, "person")
    return {i: _who(p) for i, p in good.items()}, bad


def csv_circle(data: bytes) -> tuple[dict[int, Who], Bad]:
    """A circle as CSV."""
    table = csvs.table(data, {"displayname", "profileurl"})
    rows = table.frame.select("row", "displayname", "profileurl").iter_rows()
    return {i: _named(name.strip() or None, address, None) for i, name, address in rows}, dict(table.broken)


def _link(node: LexborNode | None) -> Who:
    if node is None:
        return Who(None, None)
    name = node.text(strip=True) or None
    return Who(whose(node.attributes.get("href")) or (f"name:{name}" if name else None), name)


def _props(node: LexborNode) -> Who:
    """An author in microdata."""
    name, link = node.css_first("[itemprop=name]"), node.css_first("[itemprop=url]")
    who = _link(link) if link is not None else Who(None, None)
    named = name.text(strip=True) if name is not None else who.name
    return Who(who.key or (f"name:{named}" if named else None), named or who.name)


def _at(node: LexborNode | None) -> str | None:
    text = "" if node is None else f"{node.attributes.get('title') or ''} {node.attributes.get('datetime') or ''} {node.text()}"
    found = _AT.search(text)
    return found[0] if found else None


def _html(node: LexborNode | None) -> str | None:
    return None if node is None else node.html


def html_post(data: bytes) -> Post:
    """A post as a page: of 2019, or the older one with microdata. Labels may be in any language, so only links are read."""
    tree = LexborHTMLParser(data.decode("utf-8", "replace"))
    body = tree.body
    content = body.css_first(".main-content") if body else None
    if body is None or content is None:
        raise Unreadable("not a page of a post of Google+; get the export again")
    micro = body.css_first("body > * [itemprop=author]")
    says = body.css(".comment" if micro is None else "[itemtype$='/Comment']")
    if micro is not None:
        author, link = _props(micro), body.attributes.get("itemid")
        at = _at(body.css_first("[itemprop=dateCreated]"))
        content = content.css_first("[itemprop=text]") or content
        comments = [
            Said(_props(c.css_first("[itemprop=author]") or c), _at(c.css_first("[itemprop=dateCreated]")),
                 _html(c.css_first("[itemprop=text]"))) for c in says
        ]  # fmt: skip
    else:
        author = _link(body.css_first("a.author"))
        stamp = next((a for a in body.css("a") if _AT.fullmatch(a.text(strip=True))), None)
        link, at = (stamp.attributes.get("href"), _at(stamp)) if stamp is not None else (None, None)
        comments = [
            Said(_link(c.css_first("a.author")), _at(c.css_first(".time")), _html(c.css_first(".comment-content"))) for c in says
        ]
    handed = body.css_first(".reshare-attribution")
    links = body.css(".visibility a")
    users = [w for w in map(_link, links) if w.key and not w.key.startswith("name:")]
    label = "".join(n.text() for n in body.css(".visibility"))
    rest = label.partition(":")[2] or label
    for a in links[: len(users)] if len(users) == len(links) else ():
        rest = rest.replace(a.text(), "", 1)
    wide = bool(re.search(r"\w", rest)) or not users
    back = [[_link(a) for a in body.css(f"{where} a")] for where in (".plus-oners", ".resharers", ".poll-choice-votes")]
    return Post(
        ident(link), author, at, _html(content), None if handed is None else Who(whose(_href(handed)), None), users, wide,
        comments, *back, [],
    )  # fmt: skip


def _href(node: LexborNode) -> str | None:
    inner = node.css_first("a[href]")
    return node.attributes.get("href") or (inner.attributes.get("href") if inner is not None else None)


def html_log(data: bytes, kind: str) -> tuple[dict[int, Log], Bad]:
    """The activity log as a page; which kind it is, only the name of its file tells."""
    tree = LexborHTMLParser(data.decode("utf-8", "replace"))
    logs = {}
    for i, item in enumerate(tree.css(".item")):
        title, text = item.css_first(".item-title"), item.css_first(".text") if kind == "comment" else None
        logs[i] = Log(
            kind, title and title.attributes.get("href"), _at(item.css_first(".time")), _html(text) if kind == "comment" else None
        )
    return logs, {}


def mentions(html: str | None) -> list[str]:
    """Account numbers a text names."""
    return list(dict.fromkeys(_OID.findall(html))) if html and "oid=" in html else []
