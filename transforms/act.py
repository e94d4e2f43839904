"""The one record every source ends at, and the container a source fills.

Facts are eight kinds of rows, kept in one wide table per archive (column `fact` tells which):

- act       one thing done between the owner and somebody, whoever is named (`counterparts`, a list of account keys)
- account   somebody as this archive knows them
- state     a follow, connection, membership or block as of the export
- response  an anonymous received total of one broadcast (likes, reposts, claps)
- sees      a channel and direction this archive can show
- listing   a list of states, and whether the export may have cut it
- problem   records set aside, with place and reason
- member    one file inside the archive: read, ignored (why) or unread; and one `source` row per platform

`Reading` is what a source's `read(archive)` returns. Its rows go into a `Stream`, which judges them and hands them on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

import polars as pl
import polars_hash  # noqa: F401  registers the stable hashes below on expressions

from transforms import text as texts
from transforms import value

VERSION = "1"  # of the record and of what is done to every text
UTC = pl.Datetime("us", "UTC")
Schema = dict[str, pl.DataType | type[pl.DataType]]

CHANNELS = (
    "message", "group", "comment", "post", "reaction", "repost", "mention", "endorsement",
    "recommendation", "invitation", "meeting", "call", "mail", "gift",
)  # fmt: skip
DIRECTIONS = ("given", "received")
PRECISIONS = ("microsecond", "millisecond", "second", "minute", "day", "asserted", "unknown")
STATES = ("follow", "connection", "membership", "block", "request", "subscription", "contact")
ACCOUNT_KINDS = ("person", "organisation", "bot")
IDENTIFIED = ("id", "url", "handle", "email", "phone", "name")

ACT: Schema = {
    "channel": pl.String,  # one of CHANNELS
    "direction": pl.String,  # given: the owner did it; received: it was done for the owner
    "counterparts": pl.List(pl.String),  # account keys on this platform; empty: nobody is named
    "n_targets": pl.Int32,  # people the act addressed; null: unknown, treated as more than 4
    "broadcast": pl.Boolean,  # to nobody in particular (a post); an unnamed author is not a broadcast
    "happened_at": UTC,
    "time_precision": pl.String,
    "text": pl.String,  # as a person would read it: decoded, unescaped, no markup
    "words": pl.Int32,
    "composed": pl.Boolean,  # somebody wrote or said it; a like is not, a call or gift is
    "stock": pl.Boolean,  # the platform's own ready-made text
    "post": pl.String,  # the post this act makes or is about
    "thread": pl.String,  # the conversation it belongs to
    "is_reply": pl.Boolean,  # answers somebody in a thread
    "value_kind": pl.String,
    "value_rule": pl.String,
    "language_covered": pl.Boolean,
    "proven": pl.Boolean,  # the channel itself proves the kind (a written recommendation, a gift record)
    "introduces": pl.List(pl.String),  # account keys, e-mail addresses or names of whom it connects
    "shingles": pl.List(pl.UInt64),  # hashes of the 3-word runs of what the owner wrote to somebody: finds templates
    "evidence": pl.String,  # export, notification (a mail says so), api, ledger
}
ACCOUNT: Schema = {
    "key": pl.String,  # the platform's own id, else url, else "name:<name>"
    "name": pl.String,
    "handle": pl.String,
    "url": pl.String,
    "account_kind": pl.String,
    "company": pl.String,
    "position": pl.String,
    "identified": pl.String,  # how well the key is known
    "same_as": pl.List(pl.String),  # asserted by the platform or an address book: "email:…", "phone:+…", "url:…"
}
STATE: Schema = {
    "state": pl.String,
    "direction": pl.String,  # given, received, or both
    "key": pl.String,
    "since_at": UTC,
    "time_precision": pl.String,
}
RESPONSE: Schema = {"post": pl.String, "kind": pl.String, "total": pl.Int64}
PLACE: Schema = {"record": pl.String}  # "member number:record number"
HEADER: Schema = {"fact": pl.String, "platform": pl.String}
OTHER: Schema = {
    "act_id": pl.String,
    "since": UTC, "until": UTC, "visibility": pl.String, "claim": pl.String,  # sees
    "is_complete": pl.Boolean,  # listing
    "reason": pl.String, "severity": pl.String, "records": pl.Int64,  # problem, member, source
    "member": pl.Int32, "path": pl.String, "pattern": pl.String, "status": pl.String,  # member
    "exported_at": UTC, "owner_key": pl.String, "owner_name": pl.String, "owner_aliases": pl.List(pl.String),  # source
}  # fmt: skip
FACT: Schema = HEADER | OTHER | ACT | ACCOUNT | STATE | RESPONSE | PLACE

_DEFAULTS = {
    "broadcast": False, "composed": True, "stock": False, "is_reply": False, "proven": False,
    "evidence": "export", "time_precision": "second",
}  # fmt: skip

TOLD = ("act", "account", "state", "response")  # what a record may end as
_BATCH = 100_000  # rows judged at a time: naming kinds takes longer than reading, and another core can do it
_SEEN: Schema = {"key": pl.UInt64, "check": pl.UInt64, "same": pl.UInt64, "member": pl.Int32}  # of acts: what twins are told by
_JUDGES = ThreadPoolExecutor(2)
_HANDS = ThreadPoolExecutor(1)  # one: batches come out in the order they went in


def hashes(of: pl.Expr) -> Any:
    """The stable hashes of polars-hash, which is known to expressions only once it is imported."""
    return of.nchash  # type: ignore[attr-defined]


def at(member: int, record: int | str) -> str:
    """The place of a record: member number and record number, as published."""
    return f"{member}:{record}"


@dataclass(frozen=True)
class Owner:
    """What a source may know of the owner: the zone of clocks that name none; keys, addresses, names that are theirs."""

    zone: str = "UTC"
    me: frozenset[str] = frozenset()


class Stream:
    """Rows on their way, in the order they are told: judged in batches on other threads, then handed on as FACT.

    Nothing but a few batches is held, so memory does not grow with the archive. Where a batch ends changes neither the
    rows nor their order.
    """

    def __init__(self, to: Callable[[pl.DataFrame], None]) -> None:
        self._to = to
        self._waiting: list[tuple[Reading, str, pl.DataFrame, pl.Expr | None]] = []
        self._rows = 0
        self._judged: deque[Future[None]] = deque()

    def add(self, reading: Reading, fact: str, frame: pl.DataFrame, key: pl.Expr | None = None) -> None:
        """Take rows of a reading; `frame` has the columns of that kind of row, and of acts those that `key` asks for."""
        self._waiting.append((reading, fact, frame, key))
        self._rows += frame.height
        if self._rows >= _BATCH:
            self._submit(ahead=2)

    def flush(self) -> None:
        """Wait until all is handed on. Raises what judging or handing on raised."""
        self._submit(ahead=0)

    def _submit(self, ahead: int) -> None:
        if self._waiting:
            acts = [(frame, key) for _, _, frame, key in self._waiting if key is not None]
            named = _JUDGES.submit(_judge, acts)
            self._judged.append(_HANDS.submit(self._hand_on, self._waiting, named))
            self._waiting, self._rows = [], 0
        while len(self._judged) > ahead:
            self._judged.popleft().result()

    def drop(self) -> None:
        """Forget what waits, and wait for what is at work, whatever becomes of it."""
        self._waiting = []
        while self._judged:
            self._judged.popleft().exception()

    def _hand_on(self, told: list[tuple[Reading, str, pl.DataFrame, pl.Expr | None]], named: Future[pl.DataFrame]) -> None:
        judged, at, facts = named.result(), 0, []
        for (_, fact), run in groupby(told, key=lambda t: (id(t[0]), t[1])):
            rows = list(run)
            reading, frames = rows[0][0], [frame for _, _, frame, _ in rows]
            if fact == "act":
                height = sum(frame.height for frame in frames)
                frame, at = reading._close(judged.slice(at, height)), at + height
            else:
                frame = pl.concat(frames)
            facts.append(conform(frame, FACT).with_columns(platform=pl.lit(reading.platform)))
        self._to(pl.concat(facts))


_STREAM: ContextVar[Stream | None] = ContextVar("stream", default=None)


@contextmanager
def handed_on(to: Callable[[pl.DataFrame], None]) -> Iterator[Stream]:
    """Within it, what readings tell is handed to `to` frame by frame, on another thread, and not kept."""
    stream = Stream(to)
    token = _STREAM.set(stream)
    try:
        yield stream
        stream.flush()
    finally:
        stream.drop()
        _STREAM.reset(token)


@dataclass
class Reading:
    """What one archive says about one platform. Filled by a source, closed by who asked the source.

    Every record of a member the source reads must end as at least one act, account, state or response with its
    `record`, or as a problem; that is not checked here, the gate does (`records` against what is there).
    """

    platform: str
    owner_key: str | None = None
    owner_name: str | None = None
    owner_aliases: list[str] = field(default_factory=list)  # other keys, handles, addresses that are the owner
    exported_at: datetime | None = None
    _told: list[dict[str, object]] = field(default_factory=list)  # rows told one by one, of which there may be thousands
    _kept: list[pl.DataFrame] = field(default_factory=list)  # what is not handed on elsewhere
    _seen: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_SEEN))
    _stream: Stream = field(init=False)
    records: int = 0

    def __post_init__(self) -> None:
        self._stream = _STREAM.get() or Stream(self._kept.append)

    def acts(self, frame: pl.DataFrame, identity: Iterable[str | pl.Expr]) -> None:
        """Add acts: a frame with columns of ACT and PLACE (missing ones get defaults, others are refused).

        `identity` names the columns (or expressions) every era of this platform has, decoded and in UTC: the act_id
        recipe, together with platform, channel and direction. Counterparts stay out of it where an era lacks them.
        """
        if frame.is_empty():
            return
        parts = [pl.col(e) if isinstance(e, str) else e for e in identity]
        key = pl.concat_str(
            [pl.lit(self.platform), pl.col("channel"), pl.col("direction")]
            + [p.cast(pl.String).fill_null("\x00") for p in parts],
            separator="\x1f",
        )
        needed = {*ACT, *PLACE, *key.meta.root_names()}
        for part in frame.select(c for c in frame.columns if c in needed).iter_slices(_BATCH):
            self._stream.add(self, "act", part, key)

    def accounts(self, frame: pl.DataFrame) -> None:
        """Add accounts (columns of ACCOUNT; `record` where the record is nothing else)."""
        self._add("account", frame, ACCOUNT | PLACE)

    def states(self, frame: pl.DataFrame) -> None:
        """Add states as of the export (columns of STATE)."""
        self._add("state", frame, STATE | PLACE)

    def responses(self, frame: pl.DataFrame) -> None:
        """Add anonymous received totals (columns of RESPONSE)."""
        self._add("response", frame, RESPONSE | PLACE)

    def sees(
        self, channel: str, direction: str, *, named: bool = True,
        since: datetime | None = None, until: datetime | None = None, claim: str,
    ) -> None:  # fmt: skip
        """Declare that this archive can show a channel in a direction; `claim` says where that is known from."""
        self._one(
            "sees", channel=channel, direction=direction, since=since, until=until or self.exported_at,
            visibility="seen" if named else "seen, nobody named", claim=claim,
        )  # fmt: skip

    def listing(self, state: str, direction: str, *, complete: bool) -> None:
        """Say whether a list of states is whole: a cut one proves nobody's leaving."""
        self._one("listing", state=state, direction=direction, is_complete=complete)

    def problem(self, member: int, record: int | str, reason: str, *, records: int = 1) -> None:
        """Set a record aside because it could not be read. `reason`: what was found, what to do; never content."""
        self._one("problem", member=member, record=at(member, record), reason=reason, severity="problem", records=records)

    def set_aside(self, member: int, reason: str, records: int) -> None:
        """Set records aside on purpose (drafts, sponsored mail, own notes): counted, never silent."""
        if records:
            self._one("problem", member=member, record=at(member, "*"), reason=reason, severity="set aside", records=records)

    def member(self, number: int, records: int) -> None:
        """Count the records of a member this source has read."""
        self.records += records
        self._one("member", member=number, status="read", records=records)

    @property
    def members_read(self) -> set[object]:
        """The numbers of the members whose records it has counted."""
        return {row["member"] for row in self._told if row["fact"] == "member"}

    def close(self) -> None:
        """Tell what is told once all has been read: problems, members, what is seen, and whose export it is."""
        self._stream.add(self, "told", self._rest())

    def facts(self) -> pl.DataFrame:
        """All rows as one frame of FACT, where they are not handed on elsewhere."""
        self._stream.flush()
        return pl.concat([*self._kept, conform(self._rest(), FACT).with_columns(platform=pl.lit(self.platform))])

    def _rest(self) -> pl.DataFrame:
        source = {
            "fact": "source", "exported_at": self.exported_at, "owner_key": self.owner_key, "owner_name": self.owner_name,
            "owner_aliases": self.owner_aliases, "records": self.records,
        }  # fmt: skip
        return pl.from_dicts([*self._told, source], schema=FACT)

    def _add(self, fact: str, frame: pl.DataFrame, schema: dict) -> None:
        for part in frame.iter_slices(_BATCH):
            part = part.select([c for c in part.columns if c in schema])
            self._stream.add(self, fact, conform(part, schema).with_columns(fact=pl.lit(fact)))

    def _close(self, acts: pl.DataFrame) -> pl.DataFrame:
        """Number identical twins, and hash."""
        key = pl.concat_str(pl.col("_key"), self._twins(acts).cast(pl.String), separator="\x1f")
        return acts.with_columns(act_id=hashes(key).md5().str.head(20), fact=pl.lit("act")).drop("_key")

    def _twins(self, acts: pl.DataFrame) -> pl.Series:
        """Which of the acts with one key it is, from 0. What another member tells alike is no twin but the same told again."""
        text, whom = (pl.col(c).fill_null("\x00") for c in ("text", "_whom"))
        now = acts.with_columns(_whom=pl.col("counterparts").list.join("\x1f")).select(
            key=hashes(pl.col("_key")).xxh3_64(), check=hashes(pl.col("_key")).xxh3_64(seed=1),
            same=hashes(pl.concat_str(text, whom, separator="\x1f")).xxh3_64(),
            member=pl.col("record").str.extract(r"^(\d+)").cast(pl.Int32),
        )  # fmt: skip
        alike = ["key", "check"]
        before = self._seen.filter(pl.col("key").is_in(now["key"].implode()))
        self._seen.vstack(now, in_place=True)
        f = pl.concat([before, now]).with_columns(row=pl.int_range(pl.len(), dtype=pl.Int64) - before.height)
        f = f.filter(pl.struct(alike).is_duplicated())
        f = f.with_columns(nth=pl.int_range(pl.len()).over(*alike, "same", "member"))
        same = (*alike, "same", "nth")
        f = f.with_columns(twin=pl.struct(same).is_first_distinct().cum_sum().over(alike) - 1)
        f = f.with_columns(pl.col("twin").first().over(same)).filter(pl.col("row") >= 0)
        return pl.zeros(acts.height, dtype=pl.UInt32, eager=True).scatter(f["row"], f["twin"])

    def _one(self, fact: str, **values: object) -> None:
        self._told.append({"fact": fact} | values)


def conform(frame: pl.DataFrame, schema: dict) -> pl.DataFrame:
    """Exactly the columns of `schema`, in its order and types; what is missing gets its default."""
    have = set(frame.columns)
    return frame.select(
        pl.col(c).cast(t) if c in have else pl.lit(_DEFAULTS.get(c) if schema is not FACT else None, dtype=t).alias(c)
        for c, t in schema.items()
    )


def _judge(told: list[tuple[pl.DataFrame, pl.Expr]]) -> pl.DataFrame:
    """Bring acts into one form, clean the texts and let the rules name the kind of what was composed."""
    if not told:
        return pl.DataFrame()
    acts = pl.concat([conform(frame.with_columns(_key=key), ACT | PLACE | {"_key": pl.String}) for frame, key in told])
    acts = acts.with_columns(pl.col("counterparts").fill_null([]), text=texts.clean(pl.col("text")))
    acts = acts.with_columns(words=pl.col("words").fill_null(texts.words(pl.col("text"))))
    return value.kinds(acts.with_columns(shingles=_shingles(acts)))


def _shingles(acts: pl.DataFrame) -> pl.Series:
    """Distinct hashes of every run of three words, sorted; null where the owner did not write to anybody in particular."""
    mine = (pl.col("direction") == "given") & pl.col("composed") & ~pl.col("broadcast") & (pl.col("counterparts").list.len() > 0)
    bare = pl.col("text").str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars(" ")
    words = acts.with_row_index("row").filter(mine).select("row", word=bare.str.split(" ")).explode("word").drop_nulls()
    run = pl.concat_str("word", pl.col("word").shift(-1), pl.col("word").shift(-2), separator=" ")
    runs = words.select("row", run=run).filter(words["row"] == words["row"].shift(-2))
    found = runs.select("row", run=hashes(pl.col("run")).xxh3_64()).group_by("row", maintain_order=True).agg("run")
    found = found.with_columns(pl.col("run").list.unique().list.sort())
    rows = acts.select(row=pl.int_range(pl.len(), dtype=pl.UInt32))
    return rows.join(found, on="row", how="left", maintain_order="left")["run"].alias("shingles")
