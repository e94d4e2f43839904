"""E-mail by IMAP over TLS: what is new in every folder but drafts, spam and trash, as a Maildir.

Settings: `[pull.imap] server = "imap.example.org"`, `user = "olive@example.org"`. Token: the password, best one for this alone;
with `oauth = true` an OAuth access token (XOAUTH2). https://www.rfc-editor.org/rfc/rfc9051

Folders are only examined and mails peeked at, so nothing becomes read. A folder is new again where its UIDVALIDITY is; a mail
met twice is counted once. Of a mail only what the source reads is fetched, its first 4 MiB. Mails are stored some thousands at
a time, so a pull that breaks off keeps them, and the next goes on behind. Where a folder of all mail is marked as such (Gmail),
that and the sent mail are taken, since the others repeat it.
"""

from __future__ import annotations

import base64
import imaplib
import random
import re
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from pydantic import BaseModel, Field

from flows.pull.http import PullFailed, TokenRefused
from flows.pull.store import Store
from flows.settings import Home, Settings
from transforms.formats.mbox import KEEP
from transforms.sources.email import layouts

MEND = "make an app password in your mail account, and hand it in as GIVETAKE_TOKEN_IMAP (an OAuth token with oauth = true)"
CHUNK, ANSWER = 1 << 16, 64 << 20  # bytes of one read, and of the answer to one command
MAILS, BYTES = 5_000, 256 << 20  # in one archive
_NOT = {"\\drafts", "\\junk", "\\trash", "\\noselect", "\\nonexistent"}
_TRASH = ("trash", "bin", "deleted", "deleted items", "deleted messages", "papierkorb", "corbeille", "papelera", "cestino")
_FLAGS = {"\\seen": "S", "\\answered": "R", "\\flagged": "F", "\\draft": "D", "\\deleted": "T"}
_LISTED = re.compile(rb'\(([^)]*)\) (?:"((?:[^"\\]|\\.)*)"|NIL) (.*)', re.S)
_PASSING = re.compile(r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG|THROTTLED|OVERQUOTA)\]", re.I)


class Options(BaseModel, extra="forbid"):
    """[pull.imap]"""

    server: str
    user: str
    port: int = Field(993, gt=0, lt=65536)
    oauth: bool = False


class _Broken(Exception):  # noqa: N818
    """One answer went wrong in a way that the next may not."""


class Connection(imaplib.IMAP4_SSL):
    """A connection of which every answer has an end, in time and in bytes."""

    def __init__(self, client: Client) -> None:
        self._client, self._got = client, bytearray()
        self.begin()
        options = client.options
        super().__init__(options.server, options.port, ssl_context=ssl.create_default_context(), timeout=client.stall)

    def begin(self) -> None:
        """A new answer is awaited."""
        self._by, self._room = monotonic() + self._client.try_seconds, ANSWER
        self._client.requests += 1

    def read(self, size: int) -> bytes:
        """So many bytes, all of them."""
        while len(self._got) < size:
            self._more(size - len(self._got))
        return self._take(size)

    def readline(self) -> bytes:
        """A whole line, however long a list of numbers is in it."""
        at = 0
        while (end := self._got.find(b"\n", at)) < 0:
            at = len(self._got)
            self._more(1)
        return self._take(end + 1)

    def ask(self, command: str, *words: str) -> list[bytes | tuple[bytes, bytes]]:
        """The answer to a UID command."""
        self.begin()
        status, told = self.uid(command, *words)
        if status != "OK":
            raise _Broken("a refusal")
        return [t for t in told if t is not None]

    def _take(self, size: int) -> bytes:
        taken = bytes(self._got[:size])
        del self._got[:size]
        return taken

    def _more(self, wanted: int) -> None:
        left = min(self._by, self._client.until) - monotonic()
        if left <= 0:
            raise _Broken("an answer that came too slowly")
        if wanted > self._room:
            raise PullFailed("larger than an answer may be — nothing of it was kept — please report it")
        self.sock.settimeout(min(left, self._client.stall))
        piece = self.sock.recv(CHUNK)
        if not piece:
            raise self.abort("cut off")
        self._room -= len(piece)
        self._client.received += len(piece)
        self._got += piece


class Client:
    """Who asks a mailbox: `seconds` for the whole pull, `try_seconds` for one answer, `stall` for its next byte."""

    def __init__(
        self, options: Options, password: str, *, seconds: float = 3600, try_seconds: float = 120, stall: float = 20,
        tries: int = 5, backoff: float = 1,
    ) -> None:  # fmt: skip
        self.options, self._password = options, password
        self.until, self.try_seconds, self.stall = monotonic() + seconds, try_seconds, stall
        self.tries, self.backoff = tries, backoff
        self.requests = self.received = 0

    def connect(self) -> Connection:
        """A connection that is logged in."""
        connection = Connection(self)
        connection.begin()
        user = self.options.user
        if self.options.oauth:
            way, told = "XOAUTH2", f"user={user}\1auth=Bearer {self._password}\1\1"
        else:
            way, told = "PLAIN", f"\0{user}\0{self._password}"
        try:
            if way == "PLAIN" and "AUTH=PLAIN" not in connection.capabilities:
                connection.login(user, self._password)
            else:
                connection.authenticate(way, lambda _: told.encode())
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as no:
            if _PASSING.search(str(no)):
                raise _Broken("the server is unwell") from None
            raise TokenRefused(f"the user name or password was refused — {MEND}") from None
        return connection

    def rest(self, failures: int, why: str) -> None:
        """Wait before the next try; raise PullFailed where that is no use."""
        seconds = min(60, self.backoff * 2 ** (failures - 1)) + random.uniform(0, self.backoff)
        if failures >= self.tries:
            raise PullFailed(f"{why}, {failures} times — try again later; nothing is lost by it")
        if monotonic() + seconds > self.until:
            raise PullFailed("took longer than a pull may — nothing is lost by it; the next one goes on from here")
        time.sleep(seconds)


def client(options: Options, token: str) -> Client:
    """What asks a mailbox; the token is its password."""
    return Client(options, token)


def pull(home: Home, settings: Settings, client: Client) -> list[Path]:
    """Store the mails that came since the cursor: the archives written. Raises PullFailed."""
    return _Pull(Store(home, "imap"), client).run()


@dataclass(frozen=True)
class Folder:
    """A folder: its name to the server, quoted, and in the archive."""

    name: bytes
    place: str


class _Pull:
    """One pull: what is fetched is remembered with the archive it stands in, and not before."""

    def __init__(self, store: Store, client: Client) -> None:
        self.store, self.client = store, client
        self.user = client.options.user
        self.cursor = store.cursor(f"{self.user} {client.options.server}")
        self.came: dict[str, list[int]] = self.cursor.setdefault("folders", {})  # folder → UIDVALIDITY and newest UID
        self.draft, self.mails, self.bytes = store.draft("news"), 0, 0
        self.written: list[Path] = []
        self.started = datetime.now(UTC).isoformat()

    def run(self) -> list[Path]:
        """All folders, with as many connections as it takes."""
        failures, asked = 0, []
        try:
            while True:
                before = self.client.received, self.mails, len(self.written)
                try:
                    asked = self._folders(self.client.connect())
                    break
                except ssl.SSLCertVerificationError:
                    raise PullFailed("no safe connection (its certificate) — look at `server` in the settings") from None
                except (_Broken, imaplib.IMAP4.error, OSError, ValueError) as error:
                    got_on = (self.mails, len(self.written)) != before[1:]
                    failures = 1 if got_on else failures + 1
                    why = str(error) if isinstance(error, _Broken) else f"no whole answer ({type(error).__name__})"
                    self.client.rest(failures, why)
            since = self.cursor.get("until") or (self.cursor.get("oldest") if self.written else None)
            if self.mails or self.written:
                self.cursor["until"] = self.started
            self._commit(dict.fromkeys(asked, since))
        finally:
            try:
                self._commit({})  # what a pull that failed has got so far is whole mails
            finally:
                self.draft.discard()
        return self.written

    def _commit(self, asked: dict[str, str | None]) -> None:
        if self.mails:
            self.mails = self.bytes = 0
            self.draft.tell(self.user, asked, self.started)
            self.written.append(self.draft.commit())
            self.store.remember(self.cursor)

    def _folders(self, connection: Connection) -> list[str]:
        try:
            asked = []
            for folder in _folders(connection):
                connection.begin()
                status, _ = connection.select(folder.name, readonly=True)  # type: ignore[arg-type]  # EXAMINE; bytes go as they are
                if status == "OK":  # else it went since it was listed
                    self._folder(connection, folder)
                    asked.append(folder.place)
            if not asked:
                raise PullFailed("no folder can be looked into — look at `user` in the settings")
            return asked
        finally:
            connection.shutdown()

    def _folder(self, connection: Connection, folder: Folder) -> None:
        told = connection.response("UIDVALIDITY")[1]
        if not told or not told[0] or not told[0].isdigit():
            raise _Broken("a folder without UIDVALIDITY")
        validity, key = int(told[0]), folder.name.decode("latin-1")
        before, last = self.came.get(key, [0, 0])
        last = last if before == validity else 0
        found = b" ".join(t for t in connection.ask("SEARCH", "UID", f"{last + 1}:*") if isinstance(t, bytes))
        uids = sorted({int(u) for u in found.split() if u.isdigit() and int(u) > last})
        for at in range(0, len(uids), 500):
            listed = _listed(connection.ask("FETCH", _set(uids[at : at + 500]), "(UID RFC822.SIZE FLAGS INTERNALDATE)"))
            for group in _groups(listed):
                for uid, mail in _mails(connection.ask("FETCH", _set(group), f"(UID BODY.PEEK[]<0.{KEEP}>)")):
                    if uid in group:
                        self._put(f"{folder.place}/cur/{group[uid].name(validity, uid)}", mail, group[uid])
                self.came[key] = [validity, max(group)]
                if self.mails >= MAILS or self.bytes >= BYTES:
                    self._commit({})
                    self.draft = self.store.draft("news")

    def _put(self, member: str, mail: bytes, listed: Listed) -> None:
        self.draft.put(member, mail)
        self.mails += 1
        self.bytes += len(mail)
        at = datetime.fromtimestamp(listed.at, UTC).isoformat()
        self.cursor["oldest"] = min(at, self.cursor.get("oldest", at))


@dataclass(frozen=True)
class Listed:
    """What a list says of a mail."""

    size: int
    flags: str
    at: int  # when it came, in seconds since 1970

    def name(self, validity: int, uid: int) -> str:
        """Its file in a Maildir."""
        return f"{self.at:010}.{validity}_{uid}.imap:2,{self.flags}"


def _folders(connection: Connection) -> list[Folder]:
    """The folders to be pulled: all of them, or that of all mail and that of what was sent."""
    connection.begin()
    status, told = connection.list()
    if status != "OK":
        raise _Broken("no list of folders")
    found: list[tuple[set[str], Folder]] = []
    for line in told:
        head, name = line if isinstance(line, tuple) else (line or b"", None)
        match = _LISTED.fullmatch(head)
        if not match:
            continue
        if name is None:
            name = re.sub(rb"\\(.)", rb"\1", match[3][1:-1]) if match[3][:1] == b'"' else match[3]
        marks, plain = set(match[1].decode("latin-1").lower().split()), _plain(name, match[2] or b"")
        place = "INBOX" if plain.upper() == "INBOX" else "Sent" if "\\sent" in marks else plain
        kind = layouts.folder(f"{plain}/cur/-")
        trash = plain.lower().rpartition(".")[2] in _TRASH
        if marks & _NOT or kind in ("draft", "spam") or trash or re.search(rb"[\0\r\n]", name):
            continue
        while any(place == other.place for _, other in found):
            place += "_"
        found.append((marks, Folder(b'"' + re.sub(rb'(["\\])', rb"\\\1", name) + b'"', place)))
    whole = [f for marks, f in found if marks & {"\\all", "\\sent"}]
    return whole if any("\\all" in marks for marks, _ in found) else [f for _, f in found]


def _plain(name: bytes, between: bytes) -> str:
    """A folder's name as a folder of ours: modified UTF-7 read, levels parted by dots."""

    def read(coded: re.Match[str]) -> str:
        packed = coded[1].replace(",", "/")
        return base64.b64decode(packed + "=" * (-len(packed) % 4)).decode("utf-16-be", "replace") if packed else "&"

    try:
        told = re.sub(r"&([^-]*)-", read, name.decode("utf-8", "replace"))
    except ValueError:
        told = name.decode("latin-1")
    told = told.replace(between.decode("latin-1") or "\0", ".")
    return re.sub(r"[^\w .()\[\]&+-]", "_", told).strip(" .")[:60] or "_"


def _listed(told: list[bytes | tuple[bytes, bytes]]) -> dict[int, Listed]:
    """UID → what the list says of it."""
    found = {}
    for line in told:
        text = line if isinstance(line, bytes) else b"".join(line)
        uid, size = (re.search(rb"\b" + k + rb" (\d+)", text) for k in (b"UID", rb"RFC822\.SIZE"))
        if uid and size:
            flags = re.search(rb"FLAGS \(([^)]*)\)", text)
            words = flags[1].decode("latin-1").lower().split() if flags else []
            when = imaplib.Internaldate2tuple(text)
            at = max(int(time.mktime(when)), 0) if when else 0
            found[int(uid[1])] = Listed(int(size[1]), "".join(sorted({_FLAGS[w] for w in words if w in _FLAGS})), at)
    return found


def _groups(listed: dict[int, Listed]) -> Iterator[dict[int, Listed]]:
    """Mails to be fetched at once, in order of their UIDs: at most 100 and some MiB."""
    group: dict[int, Listed] = {}
    for uid in sorted(listed):
        if group and (len(group) >= 100 or sum(min(m.size, KEEP) for m in group.values()) + listed[uid].size > 2 * KEEP):
            yield group
            group = {}
        group[uid] = listed[uid]
    if group:
        yield group


def _mails(told: list[bytes | tuple[bytes, bytes]]) -> Iterator[tuple[int, bytes]]:
    """UID and bytes of each mail; the UID stands before or behind them."""
    for at, part in enumerate(told):
        if isinstance(part, tuple) and b"BODY[]" in part[0].upper():
            behind = told[at + 1] if at + 1 < len(told) else b""
            uid = re.search(rb"\bUID (\d+)", part[0] + b" " + (behind if isinstance(behind, bytes) else b""))
            if not uid:
                raise _Broken("a mail without its number")
            yield int(uid[1]), part[1]


def _set(uids: list[int] | dict[int, Listed]) -> str:
    return ",".join(map(str, uids))
