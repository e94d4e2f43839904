"""E-mail: mbox files (Google Takeout, Thunderbird, Apple Mail, mboxo and mboxrd), Maildir folders, single .eml files.

Shows mails between people, both ways; https://www.rfc-editor.org/rfc/rfc4155 and https://support.google.com/accounts/answer/3024190.
Whose mailbox it is: addresses marked `me` in people.csv, Delivered-To, the sender of what is in Sent, else who is in nearly
every mail. Mail of lists and in bulk, of machines and of addresses without a person, spam, drafts, invitations to meetings and
notes to oneself are set aside. Quoted lines, mails below and signatures are cut: an act is what its sender wrote. Where a
mail was sent to the owner unseen (Bcc, an alias nobody knows of) the number of its readers is unknown.
Dates are the sender's clock, unless the server that took the mail in makes that impossible. An introduction connects those
who first appear in To or Cc beside somebody known, and the addresses in its text.

Mails in which LinkedIn, Facebook, Instagram, X, GitHub, Mastodon or Reddit tell of an act become facts of that platform with
the evidence `notification`. They show that something was there, never that nothing was, so no channel is declared for them.
Loose .eml files are somebody's choice of mails: no channel is declared for them either.

Known by folders and labels in the languages of layouts.py; one in another language counts as an ordinary folder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import polars as pl

from transforms.act import Owner, Reading
from transforms.archive import Archive, Member, Unreadable
from transforms.formats import mbox, pulled
from transforms.sources.email import acts, layouts
from transforms.sources.email.layouts import IGNORES, LAYOUTS
from transforms.sources.email.letters import Box

__all__ = ["ASKS_OWNER", "IGNORES", "LAYOUTS", "TITLE", "VERSION", "claims", "read"]
TITLE = "E-mail"
VERSION = "5"
ASKS_OWNER = True
_BESIDE = [name for name in IGNORES if name not in pulled.IGNORES]


def claims(archive: Archive) -> list[Member]:
    """What holds mails; beside it the indexes and filters of mail programs."""
    found = {m.number: m for members in layouts.mailboxes(archive).values() for m in members}
    found |= {m.number: m for m in archive.find(*_BESIDE)} if found else {}
    found |= {m.number: m for m in pulled.beside(archive, "imap")} if found else {}
    return [found[number] for number in sorted(found)]


def read(archive: Archive, owner: Owner) -> list[Reading]:
    """The mailbox, and one reading more for each platform whose notices are in it."""
    reading, box = Reading("email"), Box()
    asked = pulled.of(archive, "imap")
    if asked and "@" in asked.account:
        owner = Owner(owner.zone, owner.me | {asked.account})
    boxes = layouts.mailboxes(archive)
    counts: dict[int, int] = {}
    for member in boxes["mbox"]:
        counts[member.number] = _mbox(archive, member, reading, box)
    for member in boxes["single"]:
        counts[member.number] = 1
        try:
            raw = b"".join(_start(archive.stream(member)))
        except Unreadable as why:
            reading.problem(member.number, "-", str(why))
            continue
        box.add(member.number, 0, _unwrapped(raw, member.name), layouts.folder(member.path), layouts.flags(member.name))
    for number, i, reason in box.unread:
        reading.problem(number, i, reason)
    for (number, reason), n in sorted(box.aside.items()):
        reading.set_aside(number, reason, n)
    told = acts.tell(reading, box, owner, asked.account if asked else "")
    readings = [reading, *acts.notices(box, owner.zone)]
    elsewhere: dict[int, set[int]] = {}
    for notice in box.notices:
        elsewhere.setdefault(notice["member"], set()).add(notice["i"])
    for number, n in counts.items():
        reading.member(number, n - len(elsewhere.get(number, ())))
    reading.exported_at = asked.until if asked else acts.newest(told) or reading.exported_at
    for other in readings:
        other.exported_at = max((t for t in (other.exported_at, reading.exported_at) if t), default=None)
    if asked and asked.asked:
        _asked(reading, asked, told)
    else:
        _sees(reading, boxes, box, told)
    return readings


def _mbox(archive: Archive, member: Member, reading: Reading, box: Box) -> int:
    folder, n = layouts.folder(member.path), 0
    try:
        for raw in mbox.messages(archive.stream(member)):
            n += 1
            box.add(member.number, n - 1, raw, folder)
    except Unreadable as why:
        reading.problem(member.number, n, str(why))
        n += 1
    return n


def _start(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """As much of a mail as mbox.KEEP."""
    left = mbox.KEEP
    for piece in pieces:
        yield piece[:left]
        left -= len(piece)
        if left <= 0:
            return


def _unwrapped(raw: bytes, name: str) -> bytes:
    """Apple's .emlx has the length of the mail in a line above it and its own notes below."""
    length = re.match(rb"(\d{1,12})[ \t]*\r?\n", raw) if name.lower().endswith(".emlx") else None
    return raw[length.end() : length.end() + int(length[1])] if length else raw


def _sees(reading: Reading, boxes: dict[str, list[Member]], box: Box, told: pl.DataFrame) -> None:
    """A Takeout of all mail and folders that a mail program keeps whole; never a choice of single files."""
    folders = boxes["mbox"] + [m for m in boxes["single"] if "/cur/" in f"/{m.path}" or "/new/" in f"/{m.path}"]
    kinds = {layouts.folder(m.path) for m in folders}
    since = {direction: acts.oldest(told, direction) for direction in ("given", "received")}
    shown = {"given": "sent" in kinds or (box.takeout and since["given"]), "received": kinds - {"sent", "draft", "spam"}}
    for direction, seen in shown.items():
        if seen:
            claim = "Takeout, Mail: all mail of the account" if box.takeout else "the folders of the mailbox that are here"
            reading.sees("mail", direction, since=since[direction], claim=claim)


def _asked(reading: Reading, asked: pulled.Pulled, told: pl.DataFrame) -> None:
    """A pull shows the folders it asked for, also those in which nothing was new."""
    kinds = {name: layouts.folder(f"{name}/cur/-") for name in asked.asked}
    for direction in ("given", "received"):
        since = [asked.asked[n] for n, kind in kinds.items() if (kind == "sent") == (direction == "given")]
        if since:
            begin = None if None in since else max(since)
            begin = begin or acts.oldest(told, direction) or told["happened_at"].min()
            reading.sees("mail", direction, since=begin, until=asked.until, claim="IMAP: the folders that were asked for")
