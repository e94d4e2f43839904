"""YouTube in a Google Takeout: comments, Super Thanks, live chat, subscriptions, likes. Only what the owner did is in it.
A pull of the Data API adds the comments on the owner's videos, and says whose comment a reply of the owner's there answers.

Whose video a comment is on, whose comment a reply answers and who commented back is told nowhere: only mentions name
somebody. A price makes a comment a gift (Super Thanks, Super Chat). Folders, files and columns are named in the language of
the account, so a table is known by what its cells look like; columns have come, gone and moved. Dated likes and
subscriptions are in My Activity, if it was asked for as JSON; their verb is the beginning of a title, in the language of the
account: known are English, French and Spanish, in others such activities are counted as problems. Subscriptions.csv has no
dates. https://support.google.com/youtube/answer/9315727

Watching and searching is done towards nobody, and the owner of a video never learns who disliked it: both are set aside.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import msgspec
import polars as pl

from transforms import times
from transforms.act import Owner, Reading
from transforms.archive import Archive, Member, Unreadable
from transforms.formats import csvs, pulled, told
from transforms.formats.jsonrecords import records
from transforms.sources.youtube import api, comments
from transforms.sources.youtube.comments import ID

TITLE = "YouTube"
VERSION = "4"
_WRITTEN = (  # comments and live chats, as languages of which an export was seen name them
    "comments", "live chats", "Kommentare", "Livechats", "comentarios", "mensajes del chat en directo", "reacties", "comentarii",
    "komentarai", "commentaires",
)  # fmt: skip
_FOLLOWED = ("subscriptions", "Abos", "suscripciones", "abonnementen", "abonamente", "prenumeratos", "abonnements")
LAYOUTS = {
    "API v3": api.LAYOUTS,
    "2021": tuple(f"YouTube*/*/{name}*.csv" for name in (*_WRITTEN, *_FOLLOWED)),
    "My Activity": ("YouTube/*.json", "YouTube/*.html"),
    "2018": ("subscriptions/subscriptions.json", "my-comments/*.html", "my-live-chat-messages/*.html"),
}
_NOBODY = "playlists, history, the owner's channel and videos: towards nobody"
_BESIDE = {"YouTube*/*/*": _NOBODY, "YouTube*/*/*/*": _NOBODY}
IGNORES = {**_BESIDE, **pulled.IGNORES, api.CHANNEL: "the owner's channel"}
_JSON = re.compile(rb'"\{""?"?\w+""?"?:|,\{"\w+":')  # a cell with JSON in it
_TEXT = re.compile(rb'"(?:text|takeoutSegments)"')  # of a kind only these tables have
_ACTIVITY = re.compile(rb'"header"\s*:\s*"YouTube')
_CHANNELS = re.compile(rb"(?m)^[^,\n]*,https?://(www\.)?youtube\.com/chan")
_VERBS = {  # how a title of My Activity begins (or ends); https://github.com/purarue/google_takeout_parser has more
    "like": r"^(Liked|Te ha gustado|Has indicado que te gusta|Has dado «?Me gusta»? a|A aimé|Vous avez aimé)\s",
    "dislike": r"^(Disliked|No te ha gustado|N.a pas aimé)\s",
    "subscribe": r"^(Subscribed to|Te has suscrito a|Has suscrito a|Vous vous êtes abonné à)\s",
    "nobody": r"^(Watched|Searched for|Visited|Viewed|Listened to|Used|Saved|Shared|Voted|Answered|Has visto|Viste|Has buscado"
    r"|Buscaste|Has visitado|Has escuchado|Has guardado|Has compartido|Has votado|Has respondido|Vous avez regardé"
    r"|Vous avez recherché|Vous avez visité|Hai guardato|Hai cercato|Je hebt naar|Tittade på|Obejrzano:|Просмотрено видео)\s"
    r"|\s(angesehen|gesucht|gekeken|gezocht|a été fermé|を視聴しました|izlediniz)$",
}
# The playlist of likes carries the number of its channel, whatever its name is in the language of the account.
_LIKES_CSV = re.compile(rb"^[^\n]+\r?\n\s*\"?LL([\w-]{22})\"?,\"?UC\1\b")
_LIKES_JSON = re.compile(rb'"playlistId"\s*:\s*"LL[\w-]{22}"')
_ADDRESS = pl.lit("https://www.youtube.com/channel/")
_VIDEO = r"(?:v=|youtu\.be/|/shorts/)([\w-]{11})"
_LOST = "not a record of the expected form; get the export again"


class Subtitle(msgspec.Struct):
    """The channel a video is on."""

    name: str | None = None
    url: str | None = None


class Activity(msgspec.Struct):
    """One entry of My Activity."""

    time: str
    title: str | None = None
    titleUrl: str | None = None  # noqa: N815
    subtitles: list[Subtitle] | None = None


class Resource(msgspec.Struct):
    """What was subscribed to or put on a playlist."""

    videoId: str | None = None  # noqa: N815
    channelId: str | None = None  # noqa: N815


class Snippet(msgspec.Struct):
    """The part of a subscription, or of an entry of a playlist, that says something."""

    resourceId: Resource  # noqa: N815
    videoOwnerChannelId: str | None = None  # noqa: N815
    videoOwnerChannelTitle: str | None = None  # noqa: N815
    publishedAt: str | None = None  # noqa: N815
    title: str | None = None


class Subscription(msgspec.Struct):
    """A subscription as the API wrote it, until about 2020."""

    snippet: Snippet


def claims(archive: Archive) -> list[Member]:
    """What it reads, and beside it what else lies in the folder of YouTube."""
    mine = [m for m, _ in _found(archive)]
    asked = pulled.beside(archive, "youtube")
    beside = asked + archive.find(*(_BESIDE if mine else ()), *((*api.LAYOUTS, api.CHANNEL) if asked else ()))
    return sorted({m.number: m for m in [*mine, *beside]}.values(), key=lambda m: m.number)


def read(archive: Archive, owner: Owner) -> Reading:
    """Everything a Takeout says of YouTube."""
    reading = Reading("youtube")
    book = Book(reading)
    for member, reader in _found(archive):
        try:
            if not member.size:
                raise Unreadable("empty; get the export again")
            n = reader(book, member, archive.read(member))
        except (Unreadable, csvs.NotCsv) as why:
            reading.problem(member.number, "-", str(why))
            n = 1
        reading.member(member.number, n)
    asked = pulled.of(archive, "youtube")
    if asked:
        book.channels[asked.account] += 1
        book.answered = api.read(archive, reading, asked.account)
        reading.exported_at = asked.until
    book.close()
    if asked:
        api.sees(reading, asked)
    return reading


class Book:
    """What the members of one archive say, until all are read."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.written: list[pl.DataFrame] = []
        self.liked: list[pl.DataFrame] = []
        self.kept: list[pl.DataFrame] = []  # entries of the playlist of likes
        self.followed: list[pl.DataFrame] = []
        self.channels: Counter[str] = Counter()
        self.answered: pl.DataFrame | None = None  # comments by the API
        self.listed = self.clear = False
        self.whole = True  # no row of the list of subscriptions is broken

    def close(self) -> None:
        """Tell every act once."""
        reading = self.reading
        mine = [key for key, _ in self.channels.most_common()]
        reading.owner_key, reading.owner_aliases = (mine or [None])[0], sorted(mine[1:])
        if self.kept:
            rows, dated = pl.concat(self.kept), [f["url"].str.extract(_VIDEO) for f in self.liked]
            again = rows["url"].is_in(pl.concat(dated).drop_nulls().implode()) if dated else rows["url"].is_null()
            told.aside(reading, rows.filter(again), told.TWICE)
            self.liked.append(rows.filter(~again))
        parts = [comments.acts(pl.concat(self.written), mine)] if self.written else []
        parts += [_likes(pl.concat(self.liked))] if self.liked else []
        known = _names(self.liked)
        if self.answered is not None:
            parts.append(self.answered.drop("author", "name"))
            known = pl.concat([self.answered.select(pl.col("author").alias("key"), "name"), known])
        if parts:
            acts = told.tell(reading, pl.concat(parts, how="diagonal"))
            named = acts.select(key=pl.col("counterparts").explode()).drop_nulls().unique(maintain_order=True)
            known = known.unique("key", keep="first", maintain_order=True).select("key", "name")
            named = named.join(known, on="key", how="left", maintain_order="left")
            reading.accounts(named.select("key", "name", url=_ADDRESS + pl.col("key"), identified=pl.lit("id")))
        if self.followed:
            self._follow(pl.concat(self.followed))
        if self.written:
            claim = "comments.csv, live chats.csv: whose video it is on is not told"
            for channel in ("comment", "gift"):
                reading.sees(channel, "given", named=False, claim=claim)
        if self.clear:
            reading.sees("reaction", "given", claim="My Activity of YouTube: likes, those taken back too")
        elif self.kept:
            reading.sees("reaction", "given", named=False, claim="the playlist of likes: those that still stand")

    def _follow(self, rows: pl.DataFrame) -> None:
        """Subscriptions stand where a list says so; My Activity dates them, and is the only teller where there is no list."""
        rows = rows.with_columns(url=_ADDRESS + pl.col("key"))
        known = rows.filter(pl.col("name").is_not_null()).unique("key", keep="first", maintain_order=True)
        self.reading.accounts(known.select("key", "name", "url", identified=pl.lit("id")))
        self.reading.accounts(rows.select("key", "url", "record", identified=pl.lit("id")))
        dated = rows.filter(pl.col("since_at").is_not_null()).group_by("key").agg(since=pl.col("since_at").max())
        standing = rows.filter(pl.col("listed") | pl.lit(not self.listed)).unique("key", keep="first", maintain_order=True)
        standing = standing.join(dated, on="key", how="left", maintain_order="left")
        self.reading.states(standing.select(
            "key", "record", state=pl.lit("follow"), direction=pl.lit("given"), since_at="since",
            time_precision=pl.when(pl.col("since").is_null()).then(pl.lit("unknown")).otherwise(pl.lit("second")),
        ))  # fmt: skip
        self.reading.listing("follow", "given", complete=self.listed and self.whole)
        newest = rows["since_at"].max()
        if newest and (self.reading.exported_at is None or newest > self.reading.exported_at):
            self.reading.exported_at = newest


_Reader = Callable[[Book, Member, bytes], int]


def _found(archive: Archive) -> list[tuple[Member, _Reader]]:
    """Members to be read, and how: by their name where it is known, else by what their first rows look like."""
    named = {
        m.number: reader
        for names, reader in ((_WRITTEN, _said), (_FOLLOWED, _subscribed))
        for m in archive.find(*(f"YouTube*/*/{n}*.csv" for n in names))
    }
    pages = {m.number for m in archive.find(*(p for era in LAYOUTS.values() for p in era if p.endswith(".html")))}
    activities = {m.number for m in archive.find("YouTube/*.json")}
    found: list[tuple[Member, _Reader]] = []
    for member in archive.members:
        ending = member.name.rpartition(".")[2].lower()
        head = archive.head(member) if ending in ("csv", "json") else b""
        if ending == "csv" and _LIKES_CSV.match(head):
            found.append((member, _likes_csv))
        elif ending == "csv" and (b"," in head or member.number in named):
            rows = head.partition(b"\n")[2]
            reader = _said if _JSON.search(rows) and _TEXT.search(rows) and head.count(b",", 0, head.find(b"\n")) >= 4 else None
            reader = reader or (_subscribed if _CHANNELS.search(rows) else named.get(member.number))
            found += [(member, reader)] if reader else []
        elif member.number in activities and (not head or _ACTIVITY.search(head)):
            found.append((member, _activity))
        elif ending == "json" and b"youtube#playlistItem" in head and _LIKES_JSON.search(head):
            found.append((member, _likes_json))
        elif ending == "json" and b"youtube#subscription" in head:
            found.append((member, _old_subscribed))
        elif member.number in pages:
            found.append((member, _page))
    return found


def _said(book: Book, member: Member, data: bytes) -> int:
    """Comments or live chat messages, whatever the order and the language of the columns."""
    table = csvs.table(data, ())
    for i, reason in table.broken:
        book.reading.problem(member.number, i, reason)
    frame, channels = comments.rows(table.frame)
    book.channels.update(dict(channels.value_counts().iter_rows()))
    frame = frame.with_columns(member=pl.lit(member.number, pl.Int32))
    lost = frame.filter(pl.col("text").is_null() | (pl.col("id") == ""))
    for i in lost["i"]:
        book.reading.problem(member.number, i, _LOST)
    book.written.append(frame.join(lost, on="i", how="anti", maintain_order="left"))
    return table.records


def _subscribed(book: Book, member: Member, data: bytes) -> int:
    """The list of subscriptions: channel, address, title, in every language in this order. No dates."""
    table = csvs.table(data, ())
    if table.frame.width != 4:
        raise Unreadable(f"{table.frame.width - 1} columns where subscriptions have 3; if it is whole, its format is new")
    for i, reason in table.broken:
        book.reading.problem(member.number, i, reason)
    book.whole = book.whole and not table.broken
    frame = table.frame.rename(dict(zip(table.frame.columns, ("row", "key", "address", "name"), strict=True)))
    frame = frame.with_columns(key=pl.coalesce(pl.col(c).str.extract(f"({ID})") for c in ("key", "address")))
    book.listed = True
    _add(book, member, frame.select(i=pl.col("row").cast(pl.Int64), key="key", name="name", at=pl.lit(None, pl.String)), True)
    return table.records


def _old_subscribed(book: Book, member: Member, data: bytes) -> int:
    good, bad = records(data, Subscription)
    rows = [(i, s.snippet.resourceId.channelId, s.snippet.title, s.snippet.publishedAt) for i, s in good.items()]
    for i, cut in bad.items():
        book.reading.problem(member.number, i, cut or _LOST)
    book.listed, book.whole = True, book.whole and not bad
    schema = {"i": pl.Int64, "key": pl.String, "name": pl.String, "at": pl.String}
    _add(book, member, pl.DataFrame(rows, schema=schema, orient="row"), True)
    return len(good) + len(bad)


def _add(book: Book, member: Member, frame: pl.DataFrame, listed: bool) -> None:
    for i in frame.filter(pl.col("key").is_null())["i"]:
        book.whole = False
        book.reading.problem(member.number, i, "no id of a channel where one belongs; get the export again")
    book.followed.append(frame.filter(pl.col("key").is_not_null()).select(
        "key", pl.when(pl.col("name") != "").then("name").alias("name"), since_at=times.iso(pl.col("at")),
        record=pl.lit(f"{member.number}:") + pl.col("i").cast(pl.String), listed=pl.lit(listed),
    ))  # fmt: skip


def _activity(book: Book, member: Member, data: bytes) -> int:
    """My Activity: likes and subscriptions among what was watched and searched for."""
    good, bad = records(data, Activity)
    for i, cut in bad.items():
        book.reading.problem(member.number, i, cut or _LOST)
    channel = [(a.subtitles or [Subtitle()])[0] for a in good.values()]
    frame = pl.DataFrame(
        {"i": list(good), "at": [a.time for a in good.values()], "title": [a.title for a in good.values()],
         "url": [a.titleUrl for a in good.values()], "address": [c.url for c in channel], "name": [c.name for c in channel]},
        schema={"i": pl.Int64, **dict.fromkeys(("at", "title", "url", "address", "name"), pl.String)},
    ).with_columns(pl.col("title").fill_null(""), member=pl.lit(member.number, pl.Int32))  # fmt: skip
    frame = frame.with_columns(
        verb=pl.coalesce(*(pl.when(pl.col("title").str.contains(p)).then(pl.lit(v)) for v, p in _VERBS.items()), pl.lit("?"))
    )
    count = Counter(frame["verb"].to_list())
    book.reading.set_aside(member.number, "watching and searching, towards nobody", count["nobody"])
    book.reading.set_aside(member.number, "dislikes, of which nobody learns", count["dislike"])
    if count["?"]:
        reason = "activities in words that are not known; report how YouTube says that you liked and subscribed"
        book.reading.problem(member.number, "?", reason, records=count["?"])
    book.liked.append(frame.filter(pl.col("verb") == "like"))
    book.clear = book.clear or count["like"] > 0 or (frame.height > 0 and not count["?"])
    new = frame.filter(pl.col("verb") == "subscribe")
    key = pl.coalesce(pl.col("url").str.extract(f"({ID})"), pl.col("address").str.extract(f"({ID})"))
    name = pl.coalesce(pl.col("title").str.replace(_VERBS["subscribe"], ""), "name")
    _add(book, member, new.select("i", key=key, name=pl.when(~name.str.contains("://")).then(name), at="at"), False)
    return len(good) + len(bad)


def _likes_json(book: Book, member: Member, data: bytes) -> int:
    """The playlist of likes as the API wrote it, until about 2020. The owner of a video is seldom told."""
    good, bad = records(data, Subscription)
    for i, cut in bad.items():
        book.reading.problem(member.number, i, cut or _LOST)
    rows = [(i, s.snippet) for i, s in good.items()]
    return len(bad) + _kept(book, member, [
        (i, s.publishedAt, s.title, s.resourceId.videoId, s.videoOwnerChannelId, s.videoOwnerChannelTitle) for i, s in rows
    ])  # fmt: skip


def _likes_csv(book: Book, member: Member, data: bytes) -> int:
    """The same as a table: below what the playlist itself is, an id and a time in each row."""
    table = csvs.table(re.split(rb"\r?\n\s*\r?\n", data, maxsplit=1)[-1], ())
    for i, reason in table.broken:
        book.reading.problem(member.number, i, reason)
    video, at = [c for c in table.frame.columns if c != "row"][:2]
    rows = [(i, at, None, v, None, None) for i, v, at in table.frame.select("row", video, at).iter_rows()]
    return len(table.broken) + _kept(book, member, rows)


def _kept(book: Book, member: Member, rows: list[tuple]) -> int:
    """Add likes: number, time, title, video, its channel and that one's name."""
    columns = ("at", "title", "url", "address", "name")
    frame = pl.DataFrame(rows, {"i": pl.Int64, **dict.fromkeys(columns, pl.String)}, orient="row")
    for i in frame.filter(~pl.col("url").str.contains(r"^[\w-]{11}$").fill_null(False))["i"]:
        book.reading.problem(member.number, i, _LOST)
    frame = frame.filter(pl.col("url").str.contains(r"^[\w-]{11}$")).with_columns(member=pl.lit(member.number, pl.Int32))
    book.kept.append(frame.with_columns(verb=pl.lit("like")))
    return len(rows)


def _likes(rows: pl.DataFrame) -> pl.DataFrame:
    """Likes; a video that is gone no longer tells its channel."""
    post = pl.coalesce(pl.col("url").str.extract(_VIDEO), pl.col("url"))
    return rows.select(
        "member", "i", text=pl.lit(None, pl.String), uri=pl.concat_str(post.fill_null(""), "at", separator=" "),
        direction=pl.lit("given"), counterparts=pl.concat_list(pl.col("address").str.extract(f"({ID})")).list.drop_nulls(),
        channel=pl.lit("reaction"), value_kind=pl.lit("applause"), proven=pl.lit(False), composed=pl.lit(False),
        n_targets=pl.lit(1, pl.Int32), happened_at=times.iso(pl.col("at")), time_precision=pl.lit("millisecond"),
        post=post, is_reply=pl.lit(False), thread=pl.lit(None, pl.String), evidence=pl.lit("export"),
    )  # fmt: skip


def _names(liked: list[pl.DataFrame]) -> pl.DataFrame:
    """Channels by name, as the newest like calls them."""
    rows = pl.concat([pl.DataFrame(schema=dict.fromkeys(("address", "name", "at"), pl.String)), *liked], how="diagonal")
    rows = rows.select("name", "at", key=pl.col("address").str.extract(f"({ID})")).drop_nulls()
    return rows.sort("at", descending=True, maintain_order=True).unique("key", keep="first").select("key", "name")


def _page(book: Book, member: Member, data: bytes) -> int:
    """A page for reading, in which dates are in the words of a language."""
    raise Unreadable("a page to look at; ask Takeout for it again, as JSON for My Activity (comments are CSV by now)")
