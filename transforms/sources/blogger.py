"""Blogger: the classic backup (`blog-MM-DD-YYYY.xml`) and Takeout (`Takeout/Blogger/Blogs/<name>/feed.atom`, schema of 2018).

The blog shows its posts and the comments below them, the owner's answers included; what the owner wrote elsewhere, followers and
likes are in no file. https://support.google.com/blogger/answer/41387, https://support.google.com/accounts/answer/3024190

Traps: every address is noreply@blogger.com and identifies nobody: people are known by profile, else by name, and namesakes
cannot be told apart; the title of a comment is its beginning; `blogger:type` is also the kind of an author; settings and
templates are entries too; a feed of Takeout may name no owner, who is whoever wrote most of its posts then; in a classic
backup `thr:in-reply-to` is always the post, the comment that is answered is the related link.
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

TITLE = "Blogger"
VERSION = "2"
LAYOUTS = {"2018": ("Blogger/Blogs/*/feed.atom", "feed.atom"), "2010": ("blog-*.xml", "*.xml")}
IGNORES = {
    "Blogger/Blogs/*/settings.csv": "settings of the blog", "Blogger/Blogs/*/theme-*.html": "the look of the blog",
    "Blogger/Albums/*/*": "pictures", "Blogger/Profile/*": "the owner's own profile",
}  # fmt: skip
ENTRY = {
    "member": pl.Int32, "i": pl.Int64, "id": pl.String, "kind": pl.String, "status": pl.String, "at": pl.String,
    "title": pl.String, "html": pl.String, "name": pl.String, "profile": pl.String, "of": pl.String, "answers": pl.String,
}  # fmt: skip
_ACT = [
    "channel", "direction", "counterparts", "n_targets", "broadcast", "happened_at", "time_precision", "text", "composed", "post",
    "thread", "is_reply", "uri", "member", "i",
]  # fmt: skip
_SETUP = ("settings", "template")
_NOBODY = (
    "anonymous", "unknown", "anonym", "anonyme", "anónimo", "anônimo", "anonimo", "anoniem", "аноним", "匿名",
    "unbekannt", "inconnu", "desconocido", "desconhecido", "sconosciuto", "onbekend",
)  # fmt: skip
_SHOWN = ("live", "published", "")
_HIDDEN = ("draft", "trashed", "soft_trashed", "scheduled", "pending", "spam", "spam_comment", "pending_comment", "emptied",
           "ghosted", "deleted", "imported")  # fmt: skip


def claims(archive: Archive) -> list[Member]:
    """Atom feeds that say they are Blogger's; beside them in a Takeout what else is there."""
    feeds = archive.find("feed.atom", "*.xml")
    shown = re.compile(rb"tag:blogger\.com,1999:blog-|schemas\.google\.com/blogger/")
    mine = [m for m in feeds if shown.search(archive.head(m, 32768))]
    known = archive.find(*IGNORES) if mine else []
    return sorted({m.number: m for m in [*mine, *known]}.values(), key=lambda m: m.number)


def read(archive: Archive, owner: Owner) -> Reading:
    """All blogs of an archive."""
    reading = Reading("blogger")
    rows: list[tuple] = []
    owners: list[str] = []
    ignored = {m.number for m in archive.find(*IGNORES)}
    for member in claims(archive):
        if member.number in ignored:
            continue
        try:
            n = _member(reading, member, archive.read(member), rows, owners)
        except Unreadable as why:
            reading.problem(member.number, "-", str(why))
            n = 1
        reading.member(member.number, n)
    _tell(reading, pl.DataFrame(rows, ENTRY, orient="row"), list(dict.fromkeys(owners)))
    if rows:
        reading.sees("post", "given", claim="backup: the own blog only")
        for direction in ("given", "received"):
            reading.sees("comment", direction, claim="backup: the own blog only")
    return reading


def _profile(author: xmls.Element | None) -> tuple[str | None, str | None]:
    """Name and key of somebody: the address of a profile, else the name."""
    f = xmls.fields(author) if author is not None else {}
    name, uri = f.get("name", "").strip(), f.get("uri", "").strip()
    uri = re.sub(r"^https?://(www\.)?", "https://", uri.lower()).split("?")[0].rstrip("/").replace("//blogger", "//www.blogger")
    return (name or None) if uri or name.lower() not in _NOBODY else None, uri or None


def _member(reading: Reading, member: Member, data: bytes, rows: list, owners: list) -> int:
    """Rows of one feed; its records are entries. The owner is the author of the feed."""
    front = re.search(rb"(?s)<author\b.*?</author>", xmls.head(data, "entry"))
    if front:
        name, profile = _profile(next((e for _, e in xmls.records(b"<x>" + _bare(front[0]) + b"</x>", "author")), None))
        if profile or name:
            owners.append(profile or f"name:{name.lower()}")
        reading.owner_name = reading.owner_name or name
    entries = xmls.records(data, "entry")
    for i, (_, e) in enumerate(entries):
        if e is None:
            reading.problem(member.number, i, "broken XML; get the export again")
            continue
        f = xmls.fields(e)
        at = {xmls.local(c): c for c in reversed(list(e))}
        kind = f.get("type", "").strip().lower()
        related = answered = None
        for c in e:
            name = xmls.local(c)
            if name == "category" and c.get("scheme", "").endswith("#kind"):
                kind = c.get("term", "").rpartition("#")[2]
            elif name == "link" and c.get("rel") == "related":
                related = _last(c.get("href"))
            elif name == "inReplyTo":
                answered = _last(c.text)
        parent = f.get("parent") or (at["in-reply-to"].get("ref") if "in-reply-to" in at else None)
        control = next((c for c in e if xmls.local(c) == "control"), None)
        draft = control is not None and any((d.text or "").strip() == "yes" for d in control)
        status = "draft" if draft else "trashed" if (f.get("trashed") or "").strip() else f.get("status", "").strip().lower()
        name, profile = _profile(at.get("author"))
        rows.append((member.number, i, _last(f.get("id")), kind, status, f.get("published", "").strip(),
                     f.get("title", "").strip(), f.get("content"), name, profile, _last(parent),
                     answered or related))  # fmt: skip
    return len(entries)


def _bare(author: bytes) -> bytes:
    return re.sub(rb"<(/?)[\w.-]+:", rb"<\1", re.sub(rb"<(?:[\w.-]+:)?image[^>]*/>", b"", author))


def _last(tag: str | None) -> str | None:
    """The number at the end of an id or address: of a post or comment."""
    found = re.search(r"(\d+)\s*$", tag or "")
    return found[1] if found else None


def _tell(reading: Reading, rows: pl.DataFrame, owners: list[str]) -> None:
    rows = rows.with_columns(key=pl.coalesce("profile", pl.lit("name:") + texts.fold(pl.col("name"))))
    if not owners:
        wrote = rows.filter(pl.col("kind").is_in(["post", "page"])).drop_nulls("key").group_by("key").len()
        most = wrote.sort("len", "key", descending=[True, False]).head(1)
        owners = most["key"].to_list()
        reading.owner_name = rows.filter(pl.col("key").is_in(owners))["name"].first()
    reading.owner_key, reading.owner_aliases = (owners or [None])[0], owners[1:]
    rows = rows.with_columns(mine=pl.col("key").is_in(owners).fill_null(False))
    everybody = rows.select("key", "name", "profile").unique("key", keep="first", maintain_order=True)
    written = pl.col("kind").is_in(["post", "page", "comment"])
    aside(reading, rows.filter(pl.col("kind").is_in(_SETUP)), "settings and templates of the blog")
    hidden = written & pl.col("status").is_in(_HIDDEN)
    aside(reading, rows.filter(hidden), "never shown: a draft, waiting, spam or in the trash")
    for why, wrong in (
        ("a kind of entry that is not known; please report it", ~written & ~pl.col("kind").is_in(_SETUP)),
        ("a status that is not known; please report it", written & ~pl.col("status").is_in([*_SHOWN, *_HIDDEN])),
    ):  # fmt: skip
        for member, i in rows.filter(wrong).select("member", "i").iter_rows():
            reading.problem(member, i, why)
    wrote = rows.select(of="id", whose="key", below_me="mine").unique("of", keep="first", maintain_order=True)
    comments = rows.select(answers="id", answered="key", answered_me="mine").unique("answers", keep="first", maintain_order=True)
    rows = rows.filter(written & pl.col("status").is_in(_SHOWN))
    rows = rows.join(wrote, on="of", how="left", maintain_order="left").join(
        comments, on="answers", how="left", maintain_order="left"
    )
    said, mine, below_me = pl.col("kind") == "comment", pl.col("mine"), pl.col("below_me")
    # without its post a comment is still one below a post of this blog, which has one owner
    below_me = pl.when(below_me.is_null()).then(True).otherwise(below_me)
    answers_me = pl.col("answered_me").fill_null(False)
    for_me = pl.when(said).then(mine | below_me | answers_me).otherwise(mine)
    aside(reading, rows.filter(~for_me), "between others, or by another author of the blog")
    rows = rows.filter(for_me)
    whom = pl.concat_list(pl.when(~below_me).then("whose"), pl.when(~answers_me).then("answered")).list.drop_nulls()
    whom = whom.list.unique(maintain_order=True)
    author = alone("key")
    lost = pl.col("answers").is_not_null() & pl.col("answered").is_null()
    rows = rows.with_columns(
        channel=pl.when(said).then(pl.lit("comment")).otherwise(pl.lit("post")),
        direction=pl.when(mine).then(pl.lit("given")).otherwise(pl.lit("received")),
        counterparts=pl.when(said & mine).then(whom).when(said).then(author).otherwise(pl.lit([], pl.List(pl.String))),
        n_targets=pl.when(said & mine & (whom.list.len() > 0)).then(whom.list.len()).when(said & mine & lost).then(1)
        .when(said & ~mine).then(1 + whom.list.set_difference(author).list.len()).cast(pl.Int32),
        broadcast=~said | (mine & below_me & pl.col("answers").is_null()), composed=pl.lit(True), is_reply=said,
        happened_at=times.iso(pl.col("at")),
        time_precision=pl.when(pl.col("at").str.contains(r":\d\d\.\d")).then(pl.lit("millisecond")).otherwise(pl.lit("second")),
        text=texts.unhtml(pl.concat_str(pl.when(~said & (pl.col("title") != "")).then("title"), "html", separator="<br>",
                                        ignore_nulls=True)),
        uri=pl.when(said).then(pl.lit("comment ")).otherwise(pl.lit("post ")) + pl.col("id"),
        post=pl.when(said).then("of").otherwise("id"), thread=pl.when(said).then("of").otherwise("id"),
    )  # fmt: skip
    kept = tell(reading, rows.select(_ACT))
    named = kept.select(key=pl.col("counterparts").explode(empty_as_null=False)).unique(maintain_order=True)
    reading.accounts(named.join(everybody, on="key", how="left", maintain_order="left").select(
        "key", "name", url="profile",
        identified=pl.when(pl.col("key").str.starts_with("name:")).then(pl.lit("name")).otherwise(pl.lit("url")),
    ))  # fmt: skip
