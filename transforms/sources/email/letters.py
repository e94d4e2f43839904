"""From the bytes of one mail to one row: who wrote to whom and when, or why nobody wrote to anybody.

A mail that is set aside keeps only its place and the reason; its text is never decoded.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from functools import lru_cache

import polars as pl

from transforms import text as texts
from transforms.formats import mail
from transforms.sources.email import layouts, notices

ROW: dict[str, pl.DataType | type[pl.DataType]] = {
    "member": pl.Int32, "i": pl.Int64, "id": pl.String, "parent": pl.String, "root": pl.String, "date": pl.String,
    "received": pl.String, "sender": pl.String, "to": pl.List(pl.String), "unseen": pl.List(pl.String), "hidden": pl.Boolean,
    "sent": pl.Boolean, "role": pl.Boolean, "text": pl.String,
}  # fmt: skip
_RAW = ROW | {"html": pl.String}
BATCH = 2000  # mails whose raw text is held at once

LIST = "mail of a list or in bulk, to nobody in particular"
MACHINE = "written by a machine (an answer, a receipt, a report)"
ROLE = "from an address that is no person's"
INVITED = "an invitation to a meeting: the calendar tells it"
SPAM, DRAFT = "spam", "a draft, never sent"
GONE = "thrown away by the owner, not yet out of the file"

_NOBODY = re.compile(
    r"(?:.*[._+-])?(?:no[._-]?-?reply|do[._-]?not[._-]?reply|noreply\d*|mailer-daemon|postmaster|bounces?|notify"
    r"|notifications?|alerts?"
    r"|newsletters?|updates?|mailings?|unsubscribe|listserv|majordomo)(?:[._+-].*)?@|reply\+"
    r"|.*@(?:[\w.-]+\.)?(?:bounces?|noreply|reply)\."
)
_ROLE = re.compile(
    r"(?:info|office|contact|kontakt|hello|hi|mail|admin|support|sales|team|jobs|careers|press|presse|billing"
    r"|invoices?|service|help"
    r"|webmaster|news|marketing|orders?|shop|store|customer[._-]?service|kundenservice|hr|security|abuse|events?)@"
)
_BULK = re.compile(r"bulk|list|junk", re.I)


@lru_cache(maxsize=65536)
def whose(address: str) -> str:
    """person, organisation (a role of one) or bot, by the address alone."""
    return "bot" if _NOBODY.match(address) else "organisation" if _ROLE.match(address) else "person"


@dataclass
class Box:
    """Everything found in the mails of one archive."""

    rows: list[tuple] = field(default_factory=list)
    frames: list[pl.DataFrame] = field(default_factory=list)
    aside: dict[tuple[int, str], int] = field(default_factory=dict)  # (member, reason) → mails
    unread: list[tuple[int, int, str]] = field(default_factory=list)  # member, mail, what is wrong with it
    notices: list[dict] = field(default_factory=list)
    names: dict[tuple[str, str], int] = field(default_factory=dict)  # (address, name) → how often
    delivered: dict[str, int] = field(default_factory=dict)  # address a server delivered to → mails
    lists: set[str] = field(default_factory=set)  # addresses that are lists
    takeout: bool = False  # Google Takeout made it

    def add(self, member: int, i: int, raw: bytes, folder: str, flags: str = "") -> None:
        """Look at one mail; it becomes a row, a notice, set aside or unread."""
        fields, start = mail.head(raw)
        get = fields.get
        sender = mail.addresses(get("from", ""))[:1]
        if not sender:
            self.unread.append((member, i, "no sender; not a mail, or its headers are damaged"))
            return
        name, address = sender[0]
        to = mail.addresses(get("to", "")) + mail.addresses(get("cc", ""))
        unseen = mail.addresses(get("bcc", ""))  # of others; only what the owner sent says to whom
        if arrived := mail.addresses(get("delivered-to", "") or get("x-original-to", "") or get("envelope-to", "")):
            self.delivered[arrived[0][1]] = self.delivered.get(arrived[0][1], 0) + 1
        if posted := get("list-post"):
            self.lists.update(found.casefold() for found in re.findall(r"mailto:([^>?\s]+)", posted))
        service = notices.service(address, get)
        kinds = layouts.kinds(mail.words(get("x-gmail-labels", ""))) | {folder}
        self.takeout |= "x-gm-thrid" in fields
        reason = _reason(fields, kinds, flags, address, raw, bool(service))
        if service and not reason:
            self._notice(member, i, service, address, name, fields, raw[start:])
            return
        if reason:
            self.aside[member, reason] = self.aside.get((member, reason), 0) + 1
            return
        for told, whom in (*sender, *to[: mail.MAX_ADDRESSES]):
            if told:
                self.names[whom, told] = self.names.get((whom, told), 0) + 1
        plain, markup = _text(fields, raw[start:])
        references = mail.ids(get("references", ""))
        parent = mail.ids(get("in-reply-to", "")) or references[-1:]
        own_id = mail.ids(get("message-id", ""))
        self.rows.append((
            member, i, own_id[0] if own_id else _made_up(fields), parent[0] if parent else None,
            references[0] if references else None,
            get("date"), get("received", "").rpartition(";")[2] or None, address, list(dict.fromkeys(a for _, a in to)),
            [a for _, a in unseen], not to or ":;" in get("to", "").replace(" ", ""), "sent" in kinds,
            whose(address) == "organisation", plain, markup,
        ))  # fmt: skip
        if len(self.rows) >= BATCH:
            self.flush()

    def _notice(self, member: int, i: int, service: str, address: str, name: str, fields: dict[str, str], body: bytes) -> None:
        plain, markup = _text(fields, body)
        found = notices.read(service, address, name, fields, plain, markup)
        if isinstance(found, str):
            self.aside[member, found] = self.aside.get((member, found), 0) + 1
            return
        own_id = mail.ids(fields.get("message-id", ""))
        shared = {
            "member": member, "i": i, "id": own_id[0] if own_id else _made_up(fields),
            "date": fields.get("date"), "received": fields.get("received", "").rpartition(";")[2] or None,
        }  # fmt: skip
        self.notices += [shared | {"n": n} | one for n, one in enumerate(found)]

    def flush(self) -> None:
        """Cut the raw texts of the rows at hand down to what their senders wrote."""
        if not self.rows:
            return
        frame = pl.DataFrame(self.rows, schema=_RAW, orient="row")
        self.rows = []
        told = texts.unhtml(mail.own_html(pl.col("html"))).str.replace_all(r"(?m)^ +| +$", "")
        self.frames.append(frame.with_columns(text=mail.own(pl.coalesce("text", told)).str.slice(0, 20_000)).drop("html"))

    def mails(self) -> pl.DataFrame:
        """All rows, in the order of their places."""
        self.flush()
        return pl.concat([pl.DataFrame(schema=ROW), *self.frames]).sort("member", "i")


def _reason(fields: dict[str, str], kinds: set[str], flags: str, address: str, raw: bytes, notice: bool) -> str:
    """Why a mail is set aside before it is known whose mailbox this is; empty where it is not."""
    if "draft" in kinds or "D" in flags or "x-mozilla-draft-info" in fields:
        return DRAFT
    if "spam" in kinds or fields.get("x-spam-flag", "").lower().startswith("yes"):
        return SPAM
    if "T" in flags or _status(fields.get("x-mozilla-status", "")) & 0x0008:
        return GONE
    if notice:
        return ""
    if "list-id" in fields or "list-unsubscribe" in fields or "list-post" in fields or _BULK.match(fields.get("precedence", "")):
        return LIST
    by_hand = fields.get("auto-submitted", "no").lower().startswith("no")
    if not by_hand or "x-autoreply" in fields or "multipart/report" in fields.get("content-type", "").lower():
        return MACHINE
    if whose(address) == "bot":
        return ROLE
    return INVITED if b"text/calendar" in raw and _INVITATION.search(raw) else ""


_INVITATION = re.compile(rb"^content-type:\s*text/calendar\b[^\n]*(?:\n[ \t][^\n]*)*?method\s*=", re.I | re.M)


def _made_up(fields: dict[str, str]) -> str:
    """An id for a mail that has none, the same in every copy of it."""
    told = "\x1f".join(fields.get(name, "") for name in ("date", "from", "to", "subject"))
    return hashlib.md5(told.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def _status(told: str) -> int:
    try:
        return int(told.strip() or "0", 16)
    except ValueError:
        return 0


def _text(fields: dict[str, str], body: bytes) -> tuple[str | None, str | None]:
    """The first plain text of a mail, or where there is none its first HTML."""
    markup = None
    for part in mail.parts(fields, body):
        attached = part.fields.get("content-disposition", "").lower().startswith("attachment")
        if part.kind == "text/plain" and not attached and (told := part.text()).strip():
            return told, markup
        if part.kind == "text/html" and not attached and markup is None:
            markup = part.text()
    return None, markup
