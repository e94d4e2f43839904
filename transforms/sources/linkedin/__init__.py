"""LinkedIn: the zip of "Get a copy of your data", Basic or Complete, 2018 to now.

What it shows: messages, invitations, endorsements and recommendations of both sides; the owner's own posts, comments and
reactions, without the name of whose post it was; never a reaction or comment received, nor a follower.
https://www.linkedin.com/help/linkedin/answer/a1339364
Traps: a preamble above some headers, UTF-16 with tabs in 2018, two quoting dialects in one zip, invitations on Pacific time
beside messages in UTC, file names that drift, machine-written look-alikes of messages.csv, an owner whose URL stands nowhere.
"""

from __future__ import annotations

import fnmatch
import re
from collections import defaultdict
from datetime import UTC, datetime

import polars as pl

from transforms.act import Owner, Reading
from transforms.archive import Archive, Member, Unreadable, fold
from transforms.formats import csvs, pulled
from transforms.sources.linkedin import api, network, public, talk
from transforms.sources.linkedin.people import Book, instant, open_book

TITLE = "LinkedIn"
VERSION = "4"
ASKS_OWNER = True
LAYOUTS = {
    "API 202312": (api.SNAPSHOT, api.CHANGES),
    "2026-03": ("Comments_*.csv", "Notes.csv", "LearningCoachMessages.csv"),
    "2021-06": (
        "messages.csv", "Connections.csv", "Invitations.csv", "Profile.csv", "Shares.csv", "Comments.csv", "Reactions.csv",
        "InstantReposts.csv", "Votes.csv", "Endorsement_Given_Info.csv", "Endorsement_Received_Info.csv", "Events.csv",
        "Recommendations_Given.csv", "Recommendations_Received.csv", "Member_Follows.csv", "Company Follows.csv",
        "Contacts.csv", "ImportedContacts.csv", "Email Addresses.csv", "Articles/Articles/*.html",
    ),
    "2018-11": ("Messages.csv", "Imported Contacts.csv", "Articles/*.html"),
}  # fmt: skip
IGNORES = {
    "*coach*messages*.csv": "talk with LinkedIn's machine coach, no member",
    "*guide*messages*.csv": "talk with LinkedIn's machine guide, no member",
    "*role*play*messages*.csv": "talk with LinkedIn's training machine, no member",
    "*hashtag*follows*.csv": "topics, not people", "*company*pages*.csv": "the owner's pages",
    "*learning*.csv": "courses watched", "*rich*media*.csv": "uploaded files, no counterpart", "saved*items*.csv": "bookmarks",
    "ad*targeting*.csv": "what advertisers assume of the owner", "ads*clicked*.csv": "advertising", "lan*ads*.csv": "advertising",
    "inferences*.csv": "what LinkedIn assumes of the owner", "logins*.csv": "sign-ins", "registration*.csv": "the account itself",
    "search*queries*.csv": "what the owner looked for", "security*challenges*.csv": "sign-ins",
    "account*status*.csv": "the account itself",
    "phone*numbers*.csv": "the owner's own", "whatsapp*.csv": "the owner's own", "receipts*.csv": "payments to LinkedIn",
    "profile*summary*.csv": "the owner's own", "private*identity*.csv": "the owner's own", "skills*.csv": "the owner's own",
    "positions*.csv": "the owner's own", "education*.csv": "the owner's own", "certifications*.csv": "the owner's own",
    "languages*.csv": "the owner's own", "projects*.csv": "the owner's own", "publications*.csv": "the owner's own",
    "patents*.csv": "the owner's own", "honors*.csv": "the owner's own", "courses*.csv": "the owner's own",
    "organizations*.csv": "the owner's own", "volunteering*.csv": "the owner's own", "causes*.csv": "the owner's own",
    "test*scores*.csv": "the owner's own", "services*marketplace*.csv": "offers to companies",
    "providers*.csv": "offers to companies",
    "talent*.csv": "the owner's own", "job*.csv": "job search, names no person", "saved*job*.csv": "job search, names no person",
    "jobs/*.csv": "job search, names no person", "verifications/*": "proof of the owner's identity",
    "media*files/*": "pictures", "*.jpg": "pictures", "*.png": "pictures", **pulled.IGNORES,
}  # fmt: skip

_TIMED = ("date", r"^\d{4}-\d\d-\d\d \d\d:\d\d|^\d{1,2}/\d{1,2}/\d\d")
# file → the columns it must have, and a column that tells whole records
_FILES: dict[str, tuple[set[str], tuple[str, str] | None]] = {
    "connections": ({"firstname", "lastname", "connectedon"}, None),
    "messages": ({"from", "to", "date", "content"}, _TIMED),
    "invitations": ({"from", "to", "sentat", "direction"}, None),
    "shares": ({"date", "sharelink"}, _TIMED),
    "comments": ({"date", "link", "message"}, _TIMED),
    "reactions": ({"date", "type", "link"}, _TIMED),
    "instantreposts": ({"date", "link"}, _TIMED),
    "votes": ({"date", "link", "optiontext"}, _TIMED),
    "endorsementgiveninfo": ({"endorsementdate", "skillname"}, None),
    "endorsementreceivedinfo": ({"endorsementdate", "skillname"}, None),
    "recommendationsgiven": ({"firstname", "lastname", "text", "creationdate"}, None),
    "recommendationsreceived": ({"firstname", "lastname", "text", "creationdate"}, None),
    "memberfollows": ({"date", "fullname"}, None),
    "companyfollows": ({"organization", "followedon"}, None),
    "profile": ({"firstname", "lastname", "headline"}, None),
    "contacts": ({"firstname", "lastname"}, None),
    "importedcontacts": ({"firstname", "lastname"}, None),
    "emailaddresses": ({"emailaddress"}, None),
    "notes": ({"note", "connectionprofileurl"}, None),
    "events": ({"eventname"}, None),
}
_COMMON = {"contacts", "importedcontacts", "emailaddresses", "events"}  # names and columns other platforms use as well
# Columns that tell a file people have renamed; the last two only beside a link to the site
_SHAPES = {
    "connections": {"firstname", "lastname", "company", "position", "connectedon"},
    "messages": {"conversationid", "conversationtitle", "from", "to", "date", "content"},
    "invitations": {"from", "to", "sentat", "message", "direction"},
    "profile": {"firstname", "lastname", "maidenname", "headline"},
    "shares": {"date", "sharelink", "sharecommentary"}, "endorsementgiveninfo": {"endorsementdate", "endorseefirstname"},
    "endorsementreceivedinfo": {"endorsementdate", "endorserfirstname"}, "comments": {"date", "link", "message"},
    "reactions": {"date", "type", "link"},
}  # fmt: skip
_ASIDE = {"notes": "the owner's private note on somebody: nobody received it", "events": "an event names nobody"}


def _stem(path: str) -> str:
    """`Jobs/Comments_34875879.csv` → `comments`; empty where it is no CSV."""
    name = re.fullmatch(r"(.*?)(?:_\d+| ?\(\d+\))?\.csv", path.rsplit("/", 1)[-1].lower())
    return csvs.squash(name[1]) if name else ""


def _folder(path: str) -> str:
    return path[: path.rfind("/") + 1]


def _exports(archive: Archive) -> dict[str, list[tuple[Member, str]]]:
    """Folder of each export → the CSV files in it that may be read. One file must prove by its columns whose it is."""
    likely = [(m, stem) for m in archive.members if (stem := _stem(m.path)) in _FILES]
    proven = {_folder(m.path) for m, stem in likely if stem not in _COMMON and csvs.header(archive.head(m), _FILES[stem][0])}
    renamed = _renamed(archive)
    proven |= {_folder(m.path) for m, _ in renamed}
    return {folder: [(m, stem) for m, stem in [*likely, *renamed] if _folder(m.path) == folder] for folder in sorted(proven)}


def _renamed(archive: Archive) -> list[tuple[Member, str]]:
    """Tables whose names say nothing and whose columns say all."""
    known = {m.number for m in archive.find(*IGNORES)}
    found = []
    for member in archive.few("*.csv"):
        if _stem(member.path) in _FILES or member.number in known:
            continue
        head = archive.head(member)
        stem = next((s for s, columns in _SHAPES.items() if csvs.header(head, columns)), "")
        if stem and (stem not in ("comments", "reactions") or b"linkedin.com/" in head):
            found.append((member, stem))
    return found


def _beside(archive: Archive, folder: str, *patterns: str) -> list[Member]:
    """Members of one export whose whole path below its folder matches."""
    wanted = [fold(p) for p in patterns]
    below = [(m, fold(m.path)[len(fold(folder)) :]) for m in archive.members if m.path.startswith(folder)]
    return [m for m, path in below if any(path.count("/") == w.count("/") and fnmatch.fnmatchcase(path, w) for w in wanted)]


def _articles(archive: Archive, folder: str) -> list[Member]:
    return _beside(archive, folder, "Articles/Articles/*.html", "Articles/*.html")


def claims(archive: Archive) -> list[Member]:
    """The files of every LinkedIn export in it, those it only knows included."""
    found: dict[int, Member] = {}
    for folder, members in _exports(archive).items():
        for member in [*(m for m, _ in members), *_articles(archive, folder), *_beside(archive, folder, *IGNORES)]:
            found[member.number] = member
    for member in [*archive.find(api.SNAPSHOT, api.CHANGES), *pulled.beside(archive, "linkedin")] if _asked(archive) else []:
        found[member.number] = member
    return [found[number] for number in sorted(found)]


def read(archive: Archive, owner: Owner) -> list[Reading]:
    """One reading per export; a folder of several exports holds several."""
    readings = [_read(archive, owner, folder, members) for folder, members in _exports(archive).items()]
    return readings + ([_pulled(archive, owner, asked)] if (asked := _asked(archive)) else [])


def _asked(archive: Archive) -> pulled.Pulled | None:
    return pulled.of(archive, "linkedin") if archive.find(api.SNAPSHOT, api.CHANGES) else None


def _pulled(archive: Archive, owner: Owner, asked: pulled.Pulled) -> Reading:
    """A pull: the tables of a snapshot, or the events since the pull before."""
    reading, found = Reading("linkedin"), api.Rows()
    api.snapshot(archive, reading, found, {stem: needs for stem, (needs, _) in _FILES.items()})
    api.changelog(archive, reading, found)
    tables = found.tables()
    book = rows(reading, tables, owner, "api")
    lists = {"connection": ("CONNECTIONS",), "follow": ("MEMBER_FOLLOWING", "COMPANY_FOLLOWS")}
    for state, domains in lists.items():
        if {api.STEMS[d] for d in domains} & set(tables):
            reading.listing(state, "both" if state == "connection" else "given", complete=set(domains) <= set(asked.asked))
    if not archive.find(api.CHANGES):
        return book.close(asked.until)
    if "changelog" in asked.asked:  # also for what was not done in that time
        dated = [tables[s].select(at=instant(pl.col("date"))) for s in ("messages", "comments", "reactions") if s in tables]
        oldest = pl.concat(dated)["at"].min() if dated else None
        span = asked.span("changelog", oldest or asked.until)
        book.sees("message", "given", "received", claim="changelog: since the pull before", **span)
        for channel in ("comment", "reaction", "repost", "post"):
            book.sees(channel, "given", named=channel == "post", claim="changelog: since the pull before", **span)
    return book.close(None)


def _read(archive: Archive, owner: Owner, folder: str, members: list[tuple[Member, str]]) -> Reading:
    reading = Reading("linkedin")
    parts: dict[str, list[pl.DataFrame]] = defaultdict(list)
    whole = dict.fromkeys(_FILES, True)
    for member, stem in members:
        frame = _table(archive, member, stem, reading)
        whole[stem] &= frame is not None
        if frame is not None:
            whole[stem] &= frame.height == frame["of"].max() if frame.height else False
            parts[stem].append(frame.drop("of"))
    tables = {stem: pl.concat(frames, how="diagonal") for stem, frames in parts.items()}
    book = rows(reading, tables, owner)
    for member in _articles(archive, folder):
        reading.member(member.number, 1)
        try:
            public.article(book, member.number, archive.read(member).decode("utf-8", "replace"))
        except Unreadable as why:
            reading.problem(member.number, "-", str(why))
    if "connections" in tables:
        reading.listing("connection", "both", complete=whole["connections"])
    if {"memberfollows", "companyfollows"} & set(tables):
        there = {"memberfollows", "companyfollows"} <= set(tables)
        reading.listing("follow", "given", complete=there and whole["memberfollows"] and whole["companyfollows"])
    return book.close(_day(folder))


def _table(archive: Archive, member: Member, stem: str, reading: Reading) -> pl.DataFrame | None:
    """Rows of one file with their places; what is broken in it becomes problems. None where it is not readable at all."""
    needs, check = _FILES[stem]
    try:
        table = csvs.table(archive.read(member), needs, check=check)
    except (Unreadable, csvs.NotCsv) as why:
        reading.member(member.number, 1)
        reading.problem(member.number, "-", str(why))
        return None
    reading.member(member.number, table.records)
    for row, reason in table.broken:
        reading.problem(member.number, row, reason if ";" in reason else f"{reason}; get the export again")
    if not table.records:
        reading.problem(member.number, "-", "a header and no row; if you have such data there, get the export again", records=0)
    place = pl.format("{}:{}", pl.lit(member.number), pl.col("row"))
    return table.frame.with_columns(
        member=pl.lit(member.number, pl.Int32), record=place, of=pl.lit(table.records, pl.Int64)
    )


def rows(reading: Reading, tables: dict[str, pl.DataFrame], owner: Owner, evidence: str = "export") -> Book:
    """From rows to facts, whoever decoded them.

    `tables`: file name (squashed, without ending) → rows of strings, columns squashed, plus `member`, `row`, `record`.
    """
    book = open_book(reading, tables, owner, evidence)
    steps = {
        "connections": network.connections, "messages": talk.messages, "invitations": talk.invitations,
        "shares": public.shares, "comments": public.comments, "reactions": public.reactions, "votes": public.votes,
        "instantreposts": public.reposts,
    }  # fmt: skip
    for stem, step in steps.items():
        if stem in tables:
            step(book)
    for direction, who in (("given", "endorsee"), ("received", "endorser")):
        if f"endorsement{direction}info" in tables:
            network.endorsements(book, f"endorsement{direction}info", direction, who)
        if f"recommendations{direction}" in tables:
            network.recommendations(book, f"recommendations{direction}", direction)
    network.follows(book)
    for stem in ("contacts", "importedcontacts"):
        if stem in tables:
            network.contacts(book, stem)
    network.own(book)
    for stem, reason in _ASIDE.items():
        if stem in tables:
            book.aside(tables[stem], reason)
    return book


def _day(folder: str) -> datetime | None:
    """The day in `Complete_LinkedInDataExport_03-09-2026/`."""
    named = re.search(r"LinkedInDataExport_(\d\d)-(\d\d)-(\d{4})", folder)
    try:
        return datetime(int(named[3]), int(named[1]), int(named[2]), tzinfo=UTC) if named else None
    except ValueError:
        return None
