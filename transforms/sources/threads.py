"""Threads: the folder `threads/` in the JSON export of the Instagram account it belongs to.

Shows what the owner posted and liked, and both sides of follows, with dates. A reply is marked as one, but neither the post
it answers nor its author is named; likes name the author. Nothing received is in the export.
https://help.instagram.com/259803026523198

Handles are the keys; they are those of Instagram. Traps: bytes written as characters, labels in the language of the account,
addresses of threads.net and threads.com with `@` and `_u/`, a display name as title of a follower whose value is the handle.
"""

from __future__ import annotations

import polars as pl

from transforms.act import Owner, Reading
from transforms.archive import Archive, Member, fold
from transforms.formats.jsonrecords import uncollected
from transforms.formats.meta import HTML, Book, Struct, first_told, mend_one, people
from transforms.formats.metalists import Entry, Leaf, handle_of, owner_of, table

TITLE = "Threads"
VERSION = "4"
SITE = "https://www.threads.com/@"
_KINDS = {  # what is read → file, key
    "profile": ("personal_information*.json", "profile"), "posts": ("threads_and_replies*.json", "posts"),
    "likes": ("liked_threads*.json", "media_likes"), "followers": ("followers*.json", "followers"),
    "following": ("following*.json", "following"), "blocked": ("blocked_profiles*.json", "blocked_users"),
    "sent": ("pending_follow_requests*.json", "follow_requests_sent"),
    "received": ("follow_requests_you_ve_received*.json", "follow_requests_received"),
}  # fmt: skip
LAYOUTS = {
    "2024": tuple(f"your_instagram_activity/threads/{name}" for name, _ in _KINDS.values()),
    "2023": tuple(f"threads/{name}" for name, _ in _KINDS.values()),
}
IGNORES = {
    **{p.replace(".json", ".html"): "HTML, made for browsers; only JSON is read" for p in LAYOUTS["2023"]},
    **{f"threads/{n}*.json": why for n, why in {
        "saved_threads": "bookmarks, towards nobody", "threads_viewed": "looking is no act towards anybody",
        "recent_follow_requests": "stands among those followed", "recently_unfollowed": "private: the other never knows",
        "restricted_profiles": "private: the other never knows", "interest_feeds": "topics", "threads_home": "settings",
        "muted": "private: the other never knows",
    }.items()},
}  # fmt: skip
_STATES = {"followers": ("follow", "received"), "following": ("follow", "given"), "blocked": ("block", "given"),
           "sent": ("request", "given"), "received": ("request", "received")}  # fmt: skip
_PROOF = b"text_post_app"
_EMPTY = Leaf()


class Reply(Struct):
    """Whether a post answers another."""

    is_reply: bool | None = None


class Part(Struct):
    """One picture or text of a post."""

    title: str | None = None
    creation_timestamp: int | None = None
    text_app_post: Reply | None = None


class Post(Struct):
    """A post or reply."""

    title: str | None = None
    creation_timestamp: int | None = None
    media: list[Part] | None = None

    def told(self) -> tuple[str, int | None, bool]:
        """Its text, its time, and whether it is a reply. Most have one part and nothing of their own."""
        parts = self.media or []
        texts = [p.title for p in (self, *parts) if p.title]
        at = self.creation_timestamp
        answers = False
        for part in parts:
            at = at or part.creation_timestamp
            answers = answers or bool(part.text_app_post and part.text_app_post.is_reply)
        return texts[0] if len(texts) == 1 else "\n".join(dict.fromkeys(texts)), at, answers


class Profile(Struct):
    """The owner."""

    string_map_data: dict[str, Leaf | list | str | float | bool | None] | None = None


def claims(archive: Archive) -> list[Member]:
    """Members of a folder `threads/` in which one shows that it is of Threads or which lies in Instagram's; else single files."""
    likely = archive.find(*LAYOUTS["2023"], *IGNORES)
    if not likely:
        return [m for m in archive.find(*(name for name, _ in _KINDS.values())) if _PROOF in archive.head(m)]
    sure = {_folder(m) for m in likely if "your_instagram_activity/" in fold(m.path) or _PROOF in archive.head(m)}
    return [m for m in likely if _folder(m) in sure]


def read(archive: Archive, owner: Owner) -> Reading:
    """Everything a Threads export says."""
    book = Book(archive, Reading("threads"), owner, site=SITE)
    claimed = {m.number: m for m in claims(archive)}
    kinds = {what: [m for m in archive.find(name) if m.number in claimed] for what, (name, _) in _KINDS.items()}
    if not any(kinds.values()):
        html = [m for m in claimed.values() if m.name.endswith(".html")]
        if html:
            book.broken(html[0], HTML)
        return book.close()
    with uncollected():
        _profile(book, kinds["profile"])
        for what, (state, direction) in _STATES.items():
            if kinds[what]:
                _states(book, _entries(book, kinds[what], what), state, direction)
        _posts(book, kinds["posts"])
        _likes(book, _entries(book, kinds["likes"], "likes"))
    for what, channels, named in (("posts", ("post",), True), ("posts", ("comment",), False), ("likes", ("reaction",), True)):
        if what in book.told:
            for channel in channels:
                claim = f"{_KINDS[what][0].replace('*', '')}: every one that still stands"
                book.reading.sees(channel, "given", named=named, until=book.newest, claim=claim)
    return book.close()


def _folder(member: Member) -> str:
    return member.path.rpartition("/")[0]


def _key(what: str) -> str:
    return f"text_post_app_(?:text_post_app_|text_)*{_KINDS[what][1]}"


def _profile(book: Book, members: list[Member]) -> None:
    for member in members:
        for found in book.rows(member, Profile, "profile", _key("profile"))[0]:
            pairs = [(k, v.value) for k, v in (found.string_map_data or {}).items() if isinstance(v, Leaf)]
            labels = {mend_one(k).lower(): mend_one(text) for k, text in pairs if isinstance(text, str)}
            handle, name = owner_of(labels)
            if handle and not book.reading.owner_key:
                book.owner_is(handle.strip().lower(), name)
            book.reading.set_aside(member.number, "the owner's own profile", 1)


def _entries(book: Book, members: list[Member], what: str) -> pl.DataFrame:
    """Rows of a list. The title is a display name where the value or the address is a handle."""
    rows = []
    for member in members:
        for entry, i in zip(*book.rows(member, Entry, what, _key(what)), strict=True):
            leaf = entry.string_list_data[0] if entry.string_list_data else _EMPTY
            value = leaf.value if isinstance(leaf.value, str) and leaf.value.isascii() else None
            handle = handle_of(leaf.href) or (None if what == "likes" else value) or entry.title
            rows.append((member.number, i, handle, None, leaf.timestamp, leaf.href, entry.title))
    return table(rows)


def _states(book: Book, rows: pl.DataFrame, state: str, direction: str) -> None:
    rows = rows.with_columns(key="who")
    kept = book.states(state, direction, rows, complete=False if state == "request" else None)
    for handle, name in kept.select("key", "name").iter_rows():
        _know(book, handle, name)


def _know(book: Book, handle: str, name: str | None = None) -> None:
    book.know(handle, name=name if name and name.lower() != handle else None)


def _posts(book: Book, members: list[Member]) -> None:
    rows, reply = [], []
    for member in members:
        for post, i in zip(*book.rows(member, Post, "posts", _key("posts")), strict=True):
            text, at, answers = post.told()
            rows.append((member.number, i, None, text, at, None, None))
            reply.append(answers)
    posts = table(rows).with_columns(reply=pl.Series(reply, dtype=pl.Boolean))
    posts = first_told(book, posts, "at", "text")
    own = book.reading.owner_key or ""
    handles = (
        pl.col("text")
        .str.extract_all(r"(?:^|[^\w@.])@[A-Za-z0-9._]{1,30}")
        .list.eval(pl.element().str.extract("@(.*)$").str.to_lowercase().str.strip_chars_end("."))
    )
    posts = posts.with_columns(whom=handles.list.unique(maintain_order=True).list.eval(pl.element().filter(pl.element() != own)))
    for handle in posts["whom"].explode().drop_nulls().unique(maintain_order=True):
        _know(book, handle)
    some = pl.col("whom").list.len() > 0
    channel = pl.when("reply").then(pl.lit("comment")).when(some).then(pl.lit("mention")).otherwise(pl.lit("post"))
    book.acts(posts.with_columns(
        channel=channel, direction=pl.lit("given"), counterparts="whom", broadcast=~pl.col("reply") & ~some, is_reply="reply",
        n_targets=pl.when(pl.col("reply") | some).then(pl.max_horizontal(pl.col("whom").list.len(), 1)).cast(pl.Int32),
        time_precision=pl.lit("second"),
    ), "happened_at", "text")  # fmt: skip


def _likes(book: Book, rows: pl.DataFrame) -> None:
    rows = first_told(book, rows, "at", "who", "link")
    keys = {h: h for h in rows["who"].drop_nulls().unique(maintain_order=True) if h != book.reading.owner_key}
    for handle in keys:
        _know(book, handle)
    book.acts(rows.with_columns(
        channel=pl.lit("reaction"), direction=pl.lit("given"), counterparts=people(pl.col("who"), keys), post="link",
        n_targets=pl.lit(1, pl.Int32), composed=pl.lit(False), value_kind=pl.lit("applause"), text=pl.lit(None, pl.String),
        time_precision=pl.lit("second"),
    ), "happened_at", "who")  # fmt: skip
