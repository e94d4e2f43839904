"""Medium: the zip of Settings → Download your information: pages of HTML, no tables.

Posts are broadcasts. A response is a post file like any other, with nothing that says so or what it answers: one short
paragraph without a title of its own is read as a comment to nobody named. Claps name an author only where the address does
(`medium.com/@user/…`), and people followed have no dates. What was received, and followers, are in no file.
https://help.medium.com/hc/en-us/articles/115004745787

Traps: drafts lie among the posts; dates outside posts are written for people, without a zone, so only the day is taken; the
pages of Medium's own settings hold e-mail addresses and sessions and are not read.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import polars as pl

from transforms import text as texts
from transforms import times
from transforms.act import Owner, Reading
from transforms.archive import Archive, Member, Unreadable
from transforms.formats.told import TWICE, alone, aside, tell

TITLE = "Medium"
VERSION = "2"
LAYOUTS = {
    "subscribers": ("*medium*.txt",),
    "2018": ("posts/*.html", "claps/claps-*.html", "users-following/*.html", "profile/profile.html"),
}
_SUBSCRIBER = re.compile(rb"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")
_PRIVATE, _TOPICS = "the account itself", "topics and publications, not people"
IGNORES = {
    "README.html": "the list of folders", "ips/*.html": _PRIVATE, "ips.html": _PRIVATE, "sessions/*.html": _PRIVATE,
    "twitter/*.html": "contacts of another platform", "bookmarks/*.html": "private and towards nobody",
    "lists/*.html": "private and towards nobody", "highlights/*.html": "quotes without the address they are from",
    "interests/*.html": _TOPICS, "topics-following/*.html": _TOPICS, "pubs-following/*.html": _TOPICS,
    "partner-program/*.html": "payments by Medium", "blocks/*.html": "a private preference",
}  # fmt: skip
ROW = {
    "member": pl.Int32, "i": pl.Int64, "channel": pl.String, "at": pl.String, "html": pl.String, "post": pl.String,
    "author": pl.String,
}  # fmt: skip
_ACT = [
    "channel", "direction", "counterparts", "n_targets", "broadcast", "happened_at", "time_precision", "text", "composed", "post",
    "is_reply", "value_kind", "uri", "member", "i",
]  # fmt: skip
_USER = re.compile(r"https?://(?:[\w.-]+\.)?medium\.com/@([\w.-]+)", re.I)
_PROFILE = "https://medium.com/@"
_DAYS = ("%Y-%m-%d %I:%M %p", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%b %d, %Y", "%B %d, %Y")


def claims(archive: Archive) -> list[Member]:
    """Pages in its folders that are made as Medium makes them; beside them what it only knows."""
    made = re.compile(rb'class="(?:[\w-]+ )*(?:h-entry|h-card|p-name|h-cite|u-url)')
    lists = _lists(archive)
    mine = [m for m in archive.find(*LAYOUTS["2018"]) if made.search(archive.head(m))]
    if not any(b"https://medium.com" in archive.head(m, 1 << 20) for m in mine):
        return lists
    roots = {m.path.rsplit("/", 2)[0] if m.path.count("/") > 1 else "" for m in mine}
    known = [m for m in archive.find(*IGNORES) if any(m.path.startswith(f"{r}/" if r else "") for r in roots)]
    return sorted({m.number: m for m in [*mine, *known, *lists]}.values(), key=lambda m: m.number)


def _lists(archive: Archive) -> list[Member]:
    """The list a writer may download beside the archive: called after Medium, an address a line, blank lines between."""
    found = []
    for member in archive.few(*LAYOUTS["subscribers"]):
        lines = archive.head(member).split()[:-1] or archive.head(member).split()
        found += [member] if lines and all(map(_SUBSCRIBER.fullmatch, lines)) else []
    return found


def _subscribers(archive: Archive, reading: Reading) -> None:
    """Who follows by mail, without dates."""
    rows: dict[str, str] = {}
    for member in _lists(archive):
        try:
            lines = archive.read(member).decode("utf-8", "replace").split("\n")
        except Unreadable as why:
            reading.problem(member.number, "-", str(why))
            reading.member(member.number, 1)
            continue
        lines = [line.strip() for line in lines if line.strip()]
        again = 0
        for i, line in enumerate(lines):
            if not _SUBSCRIBER.fullmatch(line.encode()):
                reading.problem(member.number, i, "no e-mail address in it")
            elif line.lower() in rows:
                again += 1
            else:
                rows[line.lower()] = f"{member.number}:{i}"
        reading.set_aside(member.number, TWICE, again)
        reading.member(member.number, len(lines))
    frame = pl.DataFrame({"key": list(rows), "record": list(rows.values())}, {"key": pl.String, "record": pl.String})
    reading.states(frame.with_columns(state=pl.lit("follow"), direction=pl.lit("received"), time_precision=pl.lit("unknown")))
    reading.accounts(frame.select("key", identified=pl.lit("email")))
    if rows:
        reading.listing("follow", "received", complete=True)


def read(archive: Archive, owner: Owner) -> Reading:
    """Every page, by the folder it is in."""
    reading = Reading("medium")
    rows: list[tuple] = []
    follows: list[tuple] = []
    mine = {m.number for m in claims(archive)}
    seen: set[str] = set()
    for layout, reader in _READERS.items():
        for member in archive.find(layout):
            if member.number not in mine:
                continue
            try:
                n = reader(reading, member, archive.read(member).decode("utf-8", "replace"), rows, follows)
                seen.add(layout)
            except Unreadable as why:
                reading.problem(member.number, "-", str(why))
                n = 1
            reading.member(member.number, n)
    _tell(reading, pl.DataFrame(rows, ROW, orient="row"), follows)
    _subscribers(archive, reading)
    if "posts/*.html" in seen:
        reading.sees("post", "given", claim="download: posts")
        reading.sees(
            "comment", "given", named=False, claim="download: posts that are probably responses, without what they answer"
        )
    if "claps/claps-*.html" in seen:
        reading.sees("reaction", "given", claim="download: claps; the author where the address names one")
    if "users-following/*.html" in seen:
        reading.listing("follow", "given", complete=True)
    return reading


def _profile(reading: Reading, member: Member, page: str, rows: list, follows: list) -> int:
    user, name = _USER.search(page), re.search(r'(?is)class="p-name"[^>]*>(.*?)</', page)
    reading.owner_key = user[1].lower() if user else reading.owner_key
    reading.owner_name = _plain(name[1]) if name else None
    reading.set_aside(member.number, "the owner's own profile", 1)
    return 1


def _post(reading: Reading, member: Member, page: str, rows: list, follows: list) -> int:
    """One post; with an address and a date it was published."""
    when = re.search(r'(?is)<time[^>]*class="dt-published"[^>]*datetime="([^"]+)"', page)
    link = re.search(r'(?is)<a href="([^"]+)"\s+class="p-canonical"', page)
    body = re.search(r'(?is)<section[^>]*class="e-content"[^>]*>(.*?)</section>\s*<footer', page)
    if body is None:
        reading.problem(member.number, 0, "no body of a post; get the export again")
    elif when is None or member.name.startswith("draft"):
        reading.set_aside(member.number, "drafts", 1)
    else:
        user = re.search(r'(?is)<a href="([^"]+)"\s+class="p-author', page)
        if reading.owner_key is None and user and (handle := _USER.search(user[1])):
            reading.owner_key = handle[1].lower()
        paragraphs = len(re.findall(r'(?is)<(?:p|h\d|li|blockquote|pre)\b[^>]*class="graf\b', body[1]))
        probable = paragraphs <= 1 and not re.search(r"(?i)graf--title|<img|<iframe", body[1])
        title = re.search(r'(?is)class="p-name"[^>]*>(.*?)</h1>', page)
        titled = title is None or "graf--title" in body[1]
        said = body[1] if probable or titled else f"{title[1]}<br>{body[1]}"
        number = re.search(r"([0-9a-f]{8,14})(?:\.html)?$", link[1] if link else member.name)
        rows.append(
            (member.number, 0, "comment" if probable else "post", when[1], said, number[1] if number else member.name, None)
        )
    return 1


def _claps(reading: Reading, member: Member, page: str, rows: list, follows: list) -> int:
    """One reaction per clapped post."""
    entries = re.findall(r"(?is)<li\b[^>]*>(.*?)</li>", page)
    for i, entry in enumerate(entries):
        link = re.search(r'(?is)<a[^>]*href="([^"]+)"', entry)
        when = re.search(r"(?is)<time[^>]*>(.*?)</time>", entry)
        exact = re.search(r'(?is)<time[^>]*datetime="([^"]+)"', entry)
        if link is None:
            reading.problem(member.number, i, "no address of what was clapped for; get the export again")
            continue
        user = _USER.match(link[1])
        number = re.search(r"([0-9a-f]{8,14})(?:[?#].*)?$", link[1])
        day = exact[1] if exact else _plain(when[1]) if when else None
        rows.append(
            (member.number, i, "reaction", day, None, number[1] if number else link[1], user[1].lower() if user else None)
        )
    return len(entries)


def _following(reading: Reading, member: Member, page: str, rows: list, follows: list) -> int:
    """One state per person followed, without a date."""
    entries = re.findall(r"(?is)<li\b[^>]*>(.*?)</li>", page)
    for i, entry in enumerate(entries):
        user = _USER.search(entry)
        if user is None:
            reading.problem(member.number, i, "no address of a person; get the export again")
        else:
            name = re.search(r"(?is)<a[^>]*>(.*?)</a>", entry)
            follows.append(
                (f"{member.number}:{i}", member.number, user[1].lower(), _plain(name[1]).removeprefix("@") if name else None)
            )
    return len(entries)


_READERS: dict[str, Callable[[Reading, Member, str, list, list], int]] = {
    "profile/profile.html": _profile, "posts/*.html": _post, "claps/claps-*.html": _claps, "users-following/*.html": _following,
}  # fmt: skip


def _plain(markup: str) -> str:
    return html.unescape(re.sub(r"<[^<>]*>", "", markup)).strip()


def _tell(reading: Reading, rows: pl.DataFrame, follows: list[tuple]) -> None:
    channel, one_click = pl.col("channel"), pl.col("channel") == "reaction"
    exact, near = times.iso(pl.col("at")), times.written(pl.col("at"), *_DAYS).dt.truncate("1d")
    whole = pl.col("at").str.contains(r"\dT\d")
    precise = pl.when(pl.col("at").is_null()).then(pl.lit("unknown")).when(~whole).then(pl.lit("day"))
    rows = rows.with_columns(
        direction=pl.lit("given"), counterparts=alone("author"),
        n_targets=pl.when(channel != "post").then(1).cast(pl.Int32), broadcast=channel == "post",
        happened_at=pl.coalesce(pl.when(whole).then(exact), near),
        time_precision=precise.otherwise(pl.lit("millisecond")), text=texts.unhtml(pl.col("html")), composed=~one_click,
        is_reply=channel == "comment", value_kind=pl.when(one_click).then(pl.lit("applause")),
        uri=pl.when(one_click).then(pl.lit("clap ") + pl.col("post")).otherwise(pl.lit("post ") + pl.col("post")),
    )  # fmt: skip
    own = one_click & pl.col("author").eq_missing(reading.owner_key) & pl.col("author").is_not_null()
    aside(reading, rows.filter(own), "claps for what the owner wrote")
    kept = tell(reading, rows.filter(~own).select(_ACT))
    people = pl.DataFrame(follows, {"record": pl.String, "member": pl.Int32, "key": pl.String, "name": pl.String}, orient="row")
    first = people["key"].is_first_distinct()
    aside(reading, people.filter(~first), TWICE)
    reading.states(people.filter(first).with_columns(
        state=pl.lit("follow"), direction=pl.lit("given"), time_precision=pl.lit("unknown")
    ))  # fmt: skip
    clapped = kept.select(key=pl.col("counterparts").explode(empty_as_null=False), name=pl.lit(None, pl.String))
    both = pl.concat([people.select("key", "name"), clapped]).unique("key", keep="first", maintain_order=True)
    reading.accounts(both.with_columns(handle="key", url=pl.lit(_PROFILE) + pl.col("key"), identified=pl.lit("handle")))
