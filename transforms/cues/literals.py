"""What a text must hold for a rule to fire: words found in one pass over the text, before any regular expression is tried.

The way of Google's RE2 (Cox 2012, FilteredRE2): from each expression a set of literals, one of which is in every match.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import product

_CLASS, _END = "dDwWsSbBpP", "|)"
_MOST = 24  # strings spelt out before a sequence is cut
_ANYTHING = 1.5  # what it costs to try every text, in the unit of `_share`
_TOO_OFTEN = 1.0  # words that together are about as frequent tell nothing
_PLAIN = re.compile(r"[^\\()\[\].|?*+{^$`!…।。\n]+(?![?*+{])")
_CUT = frozenset(".!?…।。\n`")  # marks at which a text may lack a question, or a name is told


def required(pattern: str, common: frozenset[str]) -> tuple[float, frozenset[str]]:
    """The literals that are rarest in texts, one of which is in every match of a list of cues, and how often to expect one (in
    the unit of `_share`); empty where some cue may match without. Backticks are left out: look in texts without."""
    p, at, found = pattern.replace("`?", "").replace("(?: )?", " ?"), 0, []
    while at < len(p):
        at, exact, best = _sequence(p, at, common)
        found.append(min((_cost(s, common), sorted(s), s) for s in (exact, best, frozenset()) if s is not None))
        at += 1
    if not all(words for *_, words in found) or sum(cost for cost, *_ in found) > _TOO_OFTEN:
        return _ANYTHING * len(found), frozenset()
    return sum(cost for cost, *_ in found), frozenset().union(*(words for *_, words in found))


def _cost(literals: frozenset[str], common: frozenset[str]) -> float:
    return sum(_share(s, common) for s in literals) if literals else _ANYTHING


@cache
def _share(literal: str, common: frozenset[str]) -> float:
    """About the share of texts that hold a literal."""
    words = literal.split()
    if not words or (len(literal) == 1 and literal < "\u2e80"):
        return _ANYTHING
    rare = max((len(w) * (2 if w[0] > "\u2e80" else 1) for w in words if w not in common), default=0)
    return (0.15 / rare**2 if rare > 2 else 0.2 if max(map(len, words)) < 4 else 0.05) / 10 ** (len(words) - 1)


def _either(p: str, at: int, common: frozenset[str]) -> tuple[int, frozenset[str] | None, frozenset[str] | None]:
    """Position after an alternation, all its strings if they are few, and its rarest required set."""
    exact: frozenset[str] | None = frozenset()
    best: frozenset[str] | None = frozenset()
    while True:
        at, whole, part = _sequence(p, at, common)
        exact = exact | whole if exact is not None and whole is not None else None
        best = best | part if best is not None and part is not None else None
        if at >= len(p) or p[at] == ")":
            return at + 1, exact if exact is not None and len(exact) <= 8 * _MOST else None, best
        at += 1


def _sequence(p: str, at: int, common: frozenset[str]) -> tuple[int, frozenset[str] | None, frozenset[str] | None]:
    """As `_either`, for a sequence: its own strings, or the rarest set of its parts."""
    run: frozenset[str] = frozenset({""})
    cut, seen = False, []
    exact: frozenset[str] | None
    while at < len(p) and p[at] not in _END:
        if plain := _PLAIN.match(p, at):
            at, exact, best = plain.end(), frozenset({plain[0]}), None
        else:
            at, exact, best = _item(p, at, common)
        if exact is not None and len(exact) * len(run) <= max(_MOST, len(exact), len(run)):
            run = frozenset(a + b for a, b in product(run, exact))
        else:
            cut = True
            seen += [s for s in (run, exact, best) if s and "" not in s]
            run = exact if exact is not None else frozenset({""})
        if p[at - 1] == "+":  # once is certain, and what follows it stands no longer beside what went before
            cut = True
            seen += [run] if "" not in run else []
            run = frozenset({""})
    seen += [run] if "" not in run else []
    best = min(seen, key=lambda s: (_cost(s, common), sorted(s)), default=None)
    return at, None if cut else run, best


def _item(p: str, at: int, common: frozenset[str]) -> tuple[int, frozenset[str] | None, frozenset[str] | None]:
    """One character, class or group with its quantifier."""
    exact, best, c = None, None, p[at]
    if c == "(":
        if p.startswith("(?", at) and p[at + 2] != ":":
            depth, end = 1, at + 1
            while depth:  # flags: whatever they say, anything may match
                depth += {"(": 1, ")": -1}.get(p[end], 0)
                end += 1
            at = end
        else:
            at, exact, best = _either(p, at + (3 if p.startswith("(?:", at) else 1), common)
    elif c == "[":
        end = at + (3 if p[at + 1] == "^" else 2)
        while p[end] != "]":
            end += 2 if p[end] == "\\" else 1
        inside = p[at + 1 : end]
        if not {"^", "-", "\\", "["} & set(inside):
            exact = frozenset(inside)
        at = end + 1
    elif c == "\\" and p[at + 1] in _CLASS:
        at = p.index("}", at) + 1 if p.startswith("{", at + 2) else at + 2
    elif c in "^$":
        at, exact = at + 1, frozenset({""})
    elif c == ".":
        at += 1
    else:
        c, at = (p[at + 1], at + 2) if c == "\\" else (c, at + 1)
        exact = None if c in _CUT else frozenset({c})
    if at < len(p) and p[at] in "?*+{":
        few, many = p[at] in "?*" or p.startswith("{0", at), p[at] != "?"
        at = p.index("}", at) + 1 if p[at] == "{" else at + 1
        best = None if few else best if best is not None else exact
        exact = None if exact is None or p[at - 1] in "*}" else exact if many else exact | {""}
        best = None if best is not None and "" in best else best
    return at, exact, best
