"""Comments, reactions, posts, what others wrote on the timeline, notifications: entries with a sentence for a title."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field

import polars as pl

from transforms.archive import Member
from transforms.formats.meta import Book, Label, Struct, first_told, folded, frame, people
from transforms.formats.told import alone
from transforms.times import epoch

# Reactions that are sure to be the same word in the old and the new file
_SAME = {"LIKE": "LIKE", "LOVE": "LOVE", "HAHA": "HAHA", "WOW": "WOW", "SORRY": "SAD", "SAD": "SAD", "ANGER": "ANGRY",
         "ANGRY": "ANGRY", "SUPPORT": "CARE", "CARE": "CARE", "NONE": "NONE"}  # fmt: skip
# What English sentences say between the one who acts and the one they act on, up to the thing that is theirs
_ACTED = (
    r"^(?:likes?|liked|reacted to|commented on|replied to|wrote on|posted (?:in|on|to)|shared|mentioned|tagged) "
    r"(?:a (?:post|photo|comment|link|video) (?:by|from) )?(\p{Lu}[^'’]{1,60}?)['’]s? "
)
_NOTIFIED = {  # what notifications tell, by their own name in the address or by stems of the languages known; first wins
    "invitation": r"friend request|freundschaftsanfrage|demande d.ami|solicitud de amistad|^friend$",
    "mention": r"mention|tagged|erwähn|markier|identifi|etiquet|mencion",
    "reaction": r"reaction|reacted|\blike|reagier|gefällt|aime|réagi|gusta|reaccion|curti",
    "repost": r"shared your|teilt[^.]*dein|partag[^.]*votre|compartió",
    "comment": r"comment|kommenti|comentó|coment(?:ou|ario)|reply|replied|geantwortet|répondu|respond",
    "post": r"wrote on your|posted on your|timeline|chronik|votre journal|tu biografía|^wall",
}
_WHO = (
    r"^(\p{Lu}[\p{L}.'’-]+(?: \p{Lu}[\p{L}.'’-]+){1,3}) "
    r"(?:and \d|commented|replied|mentioned|tagged|liked|likes|reacted|shared|wrote|posted|sent you)"
)
_MINE = r"(?i)\b(?:you|your|yours|dein\w*|dich|dir|votre|vos|vous|ton|tes|tu|tus|te|ti|seu|sua|você)\b"


class Comment(Struct):
    """A comment; who wrote it is the owner."""

    comment: str | None = None
    author: str | None = None
    group: str | None = None


class Reaction(Struct):
    """A reaction; its actor is the owner."""

    reaction: str | None = None
    actor: str | None = None


class Datum(Struct):
    """What an entry holds."""

    post: str | None = None
    comment: Comment | None = None
    reaction: Reaction | None = None


class Tag(Struct):
    """Somebody tagged."""

    name: str | None = None


class Entry(Struct):
    """One thing done: in old shapes a title and data, in the newest label_values."""

    timestamp: int | None = None
    title: str | None = None
    data: list[Datum] | None = None
    tags: list[Tag | str] | None = None
    label_values: list[Label] | None = None

    def authors(self) -> Iterator[str]:
        """Names of the owner in it."""
        for d in self.data or ():
            who = d.comment.author if d.comment else d.reaction.actor if d.reaction else None
            if who:
                yield who

    def named(self, known: Container[str]) -> str | None:
        """The one name among its values, of those that are known."""
        names = {leaf.text for v in self.label_values or () for leaf in v.leaves() if leaf.text in known}
        return names.pop() if len(names) == 1 else None

    def text(self, names: Container[str] = ()) -> str | None:
        """What was written: in the newest shape the longest value that is no address, date, title or name."""
        for d in self.data or ():
            if d.post or (d.comment and d.comment.comment):
                return d.post or (d.comment.comment if d.comment else None)
        values = [leaf.text for v in self.label_values or () if v.dict is None for leaf in v.leaves() if leaf.text]
        return max((v for v in values if v not in names), key=len, default=None)

    def reaction(self) -> str | None:
        """Its name, as this file has it; of a label only what is the same in every language."""
        for d in self.data or ():
            if d.reaction and d.reaction.reaction:
                return d.reaction.reaction
        if self.label_values is None:
            return None
        said = (leaf.text for v in self.label_values if v.dict is None for leaf in v.leaves())
        return next((_SAME[s.upper()] for s in said if s and s.upper() in _SAME), None)

    def author(self) -> str | None:
        """Whom it is about, where that is a field of its own."""
        for v in self.label_values or ():
            if v.called("author"):
                return next((leaf.text for leaf in v.leaves() if leaf.text), None)
        return None

    def link(self) -> str | None:
        """The address of what it is about."""
        return next((leaf.link for v in self.label_values or () for leaf in v.leaves() if leaf.link), None)

    def tagged(self) -> list[str]:
        """Who is tagged."""
        return [n for t in self.tags or () if (n := t if isinstance(t, str) else t.name)]


class Notice(Struct):
    """A notification."""

    timestamp: int | None = None
    text: str | None = None
    href: str | None = None


SHAPES = {
    "comments": ("comments", "group_comments"), "reactions": ("reactions", "stories_feedback", "story_reactions"),
    "posts": ("status_updates", "posts"), "group posts": ("group_posts",), "elsewhere": ("posts_on_other_pages_and_profiles",),
    "timeline": ("wall_posts_sent_to_you",), "notifications": ("notifications",),
}  # fmt: skip
_TEXTS = ("text", "reaction", "author", "post")
_CHANNEL = {
    "comments": "comment", "reactions": "reaction", "posts": "post", "group posts": "post", "elsewhere": "post",
    "timeline": "post",
}  # fmt: skip


@dataclass
class Found:
    """The records of one kind of all members."""

    rows: list = field(default_factory=list)
    members: list[int] = field(default_factory=list)  # of each, and its number there
    numbers: list[int] = field(default_factory=list)

    def table(self, **columns: list) -> pl.DataFrame:
        """Columns of the records, with their place."""
        return frame({"member": self.members, "i": pl.Series(self.numbers, dtype=pl.Int64), **columns})


def decode(book: Book, kinds: dict[str, list[Member]]) -> dict[str, Found]:
    """All members of these kinds, decoded; what they say may need everybody's names."""
    found = {}
    for what, members in kinds.items():
        found[what] = Found()
        for member in members:
            rows, numbers = book.rows(member, Notice if what == "notifications" else Entry, what, *SHAPES[what])
            found[what].rows += rows
            found[what].members += [member.number] * len(rows)
            found[what].numbers += numbers
    return found


def tell(book: Book, found: dict[str, Found]) -> None:
    """Add everything as acts, once the names of people are known from elsewhere."""
    tagged = {n for f in (found["posts"], found["group posts"]) for r in f.rows if r.tags for n in r.tagged()}
    named = {n for what in ("reactions", "comments") for r in found[what].rows if r.label_values and (n := r.author())}
    for name in sorted(tagged | named):
        book.key(name)
    known = {str(p["name"]): k for k, p in book.people.items() if p["name"] and len(folded(p["name"]).split()) > 1}
    for what, channel in _CHANNEL.items():
        if found[what].rows:
            _entries(book, found[what], what, channel, known)
    if found["notifications"].rows:
        _notices(book, found["notifications"], known)


def _entries(book: Book, found: Found, what: str, channel: str, known: dict[str, str]) -> None:
    read = found.rows
    columns = {"at": [r.timestamp for r in read], "title": [r.title for r in read]}
    if what == "reactions":
        columns["reaction"] = [r.reaction() for r in read]
    else:
        columns["text"] = [r.text(known if what == "elsewhere" else ()) for r in read]
    if any(r.label_values for r in read):
        authors = [r.author() or (r.named(known) if what == "elsewhere" else None) for r in read]
        columns |= {"author": authors, "post": [r.link() for r in read]}
    rows = found.table(**columns).with_row_index("n")
    rows = rows.with_columns(pl.lit(None, pl.String).alias(c) for c in _TEXTS if c not in columns)
    same = {r: _SAME.get(r.upper()) for r in rows["reaction"].unique() if r}
    rows = rows.with_columns(pl.col("reaction").replace(same))
    titles = rows.select(pl.col("title").drop_nulls().unique(maintain_order=True)).with_columns(
        told=pl.col("title").map_batches(lambda t: _persons(book, t, known), return_dtype=pl.String)
    )
    rows = rows.join(titles, on="title", how="left", maintain_order="left")
    author = people(pl.col("author"), book.keys(rows["author"])).list.first()
    rows = rows.with_columns(person=pl.coalesce(author, "told"))
    rows = _once(book, rows, what)
    received = what == "timeline"
    rows = rows.join(_tagged(book, read, rows), on="n", how="left", maintain_order="left")
    rows = rows.with_columns(whom=pl.coalesce("whom", alone("person")))
    to_nobody = (channel == "post") & (pl.col("whom").list.len() == 0) & (what not in ("timeline", "elsewhere"))
    tags = pl.col("tags").fill_null(False)
    book.acts(rows.with_columns(
        channel=pl.when(tags).then(pl.lit("mention")).otherwise(pl.lit(channel)), counterparts="whom",
        direction=pl.lit("received" if received else "given"), happened_at=epoch(pl.col("at")),
        n_targets=pl.when(to_nobody).then(None).otherwise(pl.max_horizontal(pl.col("whom").list.len(), 1)).cast(pl.Int32),
        broadcast=to_nobody, composed=pl.lit(what != "reactions"), is_reply=pl.lit(channel == "comment"),
        value_kind=pl.lit("applause" if what == "reactions" else None, pl.String),
        time_precision=pl.when(pl.col("at").is_null() & (what == "reactions"))
        .then(pl.lit("unknown")).otherwise(pl.lit("second")),
    ), "happened_at")  # fmt: skip


def _tagged(book: Book, read: list[Entry], rows: pl.DataFrame) -> pl.DataFrame:
    """Of the few rows with tags: n, tags, whom (the person they are about and those tagged)."""
    names = [(n, name) for n, r in enumerate(read) if r.tags for name in r.tagged()]
    tagged = pl.DataFrame(names, schema={"n": rows.schema["n"], "name": pl.String}, orient="row")
    key = pl.col("name").replace_strict(book.keys(tagged["name"]), default=None, return_dtype=pl.String)
    tagged = tagged.select("n", key=key).drop_nulls("key")
    about = rows.select("n", key="person").join(tagged, on="n", how="semi").drop_nulls("key")
    whom = pl.concat([about, tagged]).group_by("n", maintain_order=True).agg(whom=pl.col("key").unique(maintain_order=True))
    return whom.with_columns(tags=pl.lit(True))


def _once(book: Book, rows: pl.DataFrame, what: str) -> pl.DataFrame:
    """Entries of doubled folders once; reactions of the old and the new file once by (time, reaction), better named first."""
    if what != "reactions":
        return first_told(book, rows, "at", "text")
    known = pl.col("reaction").drop_nulls().first().over("at")
    rows = rows.with_columns(reaction=pl.when(pl.col("at").is_null()).then("title").otherwise(pl.coalesce("reaction", known)))
    rows = rows.sort(pl.col("person").is_null(), maintain_order=True)
    return first_told(book, rows, "at", "reaction").sort("member", pl.col("i").cast(pl.Int64))


def _persons(book: Book, sentences: pl.Series, known: dict[str, str]) -> pl.Series:
    """The one person a sentence is about, besides the owner: a name known from elsewhere, else as English puts it."""
    owner = book.reading.owner_name or ""
    rest = sentences.str.strip_prefix(owner).str.strip_chars() if owner else sentences
    named = _names_in(rest, known)
    one = named.list.eval(pl.element().unique()).list
    english = rest.str.extract(_ACTED, 1)
    guessed = pl.Series([book.key(n) if n else None for n in english.to_list()], dtype=pl.String)
    return pl.select(pl.when(one.len() == 1).then(one.first()).when(one.len() == 0).then(guessed)).to_series()


def _names_in(sentences: pl.Series, known: dict[str, str]) -> pl.Series:
    """Keys of all full names that stand in each sentence, as words, with or without a genitive."""
    if not known or sentences.is_empty():
        return pl.Series([[]] * sentences.len(), dtype=pl.List(pl.String))
    marks = [f"\x01{n}\x02" for n in range(len(known))]
    marked = sentences.str.replace_many(list(known), marks, leftmost=True).to_frame("t")
    whole = r"(?:^|[^\p{L}\p{N}])\x01\d+\x02s?(?:[^\p{L}\p{N}]|$)"
    keys = dict(zip(marks, known.values(), strict=True))
    mark = pl.element().str.extract("(\x01\\d+\x02)").replace_strict(keys, return_dtype=pl.String)
    return marked.select(pl.col("t").str.extract_all(whole).list.eval(mark)).to_series()


def _notices(book: Book, found: Found, known: dict[str, str]) -> None:
    """Notifications that tell of something done to the owner. Who did it, where a known name begins the sentence."""
    read = found.rows
    rows = found.table(at=[r.timestamp for r in read], said=[r.text for r in read], href=[r.href for r in read])
    rows = first_told(book, rows, "at", "said")
    own_name = pl.col("href").str.extract(r"notif_t=([a-z_]+)")
    by_name = [pl.when(own_name.str.contains(p)).then(pl.lit(c)) for c, p in _NOTIFIED.items()]
    mine = pl.col("said").str.contains(_MINE)
    by_stem = [pl.when(mine & pl.col("said").str.contains(f"(?i){p}")).then(pl.lit(c)) for c, p in _NOTIFIED.items()]
    rows = rows.with_columns(channel=pl.coalesce(*by_name, *by_stem))
    book.seen(rows.select(epoch(pl.col("at")))["at"])
    book.aside(rows.filter(pl.col("channel").is_null()), "notifications of nothing done to the owner, or in a language not known")
    rows = rows.filter(pl.col("channel").is_not_null())
    names = sorted(known, key=len, reverse=True)
    first = [next((known[n] for n in names if s.startswith(n)), None) for s in rows["said"].fill_null("")]
    english = rows["said"].str.extract(_WHO, 1)
    keys = book.keys(english) if rows.height else {}
    guess = [keys.get(n) if n else None for n in english]
    rows = rows.with_columns(person=pl.Series(first, dtype=pl.String), guess=pl.Series(guess, dtype=pl.String))
    channel = pl.col("channel")
    book.acts(rows.with_columns(
        direction=pl.lit("received"), happened_at=epoch(pl.col("at")), time_precision=pl.lit("second"),
        counterparts=alone(pl.coalesce("person", "guess")), n_targets=pl.lit(1, pl.Int32),
        composed=channel.is_in(["comment", "mention", "post"]), is_reply=channel == "comment", evidence=pl.lit("notification"),
        value_kind=pl.when(channel.is_in(["reaction", "invitation"])).then(pl.lit("applause"))
        .when(channel == "repost").then(pl.lit("amplification")),
    ), "happened_at")  # fmt: skip
