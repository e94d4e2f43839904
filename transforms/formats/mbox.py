"""The mails of an mbox file, one after another, in memory no larger than one of them.

RFC 4155 and its dialects: mboxo and mboxrd differ in how a line of the text that begins with `From ` is marked;
Thunderbird writes `From - date` and CRLF; Google Takeout `From 123@xxx date` with an offset. A separator is believed only
where a date (or nothing) stands on it and a header below it: texts hold unmarked lines that begin with `From ` too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain

KEEP = 4 << 20  # bytes of one mail that are kept: its text stands first, what is further down is attached files
_SEEN = 2048  # bytes that must be there to judge a separator
_DATED = re.compile(rb"-?[ \t]*\r?\n|[^\n]*\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b[^\n]*\d:\d\d[^\n]*\n")
_FIELD = re.compile(rb"[!-9;-~]{1,76}:|>From ")


def begins(data: bytes) -> bool:
    """Whether a file that starts with these bytes is an mbox."""
    return data[:5] == b"From " and _separates(data, 5) > 0


def messages(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Each mail without its `From ` line, at most KEEP bytes of it. What stands before the first separator is one too."""
    buffer, start, scan, held = b"\n", 1, 0, b""  # start: of the mail at hand; held: what was taken of it already
    for piece in chain(pieces, (None,)):
        buffer += piece or b""
        while (at := buffer.find(b"\nFrom ", scan)) >= 0:
            if piece is not None and len(buffer) - at < _SEEN:
                break
            end = _separates(buffer, at + 6)
            scan = max(end - 1, at + 1)
            if end:
                if (mail := (held + buffer[start : at + 1])[:KEEP]).strip():
                    yield mail
                start, held = end, b""
        else:
            scan = max(len(buffer) - 5, scan)
        if len(held) + scan - start > KEEP:
            held, start = (held + buffer[start:scan])[:KEEP], scan
        cut = min(start, scan)
        buffer, start, scan = buffer[cut:], start - cut, scan - cut
    if (mail := (held + buffer[start:])[:KEEP]).strip():
        yield mail


def _separates(data: bytes, at: int) -> int:
    """Where the mail below a separator begins, whose `From ` ends at `at`; 0 where it is a line of text."""
    dated = _DATED.match(data, at, at + _SEEN // 2)
    return dated.end() if dated and _FIELD.match(data, dated.end()) else 0
