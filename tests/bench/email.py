"""Write a synthetic mbox as Google Takeout makes it: N mails, of which many are bulk; the same bytes for the same seed.

    python -m tests.bench.email TARGET.mbox [N] [SEED]
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.parser import BytesHeaderParser
from email.policy import compat32
from pathlib import Path

ME = "owner@example.org"
START = datetime(2015, 1, 1, tzinfo=UTC)
_VOCABULARY = (
    "the a to and of in is it you for on that this with have be are not but what "
    "all just like so do we can people time thanks great day work think know see look read project "
    "update team question answer help link tomorrow write code data coffee"
)
WORDS = _VOCABULARY.split()
_TRANSPORT = """\
X-GM-THRID: {thread}
X-Gmail-Labels: {label}
Delivered-To: owner@example.org
Received: by 2002:a05:6402:1e88:b0:4f2:1 with SMTP id f8csp{thread};
        {date}
X-Received: by 2002:a17:906:d8:b0:8b1 with SMTP id 24mr;
        {date}
ARC-Seal: i=1; a=rsa-sha256; t=1678450000; cv=none; d=example.com; s=arc-20160816;
        b=Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFy
         Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFy
Return-Path: <{sender}>
Received: from mail.example.com (mail.example.com. [192.0.2.1])
        by mx.example.org with ESMTPS id d12; {date}
Authentication-Results: mx.example.org; dkim=pass header.i=@example.com header.s=s1;
       spf=pass smtp.mailfrom={sender}
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.com; s=s1;
        h=from:to:subject:date:message-id; bh=Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4;
        b=Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFy
"""


def write(target: Path, n: int, seed: int = 7) -> None:
    """A file, or a folder it is written into."""
    path = target / "All mail Including Spam and Trash.mbox" if target.is_dir() else target
    rng = random.Random(seed)
    with path.open("wb") as f:
        for i in range(n):
            f.write(_mail(rng, i).encode())


def _mail(rng: random.Random, i: int) -> str:
    at = (START + timedelta(minutes=37 * i)).strftime("%a, %d %b %Y %H:%M:%S +0000")
    kind = rng.random()
    person = f"person{rng.randrange(800)}@example.com"
    bulk, given = kind < 0.45, kind > 0.8
    sender = "news@shop.example" if bulk else ME if given else person
    to = person if given else ME
    top = _TRANSPORT.format(thread=10**15 + i, label="Sent" if given else "Inbox,Opened", date=at, sender=sender)
    head = f"From {10**15 + i}@xxx {at[:3]} {at[8:11]} {at[5:7]} {at[17:25]} +0000 {at[12:16]}\n{top}MIME-Version: 1.0\n"
    head += f"From: =?UTF-8?Q?P=C3=A9rson?= <{sender}>\nTo: Somebody <{to}>\nSubject: {_text(rng, 5)}\nDate: {at}\n"
    head += f"Message-ID: <m{i}@mail.example.com>\n"
    if bulk:
        head += "List-Unsubscribe: <https://shop.example/u>\nPrecedence: bulk\n"
    elif i > 50 and rng.random() < 0.6:
        head += f"In-Reply-To: <m{i - 50}@mail.example.com>\nReferences: <m{i - 50}@mail.example.com>\n"
    quoted = "".join(f"> {_text(rng, 9)}\n" for _ in range(12))
    text = f"{_text(rng, 60)}\n\nOn Mon, 1 Jan 2018 at 10:00, Somebody <{to}> wrote:\n{quoted}"
    lines = 150 if bulk else 15
    markup = "<html><body>" + "".join(f'<p style=3D"margin:0">{_text(rng, 9)}</p>\n' for _ in range(lines)) + "</body></html>\n"
    return (
        f'{head}Content-Type: multipart/alternative; boundary="b{i}"\n\n'
        f'--b{i}\nContent-Type: text/plain; charset="UTF-8"\n\n{text}\n'
        f'--b{i}\nContent-Type: text/html; charset="UTF-8"\nContent-Transfer-Encoding: quoted-printable\n\n{markup}\n--b{i}--\n\n'
    )


def _text(rng: random.Random, n: int) -> str:
    return " ".join(rng.choices(WORDS, k=n))


def floor(path: Path) -> int:
    """The fastest plain reader: the bytes split at their separators, headers by the standard library."""
    path = next(path.glob("*.mbox")) if path.is_dir() else path
    parser = BytesHeaderParser(policy=compat32)
    return sum(1 for raw in _split(path.read_bytes()) if parser.parsebytes(raw.partition(b"\n")[2])["from"])


def _split(data: bytes) -> Iterator[bytes]:
    yield from (b"\n" + data).split(b"\nFrom ")[1:]


if __name__ == "__main__":
    write(Path(sys.argv[1]), *(int(a) for a in sys.argv[2:]))
