"""Slack: the export of a workspace, a day of a channel in each file.

Both sides of every conversation it holds: public channels always, private ones and direct messages only where the plan and
its owner allowed them. https://slack.com/help/articles/220556107
Traps: `ts` is text and the key of a message in its channel; files are cut by the day of the workspace, not of UTC; an
answer also sent to the channel stands twice; reactions have no time; guests of other workspaces are in no list of users;
nothing says who asked for the export.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated

import msgspec
import polars as pl

from transforms.act import Owner, Reading
from transforms.archive import Archive, Member, Unreadable
from transforms.formats import rooms
from transforms.formats.jsonrecords import numbered, uncollected
from transforms.text import unescape
from transforms.times import INSTANT, sane

TITLE = "Slack"
VERSION = "4"
ASKS_OWNER = True
_LISTS = ("channels.json", "groups.json", "mpims.json", "dms.json")
LAYOUTS = {"2014": ("users.json", *_LISTS, "*/[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9].json")}
IGNORES = {
    "integration_logs.json": "machines added to the workspace", "canvases.json": "documents",
    "huddle_transcripts.json": "documents",
    "file_conversations.json": "documents", "lists.json": "documents", "org_users.json": "members of other workspaces",
}  # fmt: skip
_TALK = (None, "thread_broadcast", "me_message", "file_share", "file_comment", "reply_broadcast")
_JOINS = ("channel_join", "group_join")
_KNOWN = frozenset({
    "bot_message", "bot_add", "bot_remove", "channel_leave", "group_leave", "channel_topic", "channel_purpose", "channel_name",
    "channel_archive", "channel_unarchive", "group_topic", "group_purpose", "group_name", "group_archive", "group_unarchive",
    "pinned_item", "unpinned_item", "tombstone", "reminder_add", "reminder_delete", "sh_room_created", "huddle_thread",
    "channel_posting_permissions", "channel_convert_to_private", "channel_convert_to_public", "joiner_notification",
    "joiner_notification_for_inviter", "bot_enable", "bot_disable", "app_conversation_join", "slackbot_response",
    "assistant_app_thread",
    "ekm_access_denied", "channel_canvas_updated", "document_mention", "conversation_join", "message_replied", "file_mention",
})  # fmt: skip


class Profile(msgspec.Struct, gc=False):
    """How a user calls themselves."""

    real_name: str | None = None
    display_name: str | None = None
    title: str | None = None
    email: str | None = None


class User(msgspec.Struct, gc=False):
    """A member of the workspace."""

    id: Annotated[str, msgspec.Meta(min_length=1)]
    name: str | None = None
    real_name: str | None = None
    is_bot: bool | None = False
    profile: Profile | None = None


class Room(msgspec.Struct, gc=False):
    """A channel or a conversation; direct ones have no name."""

    id: str
    name: str | None = None
    members: list[str] | None = None


class Reaction(msgspec.Struct, gc=False):
    """An emoji and who chose it, undated."""

    name: str
    users: list[str] | None = None


class Message(msgspec.Struct, gc=False):
    """A message, or with `subtype` what happened."""

    ts: str
    subtype: str | None = None
    user: str | None = None
    bot_id: str | None = None
    text: str | None = None
    thread_ts: str | None = None
    parent_user_id: str | None = None
    inviter: str | None = None
    user_profile: Profile | None = None
    reactions: list[Reaction] | None = None


def claims(archive: Archive) -> list[Member]:
    """Everything in the folder of a users.json that shows Slack's ids."""
    members = []
    for root in _roots(archive):
        inside = [m for m in archive.members if m.path.startswith(root)]
        members += [m for m in inside if _is_list(m, root) or _is_day(m, root) or m.path.removeprefix(root) in IGNORES]
    return sorted({m.number: m for m in members}.values(), key=lambda m: m.number)


def _roots(archive: Archive) -> list[str]:
    shows = rb'"id"\s*:\s*"[UW][A-Z0-9]{6,}"'
    lists = archive.find("users.json")
    return [m.path[: -len("users.json")] for m in lists if re.search(shows, archive.head(m)) and b'"team_id"' in archive.head(m)]


def _is_list(m: Member, root: str) -> bool:
    return m.path.removeprefix(root) in ("users.json", *_LISTS)


def _is_day(m: Member, root: str) -> bool:
    return re.fullmatch(r"[^/]+/\d{4}-\d\d-\d\d\.json", m.path.removeprefix(root)) is not None


def read(archive: Archive, owner: Owner) -> list[Reading]:
    """One reading per workspace."""
    with uncollected():
        return [_read(archive, owner, root) for root in _roots(archive)]


def _load(archive: Archive, reading: Reading, member: Member, kind: type) -> tuple[list, Sequence[int]]:
    """The records of a member and their numbers."""
    try:
        good, numbers, bad = numbered(archive.read(member), kind)
    except Unreadable as why:
        reading.problem(member.number, "-", str(why))
        reading.member(member.number, 1)
        return [], ()
    for i, cut in bad.items():
        reading.problem(member.number, i, cut or "not in the form Slack writes; report it")
    reading.member(member.number, len(good) + len(bad))
    return good, numbers


def _read(archive: Archive, owner: Owner, root: str) -> Reading:
    reading = Reading("slack")
    inside = [m for m in archive.members if m.path.startswith(root)]
    users: list[User] = []
    places: dict[str, tuple[str, Room]] = {}  # folder → list it stands in, room
    for m in (m for m in inside if _is_list(m, root)):
        found, numbers = _load(archive, reading, m, User if m.name == "users.json" else Room)
        if m.name == "users.json":
            users = found
            _people(reading, m, dict(zip(numbers, users, strict=True)))
        else:
            places |= {(r.id if m.name == "dms.json" else r.name or r.id): (m.name, r) for r in found}
            reading.set_aside(m.number, "lists of channels, used to know who is in them", len(found))
    me = _owner(users, places, owner)
    reading.owner_key = me
    said: list[Message] = []
    stands: dict[str, list] = {"member": [], "i": [], "room": []}  # where each of them does
    ids = {folder: room.id for folder, (_, room) in places.items()}
    for m in (m for m in inside if _is_day(m, root)):
        found, numbers = _load(archive, reading, m, Message)
        if me is None and found:
            why = "which user is the owner is nowhere said; set your user id or e-mail as `me` in people.csv"
            reading.problem(m.number, "-", why, records=len(found))
        folder = m.path.removeprefix(root).split("/")[0]
        said += found
        stands["member"] += [m.number] * len(found)
        stands["i"] += numbers
        stands["room"] += [ids.get(folder, folder)] * len(found)
    if me is None:
        reading.exported_at = pl.Series("ts", [m.ts for m in said], pl.String).to_frame().select(_instant().max()).item()
        return reading
    _tell(reading, said, stands, places, users, me)
    return reading


def _owner(users: list[User], places: dict[str, tuple[str, Room]], owner: Owner) -> str | None:
    """Whom people.csv names; else the one member of all direct conversations."""
    mine = {name.casefold().removeprefix("@") for name in owner.me}
    named = [u.id for u in users if {n.casefold() for n in _names(u)} & mine]
    if len(named) == 1:
        return named[0]
    pairs = [set(r.members or ()) for kind, r in places.values() if kind == "dms.json" and len(set(r.members or ())) > 1]
    common = set.intersection(*pairs) if len(pairs) > 1 else set()
    return common.pop() if len(common) == 1 else None


def _instant() -> pl.Expr:
    """Of `ts`, which a float would not hold."""
    shaped = pl.when(pl.col("ts").str.contains(r"^[0-9]{9,10}\.[0-9]{6}$")).then("ts")
    return sane(shaped.str.replace(".", "", literal=True).cast(pl.Int64).cast(INSTANT))


def _names(u: User) -> list[str]:
    return [n for n in (u.id, u.name, u.real_name, u.profile and u.profile.real_name, u.profile and u.profile.email) if n]


def _people(reading: Reading, member: Member, users: dict[int, User]) -> None:
    rows = [
        (f"{member.number}:{i}", u.id, (u.profile and u.profile.real_name) or u.real_name or u.name, u.name,
         "bot" if u.is_bot or u.id == "USLACKBOT" else "person", u.profile.title or None if u.profile else None,
         [f"email:{u.profile.email.lower()}"] if u.profile and u.profile.email else [])
        for i, u in users.items()
    ]  # fmt: skip
    schema = {"record": pl.String, "key": pl.String, "name": pl.String, "handle": pl.String, "account_kind": pl.String,
              "position": pl.String, "same_as": rooms.KEYS}  # fmt: skip
    reading.accounts(pl.DataFrame(rows, schema=schema, orient="row").with_columns(identified=pl.lit("id")))


def _tell(
    reading: Reading, said: list[Message], stands: dict[str, list], places: dict[str, tuple[str, Room]],
    users: list[User], me: str,
) -> None:  # fmt: skip
    f = pl.DataFrame(
        stands | {
            "ts": [m.ts for m in said], "subtype": [m.subtype for m in said], "sender": [m.user for m in said],
            "bot": [m.bot_id for m in said], "text": [m.text for m in said], "root": [m.thread_ts for m in said],
            "parent": [m.parent_user_id for m in said], "inviter": [m.inviter for m in said],
        },
        schema={"member": pl.Int32, "i": pl.Int64} | dict.fromkeys(
            ("room", "ts", "subtype", "sender", "bot", "text", "root", "parent", "inviter"), pl.String),
    ).with_row_index("row")  # fmt: skip
    f = f.with_columns(
        number=pl.col("i").cast(pl.String), happened_at=_instant(), post=pl.concat_str("room", pl.lit("/"), "ts")
    )
    reading.exported_at = f["happened_at"].max()
    reacted = [
        (row, r.name, who)
        for row, m in enumerate(said) if m.reactions for r in m.reactions for who in dict.fromkeys(r.users or ())
    ]  # fmt: skip
    emoji = pl.DataFrame(reacted, schema={"row": pl.UInt32, "emoji": pl.String, "by": pl.String}, orient="row")
    emoji = emoji.join(f.select("row", "member", "number", "room", "post", to="sender"), on="row", maintain_order="left")
    emoji = emoji.with_columns(
        number=pl.concat_str("number", pl.lit("."), pl.int_range(pl.len()).over("row").cast(pl.String)),
        happened_at=pl.lit(None, INSTANT), time_precision=pl.lit("unknown"),
    )  # fmt: skip
    for member, n in emoji.group_by("member").len().sort("member").iter_rows():
        reading.member(member, n)
    known = pl.DataFrame(
        [_room(kind, room, me) for kind, room in places.values()], schema=rooms.ROOMS | {"mine": pl.Boolean}, orient="row"
    ).unique("room", keep="first", maintain_order=True)
    authors = rooms.people(f).rename({"people": "wrote"})
    known = f.select("room").unique(maintain_order=True).join(known, on="room", how="left").join(authors, on="room", how="left")
    pair = pl.col("people").is_null() & pl.col("room").str.contains(r"^D[A-Z0-9]{7,}$")  # in no list, but named as they are
    alone = pl.col("wrote").list.set_difference(pl.lit([me], rooms.KEYS))
    one = pl.when(alone.list.len() == 1).then(alone.list.first()).otherwise(pl.lit(""))
    known = known.with_columns(other=pl.when(pair).then(one).otherwise("other"))
    there = pl.col("people").fill_null(pl.col("wrote"))
    others = there.list.set_difference(pl.lit([me], rooms.KEYS))
    known = known.with_columns(
        people=there,
        large=pl.col("large").fill_null(rooms.large(others.list.len())).fill_null(False),
        mine=pl.col("mine").fill_null(False) | pl.col("wrote").list.contains(me).fill_null(False),
    ).drop("wrote")
    f = f.join(known.select("room", "mine"), on="room", how="left", maintain_order="left")
    gone = pl.col("subtype").is_in(["tombstone", "message_replied"]).fill_null(False)
    twice = gone | ~pl.col("post").is_first_distinct()
    talk = pl.col("subtype").is_null() | pl.col("subtype").is_in([t for t in _TALK if t])
    alone = known.filter(pl.col("people").list.set_difference(pl.lit([me], rooms.KEYS)).list.len() == 0)["room"]
    fate = (
        pl.when(twice).then(pl.lit("deleted, or told by another record too"))
        .when(pl.col("sender") == "USLACKBOT").then(pl.lit("machines, topics, comings and goings"))
        .when(pl.col("room").is_in(alone.implode()) & (pl.col("sender") == me)).then(pl.lit("the owner's notes to themselves"))
        .when(~pl.col("mine")).then(pl.lit("said in channels the owner is not in"))
        .when(talk & pl.col("sender").is_not_null()).then(pl.lit("talk"))
        .when(pl.col("subtype") == "file_comment").then(pl.lit("comments on files, without their author"))
        .when(pl.col("subtype").is_in(list(_JOINS))).then(pl.lit("join"))
        .when(pl.col("subtype").is_in(list(_KNOWN)) | pl.col("bot").is_not_null())
        .then(pl.lit("machines, topics, comings and goings"))
    )  # fmt: skip
    f = f.with_columns(fate=fate)
    for member, number in f.filter(pl.col("fate").is_null()).select("member", "number").iter_rows():
        reading.problem(member, number, "a kind of message that is not known; report it")
    aside = f.filter(~pl.col("fate").is_in(["talk", "join"]))
    for member, reason, n in aside.group_by("member", "fate").len().sort("member", "fate").iter_rows():
        reading.set_aside(member, reason, n)
    _joins(reading, f.filter(pl.col("fate") == "join"), me)
    talk_rows = f.filter(pl.col("fate") == "talk")
    marks = talk_rows["text"].str.contains("<", literal=True).fill_null(False).arg_true()  # no other text is searched
    marked = talk_rows[marks].select("row", "text")
    named = marked.select("row", key=pl.col("text").str.extract_all(r"<@[UW][A-Z0-9]+")).explode("key").drop_nulls()
    roots = talk_rows.filter(pl.col("root") != pl.col("ts")).select("room", "root")
    parents = f.select("room", root="ts", author="sender").join(roots, on=["room", "root"], how="semi", maintain_order="left")
    parents = parents.unique(["room", "root"], keep="first")
    talk_rows = talk_rows.join(parents, on=["room", "root"], how="left", maintain_order="left")
    answered = pl.when(pl.col("root") != pl.col("ts")).then(pl.coalesce("parent", "author"))
    names = marked["text"].str.replace_all(r"<@[UW][A-Z0-9]+(?:\|([^>]*))?>", "@$1")
    names = names.str.replace_all(r"<(?:[#!][^|>]*\|)?([^|>]+)(?:\|[^>]*)?>", "$1")
    talk_rows = talk_rows.with_columns(answered=answered, text=talk_rows["text"].scatter(marks, names))
    both = pl.concat([named.with_columns(pl.col("key").str.slice(2)), talk_rows.select("row", key="answered").drop_nulls()])
    talk_rows = talk_rows.join(both.group_by("row").agg(addressed="key"), on="row", how="left", maintain_order="left")
    talk_rows = talk_rows.with_columns(
        text=unescape(pl.col("text")),
        is_reply=(pl.col("answered") != pl.col("sender")).fill_null(False),
        time_precision=pl.lit("microsecond"),
    )
    acts = rooms.tell(reading, talk_rows.drop("mine"), known.drop("mine"), me)
    rooms.reactions(reading, emoji, me)
    ours = emoji.filter((pl.col("by") == me) | (pl.col("to") == me))
    _guests(reading, users, said, pl.concat([acts["counterparts"].explode().drop_nulls(), ours["by"], ours["to"]]), me)
    seen = f.select("room").unique().join(known, on="room")
    groups = seen.filter(pl.col("other").is_null(), "mine").height
    for channel, there in (("message", seen["other"].drop_nulls().len()), ("group", groups), ("invitation", groups)):
        for direction in ("given", "received") if there else ():
            reading.sees(channel, direction, claim="the conversations exported, both sides; a free plan hides the older ones")
    for direction in ("given", "received"):
        reading.sees("reaction", direction, claim="reactions of the messages of this export, undated")


def _guests(reading: Reading, users: list[User], said: list[Message], named: pl.Series, me: str) -> None:
    """Whom the list of users lacks: of other workspaces, named only where they write."""
    names = {m.user: m.user_profile.real_name or m.user_profile.display_name for m in said if m.user and m.user_profile}
    keys = sorted({*named.unique().drop_nulls()} - {u.id for u in users} - {me})
    schema = {"key": pl.String, "name": pl.String}
    guests = pl.DataFrame([(k, names.get(k)) for k in keys], schema=schema, orient="row")
    kind = pl.when(pl.col("key") == "USLACKBOT").then(pl.lit("bot")).otherwise(pl.lit("person"))
    reading.accounts(guests.with_columns(identified=pl.lit("id"), account_kind=kind))


def _room(kind: str, room: Room, me: str) -> tuple:
    members = list(dict.fromkeys(room.members or ()))
    others = [m for m in members if m != me]
    other = others[0] if kind == "dms.json" and len(others) == 1 and me in members else None
    return room.id, other, members or None, len(others) if members else None, rooms.large(len(others)), me in members


def _joins(reading: Reading, f: pl.DataFrame, me: str) -> None:
    """Who was brought into a channel by whom, where the owner is one of them."""
    given = (pl.col("inviter") == me) & (pl.col("sender") != me)
    ours = (given | ((pl.col("sender") == me) & (pl.col("inviter") != me))).fill_null(False) & pl.col("happened_at").is_not_null()
    for member, n in f.filter(~ours).group_by("member").len().sort("member").iter_rows():
        reading.set_aside(member, "machines, topics, comings and goings", n)
    reading.acts(
        f.filter(ours).select(
            "happened_at", "post", channel=pl.lit("invitation"),
            direction=pl.when(given).then(pl.lit("given")).otherwise(pl.lit("received")),
            counterparts=pl.concat_list(pl.when(given).then("sender").otherwise("inviter")), n_targets=pl.lit(1, pl.Int32),
            composed=pl.lit(False), value_kind=pl.lit("applause"), thread="room", time_precision=pl.lit("microsecond"),
            record=pl.concat_str("member", pl.lit(":"), "number"),
        ),
        ["post"],
    )  # fmt: skip
