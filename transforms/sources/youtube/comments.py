"""Comments and live chat in a Takeout: tables known by their cells, since columns have come, gone, moved and been translated."""

from __future__ import annotations

import json

import msgspec
import polars as pl

from transforms import times

ID, _COMMENT = r"UC[\w-]{22}", r"^(?:Ug|z\d)[\w-]+"  # a reply is the comment it answers, a dot, and its own


class Mention(msgspec.Struct, gc=False):
    """Somebody named in a text."""

    channelId: str | None = None  # noqa: N815
    externalChannelId: str | None = None  # noqa: N815


class Segment(msgspec.Struct, gc=False):
    """A piece of a text; until 2024 all pieces were in one object."""

    text: str | None = None
    mention: Mention | None = None
    takeoutSegments: list[Segment] | None = None  # noqa: N815


def rows(frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """What the table says, a row each: i, id, at, video, price, text (null: not the JSON that is expected), named; and the
    channels that wrote them."""
    roles = _roles(frame)
    mine = frame[roles["channel"]].drop_nulls() if "channel" in roles else pl.Series([], dtype=pl.String)
    pieces = _segments(frame[roles["text"]] if "text" in roles else pl.Series([""] * frame.height, dtype=pl.String))
    named = [[s.mention.channelId or s.mention.externalChannelId or "" for s in p or () if s.mention] for p in pieces]
    frame = frame.select(
        i=pl.col("row").cast(pl.Int64),
        **{c: pl.col(roles[c]).str.strip_chars() if c in roles else pl.lit("") for c in ("id", "at", "video", "price")},
        text=pl.Series([None if p is None else "".join([s.text or "" for s in p]) for p in pieces], dtype=pl.String),
        named=pl.Series([" ".join(n) for n in named], dtype=pl.String),
    )
    return frame, mine


def _roles(frame: pl.DataFrame) -> dict[str, str]:
    """Which column is what, by what most of its cells look like."""
    left, roles = [c for c in frame.columns if c != "row"], {}
    every, frame = frame, frame.head(10_000)
    for role, pattern in {
        "text": r'^\s*\{"', "at": r"^\d{4}-\d\d-\d\d[T ]", "channel": rf"^{ID}$", "video": r"^[\w-]{11}$",
    }.items():  # fmt: skip
        hits = frame.select(pl.col(left).str.contains(pattern).sum()).row(0) if left else ()
        if hits and max(hits):
            roles[role] = left.pop(hits.index(max(hits)))
    if "at" in roles:  # the price has always stood behind the time
        after = frame.columns[frame.columns.index(roles["at"]) + 1 :][:1]
        if after and after[0] in left and every[after[0]].str.contains(r"^\d*([.,]\d+)?$").all():
            roles["price"] = left.pop(left.index(after[0]))
    distinct = [frame[c].filter(frame[c].str.len_chars() > 11).n_unique() for c in left]
    if distinct and max(distinct):
        roles["id"] = left[distinct.index(max(distinct))]
    return roles


def _segments(texts: pl.Series) -> list[list[Segment] | None]:
    """JSON objects side by side, with the line breaks of the text as they are; None where they are not that."""
    whole = texts.str.replace_all("\r?\n", r"\n").str.replace_all("[\t\r]", " ").str.join("],[")[0]
    try:
        pieces = msgspec.json.decode(f"[[{whole}]]", type=list[list[Segment]]) if len(texts) else []
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        pieces = []
    if len(pieces) != len(texts):
        pieces = [_one(t) for t in texts]
    return [p[0].takeoutSegments if p and p[0].takeoutSegments is not None else p for p in pieces]


def _one(text: str) -> list[Segment] | None:
    try:
        return msgspec.convert(json.loads(f"[{text}]", strict=False), list[Segment])
    except (ValueError, msgspec.ValidationError, RecursionError):
        return None


def acts(rows: pl.DataFrame, mine: list[str]) -> pl.DataFrame:
    """Rows of comments as acts: for whoever they name, a gift where they have a price."""
    price = pl.col("price").str.replace(",", ".", literal=True).cast(pl.Float64, strict=False).fill_null(0)
    named = pl.col("named").str.split(" ").list.eval(pl.element().filter(pl.element().str.contains(ID)))
    named = named.list.unique(maintain_order=True).list.set_difference(mine)
    gift = price > 0
    return rows.select(
        "member", "i", "text", uri="id", direction=pl.lit("given"), counterparts=named,
        channel=pl.when(gift).then(pl.lit("gift")).otherwise(pl.lit("comment")),
        value_kind=pl.when(gift).then(pl.lit("gift")), proven=gift, composed=pl.lit(True), evidence=pl.lit("export"),
        n_targets=pl.max_horizontal(named.list.len(), 1).cast(pl.Int32),  # the owner of the video or comment, if nobody is named
        happened_at=times.iso(pl.col("at")),
        time_precision=pl.when(pl.col("at").str.contains(r"\.\d{4}")).then(pl.lit("microsecond"))
        .when(pl.col("at").str.contains(r"\.\d")).then(pl.lit("millisecond")).otherwise(pl.lit("second")),
        post=pl.when(pl.col("video") != "").then("video"), is_reply=pl.col("id").str.contains(_COMMENT + r"\."),
        thread=pl.coalesce(pl.col("id").str.extract(f"({_COMMENT})"), pl.when(pl.col("video") != "").then("video")),
    )  # fmt: skip
