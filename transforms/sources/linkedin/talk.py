"""LinkedIn messages and invitations: both sides, every era of columns."""

from __future__ import annotations

import polars as pl

from transforms import text as texts
from transforms.formats.rooms import LARGE, large
from transforms.sources.linkedin.people import PACIFIC, Book, col, instant, precision, profile

_DEGREES = (
    r"Ph\.? ?D\.?|M\.?D\.?|M\.?B\.?A\.?|CPA|CFA|CFP®?|PMP®?|Esq\.?|Jr\.?|Sr\.?|II|III|IV|M\.?Sc?\.?|B\.?Sc?\.?|MA|BA|JD|RN|"
    r"P\.?E\.?|CISSP|CISA|CSM|S?PHR|SHRM-S?CP|[AMP]CC|LCSW|DDS|Ed\.?D\.?|DBA|LL\.?[BM]\.?|MP[AH]|F?CCA|ACCA|CM?A|CIPD"
)  # fmt: skip


def messages(book: Book) -> None:
    """One act per message. Whose it is: the 2018 column, else the sender's profile, else the sender's name."""
    f = book.tables["messages"]
    date, said = col(f, "date"), pl.col("content") if "content" in f.columns else pl.lit(None, pl.String)
    f = f.with_columns(
        happened_at=instant(date, PACIFIC), time_precision=precision(date), text=said, sender_url=col(f, "senderprofileurl"),
        sender_name=col(f, "from"), to=col(f, "to"), to_urls=col(f, "recipientprofileurls"), thread=col(f, "conversationid"),
        draft=_yes(col(f, "ismessagedraft")) | _yes(col(f, "isconversationdraft")), way=col(f, "direction"), box=col(f, "folder"),
    )  # fmt: skip
    senders = f.select("sender_url", "sender_name", "way").unique(maintain_order=True)
    senders = senders.with_columns(sender=book.key(pl.col("sender_name"), pl.col("sender_url")), direction=_direction(book))
    f = f.drop("direction", strict=False).join(
        senders, on=["sender_url", "sender_name", "way"], how="left", nulls_equal=True, maintain_order="left"
    )
    sponsored = pl.col("sender_url").is_null() & pl.col("text").str.contains("spinmail", literal=True)
    fate = (
        pl.when("draft").then(pl.lit("draft")).when(sponsored.fill_null(False)).then(pl.lit("sponsored"))
        .when(pl.col("happened_at").is_null()).then(pl.lit("undated")).when(pl.col("direction").is_null()).then(pl.lit("sideless"))
    )  # fmt: skip
    f = f.with_columns(fate=fate)
    book.newest(f["happened_at"])
    book.aside(f.filter(pl.col("fate") == "draft"), "a draft, never sent")
    book.aside(f.filter(pl.col("fate") == "sponsored"), "sponsored mail, sent by an advertiser to many")
    book.amiss(f.filter(pl.col("fate") == "undated"), "its date cannot be read; get the export again")
    lost = "who sent it is not clear, since the owner is not known; add Profile.csv of the same export"
    book.amiss(f.filter(pl.col("fate") == "sideless"), lost)
    f = _addressed(book, f.filter(pl.col("fate").is_null()))
    f = _overheard(book, f)
    html = pl.col("text").str.contains(r"(?i)^\s*<(p|div|br|span)\b").fill_null(False)
    if f.select(html.any()).item():
        f = f.with_columns(text=pl.when(html).then(texts.unhtml(pl.col("text"))).otherwise("text"))
    given = pl.col("direction") == "given"
    theirs = pl.when(pl.col("sender").is_null()).then(pl.lit([], pl.List(pl.String))).otherwise(pl.concat_list("sender"))
    f = f.with_columns(
        channel=pl.lit("message"),
        counterparts=pl.when(given & ~large(pl.col("n_targets"))).then("to_keys").when(~given).then(theirs),
        is_reply=_answers(f),
        value_kind=pl.when(~given & (pl.col("box") == "SPAM")).then(pl.lit("spam")),  # LinkedIn's verdict, or the owner's
    )
    book.note(f, "sender", "sender_name", "sender_url")
    # No conversation id in 2018, other line breaks before 2024, and names change with every export: the minute and the words stay
    book.acts(f, pl.col("happened_at").dt.truncate("1m"), texts.bare(pl.col("text")))
    claim = "Get a copy of your data: messages.csv holds both sides since the first message; deleted ones are gone"
    book.sees("message", "given", "received", claim=claim)


def _overheard(book: Book, f: pl.DataFrame) -> pl.DataFrame:
    """Sets aside what others said in a large room without naming the owner."""
    crowd = large(pl.col("n_targets")) & (pl.col("direction") == "received")
    if not f.select(crowd.any()).item():
        return f
    said = texts.fold(pl.col("text"))
    to_me = pl.any_horizontal(pl.lit(False), *(said.str.contains(name, literal=True) for name in book.me))
    lost = (crowd & ~to_me.fill_null(False)).fill_null(False)
    book.aside(f.filter(lost), LARGE)
    return f.filter(~lost)


def _yes(flag: pl.Expr) -> pl.Expr:
    return flag.str.to_lowercase().is_in(["yes", "true"]).fill_null(False)


def _direction(book: Book) -> pl.Expr:
    """given or received; null where the owner is not known."""
    url = profile(pl.col("sender_url")).str.to_lowercase()
    by_url = book.reading.owner_key is not None and not book.reading.owner_key.startswith("name:")
    mine = texts.fold(pl.col("sender_name")).is_in(list(book.me)) if book.me else pl.lit(None, pl.Boolean)
    if by_url:
        mine = pl.when(url.is_not_null()).then(url == book.reading.owner_key).otherwise(mine.fill_null(False))
    stated = pl.col("way").replace_strict({"OUTGOING": "given", "INCOMING": "received"}, default=None, return_dtype=pl.String)
    return pl.coalesce(stated, pl.when(mine).then(pl.lit("given")).when(~mine).then(pl.lit("received")))


def _answers(f: pl.DataFrame) -> pl.Series:
    """Whether the message before it in the conversation is somebody else's."""
    who = pl.coalesce("sender", "sender_name", pl.lit(""))
    order = f.select("thread", "happened_at", who=who, place=pl.int_range(pl.len()))
    order = order.sort("thread", "happened_at", maintain_order=True)
    before = (pl.col("thread") == pl.col("thread").shift()) & (pl.col("who") != pl.col("who").shift())
    return order.with_columns(answers=before.fill_null(False)).sort("place")["answers"]


def _addressed(book: Book, f: pl.DataFrame) -> pl.DataFrame:
    """Adds to_keys (the recipients without the owner) and n_targets, by URL where there are any, else by name."""
    lists = f.select("to", "to_urls").unique(maintain_order=True).with_row_index("list")
    names = _split_names(lists["to"], f["sender_name"])
    lists = lists.with_columns(names=names, urls=pl.col("to_urls").str.split(","))
    paired = pl.col("names").list.len() == pl.col("urls").list.len()
    by_url = pl.col("urls").is_not_null()
    each = lists.select(
        "list",
        url=pl.when(by_url).then("urls").otherwise(pl.col("names").list.eval(pl.lit(None, pl.String))),
        name=pl.when(~by_url | paired).then("names").otherwise(pl.col("urls").list.eval(pl.lit(None, pl.String))),
    )
    each = each.drop_nulls().filter(pl.col("url").list.len() == pl.col("name").list.len()).explode("url", "name")
    each = each.with_columns(key=book.key(pl.col("name"), pl.col("url")))
    book.note(each, "key", "name", "url")
    by_name = ~texts.fold(pl.col("name")).is_in(list(book.me)).fill_null(False) | profile(pl.col("url")).is_not_null()
    theirs = pl.col("key").is_not_null() & (pl.col("key") != (book.reading.owner_key or "")) & by_name
    each = each.with_columns(key=pl.when(theirs).then("key"))
    each = each.group_by("list").agg(
        n_targets=pl.len().cast(pl.Int32), to_keys=pl.col("key").drop_nulls().unique(maintain_order=True)
    )
    lists = lists.join(each, on="list", how="left").select("to", "to_urls", "n_targets", "to_keys")
    return f.join(lists, on=["to", "to_urls"], how="left", nulls_equal=True, maintain_order="left")


def _split_names(to: pl.Series, senders: pl.Series) -> pl.Series:
    """`Ann Ash, Ben Birch, PhD` → two names: commas inside known names and before degrees do not part people."""
    known = senders.unique().drop_nulls()
    known = sorted(known.filter(known.str.contains(", ", literal=True)), key=len, reverse=True)
    kept = pl.col("to")
    if known:
        kept = kept.str.replace_many(known, [k.replace(", ", "\x1f") for k in known], leftmost=True)
    for _ in range(2):  # a match eats the comma the next degree begins with
        kept = kept.str.replace_all(rf", ((?:{_DEGREES})(?:,|\x1f|$))", "\x1f$1")
    parts = kept.str.split(", ").list.eval(pl.element().str.replace_all("\x1f", ", ", literal=True))
    return to.to_frame("to").select(parts).to_series()


def invitations(book: Book) -> None:
    """One act per invitation, in the window of months the export shows. A note is text; without one it is applause."""
    f = book.tables["invitations"]
    date, way = col(f, "sentat"), col(f, "direction")
    given = way == "OUTGOING"
    f = f.with_columns(
        channel=pl.lit("invitation"), happened_at=instant(date, PACIFIC), time_precision=precision(date), text=col(f, "message"),
        direction=way.replace_strict({"OUTGOING": "given", "INCOMING": "received"}, default=None, return_dtype=pl.String),
        name=pl.when(given).then(col(f, "to")).otherwise(col(f, "from")), n_targets=pl.lit(1),
        url=pl.when(given).then(col(f, "inviteeprofileurl", "inviteeprofileurn"))
        .otherwise(col(f, "inviterprofileurl", "inviterprofileurn")),
    )  # fmt: skip
    book.amiss(f.filter(pl.col("direction").is_null()), "its direction is neither OUTGOING nor INCOMING")
    f = f.filter(pl.col("direction").is_not_null())
    book.amiss(f.filter(pl.col("happened_at").is_null()), "its date cannot be read; get the export again")
    f = f.filter(pl.col("happened_at").is_not_null())
    if f.is_empty():
        return
    f = f.with_columns(key=book.key(pl.col("name"), pl.col("url")), composed=pl.col("text").is_not_null())
    f = f.with_columns(
        counterparts=pl.when(pl.col("key").is_null()).then(pl.lit([], pl.List(pl.String))).otherwise(pl.concat_list("key")),
        value_kind=pl.when(~pl.col("composed")).then(pl.lit("applause")),
    )
    book.note(f, "key", "name", "url")
    book.acts(f, "happened_at", texts.fold(pl.col("name")))
    claim = "Invitations.csv holds the last 6 to 10 months; declined and ignored incoming ones are missing"
    book.sees("invitation", "given", "received", since=f["happened_at"].min(), claim=claim)

