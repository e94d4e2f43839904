"""Records of the account archive and of the REST API, alike: rows of TEXT, REACTION, STATE and PERSON.

Sources of the shapes: recorded archives and answers; https://docs.github.com/rest. In the archive somebody is the address of
their profile, in the API an object; a text is known by its address on the web, which both tell.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import msgspec
import polars as pl

from transforms.act import Reading
from transforms.archive import Member, Unreadable
from transforms.formats.jsonrecords import document, records

TEXT = {
    "member": pl.Int32, "i": pl.Int64, "url": pl.String, "author": pl.String, "at": pl.String, "title": pl.String,
    "body": pl.String, "reply_to": pl.String, "state": pl.String,
}  # fmt: skip
REACTION = {
    "member": pl.Int32, "i": pl.Int64, "url": pl.String, "user": pl.String, "at": pl.String, "content": pl.String,
    "owner": pl.String,
}  # fmt: skip
STATE = {"member": pl.Int32, "i": pl.Int64, "direction": pl.String, "key": pl.String}
PERSON = {
    "member": pl.Int32, "i": pl.Int64, "key": pl.String, "name": pl.String, "company": pl.String, "account_kind": pl.String,
    "mail": pl.String,
}  # fmt: skip
OWNER = "*"  # in a row: whoever the owner turns out to be
# What GitHub calls the states of a review, as numbers in the archive
_STATES = {"0": "PENDING", "1": "COMMENTED", "30": "CHANGES_REQUESTED", "40": "APPROVED", "50": "DISMISSED"}
_EVENTS = {"IssueCommentEvent", "CommitCommentEvent", "PullRequestReviewCommentEvent", "IssuesEvent", "PullRequestEvent",
           "PullRequestReviewEvent", "DiscussionEvent", "WatchEvent"}  # fmt: skip
_WORK = {"PushEvent", "CreateEvent", "DeleteEvent", "ForkEvent", "GollumEvent", "MemberEvent", "PublicEvent", "ReleaseEvent",
         "SponsorshipEvent"}  # fmt: skip
_HANDLED = frozenset((
    "added_to_merge_queue", "added_to_project", "added_to_project_v2", "assigned", "auto_merge_disabled",
    "auto_merge_enabled", "auto_rebase_enabled", "auto_squash_enabled", "automatic_base_change_failed",
    "automatic_base_change_succeeded", "base_ref_changed", "base_ref_deleted", "base_ref_force_pushed",
    "blocked_by_added", "blocked_by_removed", "blocking_added", "blocking_removed", "closed", "comment_deleted",
    "comment_pinned", "comment_unpinned", "connected", "convert_to_draft", "converted_from_draft",
    "converted_note_to_issue", "converted_to_discussion", "cross-referenced", "demilestoned", "deployed",
    "deployment_environment_changed", "disconnected", "head_ref_deleted", "head_ref_force_pushed", "head_ref_restored",
    "issue_type_added", "issue_type_changed", "issue_type_removed", "labeled", "locked", "marked_as_duplicate",
    "merged", "milestoned", "moved_columns_in_project", "parent_issue_added", "parent_issue_removed", "pinned",
    "project_v2_item_status_changed", "ready_for_review", "referenced", "removed_from_merge_queue",
    "removed_from_project", "removed_from_project_v2", "renamed", "reopened", "review_dismissed",
    "review_request_removed", "review_requested", "sub_issue_added", "sub_issue_removed", "subscribed", "transferred",
    "unassigned", "unlabeled", "unlocked", "unmarked_as_duplicate", "unpinned", "unsubscribed", "user_blocked",
))  # fmt: skip


class Reaction(msgspec.Struct, gc=False):
    """An emoji on a text; its time has the offset of whoever asked for the archive."""

    user: str | None = None
    content: str | None = None
    created_at: str | None = None


class Written(msgspec.Struct, gc=False):
    """An issue, pull request, discussion, comment or review of the archive."""

    url: str
    user: str | None = None
    created_at: str | None = None
    submitted_at: str | None = None
    title: str | None = None
    body: str | None = None
    in_reply_to: str | None = None
    state: int | str | None = None
    reactions: list[Reaction] | None = None


class Event(msgspec.Struct, gc=False):
    """What happened to an issue; of `mentioned`, the actor is who was mentioned."""

    url: str
    event: str
    issue: str | None = None
    pull_request: str | None = None
    actor: str | None = None
    created_at: str | None = None


class Address(msgspec.Struct, gc=False):
    """An e-mail address of a user."""

    address: str | None = None
    primary: bool | None = None
    verified: bool | None = None


class Profile(msgspec.Struct, gc=False):
    """A user, bot or organisation of the archive."""

    url: str
    type: str | None = None
    name: str | None = None
    company: str | None = None
    emails: list[Address] | None = None


class User(msgspec.Struct, gc=False):
    """Somebody, in the API."""

    login: str
    html_url: str | None = None
    type: str | None = None
    name: str | None = None
    company: str | None = None
    followers: int | None = None
    following: int | None = None

    @property
    def key(self) -> str | None:
        return person(self.html_url or f"https://github.com/{self.login}")


class Repo(msgspec.Struct, gc=False):
    """A repository, in the API; in events only its name (`owner/name`)."""

    name: str | None = None
    html_url: str | None = None
    owner: User | None = None


class Answer(msgspec.Struct, gc=False):
    """A text, in the API."""

    html_url: str
    id: int | None = None
    user: User | None = None
    created_at: str | None = None
    submitted_at: str | None = None
    title: str | None = None
    body: str | None = None
    in_reply_to_id: int | None = None
    state: str | None = None


class Star(msgspec.Struct, gc=False):
    """Who starred (of a repository), or what was starred (of a user)."""

    starred_at: str | None = None
    user: User | None = None
    repo: Repo | None = None


class Reacted(msgspec.Struct, gc=False):
    """A reaction, in the API, which does not say to what: the file is named after the number of the text."""

    user: User | None = None
    content: str | None = None
    created_at: str | None = None


class Payload(msgspec.Struct, gc=False):
    """The text an event is about."""

    action: str | None = None
    comment: Answer | None = None
    issue: Answer | None = None
    pull_request: Answer | None = None
    review: Answer | None = None
    discussion: Answer | None = None


class Happened(msgspec.Struct, gc=False):
    """An entry of the events of a user."""

    type: str
    id: str | None = None
    actor: User | None = None
    repo: Repo | None = None
    payload: Payload | None = None
    created_at: str | None = None


@lru_cache(100_000)
def person(url: str | None) -> str | None:
    """The key of an account: the address of its profile in lower case. Deleted users are nobody."""
    key = (url or "").lower().rstrip("/").replace("http://", "https://")
    return None if not key or key.endswith("/ghost") else key


@dataclass
class Found:
    """The rows of all members."""

    reading: Reading
    texts: dict[str, list] = field(default_factory=lambda: {c: [] for c in TEXT})  # columns
    reactions: list[tuple] = field(default_factory=list)
    states: list[tuple] = field(default_factory=list)
    people: dict[tuple, tuple] = field(default_factory=dict)
    mentioned: list[tuple] = field(default_factory=list)  # member, i, url, thread, who, at
    numbers: dict[str, str] = field(default_factory=dict)  # number of a text in the API → its address
    unnamed: list[tuple] = field(default_factory=list)  # reactions whose text is only a number
    api: set[int] = field(default_factory=set)
    me: User | None = None
    counts: dict[str, int] = field(default_factory=dict)

    def know(self, user: User | None) -> str | None:
        """The key of somebody in the API."""
        if user is None or user.key is None:
            return None
        kind = {"Bot": "bot", "Organization": "organisation"}.get(user.type or "")
        self.people.setdefault((None, user.key), (None, None, user.key, user.name, user.company, kind, None))
        return user.key

    def listed(self, data: bytes, kind: type, member: Member) -> dict[int, Any]:
        """The records of a member; what does not fit becomes problems, and all are counted."""
        try:
            good, bad = records(data, kind)
        except Unreadable:
            good, bad = records(data, kind, "items")  # what a search answers
            if not good and not bad:
                raise
        for i, cut in bad.items():
            self.reading.problem(member.number, i, cut or "not a record of the expected form; please report it")
        self.reading.member(member.number, len(good) + len(bad))
        return good


def written(data: bytes, member: Member, found: Found) -> None:
    """Texts of the archive, with the reactions to them."""
    n = member.number
    rows = found.listed(data, Written, member)
    told = rows.values()
    columns = {
        "member": [n] * len(rows), "i": rows, "url": [w.url for w in told], "author": [person(w.user) for w in told],
        "at": [w.created_at or w.submitted_at for w in told], "title": [w.title for w in told], "body": [w.body for w in told],
        "reply_to": [w.in_reply_to for w in told],
        "state": [None if w.state is None else _STATES.get(str(w.state), str(w.state).upper()) for w in told],
    }  # fmt: skip
    for c, values in columns.items():
        found.texts[c] += values
    for i, w in rows.items():
        if w.reactions:
            found.reactions += [(n, i, w.url, person(r.user), r.created_at, r.content, None) for r in w.reactions]


def events(data: bytes, member: Member, found: Found) -> None:
    """Only mentions say something of people; the rest is work on issues."""
    work = 0
    for i, e in found.listed(data, Event, member).items():
        if e.event == "mentioned":
            thread = e.issue or e.pull_request or e.url.partition("#")[0]
            found.mentioned.append((member.number, i, e.url, thread, person(e.actor), e.created_at))
        elif e.event in _HANDLED:
            work += 1
        else:
            found.reading.problem(member.number, i, "a kind of event that is not known; please report it")
    found.reading.set_aside(member.number, "work on issues: no words towards anybody", work)


def profiles(data: bytes, member: Member, found: Found) -> None:
    """Users, bots and organisations. Of addresses only a verified primary one is kept."""
    for i, p in found.listed(data, Profile, member).items():
        mails = [e.address for e in p.emails or () if e.address and e.verified and e.primary is not False]
        mail = next((m.lower() for m in mails if not m.endswith("users.noreply.github.com")), None)
        key = person(p.url)
        if key is None:
            found.reading.set_aside(member.number, "stands for deleted users", 1)
            continue
        kind = "organisation" if p.type == "organization" else None
        found.people[member.number, i] = (member.number, i, key, p.name, p.company, kind, mail)


def answers(data: bytes, member: Member, found: Found) -> None:
    """Texts, in the API."""
    for i, a in found.listed(data, Answer, member).items():
        _answer(found, member.number, i, a)


def _answer(found: Found, n: int, i: int, a: Answer) -> None:
    thread = a.html_url.partition("#")[0]
    parent = f"{thread}#discussion_r{a.in_reply_to_id}" if a.in_reply_to_id else None
    review = a.state.upper() if a.state and a.submitted_at else None
    row = (n, i, a.html_url, found.know(a.user), a.created_at or a.submitted_at, a.title, a.body, parent, review)
    for values, value in zip(found.texts.values(), row, strict=True):
        values.append(value)
    if a.id:
        found.numbers[str(a.id)] = a.html_url


def reacted(data: bytes, member: Member, found: Found) -> None:
    """Reactions to the text whose number the file is named after."""
    number = member.name.split(".")[0].rpartition("-")[2]
    for i, r in found.listed(data, Reacted, member).items():
        found.unnamed.append((member.number, i, number, found.know(r.user), r.created_at, r.content, None))


def stars(data: bytes, member: Member, found: Found) -> None:
    """Stars given to repositories of the owner, or by the owner."""
    for i, s in found.listed(data, Star, member).items():
        if s.repo is not None:
            found.reactions.append((member.number, i, s.repo.html_url, OWNER, s.starred_at, "star", found.know(s.repo.owner)))
        else:
            found.reactions.append((member.number, i, None, found.know(s.user), s.starred_at, "star", OWNER))


def people(data: bytes, member: Member, found: Found, direction: str) -> None:
    """Followers, or whom the owner follows: without dates."""
    for i, u in found.listed(data, User, member).items():
        key = found.know(u)
        if key is None:
            found.reading.set_aside(member.number, "stands for deleted users", 1)
        else:
            found.states.append((member.number, i, direction, key))
    found.counts[direction] = found.counts.get(direction, 0) + 1


def me(data: bytes, member: Member, found: Found) -> None:
    """The owner: GET /user."""
    found.me = document(data, User)
    found.reading.member(member.number, 1)
    found.people[member.number, 0] = (member.number, 0, found.me.key, found.me.name, found.me.company, None, None)


def happened(data: bytes, member: Member, found: Found) -> None:
    """Events of a user, of the last thirty days: the texts in them, and stars."""
    n, work = member.number, 0
    for i, e in found.listed(data, Happened, member).items():
        p = e.payload or Payload()
        text = p.comment or p.review or p.issue or p.pull_request or p.discussion
        opened = p.comment or (p.review and e.type == "PullRequestReviewEvent") or p.action in ("opened", "created")
        if e.type == "WatchEvent" and e.repo and e.repo.name:
            url = f"https://github.com/{e.repo.name}"
            found.reactions.append((n, i, url, found.know(e.actor), e.created_at, "star", person(url.rpartition("/")[0])))
        elif e.type in _EVENTS and text and opened:
            _answer(found, n, i, text)
        elif e.type in _EVENTS | _WORK:
            work += 1
        else:
            found.reading.problem(n, i, "a kind of event that is not known; please report it")
    found.reading.set_aside(n, "work on repositories and issues: no words towards anybody", work)
