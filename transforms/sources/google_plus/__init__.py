"""Google+ in a Takeout (until April 2019, when it was shut): posts with all that came back, and what was done elsewhere.

It shows the owner's posts, whom they named or were shared with, comments of both sides under them, +1s, reshares and votes
others gave (undated), and from the activity log the owner's comments, +1s and votes on posts of others (dated; the author of
a comment that got a +1 is not named). Circles are follows without a date; followers are in no file. Posts are JSON, a page
of 2019 or an older page with microdata. https://support.google.com/plus/answer/1045788

Traps: folders are named in the language of the account; most posts of a community are by others; own answers stand among
the comments received; nothing tells whom an answer is for, unless it names somebody or only one other has spoken; a person is
a number in one place and a +name in another, and only JSON tells that they are one: where nothing does, they stay two
accounts, one with the address of the name. Dates have the offset of the account's clock then.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import polars as pl

from transforms import text as texts
from transforms import times
from transforms.act import Owner, Reading
from transforms.archive import Archive, Member, Unreadable
from transforms.formats import csvs, told
from transforms.formats.jsonrecords import Bad
from transforms.formats.takeout import MEMBERS, PROFILE
from transforms.sources.google_plus import decode
from transforms.sources.google_plus.decode import Log, Post, Who

TITLE = "Google+"
VERSION = "4"
_CIRCLES = tuple(f"{folder}/*.json" for folder in (
    "Google+ Circles", "Google+ Kreise", "Google+-Kreise", "Cercles Google+", "Círculos de Google+", "Círculos do Google+",
    "Cerchie Google+", "Cerchie di Google+", "Google+-kringen", "Google+ kringen",
))  # fmt: skip
_POSTS = tuple(f"Google+ {where}.{e}" for where in ("Stream/*/*", "Communities/*/*/*") for e in ("json", "html"))
_ANY_CIRCLES = ("*Google+*/*.json", "*Google+*/*.csv")
_COMMUNITIES = ("*Google+*/*/*/*.json", "*Google+*/*/*/*.html")
_DATED = f"{'[0-9]' * 8} - *.json"  # what Google names the file of a post, in every language
LAYOUTS = {
    "2011": ("Google+ Stream/Posts/*.json", "Google+ Stream/ActivityLog/*.json", *_POSTS, *_CIRCLES),
    "in other languages": ("*Google+*/*/*.json", "*Google+*/*/*.html", *_COMMUNITIES, *_ANY_CIRCLES),
    "out of their folders": ("*.html", _DATED),
}
IGNORES = dict.fromkeys(MEMBERS, "members of communities")
IGNORES |= {f"*Google+*/{'*/' * deep}*": "pictures of posts, and lists of them" for deep in (1, 2, 3)}
_COMMENT_WORDS = r"[ck]omm?[eéi]nt|reacti|コメント|评论|留言|коммент"
_VOTE_WORDS = r"poll|vote|umfrage|abstimm|sondag|encuesta|vot[oa]|enquete|peiling|stemm|投票|アンケート|опрос"
_SHOWS = re.compile(rb'\.reshare-attribution|class="(?:main-content|item-title)"|"(?:creationTime|postPermalink|profileUrl)"')
_LIST = b"profile url"  # of circles as CSV
_FOLDER = re.compile(r"(?i)(.*/)?[^/]*google\+[^/]*/")
_KINDS = {"comment": "comment", "plus": "reaction", "plus on comment": "reaction", "vote": "reaction"}
_EACH = dict.fromkeys(("at", "who", "name", "html", "whom"), pl.String)  # of every record
_ALIKE = {  # of records that came together: how many, where, and what they are
    "n": pl.Int64, "member": pl.Int32, **dict.fromkeys(("letter", "kind", "post"), pl.String),
    **dict.fromkeys(("under", "open", "shared"), pl.Boolean),  # under: told by the post's own file
}  # fmt: skip


def claims(archive: Archive) -> list[Member]:
    """What it reads, and beside it all but what it should have known."""
    mine = {m.number: m for m in _found(archive)}
    folders = {_brand(m.path.rpartition("/")[0] + "/") for m in mine.values()} - {""}
    beside = [m for m in archive.find(*IGNORES) if _brand(m.path.rpartition("/")[0] + "/") in folders]
    mine |= {m.number: m for m in beside if m.number not in mine and not m.name.lower().endswith((".json", ".html"))}
    return [mine[n] for n in sorted(mine)]


@lru_cache(10_000)
def _brand(folder: str) -> str:
    """The part of a path up to the folder that is named after Google+; empty where none is."""
    found = _FOLDER.match(folder)
    return found[0] if found else ""


def _found(archive: Archive) -> list[Member]:
    """Everything in the folders of Google+, and elsewhere what shows itself to be of it."""
    mine = {m.number: m for m in archive.find(*_POSTS, *_CIRCLES)}
    for m in archive.find(*LAYOUTS["in other languages"], *LAYOUTS["out of their folders"]):
        if m.number not in mine:
            head = archive.head(m, 8192)
            if b"plus.google.com" in head and (_SHOWS.search(head) or _LIST in head.lower()):
                mine[m.number] = m
    return [mine[n] for n in sorted(mine)]


def read(archive: Archive, owner: Owner) -> Reading:
    """Everything a Takeout says of Google+."""
    reading = Reading("google_plus")
    book = Book(reading)
    circles = {m.number for m in archive.find(*_CIRCLES, *_ANY_CIRCLES)}
    for member in _found(archive):
        try:
            n = book.add(member, archive.read(member), member.number in circles)
        except (Unreadable, csvs.NotCsv) as why:
            reading.problem(member.number, "-", str(why))
            n = 1
        reading.member(member.number, n)
    book.close()
    return reading


class Book:
    """What the members of one archive say, as rows, until all are read."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.alike: list[tuple] = []
        self.numbers: list[int] = []
        self.each: dict[str, list[str | None]] = {name: [] for name in _EACH}
        self.circles: list[tuple] = []
        self.people: dict[str, str | None] = {}  # key → name, as last seen
        self.number: dict[str, str] = {}  # +name → number
        self.authors: Counter[str] = Counter()
        self.guests: Counter[str] = Counter()  # authors of posts in communities, most of whom are others
        self.seen: set[str] = set()  # kinds of members that could be read

    def add(self, member: Member, data: bytes, circle: bool) -> int:
        """Read one member; returns its records."""
        ending = member.name.lower().rpartition(".")[2]
        if ending == "html":
            if b"item-title" in data:
                return self._log(member, *decode.html_log(data, _kind(member.name)))
            return self._post(member, decode.html_post(data))
        if ending == "csv":
            return self._circle(member, *decode.csv_circle(data))
        if circle and b'"creationTime"' not in data:
            return self._circle(member, *decode.json_circle(data))
        if b'"items"' in data[:200]:
            return self._log(member, *decode.json_log(data))
        return self._post(member, decode.json_post(data))

    def _known(self, who: Who) -> str | None:
        if who.key:
            if who.name or who.key not in self.people:
                self.people[who.key] = who.name
            if who.alias:
                self.number[who.alias] = who.key
        return who.key

    def _post(self, member: Member, post: Post) -> int:
        self.seen.add("posts")
        author, named = self._known(post.author), decode.mentions(post.html)
        folder = member.path.rpartition("/")[0] + "/"
        counter = self.guests if folder[len(_brand(folder)) :].count("/") > 1 else self.authors
        counter.update([author] if author else [])
        for i in post.broken:
            self.reading.problem(member.number, i, "not a part of a post of the expected form; get the export again")
        shared = self._known(post.shared) if post.shared else None
        whom = [shared] if post.shared else [*dict.fromkeys([*named, *(self._known(w) or "" for w in post.users)])]
        n, place = member.number, post.id or f"of {post.at}"
        self._add((n, "", "post", place, True, post.open, post.shared is not None),
                  [post.at], [author], [post.author.name], [post.html], [_join(whom)])  # fmt: skip
        by, to, others = [self._known(said.who) for said in post.comments], [], []
        for key, said in zip(by, post.comments, strict=True):
            named = decode.mentions(said.html)
            if key is not None and key == author:
                named = named or (others if len(others) == 1 else [])
            elif key and key not in others:
                others.append(key)
            to.append(_join(named) if named else "")
        self._add((n, "c", "comment", place, True, False, False), [c.at for c in post.comments], by,
                  [c.who.name for c in post.comments], [c.html for c in post.comments], to)  # fmt: skip
        for letter, kind, people in (("p", "plus", post.plus), ("r", "reshare", post.reshares), ("v", "vote", post.votes)):
            none = [None] * len(people)
            self._add((n, letter, kind, place, True, False, False), none, [self._known(who) for who in people],
                      [who.name for who in people], none, [author] * len(people))  # fmt: skip
        return 1 + sum(map(len, (post.comments, post.plus, post.reshares, post.votes, post.broken)))

    def _add(self, alike: tuple, *each: list, numbers: Sequence[int] = ()) -> None:
        """Add records that came together: what they share (_ALIKE), and of each its columns (_EACH) and its number."""
        if each[0]:
            self.alike.append((len(each[0]), *alike))
            self.numbers += numbers or range(len(each[0]))
            for column, values in zip(self.each.values(), each, strict=True):
                column += values

    def _log(self, member: Member, logs: dict[int, Log], bad: Bad) -> int:
        self.seen.add("log")
        for i, cut in bad.items():
            self.reading.problem(member.number, i, cut or "not an entry of the expected form; get the export again")
        for i, log in logs.items():
            if not log.kind:
                self.reading.problem(member.number, i, "a kind of activity that is not known; please report it")
                continue
            to = self._known(Who(decode.whose(log.link), None)) if log.link else None
            alike = (member.number, "", log.kind, decode.ident(log.link) or "", False, False, False)
            self._add(alike, [log.at], [None], [None], [log.html], [to], numbers=[i])
        return len(logs) + len(bad)

    def _circle(self, member: Member, people: dict[int, Who], bad: Bad) -> int:
        self.seen.add("circles")
        for i, cut in bad.items():
            self.reading.problem(member.number, i, cut or "not a person of the expected form; get the export again")
        for i, who in people.items():
            if self._known(who):
                self.circles.append((f"{member.number}:{i}", who.key))
            else:
                self.reading.problem(member.number, i, "somebody without address or name; get the export again")
        return len(people) + len(bad)

    def close(self) -> None:
        """Tell every act once."""
        keys = {raw: self.number.get(raw, PROFILE + raw if raw[0] == "+" else raw) for raw in self.people}
        most = (self.authors or self.guests).most_common(1)
        me = keys[most[0][0]] if most else None
        self.reading.owner_key = me
        self.reading.owner_aliases = sorted(
            PROFILE + raw for raw, key in keys.items() if raw[0] == "+" and key == me != PROFILE + raw
        )
        self.reading.owner_name = next((n for raw, n in self.people.items() if n and keys[raw] == me), None) if me else None
        self._accounts(keys, me)
        if self.alike:
            told.tell(self.reading, self._acts(self._rows(), keys, me))
        self._sees()

    def _rows(self) -> pl.DataFrame:
        """All records, one row each."""
        alike = pl.DataFrame(self.alike, schema=_ALIKE, orient="row").select(pl.exclude("n").repeat_by("n"))
        rows = pl.DataFrame(self.each, schema=_EACH).hstack(alike.explode(pl.all()))
        return rows.with_columns(i=pl.col("letter") + pl.Series(self.numbers, dtype=pl.Int64).cast(pl.String))

    def _acts(self, rows: pl.DataFrame, keys: dict[str, str], me: str | None) -> pl.DataFrame:
        """Posts, what came back to them, and what the owner did elsewhere. Under a post of others the owner's part counts."""
        is_me = pl.lit(me, pl.String)
        whom = pl.col("whom").str.split("\n").list.eval(pl.element().filter(pl.element() != "").replace(keys))
        each = rows.select("whom").unique().with_columns(
            to=whom.list.eval(pl.element().filter(pl.element().ne_missing(is_me))).list.unique(maintain_order=True),
            to_me=whom.list.contains(is_me).fill_null(False),
        )  # fmt: skip
        whose_post = pl.col("who").first().over("member", "post")
        rows = rows.with_columns(
            pl.col("who").replace(keys), author=pl.when("under").then(whose_post.replace(keys)),
            at_ms=times.epoch(pl.col("at"), "ms"),
        ).join(each, on="whom", how="left", nulls_equal=True, maintain_order="left")
        rows = rows.with_columns(whom="to")
        logged, post, comment = ~pl.col("under"), pl.col("kind") == "post", pl.col("kind") == "comment"
        by_me = logged | pl.col("who").eq_missing(is_me)
        foreign = pl.col("under") & (pl.col("author") != is_me).fill_null(True)
        aside = {
            "posts of others": post & ~by_me,
            "what others said and did under posts of others": foreign & ~post & ~by_me,
            "on own posts: told by the post itself": logged & pl.col("to_me") & (pl.col("kind") != "plus on comment"),
            "the owner's own +1s and votes: the activity log tells them": pl.col("under") & ~post & ~comment & by_me,
        }
        for reason, which in aside.items():
            told.aside(self.reading, rows.filter(which), reason)
        rows = rows.filter(~pl.any_horizontal(aside.values()))
        whom, n = pl.col("whom"), pl.col("whom").list.len()
        direct = post & ~pl.col("open") & (n > 0) & ~pl.col("shared")
        channel = (
            pl.when(post & pl.col("shared")).then(pl.lit("repost")).when(direct & (n == 1)).then(pl.lit("message"))
            .when(direct).then(pl.lit("group")).when(post & (n > 0)).then(pl.lit("mention")).when(post).then(pl.lit("post"))
            .when(pl.col("kind") == "reshare").then(pl.lit("repost"))
            .otherwise(pl.col("kind").replace_strict(_KINDS, default=None, return_dtype=pl.String))
        )  # fmt: skip
        under = pl.when(foreign & (n == 0)).then(told.alone("author")).otherwise(whom)
        nobody = pl.lit([], pl.List(pl.String))
        dated, written = post | comment | logged, pl.col("written")
        instant = pl.col("at").str.replace(r"(:\d\d)[\s:]+([+-])", "$1$2")
        rows = rows.with_columns(written=texts.unhtml(pl.col("html")), instant=instant)
        rows = rows.with_columns(
            texts.clean(written), instant=pl.coalesce(times.iso(pl.col("instant")), "at_ms"), channel=channel, under_post=under
        )
        channel, under, instant = pl.col("channel"), pl.col("under_post"), pl.col("instant")
        return rows.select(
            "member", "i", "post", "channel", direction=pl.when(by_me).then(pl.lit("given")).otherwise(pl.lit("received")),
            counterparts=pl.when(pl.col("kind") == "plus on comment").then(nobody).when(post | logged).then(whom)
            .when(by_me).then(under).otherwise(told.alone("who")),
            # an answer that names nobody, under an own post where several spoke, is for nobody knows how many
            n_targets=pl.when((channel != "post") & ~(comment & by_me & (under.list.len() == 0)))
            .then(pl.max_horizontal(pl.when(by_me).then(n), 1)).cast(pl.Int32),
            broadcast=channel == "post", happened_at=pl.when(dated).then(instant), thread=pl.col("post"),
            time_precision=pl.when(dated).then(pl.lit("second")).otherwise(pl.lit("unknown")),
            text=written, composed=pl.when(channel == "repost").then(written.is_not_null()).otherwise(post | comment),
            is_reply=comment, value_kind=pl.when(channel == "repost").then(pl.lit("amplification"))
            .when(channel == "reaction").then(pl.lit("applause")),
            # the number of a comment is in no page, so it goes by its second; what has no date by the name
            uri=pl.concat_str(
                "kind", "post", instant.dt.truncate("1s").cast(pl.String).fill_null(""),
                pl.when(~by_me).then(pl.col("name")).fill_null(""), separator=" ",
            ),
        )  # fmt: skip

    def _accounts(self, keys: dict[str, str], me: str | None) -> None:
        """Everybody named, under every spelling that is known."""
        rows = [(keys[raw], name, PROFILE + raw, raw) for raw, name in self.people.items() if keys[raw] != me]
        rows += [(key, self.people.get(key), PROFILE + alias, alias) for alias, key in self.number.items() if key != me]
        schema = dict.fromkeys(("key", "name", "url", "raw"), pl.String)
        named = pl.col("raw").str.starts_with("name:")
        self.reading.accounts(pl.DataFrame(rows, schema=schema, orient="row").select(
            "key", "name", url=pl.when(~named).then("url"),
            handle=pl.when(pl.col("raw").str.starts_with("+")).then("raw"),
            identified=_identified(),
            same_as=pl.when(named).then(pl.lit([], pl.List(pl.String))).otherwise(pl.concat_list(pl.lit("url:") + pl.col("url"))),
        ))  # fmt: skip
        listed = pl.DataFrame(self.circles, schema={"record": pl.String, "key": pl.String}, orient="row")
        listed = listed.with_columns(pl.col("key").replace(keys)).with_columns(identified=_identified())
        self.reading.accounts(listed)
        standing = listed.filter(pl.col("key") != (me or "")).unique("key", keep="first", maintain_order=True)
        self.reading.states(standing.select(
            "record", "key", state=pl.lit("follow"), direction=pl.lit("given"), time_precision=pl.lit("unknown"),
        ))  # fmt: skip

    def _sees(self) -> None:
        reading = self.reading
        if "circles" in self.seen:
            reading.listing("follow", "given", complete=False)  # each circle is a file of its own, and any may be missing
        if "posts" in self.seen:
            claim = "Google+ Stream: posts, and under each all that came back"
            for channel in ("post", "mention", "repost", "message", "group"):
                reading.sees(channel, "given", claim=claim)
            for channel in ("comment", "reaction", "repost"):
                reading.sees(channel, "received", claim=claim)
        if "log" in self.seen:
            for channel in ("comment", "reaction"):
                reading.sees(channel, "given", claim="ActivityLog: what was done on posts of others")
        elif "posts" in self.seen:
            reading.sees("comment", "given", claim="Google+ Stream: comments under own posts only")


def _kind(name: str) -> str:
    """What the activities on a page are, by its name, in whatever language. Raises Unreadable where that cannot be told."""
    plus, comment, vote = ("+1" in name, *(re.search(words, name, re.I) for words in (_COMMENT_WORDS, _VOTE_WORDS)))
    if not (plus or comment or vote):
        raise Unreadable("activities, and only its name tells of which kind, in words that are not known; please report it")
    return ("plus on comment" if comment else "plus") if plus else "comment" if comment else "vote"


def _join(keys: list[str | None]) -> str:
    return "\n".join(k for k in keys if k)


def _identified() -> pl.Expr:
    key = pl.col("key")
    name = pl.when(key.str.starts_with("name:")).then(pl.lit("name"))
    return name.when(key.str.contains(r"^\d")).then(pl.lit("id")).otherwise(pl.lit("url"))
