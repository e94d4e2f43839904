"""The small files: whose export it is and when it was made, likes, follows, blocks, lists, calls, Periscope comments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec
import polars as pl

from transforms.archive import Archive, Member, fold
from transforms.sources.x.decode import Export, Id, Struct, instants, place, wrapped
from transforms.sources.x.layouts import kind_of_name
from transforms.sources.x.tweets import OLD_TIME, keyed
from transforms.times import sane

_LIST_URL = re.compile(r"^https?://(?:www\.|mobile\.)?(?:twitter|x)\.com/@?(\w{1,20})/(?:lists/)?[^/]+/?$")


class UserInfo(Struct):
    """Of manifest.js."""

    accountId: Id | None = None  # noqa: N815
    userName: str | None = None  # noqa: N815
    displayName: str | None = None  # noqa: N815


class ArchiveInfo(Struct):
    """Of manifest.js."""

    generationDate: str | None = None  # noqa: N815
    isPartialArchive: bool = False  # noqa: N815


class File(Struct):
    """One file the manifest lists, and how long its array is."""

    fileName: str  # noqa: N815
    count: int | None = None


class DataType(Struct):
    """One kind of data; of media only a folder."""

    files: list[File] = msgspec.field(default_factory=list)


class Manifest(Struct):
    """`window.__THAR_CONFIG`, since 2019."""

    userInfo: UserInfo | None = None  # noqa: N815
    archiveInfo: ArchiveInfo | None = None  # noqa: N815
    dataTypes: dict[str, DataType] = msgspec.field(default_factory=dict)  # noqa: N815


class Account(Struct):
    """account.js."""

    accountId: Id  # noqa: N815
    username: str | None = None
    accountDisplayName: str | None = None  # noqa: N815


class Renamed(Struct):
    """A former handle of the owner."""

    changedFrom: str  # noqa: N815


class RenamedOuter(Struct):
    """screen-name-change.js nests twice."""

    screenNameChange: Renamed  # noqa: N815


class UserDetails(Struct):
    """data/js/user_details.js of Grailbird exports."""

    id: Id
    screen_name: str | None = None
    full_name: str | None = None


class Payload(Struct):
    """data/js/payload_details.js of Grailbird exports."""

    created_at: str


class Month(Struct):
    """A line of data/js/tweet_index.js of Grailbird exports."""

    file_name: str
    tweet_count: int


class Like(Struct):
    """Of whom and when is not told; the text is the other's."""

    tweetId: Id  # noqa: N815


class Follow(Struct):
    """Somebody in a list of follows or blocks."""

    accountId: Id  # noqa: N815


class ListInfo(Struct):
    """A list by its address; in older exports several."""

    url: str | None = None
    urls: list[str] | None = None


class Broadcast(Struct):
    """The call itself."""

    id: str
    createdAt: str  # noqa: N815
    inviteesTwitter: list[Id] | None = None  # noqa: N815


class Session(Struct):
    """One end of a call. README.txt names the reasons; HUNG_UP is one that was talked in."""

    endReason: str | None = None  # noqa: N815
    createdAt: str | None = None  # noqa: N815
    publishedAt: str | None = None  # noqa: N815
    hostBroadcastID: str | None = None  # noqa: N815


class Call(Struct):
    """A call the owner made."""

    broadcast: Broadcast
    sessions: list[Session] | None = None


class PeriscopeComment(Struct):
    """A comment on somebody's live film; whose is not told."""

    broadcastId: str  # noqa: N815
    createdAt: str  # noqa: N815
    text: str | None = None


def whose(export: Export, kinds: dict[str, list[Member]]) -> Manifest | None:
    """Owner and date of the export, from whichever of its files tell them; gives back the manifest."""
    reading, manifest = export.reading, None
    for member in kinds["manifest"]:
        manifest = export.single(member, Manifest)
        if manifest:
            export.lengths[member.number] = 1
            user, info = manifest.userInfo or UserInfo(), manifest.archiveInfo or ArchiveInfo()
            _owner(export, user.accountId, user.userName, user.displayName)
            reading.exported_at = pl.select(instants(pl.lit(info.generationDate, pl.String))).item()
    for member in kinds["account"]:
        for account in _all(export, member, Account, "account", "the owner's own account"):
            _owner(export, account.accountId, account.username, account.accountDisplayName)
    for member in kinds["account"] + kinds["manifest"]:  # of one that is cut short, this much may be left
        _owner(export, account_in(export.archive, member), None, None)
    for member in kinds["screen-name-change"]:
        for outer in _all(export, member, RenamedOuter, "screenNameChange", "former handles of the owner"):
            export.handles.add(outer.screenNameChange.changedFrom.lower())
    for member in kinds["user_details"]:
        user = export.single(member, UserDetails)
        if user:
            _owner(export, user.id, user.screen_name, user.full_name)
            _aside(export, member, "the owner's own account", 1)
    for member in kinds["payload_details"]:
        made = export.single(member, Payload)
        if made:
            reading.exported_at = pl.select(
                sane(pl.lit(made.created_at).str.to_datetime(OLD_TIME, time_unit="us", strict=False))
            ).item()
            _aside(export, member, "when the export was made", 1)
    return manifest


def account_in(archive: Archive, member: Member) -> int | None:
    """The account that the beginning of account.js or manifest.js names."""
    number = re.search(rb'"accountId"\s*:\s*"(\d{1,19})"', archive.head(member))
    return int(number[1]) if number and int(number[1]) < 1 << 63 else None


def _owner(export: Export, key: int | None, handle: str | None, name: str | None) -> None:
    export.me = export.me or key
    export.reading.owner_name = export.reading.owner_name or name
    if handle:
        export.handles.add(handle.lower())


def _all(export: Export, member: Member, shape: type, wrapper: str, reason: str) -> Sequence:
    found, _ = export.rows(member, wrapped(wrapper, shape), shape)
    if export.read_well(member):
        _aside(export, member, reason, len(found), export.lengths[member.number])
    return found


def _aside(export: Export, member: Member, reason: str, known: int, records: int | None = None) -> None:
    export.reading.member(member.number, known if records is None else records)
    export.reading.set_aside(member.number, reason, known)


def _table(export: Export, member: Member, wrapper: str, shape: type) -> tuple[list, pl.DataFrame]:
    """Records of a member, counted, and a frame of their places."""
    found, numbers = export.rows(member, wrapped(wrapper, shape), shape)
    if export.read_well(member):
        export.reading.member(member.number, export.lengths[member.number])
    frame = pl.DataFrame({"number": list(numbers)}, schema={"number": pl.UInt32})
    return found, frame.with_columns(member=pl.lit(member.number, pl.Int32))


def likes(export: Export, member: Member) -> None:
    """Likes given: the post, and neither its author nor the time of the like."""
    found, frame = _table(export, member, "like", Like)
    export.acts(
        frame.select(
            channel=pl.lit("reaction"), direction=pl.lit("given"), time_precision=pl.lit("unknown"), composed=pl.lit(False),
            post=pl.Series([x.tweetId for x in found], dtype=pl.Int64).cast(pl.String), n_targets=pl.lit(1, pl.Int32),
            value_kind=pl.lit("applause"), record=place(),
        ),
        "post",
    )  # fmt: skip


def follows(export: Export, members: Sequence[Member], wrapper: str, state: str, direction: str, whole: bool) -> None:
    """A list of accounts: followers, followed, blocked."""
    tables = [_table(export, m, wrapper, Follow) for m in members]
    frames = [f.with_columns(key=pl.Series([x.accountId for x in found], dtype=pl.Int64).cast(pl.String)) for found, f in tables]
    _states(export, members, frames, state, direction, whole)


def lists(export: Export, members: Sequence[Member], state: str, direction: str, people: pl.DataFrame, whole: bool) -> None:
    """Lists of somebody else's: whose is told by the handle in the address alone."""
    frames = []
    for member in members:
        found, frame = _table(export, member, "userListInfo", ListInfo)
        handles = [
            next((m[1] for u in (x.url, *(x.urls or ())) if u and (m := _LIST_URL.match(u)) and m[1] != "i"), None) for x in found
        ]
        frame = frame.with_columns(handle=pl.Series(handles, dtype=pl.String), id=pl.lit(None, pl.Int64))
        frame = keyed(frame, people).filter(~pl.col("handle").str.to_lowercase().is_in(export.handles).fill_null(True))
        export.reading.set_aside(member.number, "lists that are the owner's own or tell no owner", len(found) - frame.height)
        frames.append(frame.select("number", "member", "key"))
    _states(export, members, frames, state, direction, whole)


def _states(
    export: Export, members: Sequence[Member], frames: list[pl.DataFrame], state: str, direction: str, whole: bool
) -> None:
    if not any(export.read_well(m) for m in members):
        return
    frame = pl.concat(frames)
    once = frame.unique("key", keep="first", maintain_order=True)
    for member, n in frame.join(once, on=["member", "number"], how="anti").group_by("member").len().sort("member").iter_rows():
        export.reading.set_aside(member, "somebody named before in the same list", n)
    export.keys.append(once.select("key"))
    export.reading.states(
        once.select("key", state=pl.lit(state), direction=pl.lit(direction), time_precision=pl.lit("unknown"), record=place())
    )
    complete = whole and all(export.read_well(m) and m.number not in export.flawed for m in members)
    export.reading.listing(state, direction, complete=complete)


def calls(export: Export, member: Member) -> None:
    """Calls the owner made, where somebody answered: talk both ways."""
    found, frame = _table(export, member, "audioVideoCallsInDm", Call)
    talked = [any(s.publishedAt and s.endReason == "HUNG_UP" for s in x.sessions or ()) for x in found]
    others = [[str(i) for i in x.broadcast.inviteesTwitter or () if i != export.me] for x in found]
    frame = frame.with_columns(
        id=_strings(x.broadcast.id for x in found), at=_strings(x.broadcast.createdAt for x in found),
        talked=pl.Series(talked, dtype=pl.Boolean), counterparts=pl.Series(others, dtype=pl.List(pl.String)),
    )  # fmt: skip
    named = pl.col("counterparts").list.len().cast(pl.Int32)
    _talks(export, member, frame.with_columns(n_targets=pl.max_horizontal(named, 1)), "given")


def calls_received(export: Export, member: Member) -> None:
    """Calls others made to the owner, where the owner answered; who called is not told."""
    found, frame = _table(export, member, "audioVideoCallsInDmRecipientSessions", Session)
    talked = [bool(x.publishedAt) and x.endReason == "HUNG_UP" for x in found]
    frame = frame.with_columns(
        id=_strings(x.hostBroadcastID for x in found), at=_strings(x.createdAt for x in found),
        talked=pl.Series(talked, dtype=pl.Boolean), n_targets=pl.lit(1, pl.Int32),
    )  # fmt: skip
    _talks(export, member, frame, "received")


def _strings(values: Iterable[str | None]) -> pl.Series:
    return pl.Series(list(values), dtype=pl.String)


def _talks(export: Export, member: Member, frame: pl.DataFrame, direction: str) -> None:
    frame = export.timeless(frame.with_columns(happened_at=instants(pl.col("at"))))
    export.reading.set_aside(member.number, "calls nobody answered", frame.height - frame["talked"].sum())
    frame = frame.filter("talked").with_columns(direction=pl.lit(direction))
    if direction == "given":  # and back, a moment later, so who began it stays known; who called the owner is not told
        back = frame.with_columns(pl.col("happened_at") + pl.duration(milliseconds=1), direction=pl.lit("received"))
        frame = pl.concat([frame, back])
    frame = frame.with_columns(
        channel=pl.lit("call"),
        value_kind=pl.lit("talk"),
        time_precision=pl.lit("millisecond"),
        record=place(),
    )
    export.acts(frame, "id", "happened_at")


def periscope(export: Export, member: Member) -> None:
    """Comments on live films. Real exports repeat the whole list; the same comment of the same millisecond is one."""
    found, frame = _table(export, member, "periscopeCommentsMadeByUser", PeriscopeComment)
    columns = {"post": [x.broadcastId for x in found], "at": [x.createdAt for x in found], "text": [x.text for x in found]}
    frame = frame.hstack(pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)))
    once = frame.unique(["post", "at", "text"], keep="first", maintain_order=True)
    export.reading.set_aside(member.number, "repetitions of the same comment", frame.height - once.height)
    once = export.timeless(once.with_columns(happened_at=instants(pl.col("at"))))
    export.acts(
        once.with_columns(
            channel=pl.lit("comment"), direction=pl.lit("given"), n_targets=pl.lit(1, pl.Int32), thread="post",
            time_precision=pl.lit("millisecond"), record=place(),
        ),
        "post", "happened_at", "text",
    )  # fmt: skip


def accounts(export: Export, people: pl.DataFrame) -> None:
    """Everybody an act or a state names, with the newest name and handle the tweets give."""
    if not export.keys:
        return
    keys = pl.concat(export.keys).unique(maintain_order=True)
    named = people.with_columns(
        key=pl.when(pl.col("id") > 0)
        .then(pl.col("id").cast(pl.String))
        .otherwise(pl.lit("@") + pl.col("handle").str.to_lowercase())
    )
    named = named.sort("since", maintain_order=True).group_by("key").agg(pl.col("name", "handle").drop_nulls().last())
    frame = keys.join(named, on="key", how="left", maintain_order="left")
    by_handle = pl.col("key").str.starts_with("@")
    frame = frame.with_columns(handle=pl.coalesce("handle", pl.when(by_handle).then(pl.col("key").str.slice(1))))
    export.reading.accounts(
        frame.with_columns(
            url=pl.when(pl.col("handle").is_not_null()).then(pl.lit("https://x.com/") + pl.col("handle"))
            .otherwise(pl.lit("https://x.com/intent/user?user_id=") + pl.col("key")),
            identified=pl.when(by_handle).then(pl.lit("handle")).otherwise(pl.lit("id")),
        )
    )  # fmt: skip


def counted(export: Export, kinds: dict[str, list[Member]], manifest: Manifest | None) -> None:
    """Hold what was read against what the export says it holds: a file that is missing or of another length is a problem.

    The manifest's own records are the ones it tells of that are not there.
    """
    here = {fold(m.name): m for members in kinds.values() for m in members}
    if manifest:
        listed = [(f.fileName, f.count) for kind in manifest.dataTypes.values() for f in kind.files]
        _compare(export, kinds["manifest"][0], listed, here)
    for index in kinds["tweet_index"]:
        months, _ = export.rows(index, Month)
        if export.read_well(index):
            bad = export.lengths[index.number] - len(months)
            _compare(export, index, [(m.file_name, m.tweet_count) for m in months], here, bad)


def _compare(export: Export, teller: Member, listed: list[tuple[str, int | None]], here: dict[str, Member], bad: int = 0) -> None:
    missing = bad
    for place_, (name, count) in enumerate(listed):
        member = here.get(fold(name).rpartition("/")[2])
        if not kind_of_name(fold(name)) or not count or (member and not export.read_well(member)):
            continue
        there = export.lengths[member.number] if member else 0
        if there != count:
            lost = max(count - there, 1)
            missing += lost
            what = f"holds {there:,}" if member else "is missing"
            export.reading.problem(
                teller.number,
                place_,
                f"a file listed with {count:,} records {what}; get the export again, with all its parts",
                records=lost,
            )
    export.reading.member(teller.number, missing)
