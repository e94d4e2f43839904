"""Messages in rooms: whom one reaches in a conversation of two, in a group, in a room too large to be a conversation.

What chat exports share once decoded. In a room of more than `ROOM` people only those replied to or mentioned are
counterparts: what was said there to nobody in particular, or to somebody else, is no act towards the owner.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from transforms.act import ACT, UTC, Reading

ROOM = 50  # people, the owner among them
KEYS = pl.List(pl.String)
MESSAGES = {
    "member": pl.Int32, "number": pl.String,  # the place of the record
    "room": pl.String, "sender": pl.String, "happened_at": UTC, "text": pl.String, "post": pl.String,
    "is_reply": pl.Boolean,  # to somebody else's message
    "addressed": KEYS,  # account keys replied to or mentioned
}  # fmt: skip
ROOMS = {
    "room": pl.String,
    "other": pl.String,  # in a conversation of two: the one who is not the owner, "" where that is not told; null in groups
    "people": KEYS,  # everybody known to be in it; the owner may be among them
    "n_targets": pl.Int32,  # how many one message there reaches; null: not known
    "large": pl.Boolean,
}
BROUGHT = {
    "channel": pl.String, "direction": pl.String, "counterparts": KEYS, "n_targets": pl.Int32, "composed": pl.Boolean,
    "value_kind": pl.String, "proven": pl.Boolean, "introduces": KEYS,
}  # fmt: skip
LARGE = "said in a room of more than 50 people, not to the owner"
_UNDATED = "no date between 1990 and 2100; look it up and add it to the ledger"


def large(others: Any) -> Any:
    """Whether a room is one of more than `ROOM` people, by how many are in it besides the owner: a number or a column of such."""
    return others >= ROOM


def tell(
    reading: Reading, messages: pl.DataFrame, rooms: pl.DataFrame, me: str, identity: tuple[str, ...] = ("post",)
) -> pl.DataFrame:
    """Add one act per message; columns of MESSAGES (further ones of ACT are kept) and of ROOMS. The owner is `me`.

    Returns the acts with whatever else the messages carry.
    """
    undated = messages.filter(pl.col("happened_at").is_null())
    for member, number in undated.select("member", "number").iter_rows():
        reading.problem(member, number, _UNDATED)
    empty = pl.lit([], KEYS)
    rooms = rooms.with_columns(people=pl.col("people").fill_null([]).list.set_difference(pl.lit([me], KEYS)).list.sort())
    f = messages.drop_nulls("happened_at").join(rooms.drop("people"), on="room", how="left", maintain_order="left")
    f = f.with_columns(mine=(pl.col("sender") == me).fill_null(False), group=pl.col("other").is_null()).with_row_index("_row")
    said = f.filter("large").select("_row", "sender", key="addressed").drop_nulls("key").explode("key").drop_nulls("key").unique()
    said = (
        said.filter(pl.col("key") != pl.col("sender").fill_null(""))
        .group_by("_row")
        .agg(
            to_me=(pl.col("key") == me).any(),
            n_said=pl.len().cast(pl.Int32),
            addressed=pl.col("key").filter(pl.col("key") != me).sort(),
        )
    )
    f = f.drop("addressed").join(said, on="_row", how="left", maintain_order="left")
    f = f.with_columns(pl.col("to_me").fill_null(False), pl.col("n_said").fill_null(0), pl.col("large").fill_null(False))
    overheard = pl.col("large") & ~pl.col("mine") & ~pl.col("to_me")
    for member, n in f.filter(overheard).group_by("member").len().sort("member").iter_rows():
        reading.set_aside(member, LARGE, n)
    f = f.filter(~overheard)
    reached = f.filter("mine", "group").join(rooms.select("room", "people"), on="room", how="left").select(
        "_row", reached=pl.when("large").then(pl.col("addressed").fill_null([])).otherwise("people")
    )  # only here, as the people of a room are many
    f = f.join(reached, on="_row", how="left", maintain_order="left")
    author = pl.coalesce("sender", "other")
    to_some = pl.col("large") & (pl.col("n_said") > 0)
    f = f.with_columns(
        channel=pl.when("group").then(pl.lit("group")).otherwise(pl.lit("message")),
        direction=pl.when("mine").then(pl.lit("given")).otherwise(pl.lit("received")),
        counterparts=pl.when(~pl.col("mine")).then(pl.when(author.is_null()).then(empty).otherwise(pl.concat_list(author)))
        .when(~pl.col("group")).then(pl.concat_list("other")).otherwise("reached"),
        n_targets=pl.when(~pl.col("group")).then(pl.lit(1, pl.Int32)).when(to_some).then("n_said")
        .when(~pl.col("large")).then("n_targets"),
        is_reply=pl.col("is_reply").fill_null(False) | answers(f),
        thread=pl.col("room"), record=pl.concat_str("member", pl.lit(":"), "number"),
    )  # fmt: skip
    if (rooms["other"] == "").any():
        f = f.with_columns(pl.col("counterparts").list.set_difference(pl.lit([""], KEYS)))
    reading.acts(f.select(*(c for c in f.columns if c in ACT), "record", *(c for c in identity if c not in ACT)), identity)
    return f


def answers(f: pl.DataFrame) -> pl.Series:
    """Whether a message of a conversation of two follows one of the other."""
    order = f.select("room", "happened_at", "group", "mine", place=pl.int_range(pl.len()))
    order = order.sort("room", "happened_at", maintain_order=True)
    other = (pl.col("room") == pl.col("room").shift()) & (pl.col("mine") != pl.col("mine").shift())
    return order.with_columns(answers=(other & ~pl.col("group")).fill_null(False)).sort("place")["answers"]


def reactions(reading: Reading, f: pl.DataFrame, me: str) -> None:
    """Add reactions: member, number, room, post, by, to (account keys), emoji, happened_at (null: not known), time_precision.

    Those between others are set aside; so is one's own to oneself.
    """
    ours = (((pl.col("by") == me) | (pl.col("to") == me)) & (pl.col("by") != pl.col("to"))).fill_null(False)
    for member, n in f.filter(~ours).group_by("member").len().sort("member").iter_rows():
        reading.set_aside(member, "reactions between others", n)
    given = pl.col("by") == me
    f = f.filter(ours).with_columns(
        channel=pl.lit("reaction"), direction=pl.when(given).then(pl.lit("given")).otherwise(pl.lit("received")),
        counterparts=pl.concat_list(pl.when(given).then("to").otherwise("by")), n_targets=pl.lit(1, pl.Int32),
        composed=pl.lit(False), value_kind=pl.lit("applause"), thread=pl.col("room"), text=pl.col("emoji"),
        words=pl.lit(0, pl.Int32), record=pl.concat_str("member", pl.lit(":"), "number"),
    )  # fmt: skip
    reading.acts(f.drop("room"), ["post", "by", "emoji"])


def people(f: pl.DataFrame, key: str = "sender") -> pl.DataFrame:
    """room, people: who is known to be in each room, from rows that name somebody there."""
    return f.drop_nulls(key).group_by("room").agg(people=pl.col(key).unique().sort())


def brought(me: str, actor: str, added: list[str], seen: list[str], *, founded: bool) -> tuple[list[tuple], str]:
    """Bringing somebody into a group invites them, and introduces them to those who are there.

    Rows of BROUGHT, all keys; where there are none, why.
    """
    way = "given" if actor == me else "received"
    others = [k for k in added if k != me]
    acts: list[tuple] = []
    if actor == me and others:
        acts.append(("invitation", way, others, len(others), False, "applause", False, []))
        there = [k for k in seen if k not in (me, *others)]
        if there and not founded:
            acts.append(("invitation", way, there, None, False, "introduction", False, others))
    elif actor != me and me in added:
        acts.append(("invitation", way, [actor], len(added), False, "applause", False, []))
    elif actor != me and others and not founded:
        acts.append(("invitation", way, [actor], None, False, "introduction", False, others))
    return acts, "groups founded without the owner, or by joining oneself"
