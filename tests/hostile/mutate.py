"""Mutations of an export that know its structure: fields dropped, renamed, retyped, nested; cells, lines and bytes spoiled."""

from __future__ import annotations

import copy
import csv
import io
import json
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from transforms.archive import Archive, Member

Files = dict[str, bytes]
CANARY = "zqcanary"  # in every word we put in: it may stand in a text or a name, never in a reason
HOSTILE: tuple[Any, ...] = (
    "", " ", "\x00", "zqcanary\x00zqcanary", "\ud800", "zqcanary\u202egnp.exe\u2066", "\ufeffzqcanary",
    "<script>zqcanary</script>",
    "zqcanary'); drop table x; --", "=cmd|'/c zqcanary'!A1", "\x1b[31mzqcanary\x1b]0;x\x07", "zqcanary" * 5000, "../../zqcanary",
    "zqcanary\r\nzqcanary: x", "99999-99-99", "0000-00-00T00:00:00Z", "2024-02-30 25:61:61", "-1", "1e999", "NaN", "９９９",
    "zqcanary \u0301\u0301\u0301", "👩‍👩‍👧‍👦zqcanary", "مريم zqcanary", "{zqcanary}", "%s%n%x zqcanary",
    "{{7*7}}zqcanary", "null", "true",
    0, -1, 1, 2**31, 2**63, 2**64, -(2**63) - 1, 10**30, 1e308, -1e308, 0.1, 253402300800, 253402300800000, -62135596801, 10**17,
    None, True, False, [], {}, [[]], [None], {"zqcanary": "zqcanary"}, ["zqcanary", 1, None, {"a": []}],
)  # fmt: skip


def files(folder: Path) -> Files:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def archive(held: Files) -> Archive:
    """An archive in memory, its members as `open_archive` numbers them."""
    return Archive(tuple(
        Member(n, path, len(body), lambda _, body=body: iter([body])) for n, (path, body) in enumerate(sorted(held.items()), 1)
    ))  # fmt: skip


def mutated(held: Files, rng: random.Random, wanted: Callable[[str], bool] = lambda path: True) -> tuple[Files, str]:
    """The files with one of them mutated one to three times, and what was done in a word or two."""
    path = rng.choice([p for p in sorted(held) if held[p] and wanted(p)] or sorted(held))
    body, done = held[path], []
    for _ in range(rng.choice((1, 1, 2, 3))):
        change = rng.choice(_ways(path, body))
        body = change(body, rng)
        done.append(change.__name__.strip("_"))
    return held | {path: body}, f"{path}: {', '.join(done)}"


def _ways(path: str, body: bytes) -> list[Callable[[bytes, random.Random], bytes]]:
    ways = [_cut, _flip, _lines, _words, _recoded]
    if _parsed(body) is not None:
        return [_json] * 12 + ways
    if path.lower().endswith((".csv", ".tsv")):
        return [_csv] * 8 + ways
    return [_words] * 4 + [_lines] * 3 + ways if _is_text(body) else [_cut, _flip, _flip]


def _is_text(body: bytes) -> bool:
    try:
        return "\x00" not in body[:4096].decode("utf-8", "strict")
    except UnicodeDecodeError:
        return False


def _parsed(body: bytes) -> tuple[str, Any] | None:
    """The prefix (`window.YTD.x.part0 = `) and the tree, where it is JSON."""
    match = re.match(rb"\s*(?:[\w.]+ = )?", body)
    head = match[0] if match else b""
    try:
        return head.decode(), json.loads(body[len(head) :])
    except (ValueError, RecursionError):
        return None


def dumped(head: str, tree: Any) -> bytes:
    return head.encode() + json.dumps(tree, ensure_ascii=True).encode()


def places(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key or index) of a tree."""
    stack = [tree]
    while stack:
        node = stack.pop()
        for key in list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ():
            yield node, key
            stack.append(node[key])


def _json(body: bytes, rng: random.Random) -> bytes:
    parsed = _parsed(body)
    if parsed is None:
        return _cut(body, rng)
    head, tree = parsed
    told = list(places(tree))
    if not told:
        return dumped(head, rng.choice(HOSTILE))
    node, key = rng.choice(told)
    value, way = node[key], rng.randrange(12)
    if way < 4:
        node[key] = copy.deepcopy(rng.choice(HOSTILE))
    elif way == 4:
        del node[key]
    elif way == 5 and isinstance(node, dict):
        node[f"{key}_zqcanary"] = node.pop(key)
    elif way == 6:
        node[key] = {"value": value} if rng.random() < 0.5 else [value]
    elif way == 7:
        node[key] = str(value) if not isinstance(value, str) else [value, value]
    elif way == 8 and isinstance(node, list):
        node.insert(rng.randrange(len(node) + 1), copy.deepcopy(rng.choice([*node, *HOSTILE])))
    elif way == 9 and isinstance(node, list):
        rng.shuffle(node)
    elif way == 10:
        deep: Any = value
        for _ in range(rng.choice((3, 100, 900))):
            deep = [deep]
        node[key] = deep
    elif isinstance(node, dict):
        node["zqcanary_new"] = copy.deepcopy(rng.choice(HOSTILE))
    try:
        return dumped(head, tree)
    except RecursionError:  # nested once more where it was deep already
        return body


def _csv(body: bytes, rng: random.Random) -> bytes:
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig", "replace").replace("\r", "\n").replace("\0", ""), newline="")))
    if not rows or not any(rows):
        return _cut(body, rng)
    row = rng.choice(rows)
    way, column = rng.randrange(9), rng.randrange(max(map(len, rows)))
    if way < 3 and row:
        row[rng.randrange(len(row))] = str(rng.choice(HOSTILE))
    elif way == 3:
        for each in rows:
            del each[column : column + 1]
    elif way == 4 and len(rows[0]) > column:
        rows[0][column] = f"{rows[0][column]} zqcanary"
    elif way == 5:
        for each in rows:
            each.insert(column, "zqcanary")
    elif way == 6:
        row.append("zqcanary")
    elif way == 7:
        rows.insert(rng.randrange(len(rows) + 1), list(row))
    else:
        for each in rows:
            each.reverse()
    out = io.StringIO()
    csv.writer(out, quoting=rng.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))).writerows(rows)
    return out.getvalue().encode("utf-8", "replace")


def _lines(body: bytes, rng: random.Random) -> bytes:
    lines = body.splitlines(keepends=True)
    if len(lines) < 2:
        return _cut(body, rng)
    n, way = rng.randrange(len(lines)), rng.randrange(4)
    if way == 0:
        del lines[n]
    elif way == 1:
        lines.insert(n, rng.choice(lines))
    elif way == 2:
        lines.insert(n, b"zqcanary\n")
    else:
        m = rng.randrange(len(lines))
        lines[n], lines[m] = lines[m], lines[n]
    return b"".join(lines)


def _words(body: bytes, rng: random.Random) -> bytes:
    found = list(re.finditer(rb"[^\s<>\"=:;,]+", body))
    if not found:
        return _cut(body, rng)
    word = rng.choice(found)
    new = str(rng.choice(HOSTILE)).encode("utf-8", rng.choice(("surrogatepass", "replace")))
    return body[: word.start()] + new + body[word.end() :]


def _cut(body: bytes, rng: random.Random) -> bytes:
    return body[: rng.randrange(len(body))] if body else b"zqcanary"


def _flip(body: bytes, rng: random.Random) -> bytes:
    spoiled = bytearray(body or b"0")
    for _ in range(rng.choice((1, 1, 8))):
        spoiled[rng.randrange(len(spoiled))] ^= 1 << rng.randrange(8)
    return bytes(spoiled)


def _recoded(body: bytes, rng: random.Random) -> bytes:
    text = body.decode("utf-8", "replace")
    return rng.choice((
        lambda: b"\xef\xbb\xbf" + body, lambda: text.encode("utf-16"), lambda: text.encode("latin-1", "replace"),
        lambda: body.replace(b"\n", b"\r\n"), lambda: body + b"\x00" * 64, lambda: body + body, lambda: b"\xff\xfe\xfa" + body,
    ))()  # fmt: skip
