"""GitHub: the account archive (Settings → Export account data, or a migration), and answers of the REST API.

The archive holds what happened in the owner's own repositories, both ways; what the owner wrote elsewhere, stars and
followers only the API tells. https://docs.github.com/rest/migrations/users, https://docs.github.com/rest

Traps: the actor of a `mentioned` event is who was mentioned; reactions are in local time; deleted users are null or `ghost`;
nothing says whose archive it is (it is of whose repositories it holds, unless an organisation's); a review without words is
only the cover of its remarks, except an approval, which counts as applause. Forks are for own use and no act.

Files of the API are the unchanged bodies of `/user` (user.json), `/repos/…/issues`, `/pulls`, `/issues/comments`,
`/pulls/comments`, `/pulls/N/reviews`, `/comments`, `/stargazers` with dates, `/user/starred`, `/user/followers`,
`/user/following`, `/users/…/events`, and of `…/reactions` in `api/reactions/<number of the text>.json`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import polars as pl

from transforms.act import Owner, Reading
from transforms.archive import Archive, Member, Unreadable, fold
from transforms.formats import pulled
from transforms.formats.jsonrecords import uncollected
from transforms.sources.github import decode
from transforms.sources.github.decode import Found, person
from transforms.sources.github.tell import close

TITLE = "GitHub"
VERSION = "3"
ASKS_OWNER = True
_Reader = Callable[[bytes, Member, Found], None]
_ARCHIVE: dict[str, _Reader] = {
    "users_*.json": decode.profiles, "bots_*.json": decode.profiles, "organizations_*.json": decode.profiles,
    **dict.fromkeys((
        "issues_*.json", "pull_requests_*.json", "discussions_*.json", "issue_comments_*.json", "discussion_comments_*.json",
        "pull_request_reviews_*.json", "pull_request_review_comments_*.json", "commit_comments_*.json",
    ), decode.written),
    "issue_events_*.json": decode.events,
}  # fmt: skip
_TEXTS = ("issues", "pulls", "pull_requests", "issue?comments", "pull?comments", "review?comments", "reviews",
          "commit?comments")  # fmt: skip
_API: dict[str, _Reader] = {
    "user": decode.me,
    **dict.fromkeys(_TEXTS, decode.answers),
    "stargazers": decode.stars, "starred": decode.stars,
    "followers": partial(decode.people, direction="received"), "following": partial(decode.people, direction="given"),
    "events": decode.happened, "received?events": decode.happened,
}  # fmt: skip
_ANSWERS: dict[str, _Reader] = {
    **{f"{stem}{end}.json": reader for stem, reader in _API.items() for end in ("", "-[0-9]*")},
    "api/reactions/*.json": decode.reacted,
}
LAYOUTS = {"API": tuple(_ANSWERS), "2018": tuple(_ARCHIVE)}
_WORK = "repositories and the work on them: towards nobody"
IGNORES = {
    "schema.json": "the version of the archive", "urls.json": "the version of the archive",
    **{f"{kind}_*.json": _WORK for kind in (
        "repositories", "repository_files", "attachments", "milestones", "releases", "projects", "protected_branches", "teams",
        "discussion_categories", "pull_request_review_threads", "minimizations", "labels", "issue_fields", "issue_types",
    )},
    "repositories/*/*.git/*": _WORK, "attachments/*/*": _WORK, **pulled.IGNORES,
}  # fmt: skip
_BESIDE = [name for name in IGNORES if name not in pulled.IGNORES]
_NUMBERED = re.compile(r"_\d{6}\.json$")
_ENTRY = re.compile(rb'(?s)^\s*\[\s*(?:\]|\{(?=.*"type"\s*:\s*"[a-z_]+")(?=.*"(?:url|issue|user)"\s*:))')
_ANSWER = re.compile(rb'https://api\.github\.com/|"https://github\.com/')


def _found(archive: Archive) -> list[tuple[Member, str, _Reader]]:
    """Members with the layout they match: archive files by number and form, answers by what they hold."""
    found = []
    for layout, reader in _ARCHIVE.items():
        for m in archive.find(layout):
            if _NUMBERED.search(fold(m.path)) and _ENTRY.search(archive.head(m)):
                found.append((m, layout, reader))
    taken = {m.number for m, _, _ in found}
    answers = [(m, layout, r) for layout, r in _ANSWERS.items() for m in archive.find(layout) if m.number not in taken]
    sure = [a for a in answers if _ANSWER.search(archive.head(a[0]))]
    folders = {m.path.rpartition("/")[0] for m, _, _ in sure}
    empty = [a for a in answers if a[0].path.rpartition("/")[0] in folders and archive.head(a[0]).strip() == b"[]"]
    return found + sure + empty


def claims(archive: Archive) -> list[Member]:
    """What it reads; beside it, in the same folder, what else such an archive holds."""
    mine = [m for m, _, _ in _found(archive)]
    folders = {m.path.rpartition("/")[0] for m in mine}
    beside = [m for m in archive.find(*_BESIDE) if any(m.path.startswith(f"{f}/" if f else "") for f in folders)] if mine else []
    beside += pulled.beside(archive, "github") if mine else []
    return sorted({m.number: m for m in [*mine, *beside]}.values(), key=lambda m: m.number)


def read(archive: Archive, owner: Owner) -> Reading:
    """All members: the owner first, then the archive, then answers of the API, which repeat it."""
    reading = Reading("github")
    found = Found(reading)
    read: set[str] = set()
    members = _found(archive)
    lost = {m.number for m in archive.find("organizations_*.json")} - {m.number for m, _, _ in members}
    members.sort(key=lambda m: (m[2] is not decode.me, m[1] in _ANSWERS))
    with uncollected():
        for member, layout, reader in members:
            if layout in _ANSWERS:
                found.api.add(member.number)
            try:
                reader(archive.read(member), member, found)
                read.add(layout)
            except Unreadable as why:
                reading.problem(member.number, "-", str(why))
                reading.member(member.number, 1)
                if layout.startswith("organizations"):
                    lost.add(member.number)
    me = _me(found, owner, not lost)
    reading.owner_key = me
    if me:
        reading.owner_name = next((p[3] for p in found.people.values() if p[2] == me and p[3]), None)
    close(reading, found, me)
    _sees(reading, read, pulled.of(archive, "github"))
    for direction, layout in (("received", "followers"), ("given", "following")):
        if direction in found.counts:
            told = getattr(found.me, layout) if found.me else None
            whole = told is not None and sum(s[2] == direction for s in found.states) >= told
            reading.listing("follow", direction, complete=whole)
    return reading


def _me(found: Found, owner: Owner, whole: bool) -> str | None:
    """Whose archive it is: who asked the API, whom the owner says to be, or whose the repositories are.

    Where the list of organisations is not whole, only a person that is known may be taken for whose the repositories are.
    """
    if found.me:
        return found.me.key
    known = {p[2]: p for p in found.people.values()}
    names = {n.lower() for n in owner.me}
    for key, p in known.items():
        login = key.rpartition("/")[2]
        if names & {key, login, f"@{login}", p[6] or "?"}:
            return key
    claimed = {person(f"https://github.com/{n.removeprefix('@')}") for n in names if re.fullmatch(r"@?[a-z\d-]{1,39}", n)}
    texts = pl.DataFrame({c: found.texts[c] for c in ("member", "url")}, {"member": pl.Int32, "url": pl.String})
    urls = texts.filter(~pl.col("member").is_in(sorted(found.api)))["url"]
    places = urls.str.extract(r"^(https?://[^/]+/[^/]+)/").str.to_lowercase().drop_nulls().to_frame("who")
    owners = set(places["who"].unique())
    companies = {key for key, p in known.items() if p[5] == "organisation"}
    seen = claimed & ({*found.texts["author"]} | owners)
    if len(seen) == 1:
        return seen.pop()
    companies |= set() if whole else owners - {key for key, p in known.items() if p[5] == "person"}
    people = places.filter(~pl.col("who").is_in(companies)).group_by("who").len().sort("len", "who", descending=[True, False])
    return people["who"].first()


def _sees(reading: Reading, read: set[str], asked: pulled.Pulled | None) -> None:
    texts = {f"{t}{end}.json" for t in _TEXTS for end in ("", "-[0-9]*")}
    if any(layout in _ARCHIVE for layout in read):
        where = "account archive: only what happened in the owner's repositories"
        for channel in ("post", "comment", "mention", "reaction"):
            reading.sees(channel, "given", claim=where)
        for channel in ("comment", "mention", "reaction"):
            reading.sees(channel, "received", claim=where)
    elif read & texts or asked:
        span = asked.span("texts", None) if asked and "texts" in asked.asked else {}
        for direction in ("given", "received"):
            reading.sees("comment", direction, **span, claim="answers of the API: what was asked for, no more")
    if any(layout.startswith("stargazers") for layout in read):
        reading.sees("reaction", "received", claim="/stargazers: every star that still stands")
    if any(layout.startswith("starred") for layout in read):
        reading.sees("reaction", "given", claim="/user/starred: every star that still stands")
