"""Archives made to harm: each under a name that says how, in a folder."""

from __future__ import annotations

import io
import os
import stat
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

TWEETS = b"window.YTD.tweets.part0 = []"
X = "data/tweets.js"


def write(folder: Path) -> dict[str, str]:
    """File name -> a word its reason must hold; "" where it may be read."""
    folder.mkdir(exist_ok=True)
    told = {}
    for name, (says, make) in BOMBS.items():
        make(folder / name)
        told[name] = says
    return told


def _zip(path: Path, members: list[tuple[str, bytes]], mode: int = 0) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for name, body in members:
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            z.writestr(info, body)


def quoted_overlap(path: Path, entries: int = 100, size: int = 1 << 20) -> None:
    """Every entry quotes the header of the next as a stored block of its own data: a few kilobytes become a hundred MiB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    body, length, tail, heads, listed = packer.compress(b"a" * size) + packer.flush(), size, b"a" * size, [], []
    for n in reversed(range(entries)):
        name, crc = f"data/tweets-part{n:03}.js".encode(), zlib.crc32(tail)
        sizes = struct.pack("<IIIHH", crc, len(body), length, len(name), 0)
        head = struct.pack("<4sHHHHH", b"PK\3\4", 20, 0, 8, 0, 0x21) + sizes + name
        listed.append((struct.pack("<4sHHHHHH", b"PK\1\2", 20, 20, 0, 8, 0, 0x21) + sizes, name, len(body) + len(head)))
        heads.append(head)
        quote = struct.pack("<BHH", 0, len(head), 0xFFFF - len(head)) if n else b""
        body, length, tail = quote + head + body, length + len(head), head + tail
    directory = b"".join(
        fixed + struct.pack("<HHHII", 0, 0, 0, 0, len(body) - from_end) + name for fixed, name, from_end in reversed(listed)
    )
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, entries, entries, len(directory), len(body), 0)
    path.write_bytes(body + directory + end)


def lying(path: Path, declared: int) -> None:
    """The directory says another size than the member has."""
    _zip(path, [(X, TWEETS)])
    spoiled = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = spoiled.index(signature) + offset
        spoiled[at : at + 4] = struct.pack("<I", declared)
    path.write_bytes(bytes(spoiled))


def nested(path: Path, depth: int = 6) -> None:
    """Zips in zips, the innermost a bomb."""
    body = b"\0" * (32 << 20)
    for n in range(depth):
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as z:
            for copy in range(1 if n == 0 else 4):
                z.writestr(f"{copy}.zip", body)
        body = held.getvalue()
    path.write_bytes(body)


def tar(path: Path, kind: bytes, link: str = "") -> None:
    with tarfile.open(path, "w:gz") as t:
        info = tarfile.TarInfo("outbox.json")
        info.type, info.linkname = kind, link
        t.addfile(info)


def twice(path: Path) -> None:
    _zip(path, [(X, TWEETS), ("data/like.js", b"window.YTD.like.part0 = []")])
    path.write_bytes(path.read_bytes().replace(b"data/like.js", b"data/tweets.js"[:12]))


def nameless(path: Path) -> None:
    head = struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 0x21, 0, 0, 0, 0, 0)
    directory = struct.pack("<4sH", b"PK\1\2", 20) + head + struct.pack("<HHHII", 0, 0, 0, 0, 0)
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 1, 1, len(directory), 30, 0)
    path.write_bytes(b"PK\3\4" + head + directory + end)


def many(path: Path, entries: int = 210_000) -> None:
    """A directory of more entries than any export has, all of one stored byte."""
    out, heads = io.BytesIO(), []
    for n in range(entries):
        name = b"%d" % n
        heads.append(struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\1\2", 20, 20, 0, 0, 0, 0x21, 0, 0, 0, len(name), 0, 0, 0, 0, 0,
                                 out.tell()) + name)  # fmt: skip
        out.write(struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 0, 0, 0x21, 0, 0, 0, len(name), 0) + name)
    start = out.tell()
    out.write(b"".join(heads))
    size = out.tell() - start
    out.write(struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, entries, entries, size, start))
    out.write(struct.pack("<4sIQI", b"PK\6\7", 0, start + size, 1))
    out.write(struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0))
    path.write_bytes(out.getvalue())


def mail(path: Path, body: bytes) -> None:
    _zip(path, [("Takeout/Mail/All mail.mbox", b"From a@example.org Mon Jan 01 00:00:00 2024\n" + body)])


LAUGHS = b'<!DOCTYPE l [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 20) for n in range(12)
) + b"]>"  # fmt: skip
ATOM = b'<?xml version="1.0"?>%s<feed xmlns="http://www.w3.org/2005/Atom"><title>%s</title></feed>'
MAIL = b"Message-ID: <1@example.org>\nDate: Mon, 1 Jan 2024 00:00:00 +0000\nFrom: a@example.org\n"
DEEP = b"[" * 100_000 + b"]" * 100_000
BOMBS = {
    "quoted-overlap.zip": ("overlap", quoted_overlap),
    "ratio.zip": ("zip bomb", lambda p: _zip(p, [(X, b"[" + b" " * (64 << 20) + b"]")])),
    "lies-small.zip": ("", lambda p: lying(p, 3)),
    "lies-large.zip": ("", lambda p: lying(p, 0x7FFFFFFF)),
    "nested.zip": ("unpack them", nested),
    "many.zip": ("files", many),
    "symlink.zip": ("", lambda p: _zip(p, [(X, b"/etc/passwd")], stat.S_IFLNK | 0o777)),
    "device.zip": ("", lambda p: _zip(p, [(X, b"")], stat.S_IFCHR | 0o600)),
    "outside.zip": ("", lambda p: _zip(p, [(f"{out}{X}", TWEETS) for out in ("../../", "/etc/", "C:\\")])),
    "odd-names.zip": ("", lambda p: _zip(p, [(n, TWEETS) for n in ("data/\u202esj.steewt", "<img src=x>", "data/a\nb", X)])),
    "long-name.zip": ("", lambda p: _zip(p, [("a/" * 30_000 + "b", b"x"), (X, TWEETS)])),
    "twice.zip": ("", twice),
    "nameless.zip": ("no name", nameless),
    "symlink.tar.gz": ("", lambda p: tar(p, tarfile.SYMTYPE, "/etc/passwd")),
    "hardlink.tar.gz": ("", lambda p: tar(p, tarfile.LNKTYPE, "/etc/passwd")),
    "device.tar.gz": ("", lambda p: tar(p, tarfile.CHRTYPE)),
    "fifo.tar.gz": ("", lambda p: tar(p, tarfile.FIFOTYPE)),
    "zeros.tar.gz": ("", lambda p: p.write_bytes(zlib.compress(b"\0" * (64 << 20), wbits=31))),
    "deep-json.zip": ("", lambda p: _zip(p, [(X, b"window.YTD.tweets.part0 = " + DEEP)])),
    "deep-chat.zip": ("", lambda p: _zip(p, [("messages/inbox/a_1/message_1.json", b'{"messages": ' + DEEP + b"}")])),
    "digits.zip": ("", lambda p: _zip(p, [(X, b'window.YTD.tweets.part0 = [{"tweet": {"id": %s}}]' % (b"9" * 100_000))])),
    "laughs.zip": ("", lambda p: _zip(p, [("Takeout/Blogger/Blogs/b/feed.atom", ATOM % (LAUGHS, b"&l;"))])),
    "outer-entity.zip": ("", lambda p: _zip(p, [
        ("Takeout/Blogger/Blogs/b/feed.atom", ATOM % (b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', b"&e;")),
    ])),
    "to.zip": ("", lambda p: mail(p, MAIL + b"To: " + b", ".join(b"p%d@example.org" % n for n in range(20_000)) + b"\n\n")),
    "parts.zip": ("", lambda p: mail(p, MAIL + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(2000)) + b"\nhi\n")),
    "header.zip": ("", lambda p: mail(p, MAIL + b"Subject: " + b"=?utf-8?q?" + b"a" * (8 << 20) + b"\n\nhi\n")),
    "nul.zip": ("", lambda p: _zip(p, [(X, b"\0" * 4096), ("data/like.js", b"\xff\xfe" * 2048)])),
    "cbor.car": ("", lambda p: p.write_bytes(b"\x3a\xa2\x65roots\x81" + b"\x81" * 100_000)),
}  # fmt: skip


def loose(folder: Path) -> None:
    """What is no file at all, laid straight into an inbox: a pipe, a link that leads out, a link to itself, a folder of links."""
    os.mkfifo(folder / "pipe.zip")
    (folder / "passwd.zip").symlink_to("/etc/passwd")
    (folder / "itself.zip").symlink_to("itself.zip")
    links = folder / "links"
    links.mkdir()
    (links / "tweets.js").symlink_to("/etc/passwd")
    (links / "up").symlink_to("..")
    os.mkfifo(links / "pipe")
    (links / "a.txt").write_text("x")
