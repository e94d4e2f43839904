"""What the members of one archive say, gathered, and told as facts once everybody's names are known."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from transforms import text as texts
from transforms import times
from transforms.act import Reading
from transforms.archive import Member, Unreadable
from transforms.formats.jsonrecords import Bad
from transforms.formats.told import TWICE, alone, aside, tell
from transforms.sources.mastodon.people import PERSON, accounts, address, handle, key, learned

GIVEN = {
    "member": pl.Int32, "i": pl.Int64, "boost": pl.Boolean, "at": pl.String, "direct": pl.Boolean, "uri": pl.String,
    "post": pl.String, "people": pl.List(pl.String), "parent": pl.String, "is_reply": pl.Boolean, "quoted": pl.String,
    "is_quote": pl.Boolean, "html": pl.String, "thread": pl.String, "favourites": pl.Int64, "boosts": pl.Int64,
}  # fmt: skip
RECEIVED = {
    "member": pl.Int32, "i": pl.Int64, "channel": pl.String, "author": pl.String, "at": pl.String, "uri": pl.String,
    "post": pl.String, "thread": pl.String, "is_reply": pl.Boolean, "html": pl.String, "n_targets": pl.Int32,
}  # fmt: skip
_ACT = [
    "channel", "direction", "counterparts", "n_targets", "broadcast", "happened_at", "time_precision", "text", "composed",
    "post", "thread", "is_reply", "value_kind", "evidence", "uri", "member", "i",
]  # fmt: skip


@dataclass
class Found:
    """The frames of all members, until `tell` resolves the names in them."""

    reading: Reading
    me: str | None = None
    uri: str | None = None  # the owner's actor
    given: list[pl.DataFrame] = field(default_factory=list)
    received: list[pl.DataFrame] = field(default_factory=list)
    liked: list[pl.DataFrame] = field(default_factory=list)  # member, i, post, author
    states: list[pl.DataFrame] = field(default_factory=list)  # record, state, direction, key, since
    listings: list[tuple[str, str, bool]] = field(default_factory=list)
    people: list[pl.DataFrame] = field(default_factory=list)
    posts: dict[str, str] = field(default_factory=dict)  # the server's id of a post → its URI
    evidence: dict[int, str] = field(default_factory=dict)  # member → api, where it is no export
    first: datetime | None = None  # the oldest act given
    since: datetime | None = None  # the oldest notification
    _totals: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema={"record": pl.String}))

    def owner(self, uri: str, name: str | None, title: str | None, others: list[str]) -> None:
        """Whose archive it is; the first member that says so wins."""
        if self.me is None:
            said = pl.select(u=pl.lit(uri), n=pl.lit(name, dtype=pl.String)).select(
                k=pl.when(pl.col("n").is_not_null()).then(handle(pl.col("n"), pl.col("u"))).otherwise(key(pl.col("u"))),
                a=address(pl.col("u")),
            )
            me, address_of_me = said.row(0)
            if not me or ("@" not in me and "://" not in me):
                raise Unreadable("does not name the account it is of; get the export again")
            self.me, self.uri = me, address_of_me
            self.reading.owner_key, self.reading.owner_name = self.me, title
            self.person(None, None, uri=[uri], handle=[self.me if "://" not in self.me else None], identified=["id"])
        aliases = pl.Series([uri, *others], dtype=pl.String).to_frame("u").select(key(pl.col("u")))
        known = [*self.reading.owner_aliases, *aliases.to_series().to_list(), *pl.select(address(pl.lit(uri))).to_series()]
        self.reading.owner_aliases = [a for a in dict.fromkeys(known) if a and a != self.me]

    def person(self, member: Member | None, i: list[int] | None, **columns: list) -> None:
        """Accounts somebody wrote down; with `member` and `i` where the record says nothing else."""
        rows = len(next(iter(columns.values())))
        place = {"member": [member.number if member else None] * rows, "i": i or [None] * rows}
        frame = pl.DataFrame({c: columns.get(c, place.get(c, [None] * rows)) for c in PERSON}, schema=PERSON)
        same = [pl.lit("url:") + address(pl.col(c)) for c in ("uri", "url")]
        self.people.append(frame.with_columns(
            handle=handle(pl.col("handle"), pl.coalesce("uri", "url")), url=pl.coalesce("url", "uri"),
            same_as=pl.concat_list(*same, pl.col("same_as").fill_null([])),
        ))  # fmt: skip

    def broken(self, member: Member, bad: Bad) -> None:
        """Records that are not what their place asks for."""
        for i, cut in bad.items():
            self.reading.problem(member.number, i, cut or "not a record of the expected form; please report it")

    def problems(self, member: Member, frame: pl.DataFrame) -> None:
        """Rows of `frame` with a reason in `why`."""
        for i, why in frame.filter(pl.col("why").is_not_null()).select("i", "why").iter_rows():
            self.reading.problem(member.number, i, why)

    def tell(self) -> None:
        """Close: names resolved, every act told once, whatever is told twice counted as set aside."""
        people = pl.concat(self.people) if self.people else pl.DataFrame(schema=PERSON)
        names = learned(people)
        self.reading.accounts(accounts(people, names, self.me))
        # files of the archive go before answers of the API, notifications (dated) before bare lists of names
        given = [self._given(pl.concat(self.given), names)] if self.given else []
        given += [_liked(pl.concat(self.liked), names)] if self.liked else []
        given += [_received(pl.concat(self.received), names)] if self.received else []
        if given:
            self._acts(pl.concat([f.select(_ACT) for f in given]))
        if self.states:
            self._standing(pl.concat(self.states).with_columns(pl.col("key").replace(names)))
        for state, direction, whole in dict.fromkeys(self.listings):
            self.reading.listing(state, direction, complete=whole)

    def notified(self, at: list[str | None]) -> None:
        """An answer of notifications goes back to the oldest of these instants."""
        oldest = pl.Series(at, dtype=pl.String).to_frame("at").select(times.iso(pl.col("at")).min()).item()
        self.since = min((t for t in (oldest, self.since) if t), default=None)

    def _standing(self, states: pl.DataFrame) -> None:
        """States as of the export: a list tells who still follows, a notification only when it began."""
        of = ["state", "direction", "key"]
        listed = pl.struct("state", "direction").is_in([{"state": s, "direction": d} for s, d, _ in self.listings])
        news = states.filter(pl.col("since").is_not_null()).sort("since", maintain_order=True)
        told = news.unique(of, keep="last", maintain_order=True)
        since = told.select(*of, "since")
        listing = states.filter(pl.col("since").is_null()).drop("since").join(since, on=of, how="left", maintain_order="left")
        told = told.filter(~listed)
        more = news.join(told, on="record", how="anti")
        aside(self.reading, more.with_columns(member=pl.col("record").str.split(":").list.first().cast(pl.Int32)), TWICE)
        self.reading.states(pl.concat([listing, told.select(listing.columns)]).with_columns(
            since_at=times.iso(pl.col("since")),
        ).with_columns(
            time_precision=pl.when(pl.col("since_at").is_null()).then(pl.lit("unknown")).otherwise(pl.lit("millisecond")),
        ))  # fmt: skip

    def _acts(self, acts: pl.DataFrame) -> None:
        acts = acts.with_columns(
            pl.col("evidence").fill_null(
                pl.col("member").replace_strict(self.evidence, default="export", return_dtype=pl.String)
            ),
            pl.col("thread").replace(_roots(acts)),
        )
        alone = pl.col("counterparts").list.len() == 0
        # what only the owner is party to (a note to oneself, a boost of one's own post) has no counterpart and no public
        aside(self.reading, acts.filter(alone & (pl.col("channel") == "message")), "notes to oneself")
        own = alone & (pl.col("channel") == "repost") & pl.col("broadcast")
        aside(self.reading, acts.filter(own), "boosts of own posts")
        acts = acts.filter(~(alone & (pl.col("channel") == "message")) & ~own)
        # Several eras and the API agree on the URI of a post and on the account, not on the precision of time
        acts = tell(self.reading, acts)
        self.reading.responses(self._totals.join(acts, on="record", how="semi"))
        self.first = acts.filter(pl.col("direction") == "given")["happened_at"].min()

    def _given(self, rows: pl.DataFrame, names: dict[str, str]) -> pl.DataFrame:
        """One row per own post, boost or direct message. The totals of broadcasts go out as responses."""
        me = pl.lit(self.me, dtype=pl.String)
        joined = pl.concat_str("parent", "quoted", pl.col("people").list.join("\n"), separator="\n", ignore_nulls=True)
        rows = rows.with_columns(pl.col("parent", "quoted").replace(names), joined=joined)
        named = pl.col("joined").str.split("\n").list.eval(pl.element().replace(names))  # once for each: few are written to
        once = rows.select("joined").unique().with_columns(named=named)
        once = once.select(
            "joined", to_me=pl.col("named").list.contains(me).fill_null(False),
            whom=pl.col("named").list.filter(~pl.element().is_in(["", self.me or ""])).list.unique(maintain_order=True),
        )  # fmt: skip
        rows = rows.join(once, on="joined", how="left", maintain_order="left").with_columns(
            is_reply=pl.col("is_reply") & pl.col("parent").ne_missing(me),  # the next post of an own thread answers nobody
            is_quote=pl.col("is_quote") & pl.col("quoted").ne_missing(me),
        )
        own_boost = pl.col("boost") & pl.col("to_me")
        channel = (
            pl.when("boost").then(pl.lit("repost")).when("direct").then(pl.lit("message"))
            .when("is_reply").then(pl.lit("comment")).when("is_quote").then(pl.lit("repost"))
            .when(pl.col("whom").list.len() > 0).then(pl.lit("mention")).otherwise(pl.lit("post"))
        )  # fmt: skip
        rows = rows.with_columns(
            channel=channel, direction=pl.lit("given"), counterparts="whom", happened_at=times.iso(pl.col("at")),
            n_targets=pl.when(channel != "post").then(pl.max_horizontal(pl.col("whom").list.len(), 1)).cast(pl.Int32),
            broadcast=(channel == "post") | own_boost, time_precision=_precision(pl.col("at")),
            text=texts.unhtml(pl.col("html")), composed=~pl.col("boost"), evidence=pl.lit(None, dtype=pl.String),
            value_kind=pl.when("boost").then(pl.lit("amplification")),
        )  # fmt: skip
        record = pl.concat_str("member", "i", separator=":")
        totals = rows.filter(pl.col("channel") == "post").unpivot(
            ["favourites", "boosts"], index=["member", "i", "post"], variable_name="kind", value_name="total"
        )
        kinds = {"favourites": "favourite", "boosts": "repost"}
        self._totals = totals.filter(pl.col("total") >= 0).select("post", "total", pl.col("kind").replace(kinds), record=record)
        return rows


def _roots(acts: pl.DataFrame) -> dict[str, str]:
    """Post → the thread its answers belong to, following answers to answers up to 64 deep."""
    root = dict(acts.filter(pl.col("composed") & (pl.col("uri") != pl.col("thread"))).select("uri", "thread").iter_rows())
    for _ in range(6):
        further = {post: root[thread] for post, thread in root.items() if thread in root}
        if all(root[post] == thread for post, thread in further.items()):
            break
        root |= further
    return root


def _liked(rows: pl.DataFrame, names: dict[str, str]) -> pl.DataFrame:
    return rows.with_columns(
        channel=pl.lit("reaction"), direction=pl.lit("given"),
        counterparts=alone(pl.col("author").replace(names)), n_targets=pl.lit(1, dtype=pl.Int32),
        broadcast=False, happened_at=pl.lit(None, dtype=times.INSTANT), time_precision=pl.lit("unknown"),
        text=pl.lit(None, dtype=pl.String), composed=False, thread=pl.lit(None, dtype=pl.String), is_reply=False,
        value_kind=pl.lit("applause"), evidence=pl.lit(None, dtype=pl.String), uri="post",
    )  # fmt: skip


def _received(rows: pl.DataFrame, names: dict[str, str]) -> pl.DataFrame:
    channel, written = pl.col("channel"), pl.col("html").is_not_null()
    return rows.with_columns(
        direction=pl.lit("received"), counterparts=alone(pl.col("author").replace(names)),
        broadcast=False, happened_at=times.iso(pl.col("at")),
        time_precision=pl.when(pl.col("at").is_null()).then(pl.lit("unknown")).otherwise(_precision(pl.col("at"))),
        text=texts.unhtml(pl.col("html")), composed=written,
        value_kind=pl.when(channel == "reaction").then(pl.lit("applause"))
        .when((channel == "repost") & ~written).then(pl.lit("amplification")),
        evidence=pl.lit("api"),
    )  # fmt: skip


def _precision(at: pl.Expr) -> pl.Expr:
    return pl.when(at.str.contains(".", literal=True)).then(pl.lit("millisecond")).otherwise(pl.lit("second"))
