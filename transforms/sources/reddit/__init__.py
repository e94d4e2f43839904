"""Reddit: the zip of CSV files of https://www.reddit.com/settings/data-request, and pulls of the API.

Messages and chats are in it both ways. Of the owner's comments, votes and awards nobody says whom they are for: there are only
numbers of posts. Comments, votes and mentions received are in no file. A pull has the replies and mentions, and whom the owner
answered; it reaches back about 1,000 items of each list.
https://support.reddithelp.com/hc/en-us/articles/360043048352

Traps: names are case-insensitive, and `[deleted]` is nobody; the other side of a chat is only known once they wrote in it;
columns come in any order, large tables in parts (`_1`, `_2`); header files repeat the tables without texts; messages go to
subreddits and their moderators too; followed users stand among the subreddits as `u_name`. A downvote is towards nobody: its
target never learns of it. Votes and friends have no dates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import polars as pl

from transforms import times
from transforms.act import Owner, Reading
from transforms.archive import Archive, Member, Unreadable
from transforms.formats import csvs, markdown, pulled
from transforms.formats.rooms import LARGE, large
from transforms.formats.told import alone, aside, tell
from transforms.sources.reddit import api

TITLE = "Reddit"
VERSION = "4"
ASKS_OWNER = True
_FILES: dict[str, set[str]] = {  # those that repeat others without their texts stand last
    "statistics": {"statistic", "value"},
    "messages": {"id", "permalink", "date", "from", "to", "subject"},
    "messages_archive": {"id", "permalink", "date", "from", "to", "subject"},
    "chat_history": {"message_id", "created_at", "username", "channel_url"},
    "posts": {"id", "permalink", "date", "subreddit", "title"},
    "comments": {"id", "permalink", "date", "subreddit", "link"},
    "post_votes": {"id", "permalink", "direction"},
    "comment_votes": {"id", "permalink", "direction"},
    "gilded_content": {"content_link", "award"},
    "gilded_posts": {"id", "permalink", "award"},
    "gilded_comments": {"id", "permalink", "award"},
    "gold_received": {"content_link", "gold_received", "gilder_username"},
    "friends": {"username", "note"},
    "subscribed_subreddits": {"subreddit"},
    "message_headers": {"id", "permalink", "date", "from", "to"},
    "messages_archive_headers": {"id", "permalink", "date", "from", "to"},
    "post_headers": {"id", "permalink", "date", "subreddit"},
    "comment_headers": {"id", "permalink", "date", "subreddit"},
}
_RENAMED = {  # known by their columns under any name: those of the table and these
    "messages": {"threadid", "body"}, "chat_history": {"channelname", "conversationtype"},
    "posts": {"gildings", "body"}, "comments": {"gildings", "parent", "body"},
}  # fmt: skip
_COMMON = {"statistics", "friends", "subscribed_subreddits", "post_headers"}  # columns that prove nothing
LAYOUTS = {"API": api.LAYOUTS, "2018": tuple(p for stem in _FILES for p in (f"{stem}.csv", f"{stem}_[0-9]*.csv"))}
_OWN, _PRIVATE = "the account itself", "private and towards nobody"
IGNORES = {
    **pulled.IGNORES, api.ME: _OWN,
    **{f"{n}.csv": _OWN for n in (
        "account_gender", "birthdate", "checkfile", "ip_logs", "linked_identities", "linked_phone_number", "payouts", "persona",
        "purchases", "sensitive_ads_preferences", "stripe", "subscriptions", "twitter", "user_preferences", "account_age",
    )},
    **{f"{n}.csv": _PRIVATE for n in (
        "drafts", "hidden_posts", "saved_posts", "saved_comments", "poll_votes", "scheduled_posts", "multireddits",
    )},
    "moderated_subreddits.csv": "communities, not people", "approved_submitter_subreddits.csv": "communities, not people",
    "announcements.csv": "from Reddit itself",
}  # fmt: skip
_GONE = ("", "[deleted]", "[removed]")
_USER = "https://www.reddit.com/user/"
_ACT = [
    "channel", "direction", "counterparts", "n_targets", "broadcast", "happened_at", "time_precision", "text", "composed", "post",
    "thread", "is_reply", "value_kind", "proven", "evidence", "uri", "member", "i",
]  # fmt: skip


def _stem(path: str) -> str:
    return re.sub(r"(_\d+| ?\(\d+\))?\.csv$", "", path.rsplit("/", 1)[-1].lower())


def _squashed(names: Iterable[str]) -> set[str]:
    return {csvs.squash(n) for n in names}


def _found(archive: Archive) -> list[tuple[Member, str]]:
    """Tables in folders where one of them proves by its columns to be Reddit's, in the order they are to be read."""
    likely = [(m, _stem(m.path)) for m in archive.members if m.path.lower().endswith(".csv") and _stem(m.path) in _FILES]
    fits = [(m, stem) for m, stem in likely if csvs.header(archive.head(m), _squashed(_FILES[stem]))]
    if not fits:
        heads = [(m, set(csvs.header(archive.head(m), {"id"}, {"messageid"}) or ())) for m in archive.few("*.csv")]
        fits = [(m, stem) for m, columns in heads if (stem := _by_columns(columns))]
    proven = {m.path.rpartition("/")[0] for m, stem in fits if stem not in _COMMON}
    order = list(_FILES)
    return sorted(
        ((m, s) for m, s in fits if m.path.rpartition("/")[0] in proven), key=lambda f: (order.index(f[1]), f[0].number)
    )


def _by_columns(columns: set[str]) -> str | None:
    return next((stem for stem, more in _RENAMED.items() if _squashed(_FILES[stem]) | more <= columns), None)


def claims(archive: Archive) -> list[Member]:
    """What it reads, and beside it what it only knows."""
    mine = [m for m, _ in _found(archive)]
    folders = {m.path.rpartition("/")[0] for m in mine}
    beside = [m for m in archive.find(*(n for n in IGNORES if n.endswith(".csv"))) if m.path.rpartition("/")[0] in folders]
    if told := pulled.beside(archive, "reddit"):
        beside += [*told, *archive.find(*api.LAYOUTS, api.ME)]
    return sorted({m.number: m for m in [*mine, *beside]}.values(), key=lambda m: m.number)


def read(archive: Archive, owner: Owner) -> Reading:
    """All tables: whose they are first, then acts, then states."""
    reading = Reading("reddit")
    tables: dict[str, list[pl.DataFrame]] = {}
    for member, stem in _found(archive):
        try:
            table = csvs.table(archive.read(member), _squashed(_FILES[stem]))
        except (Unreadable, csvs.NotCsv) as why:
            reading.problem(member.number, "-", str(why))
            reading.member(member.number, 1)
            continue
        reading.member(member.number, table.records)
        for row, reason in table.broken:
            reading.problem(member.number, row, reason)
        tables.setdefault(stem, []).append(table.frame.rename({"row": "i"}).with_columns(member=pl.lit(member.number, pl.Int32)))
    asked = pulled.of(archive, "reddit")
    for stem, frame in (api.tables(archive, reading) if asked else {}).items():
        tables.setdefault(stem, []).append(frame)
    Book(reading, {s: pl.concat(f, how="diagonal") for s, f in tables.items()}, owner, asked).close()
    reading.exported_at = asked.until if asked else reading.exported_at
    return reading


def _name(name: pl.Expr) -> pl.Expr:
    """The key of a name: lower case, without `u/`; null for who is gone. A subreddit keeps its `r/`."""
    return name.map_batches(_keys, return_dtype=pl.String, is_elementwise=True)


def _keys(names: pl.Series) -> pl.Series:
    each = names.drop_nulls().unique()  # the same few again and again
    bare = each.str.strip_chars().str.to_lowercase().str.replace(r"^/?u/", "").str.replace(r"^(#|/r/)", "r/")
    return names.replace_strict(each, bare.set(bare.is_in(_GONE), None), return_dtype=pl.String)


class Book:
    """The tables of one export."""

    def __init__(
        self, reading: Reading, tables: dict[str, pl.DataFrame], owner: Owner, asked: pulled.Pulled | None = None
    ) -> None:  # fmt: skip
        self.reading, self.tables, self.asked = reading, tables, asked
        self.people: list[pl.Series] = []
        self.seen: list[tuple[str, str, bool, str]] = []
        self.me = asked.account.lower() if asked else self._me(owner)
        reading.owner_key = reading.owner_name = self.me

    def _cell(self, frame: pl.DataFrame, name: str) -> pl.Expr:
        column = csvs.squash(name)
        return pl.col(column) if column in frame.columns else pl.when(pl.lit(False)).then(pl.col("i").cast(pl.String))

    def _me(self, owner: Owner) -> str | None:
        """Whose export it is: as the statistics say, else whom the owner says to be, else who is in every message."""
        if (f := self.tables.get("statistics")) is not None:
            named = f.filter(pl.col("statistic").str.to_lowercase().str.replace_all("_", " ").is_in(["account name", "username"]))
            if (me := named.select(_name(pl.col("value"))).to_series().drop_nulls().first()) is not None:
                return me
        names = {n.lower().removeprefix("u/") for n in owner.me}
        parts = [self.tables[s] for s in ("messages", "messages_archive", "message_headers") if s in self.tables]
        pairs = [f.select(a=_name(pl.col("from")), b=_name(pl.col("to"))) for f in parts]
        rows = pl.concat(pairs) if pairs else pl.DataFrame(schema={"a": pl.String, "b": pl.String})
        each = pl.concat([rows["a"], rows.filter(pl.col("a").ne_missing(pl.col("b")))["b"]])
        if (f := self.tables.get("chat_history")) is not None:
            each = pl.concat([each, f.select(_name(pl.col("username"))).to_series().alias("a")])
        count = each.drop_nulls().to_frame("who").filter(~pl.col("who").str.starts_with("r/")).group_by("who").len()
        known = count.filter(pl.col("who").is_in(names))
        best = (known if known.height else count).sort("len", "who", descending=[True, False])
        clear = best.height == 1 or (best.height > 1 and best["len"][0] > best["len"][1])
        return best["who"][0] if known.height or clear else None

    def close(self) -> None:
        """Tell everything."""
        steps = {
            "messages": self.messages, "messages_archive": self.messages, "chat_history": self.chats, "posts": self.posts,
            "comments": self.comments, "post_votes": self.votes, "comment_votes": self.votes, "gilded_content": self.awards,
            "gilded_posts": self.awards, "gilded_comments": self.awards, "gold_received": self.gold,
            "message_headers": self.messages, "messages_archive_headers": self.messages, "post_headers": self.posts,
            "comment_headers": self.comments, "replies": self.replies,
        }  # fmt: skip
        acts = [act for stem, step in steps.items() if stem in self.tables and (act := step(stem, self.tables[stem])) is not None]
        if acts:
            kept = tell(self.reading, pl.concat([a.select(_ACT) for a in acts]))
            if self.asked:
                api.sees(self.reading, self.asked, kept)
            self.people.append(kept["counterparts"].explode(empty_as_null=False))
        for channel, direction, named, claim in self.seen:  # up to the newest of the acts
            self.reading.sees(channel, direction, named=named, claim=claim)
        self.follows()
        if (f := self.tables.get("statistics")) is not None:
            aside(self.reading, f, "numbers of the account itself")
        people = pl.concat([pl.Series(dtype=pl.String), *self.people]).drop_nulls().unique(maintain_order=True).to_frame("key")
        place = pl.col("key").str.starts_with("r/")
        self.reading.accounts(people.filter(pl.col("key").ne_missing(self.me)).with_columns(
            name="key", handle=pl.when(~place).then("key"), identified=pl.lit("handle"),
            url=pl.when(~place).then(pl.lit(_USER) + pl.col("key")),
            account_kind=pl.when(place | (pl.col("key") == "reddit")).then(pl.lit("organisation"))
            .when(pl.col("key") == "automoderator").then(pl.lit("bot")).otherwise(pl.lit("person")),
        ))  # fmt: skip

    def _plain(self, frame: pl.DataFrame, at: str | None, **columns: pl.Expr) -> pl.DataFrame:
        """The columns every act has. Texts that were deleted are gone; a table of headers has none."""
        body = columns.pop("text", None)
        body = pl.lit(None, pl.String) if body is None else markdown.plain(body)
        defaults = {
            "direction": pl.lit("given"), "counterparts": pl.lit([], pl.List(pl.String)), "n_targets": pl.lit(1),
            "broadcast": pl.lit(False), "composed": pl.lit(True), "post": pl.lit(None, pl.String),
            "thread": pl.lit(None, pl.String), "is_reply": pl.lit(False), "value_kind": pl.lit(None, pl.String),
            "proven": pl.lit(False),
            "evidence": pl.col("_evidence").fill_null("export") if "_evidence" in frame.columns else pl.lit("export"),
        }  # fmt: skip
        return frame.select(
            "member", "i", happened_at=times.iso(self._cell(frame, at)) if at else pl.lit(None, times.INSTANT),
            time_precision=pl.lit("second" if at else "unknown"),
            text=pl.when(~body.str.strip_chars().is_in(_GONE[1:])).then(body), **(defaults | columns),
        ).with_columns(pl.col("n_targets").cast(pl.Int32))  # fmt: skip

    def messages(self, stem: str, f: pl.DataFrame) -> pl.DataFrame | None:
        """Private messages, both ways; to a subreddit, its moderators are an organisation."""
        f = f.with_columns(a=_name(pl.col("from")), b=_name(pl.col("to")))
        mine, gone = pl.col("a").eq_missing(self.me), pl.col("b").eq_missing(self.me)
        strange = f.filter(~mine & ~gone | pl.lit(self.me is None))
        for member, n in strange.group_by("member").len().sort("member").iter_rows():
            self.reading.problem(member, "*", "the owner is no party to it; set your user name as `me` in people.csv", records=n)
        f = f.join(strange, on=["member", "i"], how="anti")
        aside(self.reading, f.filter(mine & gone), "notes to oneself")
        f = f.filter(~(mine & gone))
        link = self._cell(f, "thread_id")
        subject, body = self._cell(f, "subject"), self._cell(f, "body")
        if not stem.endswith("headers"):
            self._sees(f"{stem}.csv", ("message", "given"), ("message", "received"))
        return self._plain(
            f, "date", channel=pl.lit("message"), uri=pl.lit("t4_") + pl.col("id"), text=pl.concat_str(
                pl.when(subject != "").then(subject), body, separator="\n", ignore_nulls=True),
            direction=pl.when(mine).then(pl.lit("given")).otherwise(pl.lit("received")),
            counterparts=alone(pl.when(mine).then("b").otherwise("a")),
            thread=pl.when(link != "").then(link), is_reply=subject.str.to_lowercase().str.starts_with("re:").fill_null(False),
        )  # fmt: skip

    def chats(self, stem: str, f: pl.DataFrame) -> pl.DataFrame | None:
        """Chats of two and of many. Members are those who wrote; in a chat of two who did not is unknown."""
        f = f.with_columns(who=_name(pl.col("username")), room=pl.col("channelurl"))
        kind = self._cell(f, "conversation_type").str.strip_chars().str.to_lowercase().fill_null("")
        if self.me is None:
            for member, n in f.group_by("member").len().sort("member").iter_rows():
                self.reading.problem(member, "*", "whose it is is not told; set your user name as `me` in people.csv", records=n)
            return None
        others = f.filter(pl.col("who").is_not_null() & pl.col("who").ne_missing(self.me))
        others = others.group_by("room").agg(others=pl.col("who").unique(maintain_order=True))
        parents = f.select(threadparentmessageid="messageid", answered="who").unique("threadparentmessageid")
        f = f.with_columns(parent=self._cell(f, "thread_parent_message_id")).drop("threadparentmessageid", strict=False)
        f = f.rename({"parent": "threadparentmessageid"}).join(
            parents, on="threadparentmessageid", how="left", maintain_order="left"
        )
        f = f.join(others, on="room", how="left", maintain_order="left").with_columns(pl.col("others").fill_null([]))
        f = f.with_columns(direct=(kind == "direct") | ((kind == "") & (pl.col("others").list.len() <= 1)))
        mine, n = pl.col("who").eq_missing(self.me), pl.col("others").list.len()
        answered = alone(pl.when(pl.col("answered").ne_missing(self.me)).then("answered"))
        to = pl.when(large(n)).then(answered).otherwise("others")
        for_me = mine | "direct" | ~large(n) | pl.col("answered").eq_missing(self.me)
        aside(self.reading, f.filter(~for_me), LARGE)
        self._sees(f"{stem}.csv", *((c, d) for c in ("message", "group") for d in ("given", "received")))
        return self._plain(
            f.filter(for_me), "created_at", uri=pl.lit("chat ") + pl.col("messageid"), text=self._cell(f, "message"),
            channel=pl.when("direct").then(pl.lit("message")).otherwise(pl.lit("group")), thread=pl.col("room"),
            direction=pl.when(mine).then(pl.lit("given")).otherwise(pl.lit("received")),
            counterparts=pl.when(mine).then(to).otherwise(alone("who")),
            n_targets=pl.when("direct").then(1).when(n > 0).then(n), is_reply=pl.col("answered").is_not_null(),
        )  # fmt: skip

    def posts(self, stem: str, f: pl.DataFrame) -> pl.DataFrame:
        """Own posts: broadcasts."""
        self._sees("posts.csv", ("post", "given"))
        uri = pl.lit("t3_") + pl.col("id")
        body = self._cell(f, "body")
        body = pl.when(~body.str.strip_chars().is_in(_GONE)).then(body)
        parts = pl.concat_str(self._cell(f, "title"), body, separator="\n", ignore_nulls=True)
        return self._plain(
            f, "date", channel=pl.lit("post"), uri=uri, post=uri, thread=uri, broadcast=pl.lit(True), n_targets=pl.lit(None),
            text=parts,
        )  # fmt: skip

    def comments(self, stem: str, f: pl.DataFrame) -> pl.DataFrame:
        """Own comments; on whose post or comment a pull alone tells. On an own post nobody knows how many they answer."""
        self._sees("comments.csv names no author", ("comment", "given"), named=False)
        own = pl.concat(
            [t["id"] for s, t in self.tables.items() if s in ("posts", "post_headers")] or [pl.Series(dtype=pl.String)]
        )
        link = pl.coalesce(self._cell(f, "link"), pl.col("permalink"))
        f = f.with_columns(post=link.str.extract(r"/comments/([a-z0-9]+)"))
        post, answered = pl.col("post"), _name(self._cell(f, "answered"))
        another = answered.is_not_null() & answered.ne_missing(self.me)
        return self._plain(
            f, "date", channel=pl.lit("comment"), uri=pl.lit("t1_") + pl.col("id"), text=self._cell(f, "body"),
            post=pl.lit("t3_") + post, thread=pl.lit("t3_") + post, is_reply=pl.lit(True),
            counterparts=alone(pl.when(another).then(answered)),
            n_targets=pl.when(~post.is_in(own.implode()).fill_null(False) | another).then(1),
        )  # fmt: skip

    def replies(self, stem: str, f: pl.DataFrame) -> pl.DataFrame:
        """Answers to what the owner wrote, and mentions elsewhere; by a pull alone."""
        post = pl.col("link").str.extract(r"/comments/([a-z0-9]+)")
        named = pl.col("kind") == "username_mention"
        return self._plain(
            f, "date", channel=pl.when(named).then(pl.lit("mention")).otherwise(pl.lit("comment")), direction=pl.lit("received"),
            uri=pl.lit("t1_") + pl.col("id"), text=pl.col("body"), post=pl.lit("t3_") + post, thread=pl.lit("t3_") + post,
            is_reply=~named, counterparts=alone(_name(pl.col("who"))),
        )  # fmt: skip

    def votes(self, stem: str, f: pl.DataFrame) -> pl.DataFrame:
        """Upvotes, without time or author. What was voted down or withdrawn is no act towards anybody."""
        self._sees(f"{stem}.csv: no dates, no authors", ("reaction", "given"), named=False)
        kind = "t3_" if stem == "post_votes" else "t1_"
        written = [t["id"] for s, t in self.tables.items() if s in ("posts", "post_headers" if kind == "t3_" else "comments")]
        own = pl.concat(written or [pl.Series(dtype=pl.String)]).implode()
        way = pl.col("direction").str.strip_chars().str.to_lowercase()
        for member, i in f.filter(~way.is_in(["up", "down", "none", "removed"])).select("member", "i").iter_rows():
            self.reading.problem(member, i, "a direction of a vote that is not known; please report it")
        aside(self.reading, f.filter(way.is_in(["down", "none", "removed"])), "voted down or withdrawn: nobody learns of it")
        mine = pl.col("id").is_in(own)
        aside(self.reading, f.filter((way == "up") & mine), "votes for what the owner wrote")
        post = pl.lit(kind) + pl.col("id")
        return self._plain(
            f.filter((way == "up") & ~mine), None, channel=pl.lit("reaction"), uri=pl.lit("vote ") + post, post=post,
            composed=pl.lit(False), value_kind=pl.lit("applause"),
        )  # fmt: skip

    def awards(self, stem: str, f: pl.DataFrame) -> pl.DataFrame:
        """Awards the owner paid for, for whom is not told."""
        self._sees(f"{stem}.csv names no author", ("gift", "given"), named=False)
        return self._gifts(f, self._cell(f, "content_link") if "contentlink" in f.columns else pl.col("permalink"), "award")

    def gold(self, stem: str, f: pl.DataFrame) -> pl.DataFrame:
        """Awards others paid for."""
        self._sees(f"{stem}.csv", ("gift", "received"))
        f = f.with_columns(who=_name(pl.col("gilderusername")))
        acts = self._gifts(f, pl.col("contentlink"), "gold_received")
        return acts.with_columns(
            direction=pl.lit("received"), counterparts=f.select(alone("who")).to_series()
        )

    def _gifts(self, f: pl.DataFrame, link: pl.Expr, what: str) -> pl.DataFrame:
        dated = times.iso(self._cell(f, "date")).is_not_null()
        parts = [link.fill_null("?"), self._cell(f, "date").fill_null("?"), self._cell(f, what).fill_null("?")]
        if "who" in f.columns:
            parts.append(pl.col("who").fill_null("?"))
        acts = self._plain(
            f, "date", channel=pl.lit("gift"), uri=pl.concat_str(pl.lit("gift"), *parts, separator=" "),
            post=pl.coalesce(pl.lit("t1_") + link.str.extract(r"/comments/[a-z0-9]+/[^/]*/([a-z0-9]+)"),
                             pl.lit("t3_") + link.str.extract(r"/comments/([a-z0-9]+)")),
            value_kind=pl.lit("gift"), proven=pl.lit(True),
        )  # fmt: skip
        when = pl.when(f.select(dated).to_series()).then(pl.lit("second")).otherwise(pl.lit("unknown"))
        return acts.with_columns(time_precision=when)

    def follows(self) -> None:
        """Friends, and users followed, who stand among the subreddits."""
        found = []
        if (f := self.tables.get("friends")) is not None:
            found.append(f.with_columns(key=_name(pl.col("username"))))
        if (f := self.tables.get("subscribed_subreddits")) is not None:
            name = pl.col("subreddit").str.strip_chars().str.to_lowercase()
            found.append(f.with_columns(key=_name(name.str.extract(r"^u_(.+)$"))))
        if not found:
            return
        rows = pl.concat([f.select("member", "i", "key") for f in found])
        aside(self.reading, rows.filter(pl.col("key").is_null()), "communities, or accounts that are gone")
        rows = rows.filter(pl.col("key").is_not_null()).with_columns(record=pl.format("{}:{}", "member", "i"))
        aside(self.reading, rows.filter(~pl.col("key").is_first_distinct()), "told by another record too")
        rows = rows.filter(pl.col("key").is_first_distinct())
        self.people.append(rows["key"])
        self.reading.states(
            rows.with_columns(state=pl.lit("follow"), direction=pl.lit("given"), time_precision=pl.lit("unknown"))
        )
        self.reading.listing("follow", "given", complete={"friends", "subscribed_subreddits"} <= set(self.tables))

    def _sees(self, where: str, *cells: tuple[str, str], named: bool = True) -> None:
        if self.asked:
            return  # the pull says what it asked for
        self.seen += [(channel, direction, named, f"data request: {where}") for channel, direction in cells]
