"""The pull of e-mail from a real Dovecot, through a wire that breaks; and from servers that lie. Then the source reads it."""

from __future__ import annotations

import functools
import json
import os
import random
import shutil
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flows.pull import imap, pull_all
from flows.settings import Home, Settings
from tests.dovecot import INSTALLED, PASSWORD, USER, Dovecot, certificate, dovecot
from transforms.act import Owner
from transforms.archive import open_archive
from transforms.sources import sources

QUICK = {"seconds": 30, "try_seconds": 1, "stall": 0.6, "tries": 4, "backoff": 0.01}
real = pytest.mark.skipif(not INSTALLED, reason="no Dovecot here")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    os.umask(0o077)
    return Home.find(tmp_path / "home", "me").make()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap, "Client", functools.partial(imap.Client, **QUICK))


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot() as found:
        yield found


@pytest.fixture
def mailbox(server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> Dovecot:
    """The server with an empty mailbox, its certificate trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    other = server.login()
    for folder in ("INBOX", "Gesendet", "Junk", '"Entw&APw-rfe"'):
        if int(other.select(folder)[1][0]):
            other.store("1:*", "+FLAGS", "\\Deleted")
            other.expunge()
    for line in other.list()[1]:
        if b"Projects" in line:
            other.delete(line.split(b'"/" ')[1].decode())
    other.logout()
    return server


def mail(n: int, by: str = "ana@example.com", to: str = USER, size: int = 0) -> bytes:
    told = EmailMessage()
    told["From"], told["To"], told["Subject"] = by, to, f"Pears {n}"
    told["Date"] = f"Mon, 05 Jan 2026 {n // 60:02}:{n % 60:02}:00 +0000"
    told["Message-ID"] = f"<{n}.{by}>"
    told.set_content(f"Try pears, {n}.\n" + "pear " * (size // 5))
    return told.as_bytes()


def deliver(server: Dovecot, mails: list[bytes], folder: str = "INBOX") -> None:
    other = server.login()
    for one in mails:
        assert other.append(folder, "", None, one)[0] == "OK"
    other.logout()


def pulled(home: Home, port: int, password: str = PASSWORD) -> dict[str, Any]:
    settings = Settings(pull={"imap": {"server": "localhost", "user": USER, "port": port}})
    [row] = pull_all(home, settings, tokens={"imap": password})
    assert PASSWORD not in json.dumps(row)
    assert not list(home.inbox.glob(".pull-*")), "nothing half written is left"
    return row


def facts(home: Home) -> pl.DataFrame:
    told = [
        r.facts()
        for path in sorted(p for p in home.inbox.iterdir() if not p.name.startswith("."))
        for r in sources()["email"].read(open_archive([path]), Owner())
    ]
    return pl.concat(told) if told else pl.DataFrame(schema={"fact": pl.String, "act_id": pl.String})


def stored(home: Home) -> set[str]:
    return set(facts(home).filter(pl.col("fact") == "act")["act_id"])


@real
def test_new_mail_is_stored_once_both_ways_and_stays_unseen(home: Home, mailbox: Dovecot) -> None:
    deliver(mailbox, [mail(n) for n in range(1, 6)])
    deliver(mailbox, [mail(n, USER, "ana@example.com") for n in range(6, 8)], "Gesendet")
    deliver(mailbox, [mail(50)], "Junk")
    deliver(mailbox, [mail(51, USER, "ana@example.com")], '"Entw&APw-rfe"')
    first = pulled(home, mailbox.port)
    assert (first["outcome"], first["line"]) == ("pulled", "")
    acts = facts(home).filter(pl.col("fact") == "act")
    assert dict(acts.group_by("direction").len().iter_rows()) == {"received": 5, "given": 2}
    again = pulled(home, mailbox.port)
    assert (again["outcome"], again["archives"]) == ("unchanged", [])
    deliver(mailbox, [mail(9)])
    assert len(pulled(home, mailbox.port)["archives"]) == 1
    assert len(stored(home)) == 8
    other = mailbox.login()
    other.select("INBOX", readonly=True)
    assert other.search(None, "UNSEEN")[1] == [b"1 2 3 4 5 6"], "a mail that was pulled is not read"
    other.logout()
    files = [p for p in home.folder.rglob("*") if p.is_file()]
    assert not any(PASSWORD.encode() in p.read_bytes() for p in files)
    assert {p.stat().st_mode & 0o777 for p in files} == {0o600}


@real
def test_pulls_that_follow_each_other_see_both_sides_without_a_gap(home: Home, mailbox: Dovecot) -> None:
    """The second has nothing in Sent, and still shows that nothing was sent."""
    deliver(mailbox, [mail(1)])
    deliver(mailbox, [mail(2, USER, "ana@example.com")], "Gesendet")
    pulled(home, mailbox.port)
    deliver(mailbox, [mail(3)])
    pulled(home, mailbox.port)
    sees = facts(home).filter((pl.col("fact") == "sees") & (pl.col("channel") == "mail")).sort("direction", "until")
    assert sees["direction"].to_list() == ["given", "given", "received", "received"]
    assert sees["until"][0] == sees["since"][1] == sees["until"][2] == sees["since"][3]
    assert facts(home).filter(pl.col("fact") == "problem").is_empty(), "one mail alone tells whose it is"


@real
def test_a_hidden_copy_alone_is_still_the_owners(home: Home, mailbox: Dovecot) -> None:
    deliver(mailbox, [mail(1, to="undisclosed@example.com")])
    pulled(home, mailbox.port)
    assert facts(home).filter(pl.col("fact") == "act")["direction"].to_list() == ["received"]


@real
def test_a_folder_whose_numbers_begin_anew_is_read_again_and_counted_once(home: Home, mailbox: Dovecot) -> None:
    for _ in range(2):
        other = mailbox.login()
        folder = '"Projects/&ANY-fen"'
        assert other.create(folder)[0] == "OK"
        for n in (1, 2):
            other.append(folder, "", None, mail(n))
        other.logout()
        assert pulled(home, mailbox.port)["outcome"] == "pulled"
        other = mailbox.login()
        other.delete(folder)
        other.logout()
        time.sleep(1.1)  # UIDVALIDITY is the second a folder was made
    assert len(stored(home)) == 2
    assert len(list(home.inbox.rglob("*.imap*"))) == 4


@real
def test_a_large_mail_is_cut_where_reading_stops(home: Home, mailbox: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap, "KEEP", 1 << 16)
    deliver(mailbox, [mail(1, size=1 << 20), mail(2)])
    assert pulled(home, mailbox.port)["bytes"] < 1 << 17
    assert sorted(p.stat().st_size > 1000 for p in home.inbox.rglob("*.imap*")) == [False, True]
    assert len(stored(home)) == 2


@real
def test_a_wrong_password_is_told_and_tried_once(home: Home, mailbox: Dovecot) -> None:
    row = pulled(home, mailbox.port, "wrong")
    assert "GIVETAKE_TOKEN_IMAP" in row["line"]
    assert row["requests"] == 2


@real
def test_no_password_goes_to_a_server_nobody_vouches_for(home: Home, mailbox: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    row = pulled(home, mailbox.port)
    assert "certificate" in row["line"]


class Wire:
    """A relay to the server whose n-th connections break as told: cut after so many bytes, silent or slow from there."""

    def __init__(self, port: int, breaks: list[tuple[str, int]]) -> None:
        self.port, self.breaks = port, breaks

    def relay(self, client: socket.socket) -> None:
        how, after = self.breaks.pop(0) if self.breaks else ("", 0)
        with client, socket.create_connection(("127.0.0.1", self.port)) as server:
            up = threading.Thread(target=self._copy, args=(client, server), daemon=True)
            up.start()
            sent = 0
            while data := server.recv(4096):
                if how and sent + len(data) > after:
                    self._broken(client, data[: max(after - sent, 0)], data[max(after - sent, 0) :], how)
                    return
                client.sendall(data)
                sent += len(data)

    @staticmethod
    def _broken(client: socket.socket, whole: bytes, rest: bytes, how: str) -> None:
        client.sendall(whole)
        if how == "silence":
            time.sleep(0.8)
        elif how == "drip":
            for byte in rest[:40]:
                client.sendall(bytes([byte]))
                time.sleep(0.05)
        client.shutdown(socket.SHUT_RDWR)

    @staticmethod
    def _copy(a: socket.socket, b: socket.socket) -> None:
        try:
            while data := a.recv(4096):
                b.sendall(data)
            b.shutdown(socket.SHUT_WR)
        except OSError:
            pass


@contextmanager
def listening(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """A port at which each connection is served in a thread, until the end."""

    def one(connection: socket.socket) -> None:
        with suppress(OSError):
            serve(connection)

    def loop() -> None:
        while True:
            try:
                threading.Thread(target=one, args=(listener.accept()[0],), daemon=True).start()
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=loop, daemon=True).start()
        yield listener.getsockname()[1]


def _breaks(seed: int, most: int) -> list[tuple[str, int]]:
    dice = random.Random(seed)
    kinds = ["cut"] * 6 + ["silence", "drip"]
    return [(dice.choice(kinds), dice.randrange(1, 9000)) for _ in range(dice.randrange(1, most))]


@real
@pytest.mark.parametrize("how", ["cut", "silence", "drip"])
@pytest.mark.parametrize("after", [0, 700, 3000, 6000])
def test_a_wire_that_breaks_is_got_over(home: Home, mailbox: Dovecot, how: str, after: int) -> None:
    deliver(mailbox, [mail(n, size=900) for n in range(5)])
    with listening(Wire(mailbox.port, [(how, after)]).relay) as port:
        row = pulled(home, port)
    assert (row["outcome"], row["line"]) == ("pulled", "")
    assert len(stored(home)) == 5


def _nights(home: Home, mailbox: Dovecot, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap, "MAILS", 3)
    n = 0
    for night in range(4):
        deliver(mailbox, [mail(n + k, size=300) for k in range(4)])
        n += 4
        with listening(Wire(mailbox.port, _breaks(seed * 10 + night, 7)).relay) as port:
            row = pulled(home, port)
        held = len(list(home.inbox.rglob("*.imap*")))
        cursor = home.folder / "pull" / "imap.json"
        uids = [uid for _, uid in json.loads(cursor.read_bytes())["folders"].values()] if cursor.exists() else []
        assert row["outcome"] == "failed" or held >= n
        assert sum(1 for u in uids if u) <= held, "the cursor is never ahead of what is stored"
    assert pulled(home, mailbox.port)["outcome"] in ("pulled", "unchanged")
    assert len(stored(home)) == n


@real
@pytest.mark.parametrize("seed", range(2))
def test_nights_on_a_bad_wire_lose_nothing(home: Home, mailbox: Dovecot, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    _nights(home, mailbox, seed, monkeypatch)


@real
@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 40))
def test_many_nights_on_a_bad_wire_lose_nothing(home: Home, mailbox: Dovecot, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    _nights(home, mailbox, seed, monkeypatch)


@real
def test_a_kill_before_the_cursor_is_written_stores_twice_and_counts_once(
    home: Home, mailbox: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(mailbox, [mail(1)])
    with monkeypatch.context() as killed:
        full = OSError(28, "No space left on device")
        killed.setattr("flows.pull.store.Store.remember", lambda *_: (_ for _ in ()).throw(full))
        assert pulled(home, mailbox.port)["outcome"] == "failed"
    assert pulled(home, mailbox.port)["outcome"] == "pulled"
    assert len(stored(home)) == 1


LIES = {
    "a mail without an end": b"* 1 FETCH (UID 1 BODY[]<0> {99999999999}\r\n",
    "a line without an end": b"* OK " + b"x" * (65 << 20),
    "another mail than was asked for": b"* 1 FETCH (UID 7 BODY[]<0> {3}\r\nabc)\r\n@ OK done\r\n",
    "a mail without its number": b"* 1 FETCH (BODY[]<0> {3}\r\nabc)\r\n@ OK done\r\n",
    "no number of the folder": b"",
    "an unwell server": b"",
}


def _liar(root: Path, lie: str) -> Callable[[socket.socket], None]:
    """As much of a server as a pull asks, that answers one thing wrong."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(root / "cert.pem", root / "key.pem")

    def serve(raw: socket.socket) -> None:
        with context.wrap_socket(raw, server_side=True) as wire:
            wire.sendall(b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] here\r\n")
            for line in wire.makefile("rb"):
                tag, _, rest = line.partition(b" ")
                answer = {
                    b"CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n", b"AUTHENTICATE": b"+ \r\n",
                    b"LIST": b'* LIST () "/" INBOX\r\n',
                    b"EXAMINE": b"* OK [UIDVALIDITY 9] x\r\n" if lie != "no number of the folder" else b"",
                    b"UID": b"* SEARCH 1\r\n" if b"SEARCH" in rest
                    else b"* 1 FETCH (UID 1 RFC822.SIZE 3 FLAGS ())\r\n" if b"SIZE" in rest else LIES[lie],
                }.get(rest.split()[0].upper() if rest.strip() else b"", b"")  # fmt: skip
                if b"AUTHENTICATE" in rest and lie == "an unwell server":
                    wire.sendall(tag + b" NO [UNAVAILABLE] later\r\n")
                    continue
                wire.sendall(answer.replace(b"@", tag))
                if b"AUTHENTICATE" in rest:
                    wire.recv(4096)
                if b"@" not in answer:
                    wire.sendall(tag + b" OK done\r\n")

    return serve


@pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl here")
@pytest.mark.parametrize("lie", LIES)
def test_a_server_that_lies_ends_the_pull_in_time(home: Home, tmp_path: Path, lie: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate(tmp_path)))
    started = time.monotonic()
    with listening(_liar(tmp_path, lie)) as port:
        row = pulled(home, port)
    assert time.monotonic() - started < 15
    assert not list(home.inbox.rglob("*.imap*"))
    if lie != "another mail than was asked for":
        assert row["outcome"] == "failed"
        assert row["line"].startswith("imap — ")
    assert row["bytes"] <= 65 << 20
