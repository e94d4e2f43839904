"""What a text must hold for a rule to fire: words found in one pass over the text, before any regular expression is tried.

The way of Google's RE2 (Cox 2012, FilteredRE2): from each expression a set of literals, one of which is in every match. Here a
literal inside a group also takes what stands before and after the group, so that words are sought whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from itertools import product
from typing import NamedTuple

_MOST = 24  # strings spelt out before a sequence is cut
_ANYTHING = 1.5  # what it costs to try every text, in the unit of `_share`
_TOO_OFTEN = 1.5  # words that together are about as frequent tell nothing
_PLAIN = re.compile(r"[^\\()\[\].|?*+{^$`!…।。\n]+(?![?*+{])")
_GROUP = re.compile(r"\((?:\?(?P<flags>[a-zA-Z-]*):|\?P?<\w+>)?")
_ESCAPE = re.compile(r"\\(?:[pPxuU]\{[^}]*\}|[pP].|x..|.)", re.DOTALL)
_TIMES = re.compile(r"(?:[?*+]|\{(?P<least>\d+)[^}]*\})\??")
_CUT = frozenset(".!?…।。\n")  # marks at which a text may lack a question
_EMPTY = frozenset({""})

Strings = frozenset[str]


class _Item(NamedTuple):
    """A part of a sequence: its strings if they are few and known, what it may be if it is a group, and how often it stands."""

    exact: Strings | None
    group: list[list[_Item]]
    surely: bool
    once: bool


def required(pattern: str, common: frozenset[str]) -> tuple[float, frozenset[str]]:
    """The literals that are rarest in texts, one of which is in every match of a list of cues, and how often to expect one (in
    the unit of `_share`); empty where some cue may match without. Backticks are left out: look in texts without."""
    branches, _ = _parsed(pattern, 0)
    found = [_rarest(branch, "", "", common) or frozenset() for branch in branches]
    cost = sum(_cost(words, common) for words in found)
    if not all(found) or cost > _TOO_OFTEN:
        return _ANYTHING * len(found), frozenset()
    return cost, frozenset().union(*found)


def _cost(literals: Strings, common: frozenset[str]) -> float:
    return sum(_share(s, common) for s in literals) if literals else _ANYTHING


@cache
def _share(literal: str, common: frozenset[str]) -> float:
    """About the share of texts that hold a literal."""
    words = literal.split()
    if not words or (len(literal) == 1 and literal < "\u2e80"):
        return _ANYTHING
    if not any(map(str.isalnum, literal)):
        return 0.5
    rare = max((len(w) * (2 if w[0] > "\u2e80" else 1) for w in words if w not in common), default=0)
    share = 0.2 if max(map(len, words)) < 4 else 0.07
    if rare > 2:
        share = 0.15 / rare**2 / (1 + literal.startswith(" ") + literal.endswith(" "))
    return share / 10 ** (len(words) - 1)


def _parsed(p: str, at: int) -> tuple[list[list[_Item]], int]:
    """What may stand from a place on, up to the end or the bracket that closes it, and the place of that."""
    branches: list[list[_Item]] = [[]]
    while at < len(p) and p[at] != ")":
        if p[at] == "|":
            branches.append([])
            at += 1
            continue
        exact, group, at = _atom(p, at)
        surely = once = True
        while times := _TIMES.match(p, at):  # of several the first is the innermost
            at, sign = times.end(), times[0][0]
            surely, once = surely and (sign == "+" or int(times["least"] or 0) > 0), once and sign == "?"
        if exact is not None and not surely:
            exact = exact | _EMPTY if once else None
        branches[-1].append(_Item(exact, group, surely, once))
    return branches, at


def _atom(p: str, at: int) -> tuple[Strings | None, list[list[_Item]], int]:
    """One character, class or group, or some plain text: its strings, what it may be if it is a group, the place after it."""
    if plain := _PLAIN.match(p, at):
        return frozenset({plain[0]}), [], plain.end()
    c = p[at]
    if c == "(":
        opened = _GROUP.match(p, at)
        group, end = _parsed(p, opened.end() if opened else at + 1)
        if opened and opened["flags"]:  # whatever they say, anything may match
            return None, [], end + 1
        every = [_exact(branch) for branch in group]
        exact = frozenset().union(*(e for e in every if e is not None))
        return None if None in every or len(exact) > 8 * _MOST else exact, group, end + 1
    if c == "[":
        end = at + 1 + (p[at + 1] == "^")
        end, depth = end + (p[end] == "]"), 1
        while depth:
            depth += {"[": 1, "]": -1}.get(p[end], 0)
            end += 2 if p[end] == "\\" else 1
        inside = p[at + 1 : end - 1]
        return None if set("^-\\[&~") & set(inside) else frozenset(map(_char, inside)), [], end
    if c == "\\" and (escape := _ESCAPE.match(p, at)):
        known = len(escape[0]) == 2 and not escape[0][1].isalnum() and escape[0][1] not in _CUT
        return frozenset({_char(escape[0][1])}) if known else None, [], escape.end()
    return _EMPTY if c in "^$" else None if c in _CUT else frozenset({_char(c)}), [], at + 1


def _char(c: str) -> str:
    return "" if c == "`" else c


def _exact(items: list[_Item]) -> Strings | None:
    """All strings of a sequence, if they are few."""
    run = _EMPTY
    for item in items:
        if item.exact is None or not item.once or not _few(run, item.exact):
            return None
        run = frozenset(a + b for a, b in product(run, item.exact))
    return run


def _few(some: Strings, more: Strings) -> bool:
    return len(some) * len(more) <= max(_MOST, len(some), len(more))


def _shared(strings: Iterable[str], *, last: bool = False) -> str:
    """What all of some strings begin with, or end with."""
    low, *_, high = sorted(s[::-1] if last else s for s in strings) * 2
    same = low[: next((n for n, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), len(low))]
    return same[::-1] if last else same


def _end(item: _Item) -> str:
    """What a part of a sequence surely ends with, where it stands."""
    ends = item.exact or [_end(branch[-1]) if branch and branch[-1].surely else "" for branch in item.group]
    return _shared(ends, last=True) if ends else ""


def _rarest(items: list[_Item], before: str, after: str, common: frozenset[str]) -> Strings | None:
    """The rarest set of literals of a sequence that stands between two strings, one of which is in every match."""
    run, seen = frozenset({before}), []
    for n, item in enumerate(items):
        if item.exact is not None and _few(run, item.exact):
            run = frozenset(a + b for a, b in product(run, item.exact))
        else:
            seen.append(run)
            if item.group and item.surely:
                left = _shared(run, last=True)
                right = "" if not item.once else after if n + 1 == len(items) else _shared(items[n + 1].exact or _EMPTY)
                inside = [_rarest(branch, left, right, common) for branch in item.group]
                seen.append(_EMPTY if None in inside else frozenset().union(*(s for s in inside if s is not None)))
            end = _end(item)
            run = item.exact if item.exact is not None else frozenset({end if item.surely else _shared({end, *run}, last=True)})
        if not item.once:  # what follows it stands no longer beside what went before
            seen.append(run)
            run = _EMPTY
    seen.append(frozenset(s + after for s in run))
    return min((s for s in seen if s and "" not in s), key=lambda s: (_cost(s, common), sorted(s)), default=None)
