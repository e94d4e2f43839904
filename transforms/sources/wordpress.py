"""WordPress: the WXR file of Tools → Export, 1.0 to 1.2, and the zip of split files of WordPress.com.

The blog shows its posts and the comments below them, the owner's answers included; what the owner wrote elsewhere, likes and
subscribers are in no export. https://wordpress.org/documentation/article/tools-export-screen/

Traps: a comment's local time changes its offset within one file, so only `_gmt` counts; pingbacks are websites, whose
"author" is the title of a page; editorial notes, pending and trashed comments are in the file; the user id of a comment is
no proof of who wrote it. The owner is known by e-mail: a comment with the owner's user id and another address is a problem.

A visitor types name, address and website themselves: the address is the key, but it is only known as a name is. Of those
who are logged in, the blog knows the address.
"""

from __future__ import annotations

import re

import polars as pl

from transforms import text as texts
from transforms import times
from transforms.act import Owner, Reading
from transforms.archive import Archive, Member, Unreadable
from transforms.formats import xmls
from transforms.formats.told import alone, aside, tell

TITLE = "WordPress"
VERSION = "1"
ASKS_OWNER = True
LAYOUTS = {"1.2": ("*.wordpress.*.xml", "*.wordpress.xml", "*.xml")}
IGNORES: dict[str, str] = {}

POST = {
    "member": pl.Int32, "i": pl.Int64, "blog": pl.String, "id": pl.String, "creator": pl.String, "type": pl.String,
    "status": pl.String, "gmt": pl.String, "local": pl.String, "title": pl.String, "html": pl.String,
}  # fmt: skip
COMMENT = {
    "member": pl.Int32, "i": pl.Int64, "blog": pl.String, "post_id": pl.String, "creator": pl.String, "id": pl.String,
    "name": pl.String, "mail": pl.String, "url": pl.String, "gmt": pl.String, "local": pl.String, "html": pl.String,
    "approved": pl.String, "type": pl.String, "parent": pl.String, "user": pl.String,
}  # fmt: skip
AUTHOR = {"member": pl.Int32, "i": pl.Int64, "id": pl.String, "login": pl.String, "mail": pl.String, "name": pl.String}
_ACT = [
    "channel", "direction", "counterparts", "n_targets", "broadcast", "happened_at", "time_precision", "text", "composed",
    "post", "thread", "is_reply", "value_kind", "uri", "member", "i",
]  # fmt: skip
_HIDDEN = ("draft", "pending", "private", "future", "auto-draft", "trash", "inherit", "")
_PERSONS = ("", "comment", "review")
_SITES = ("pingback", "trackback")
_INTERNAL = ("note", "order_note", "webhook_delivery", "action_log")


def claims(archive: Archive) -> list[Member]:
    """XML that says it is WXR, by its namespace or version."""
    shown = re.compile(rb"https?://wordpress\.org/export/|<wp:wxr_version>")
    return [m for m in archive.find("*.xml") if shown.search(archive.head(m, 32768))]


def read(archive: Archive, owner: Owner) -> Reading:
    """All files of a blog together, since a split export has the authors in one of them."""
    reading = Reading("wordpress")
    posts: list[tuple] = []
    comments: list[tuple] = []
    authors: list[tuple] = []
    mine = claims(archive)
    lost = len(mine) < len(archive.find("*.xml"))
    for member in mine:
        try:
            n = _member(reading, member, archive.read(member), posts, comments, authors)
        except Unreadable as why:
            reading.problem(member.number, "-", str(why))
            n, lost = 1, True
        reading.member(member.number, n)
    _tell(
        reading, owner, pl.DataFrame(posts, POST, orient="row"), pl.DataFrame(comments, COMMENT, orient="row"),
        pl.DataFrame(authors, AUTHOR, orient="row"), lost,
    )  # fmt: skip
    if posts or comments:
        where = "Tools → Export: the own blog only"
        reading.sees("post", "given", claim=where)
        for direction in ("given", "received"):
            reading.sees("comment", direction, claim=where)
        reading.sees("repost", "received", claim="pingbacks and trackbacks: websites, not people")
    return reading


def _member(reading: Reading, member: Member, data: bytes, posts: list, comments: list, authors: list) -> int:
    """Rows of one file; its records are authors, posts and comments, in order."""
    blog = xmls.first(data, "base_blog_url") or xmls.first(xmls.head(data, "item"), "link") or ""
    blog = re.sub(r"^https?://", "", blog.lower()).rstrip("/")
    number, i = member.number, 0
    for name, element in xmls.records(data, "item", "author"):
        if element is None:
            reading.problem(number, i, "broken XML; get the export again")
            i += 1
            continue
        f = xmls.fields(element)
        if name == "author":
            authors.append((number, i, f.get("author_id"), f.get("author_login"), f.get("author_email", "").strip().lower(),
                            f.get("author_display_name")))  # fmt: skip
            i += 1
            continue
        head = (f.get("post_id"), f.get("creator"))
        posts.append((number, i, blog, *head, f.get("post_type", "post"), f.get("status", "publish"), f.get("post_date_gmt"),
                      f.get("post_date"), f.get("title"), f.get("encoded")))  # fmt: skip
        i += 1
        for child in element:
            if child.tag.endswith("comment"):
                c = xmls.fields(child)
                get = c.get
                comments.append((
                    number, i, blog, *head, get("comment_id"), get("comment_author"),
                    get("comment_author_email", "").strip().lower(),
                    get("comment_author_url", "").strip(), get("comment_date_gmt"), get("comment_date"), get("comment_content"),
                    get("comment_approved", ""), get("comment_type", ""), get("comment_parent", "0"), get("comment_user_id", "0"),
                ))  # fmt: skip
                i += 1
    return i


def _tell(
    reading: Reading, owner: Owner, posts: pl.DataFrame, comments: pl.DataFrame, authors: pl.DataFrame, lost: bool
) -> None:
    logins, mails, ids = _me(owner, posts, authors, lost)
    reading.owner_key = mails[0] if mails else f"name:{logins[0]}" if logins else None
    reading.owner_aliases = mails[1:] + logins
    reading.owner_name = authors.filter(pl.col("login").is_in(logins))["name"].drop_nulls().first()
    people = dict(authors.filter(pl.col("mail") != "").select("login", "mail").iter_rows())
    shown = _posts(reading, posts, logins)
    said = _comments(reading, comments, people, logins, mails, ids)
    tell(reading, pl.concat([shown.select(_ACT), said.select(_ACT)]))

    who = said.filter((pl.col("direction") == "received") & pl.col("key").is_not_null())
    account = who.select(
        "key", name=pl.when("site").then(pl.col("key").str.extract("//(.+)$")).otherwise(texts.unescape(pl.col("name"))),
        account_kind=pl.when("site").then(pl.lit("organisation")).otherwise(pl.lit("person")),
        identified=pl.when("site").then(pl.lit("url")).when("known").then(pl.lit("email")).otherwise(pl.lit("name")),
        url=pl.when("site").then("key"),
    ).sort("identified", maintain_order=True).unique("key", keep="first", maintain_order=True)  # fmt: skip
    reading.accounts(account)
    writers = authors.with_columns(record=pl.concat_str("member", "i", separator=":"), key=_author(pl.col("login"), people))
    reading.accounts(writers.select(
        "record", "key", "name", handle="login",
        identified=pl.when(pl.col("mail") != "").then(pl.lit("email")).otherwise(pl.lit("name")),
    ))  # fmt: skip


def _author(login: pl.Expr, mails: dict[str, str]) -> pl.Expr:
    return pl.coalesce(login.replace_strict(mails, default=None, return_dtype=pl.String), pl.lit("name:") + texts.fold(login))


def _me(owner: Owner, posts: pl.DataFrame, authors: pl.DataFrame, lost: bool) -> tuple[list[str], list[str], list[str]]:
    """Logins, addresses and user ids of the owner: whom they say to be, else the only author, else who wrote most.

    Nobody is guessed where the authors may stand in a file that could not be read.
    """
    names = {n.lower() for n in owner.me}
    every = [c for c in dict.fromkeys([*authors["login"], *posts["creator"].drop_nulls()]) if c]
    told = pl.any_horizontal(pl.col("mail", "login", "name").str.to_lowercase().is_in(names))
    said = authors.filter(told)["login"].drop_nulls().to_list()
    said += [c for c in every if c.lower() in names and c not in said]
    if not said and every and (authors.height or not lost):
        wrote = posts.filter(pl.col("type").is_in(["post", "page"])).group_by(login="creator").len()
        count = dict(wrote.iter_rows())
        said = [max(sorted(every), key=lambda c: count.get(c, 0))]
    mine = authors.filter(pl.col("login").is_in(said))
    mails = list(dict.fromkeys([*mine["mail"], *sorted(n for n in names if "@" in n)]))
    return said, [m for m in mails if m], [i for i in mine["id"].drop_nulls() if i not in ("", "0")]


def _when(frame: pl.DataFrame) -> pl.DataFrame:
    """UTC by `gmt`; where that is zero, the day of the local clock, whose offset nobody knows."""
    form = "%Y-%m-%d %H:%M:%S"
    exact, near = times.written(pl.col("gmt"), form), times.written(pl.col("local"), form).dt.truncate("1d")
    return frame.with_columns(
        happened_at=pl.coalesce(exact, near),
        time_precision=pl.when(exact.is_not_null()).then(pl.lit("second")).otherwise(pl.lit("day")),
    )


def _split(reading: Reading, rows: pl.DataFrame, rules: dict[str, pl.Expr]) -> pl.DataFrame:
    """Set aside what the first rule that fits names; what is left."""
    for reason, rule in rules.items():
        fits = rule.fill_null(False)
        aside(reading, rows.filter(fits), reason)
        rows = rows.filter(~fits)
    return rows


def _posts(reading: Reading, posts: pl.DataFrame, logins: list[str]) -> pl.DataFrame:
    rows = _split(reading, posts, {
        "no post: media, menus, settings, revisions": ~pl.col("type").is_in(["post", "page"]),
        "never shown: a draft, private or in the trash": pl.col("status").is_in(_HIDDEN),
        "written by another author of the blog": ~pl.col("creator").is_in(logins),
    })  # fmt: skip
    for member, i in rows.filter(pl.col("status") != "publish").select("member", "i").iter_rows():
        reading.problem(member, i, "a status that is not known; please report it")
    rows = _when(rows.filter(pl.col("status") == "publish"))
    return rows.with_columns(
        channel=pl.lit("post"), direction=pl.lit("given"), counterparts=pl.lit([], pl.List(pl.String)),
        n_targets=pl.lit(None, pl.Int32), broadcast=pl.lit(True), composed=pl.lit(True), is_reply=pl.lit(False),
        value_kind=pl.lit(None, pl.String),
        text=texts.unhtml(pl.concat_str("title", "html", separator="<br>", ignore_nulls=True)),
        uri=_uri("id"), post=_uri("id"), thread=_uri("id"),
    )  # fmt: skip


def _uri(column: str, kind: str = "post") -> pl.Expr:
    return pl.format(f"{{}}#{kind}-{{}}", pl.col("blog"), pl.col(column).fill_null("?"))


def _comments(
    reading: Reading, comments: pl.DataFrame, people: dict[str, str], logins: list[str], mails: list[str], ids: list[str]
) -> pl.DataFrame:
    """Comments by the owner, and those to the owner: below a post of theirs, or answering a comment of theirs."""
    site = pl.col("type").is_in(_SITES)
    host = pl.col("url").str.extract(r"^(https?://[^/?#\s]+)").str.to_lowercase()
    name = texts.fold(pl.col("name"))
    rows = comments.with_columns(pl.col("type").str.strip_chars().str.to_lowercase(), site=site.fill_null(False)).with_columns(
        key=pl.when(site).then(host).when(pl.col("mail") != "").then("mail").when(host.is_not_null()).then(host)
        .when(name != "").then(pl.lit("name:") + name),
        known=(pl.col("mail") != "") & ~pl.col("user").is_in(["0", ""]), by_me=~site & pl.col("mail").is_in(mails),
    )  # fmt: skip
    rows = _split(reading, rows, {
        "the blog's own notes, no comments": pl.col("type").is_in(_INTERNAL),
        "never shown: waiting, spam or in the trash": pl.col("approved").is_in(["0", "spam", "trash", "post-trashed", "hold"]),
        "the blog linking to itself": pl.col("site") & (host.str.extract("//(.+)$") == pl.col("blog").str.extract("^([^/]+)")),
    })  # fmt: skip
    wrong = (
        pl.when(~pl.col("type").is_in([*_PERSONS, *_SITES])).then(pl.lit("a kind of comment that is not known; please report it"))
        .when(~pl.col("approved").is_in(["1", "approved", ""])).then(pl.lit("neither shown nor hidden; please report it"))
        .when(~pl.col("by_me") & pl.col("user").is_in(ids) & ~pl.col("site"))
        .then(pl.lit("the owner's user number with another address; if it is the owner's, name it among what is yours"))
    )  # fmt: skip
    rows = rows.with_columns(wrong=wrong)
    for member, i, why in rows.filter(pl.col("wrong").is_not_null()).select("member", "i", "wrong").iter_rows():
        reading.problem(member, i, why)
    wrote = rows.select("blog", parent="id", answered="key", answered_me="by_me").unique(["blog", "parent"], maintain_order=True)
    rows = rows.filter(pl.col("wrong").is_null()).join(wrote, on=["blog", "parent"], how="left", maintain_order="left")
    author = _author(pl.col("creator"), people)
    below_me = pl.col("creator").is_in(logins).fill_null(False)
    answers, me = ~pl.col("parent").is_in(["0", ""]), pl.col("answered_me").fill_null(False)
    whom = pl.concat_list(pl.when(~below_me).then(author), pl.when(~me).then("answered")).list.drop_nulls()
    whom = pl.when(answers & below_me & (whom.list.len() == 0)).then(pl.lit([], pl.List(pl.String))).otherwise(whom)
    to_me = below_me | me
    rows = rows.with_columns(
        direction=pl.when("by_me").then(pl.lit("given")).when(to_me).then(pl.lit("received")),
        whom=whom.list.unique(maintain_order=True),
    )  # fmt: skip
    rows = _split(reading, rows, {"between others": pl.col("direction").is_null()})
    rows = _when(rows)
    others = pl.col("whom").list.set_difference(alone("key"))
    nobody = pl.when(answers & ~me).then(1)  # the comment it answers is gone
    return rows.with_columns(
        channel=pl.when("site").then(pl.lit("repost")).otherwise(pl.lit("comment")), composed=~pl.col("site"),
        counterparts=pl.when("by_me").then("whom").otherwise(alone("key")),
        n_targets=pl.when("by_me").then(pl.when(pl.col("whom").list.len() > 0).then(pl.col("whom").list.len()).otherwise(nobody))
        .otherwise(1 + others.list.len()).cast(pl.Int32),
        broadcast=pl.col("by_me") & ~answers & below_me, is_reply=~pl.col("site"),
        value_kind=pl.when("site").then(pl.lit("amplification")), text=texts.unhtml(pl.col("html")),
        uri=_uri("id", "comment"), post=_uri("post_id"), thread=_uri("post_id"),
    )  # fmt: skip
