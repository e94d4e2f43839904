"""What the members of one archive say, gathered, and told as facts at the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from transforms import times
from transforms.act import ACCOUNT, Reading
from transforms.formats.told import TWICE, aside, tell

STATE_ROW = {
    "member": pl.Int32, "i": pl.Int64, "state": pl.String, "direction": pl.String, "key": pl.String,
    "since_at": times.INSTANT, "time_precision": pl.String,
}  # fmt: skip
ACT_ROW = {
    "member": pl.Int32, "i": pl.Int64, "uri": pl.String, "channel": pl.String, "direction": pl.String,
    "counterparts": pl.List(pl.String), "n_targets": pl.Int32, "broadcast": pl.Boolean, "happened_at": times.INSTANT,
    "time_precision": pl.String, "text": pl.String, "composed": pl.Boolean, "post": pl.String, "thread": pl.String,
    "is_reply": pl.Boolean, "value_kind": pl.String, "evidence": pl.String,
}  # fmt: skip


@dataclass
class Found:
    """The frames of all members."""

    reading: Reading
    me: str | None = None
    acts: list[pl.DataFrame] = field(default_factory=list)
    states: list[pl.DataFrame] = field(default_factory=list)
    people: list[pl.DataFrame] = field(default_factory=list)
    listings: dict[tuple[str, str], bool] = field(default_factory=dict)
    rooms: dict[str, tuple[list[str], bool]] = field(default_factory=dict)  # convo → members, is a group
    since: datetime | None = None  # of the oldest notification
    whole: bool = True  # no part of the repository is missing
    told: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ACT_ROW))

    def owner(self, did: str, made_at: datetime | None = None) -> None:
        """Whose archive it is; the first member that says so wins."""
        self.me = self.me or did
        self.reading.owner_key = self.me
        self.reading.exported_at = max((t for t in (made_at, self.reading.exported_at) if t), default=None)

    def notified(self, oldest: datetime | None) -> None:
        """An answer of notifications goes back to `oldest`."""
        self.since = min((t for t in (oldest, self.since) if t), default=None)

    def person(self, keys: list[str], **columns: list) -> None:
        """Accounts, with columns of ACCOUNT; the key is the DID."""
        frame = pl.DataFrame({"key": keys, **columns}, schema_overrides={"name": pl.String, "handle": pl.String})
        self.people.append(frame)

    def aside(self, rows: pl.DataFrame, reason: str) -> None:
        """Set records aside on purpose."""
        aside(self.reading, rows, reason)

    def given(self, rows: pl.DataFrame) -> None:
        """Posts, likes and reposts of the owner.

        Columns: member, i, uri, text, mentions, direction, channel (null: a post, told by what it holds), whom, parent and
        quoted (accounts), is_reply, post, thread, happened_at, time_precision, evidence.
        """
        text = pl.col("text").str.strip_chars()
        rows = rows.with_columns(
            is_reply=pl.col("is_reply") & pl.col("parent").ne_missing(self.me),  # the next post of an own thread
            is_quote=pl.col("quoted").is_not_null() & pl.col("quoted").ne_missing(self.me),
            counterparts=pl.concat_list(pl.concat_list("whom", "parent", "quoted"), "mentions")
            .list.eval(pl.element().filter(pl.element().is_not_null() & pl.element().ne_missing(self.me)))
            .list.unique(maintain_order=True),
        )  # fmt: skip
        channel = (
            pl.when(pl.col("channel").is_not_null()).then("channel")
            .when("is_reply").then(pl.lit("comment")).when("is_quote").then(pl.lit("repost"))
            .when(pl.col("counterparts").list.len() > 0).then(pl.lit("mention")).otherwise(pl.lit("post"))
        )  # fmt: skip
        bare = (channel == "repost") & (text.is_null() | (text == ""))  # also a quote without a word of one's own
        self.acts.append(rows.select(
            "member", "i", "uri", channel.alias("channel"), "direction", "counterparts",
            pl.when(channel != "post").then(pl.max_horizontal(pl.col("counterparts").list.len(), 1)).alias("n_targets"),
            (channel == "post").alias("broadcast"), "happened_at", "time_precision", "text",
            (~bare & (channel != "reaction")).alias("composed"), "post", "thread", "is_reply",
            pl.when(bare).then(pl.lit("amplification")).when(channel == "reaction").then(pl.lit("applause")).alias("value_kind"),
            "evidence",
        ).cast(ACT_ROW))  # fmt: skip

    def received(self, rows: pl.DataFrame) -> None:
        """What an `author` did to the owner, with a `channel`: the author is its counterpart, whom it names its targets."""
        named = pl.concat_list(pl.concat_list("parent", "quoted"), "mentions").list.drop_nulls()
        named = named.list.eval(pl.element().filter(pl.element().ne_missing(self.me)).unique())
        others = named.list.len().cast(pl.Int32) - named.list.contains(pl.col("author")).cast(pl.Int32)
        bare = (pl.col("channel") == "repost") & pl.col("text").fill_null("").str.strip_chars().eq("")
        self.acts.append(rows.select(
            "member", "i", "uri", "channel", "direction", pl.concat_list("author").alias("counterparts"),
            (others + 1).alias("n_targets"), pl.lit(False).alias("broadcast"), "happened_at", "time_precision", "text",
            (~bare & (pl.col("channel") != "reaction")).alias("composed"), "post", "thread", "is_reply",
            pl.when(bare).then(pl.lit("amplification")).when(pl.col("channel") == "reaction").then(pl.lit("applause"))
            .alias("value_kind"), "evidence",
        ).cast(ACT_ROW))  # fmt: skip

    def tell(self) -> None:
        """Close: every act once; states as of the export; everybody who is named, with what is known of them."""
        acts = pl.concat(self.acts) if self.acts else self.told
        self.told = tell(self.reading, acts)
        states = self._standing(pl.concat(self.states)) if self.states else pl.DataFrame(schema={"key": pl.String})
        self.reading.states(states)
        for (state, direction), whole in self.listings.items():
            self.reading.listing(state, direction, complete=whole)
        self._accounts(
            pl.concat([self.told["counterparts"].explode(empty_as_null=False), states["key"]]).unique(maintain_order=True)
        )

    def _standing(self, states: pl.DataFrame) -> pl.DataFrame:
        """A list tells who follows today, a notification only when it began: where there is a list it gives the date."""
        of = ["state", "direction", "key"]
        listed = pl.DataFrame(list(self.listings), schema=["state", "direction"], orient="row").cast(pl.String)
        news = states.filter(
            (pl.col("state") == "follow") & (pl.col("direction") == "received") & pl.col("since_at").is_not_null()
        )
        rest = states.join(news, on=["member", "i"], how="anti", maintain_order="left")
        last = news.sort("since_at", maintain_order=True).unique(of, keep="last", maintain_order=True)
        rest = rest.join(last.select(*of, since="since_at", by="time_precision"), on=of, how="left", maintain_order="left")
        rest = rest.with_columns(
            since_at=pl.coalesce("since_at", "since"),
            time_precision=pl.when(pl.coalesce("since_at", "since").is_null()).then(pl.lit("unknown"))
            .when(pl.col("since_at").is_null()).then("by").otherwise("time_precision"),
        ).drop("since", "by")  # fmt: skip
        last = last.join(listed, on=["state", "direction"], how="anti", maintain_order="left")
        self.aside(news.join(last, on=["member", "i"], how="anti"), TWICE)
        return pl.concat([rest, last]).with_columns(record=pl.concat_str("member", "i", separator=":"))

    def _accounts(self, named: pl.Series) -> None:
        known = [pl.DataFrame({"key": named}), *self.people]
        people = pl.concat(known, how="diagonal_relaxed")
        for column in ("name", "handle", "record"):
            if column not in people.columns:
                people = people.with_columns(pl.lit(None, dtype=pl.String).alias(column))
        own = people.filter(pl.col("key") == (self.me or ""))
        self.reading.owner_aliases = own["handle"].drop_nulls().unique(maintain_order=True).to_list()
        self.reading.owner_name = self.reading.owner_name or next(iter(own["name"].drop_nulls()), None)
        people = people.filter(pl.col("key").is_not_null() & (pl.col("record").is_not_null() | pl.col("key").ne_missing(self.me)))
        people = people.group_by("key", "record", maintain_order=True).agg(pl.col("name", "handle").drop_nulls().last())
        page = pl.lit("https://bsky.app/profile/")
        pages = [pl.lit("url:") + page + pl.col(c) for c in ("key", "handle")]
        did = pl.col("key").str.starts_with("did:")
        self.reading.accounts(people.with_columns(
            url=page + pl.col("key"), identified=pl.when(did).then(pl.lit("id")).otherwise(pl.lit("handle")),
            account_kind=pl.lit("person"),
            same_as=pl.concat_list(pages).list.drop_nulls(),
        ).select(*[c for c in ACCOUNT if c not in ("company", "position")], "record"))  # fmt: skip
