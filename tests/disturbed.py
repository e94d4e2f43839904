"""An export in memory, and what may befall it: other order, copies, a cut, keys and columns nobody knows.

All work on bytes, so that what a case shows (escapes, dialects, damage) stays in it.
"""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from random import Random

from transforms.archive import Archive, Member, Opener

Files = dict[str, bytes]
NEW = "zz unknown"
_STRINGS_AND_BRACES = re.compile(rb'"(?:\\.|[^"\\])*"|[{}]', re.DOTALL)
_CALENDAR = re.compile(rb"(?m)^(BEGIN:(?:VEVENT|VCARD)\r?\n)")
_HEAD = re.compile(rb"(?mi)^(Message-ID:)")
_ENTRY = re.compile(rb"(<(?:item|entry)>)")


def files(folder: Path) -> Files:
    """Path → bytes of all files in a folder."""
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


def archive(found: Files) -> Archive:
    """As `open_archive` would see these files."""

    def opener(data: bytes) -> Opener:
        return lambda chunk: iter([data[i : i + chunk] for i in range(0, len(data), chunk)])

    return Archive(tuple(Member(n, path, len(found[path]), opener(found[path])) for n, path in enumerate(sorted(found), 1)))


def cut(found: Files, path: str, at: int) -> Files:
    """One member without its bytes from `at` on."""
    return found | {path: found[path][:at]}


def doubled(found: Files) -> Files:
    """The same export twice in one folder."""
    return {f"{copy}/{path}": data for copy in ("first", "second") for path, data in found.items()}


def widened(found: Files, random: Random) -> Files:
    """A key or column nobody knows, in some or all records of every member."""
    return {path: _widened(path.rpartition(".")[2].lower(), data, random) for path, data in found.items()}


def _widened(ending: str, data: bytes, random: Random) -> bytes:
    if ending in ("json", "js", "jsonl"):
        return data if b"\0" in data else _new_key(data, random)  # UTF-16
    if ending == "csv":
        return _new_column(data, random)
    if ending in ("ics", "vcf"):
        return _CALENDAR.sub(rb"\1X-ZZ-UNKNOWN;X-ZZ=y:unknown\r\n", data)
    if ending in ("xml", "atom"):
        return _ENTRY.sub(rb"\1<zzunknown zz='1'>unknown</zzunknown>", data)
    if ending in ("eml", "mbox"):
        return _HEAD.sub(rb"X-Zz-Unknown: unknown\r\n\1", data)
    return data


def _new_key(data: bytes, random: Random) -> bytes:
    value = random.choice(["null", "0", "-1.5e9", '"x"', "[]", "{}", "[{}]", '{"id": [null]}', "true"])
    key = f'"{NEW}": {value}'.encode()
    first, share = random.random() < 0.5, random.choice([0.2, 1.0])

    def put(token: re.Match[bytes]) -> bytes:
        if token[0] == b"{" and first and random.random() < share:
            return b"{" + key + (b"" if data[token.end() :].lstrip()[:1] == b"}" else b", ")
        if token[0] == b"}" and not first and random.random() < share:
            return (b"" if data[: token.start()].rstrip()[-1:] == b"{" else b", ") + key + b"}"
        return token[0]

    return _STRINGS_AND_BRACES.sub(put, data)


def _new_column(data: bytes, random: Random) -> bytes:
    encoding = "utf-16" if data[:2] == b"\xff\xfe" else "utf-8-sig" if data[:3] == b"\xef\xbb\xbf" else "utf-8"
    text = data.decode(encoding, "surrogateescape")
    separator = "\t" if encoding == "utf-16" else ","
    first, cell = random.random() < 0.5, random.choice(["x", "", '"a, ""b"""', "1"])
    rows = _records(text)
    try:
        wide = [len(r) for r in csv.reader(rows, delimiter=separator)]
    except csv.Error:
        return data
    if "\\" in text or {n for n in wide if n > 1} != {max(wide, default=0)}:
        return data  # a dialect of its own, or damaged: where a record ends is not for us to say
    named = False
    for i, row in enumerate(rows):
        if separator in row:
            new, named = cell if named else NEW, True
            body = row.rstrip("\r\n")
            rows[i] = f"{new}{separator}{row}" if first else body + separator + new + row[len(body) :]
    return "".join(rows).encode(encoding, "surrogateescape")


def _records(text: str) -> list[str]:
    """The records of a CSV as their quotes say, line ends kept."""
    rows, row = [], ""
    for line in text.splitlines(keepends=True):
        row += line
        if re.sub(r'\\"', "", row).count('"') % 2 == 0:
            rows.append(row)
            row = ""
    return [*rows, row] if row else rows


def shuffled(found: Files, random: Random) -> Files:
    """The keys of every JSON object and the columns of every whole CSV in another order."""
    return {path: _shuffled(path.rpartition(".")[2].lower(), data, random) for path, data in found.items()}


class _Number(str):
    """A number as it is written."""


def _shuffled(ending: str, data: bytes, random: Random) -> bytes:
    try:
        if ending == "json":
            whole = json.loads(data, object_pairs_hook=_Pairs, parse_float=_Number, parse_int=_Number)
            return _dump(whole, random).encode()
        if ending == "csv":
            return _other_columns(data.decode(), random).encode()
    except (ValueError, RecursionError, csv.Error):
        pass
    return data


class _Pairs(list):
    """An object as pairs, twins kept."""


def _dump(value: object, random: Random) -> str:
    if isinstance(value, _Pairs):
        random.shuffle(value)
        return "{" + ", ".join(f"{json.dumps(k)}: {_dump(v, random)}" for k, v in value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_dump(v, random) for v in value) + "]"
    return str(value) if isinstance(value, _Number) else json.dumps(value)


def _other_columns(text: str, random: Random) -> str:
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    order = list(range(len(rows[0]))) if rows else []
    if len(order) < 2 or "\\" in text or any(len(row) != len(order) for row in rows):
        return text
    random.shuffle(order)
    target = io.StringIO(newline="")
    csv.writer(target, lineterminator="\n").writerows([row[i] for i in order] for row in rows)
    return target.getvalue()
