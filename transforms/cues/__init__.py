"""Cues: what people write when they give, ask or chat, one TOML file per language, read as data.

A file has `language`, `script`, `words` (false where words are not parted by blanks or carry affixes: cues then match
inside words), `common` (frequent words, which tell the language), `[macros]` and `[rules.<kind>.<name>]` with

- `any`: cues, one of which must be found; `all`: lists of cues, one of each must be found; `none`: cues that forbid the rule
- `needs`: flags of `value.FLAGS`, "!" negates
- `weak`: only where no other rule fired; `stock`: the platform's own text, before every other rule
- `whole`: look at questions too (rules of light kinds always do)

A cue is a regular expression over the text as `value.tokens` leaves it, with shorthands: a blank is a word border, `..` any
words of the same sentence (at least one at the end of a cue), `...` any words, `*` ends a stem, `^` the start, `$` the end
(punctuation and emoji aside), `<s>` the start of a sentence, `<c>` of a clause, `<num> <money> <name> <url> <mail> <at>` what
they say, `<macro>` one of the file.

`shared.toml` holds the rules of every language, told in macros; each language has its own words for them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl

from transforms.cues.tokens import fold

KINDS = (
    "spam", "amplification", "credit", "recommendation", "introduction", "offer", "thanks", "resource", "help",
    "link", "ask", "applause", "status", "talk",
)  # fmt: skip
LIGHT = frozenset({"spam", "amplification", "thanks", "link", "ask", "applause", "status", "talk"})
_HERE = Path(__file__).parent
_BUILTIN = {
    "s": r"(?:^|[.!?…:;–—\n\"(])",
    "c": r"(?:^|[.!?…:;–—\n\"(,]|<s> (?:and|then|so|but|just|please|yes|no|nah|nope|yeah|well|ok|honestly|also|maybe|or))",
    "num": r"[^ ]*[0-9][^ ]*", "url": "xxurl", "mail": "xxmail", "at": "xxat", "name": r"(?:`[^ ]+(?: `[^ ]+)*|xxat)",
    "money": r"(?:[$€£₹¥] ?[0-9][^ ]*|[0-9][^ ]* ?(?:[$€£₹¥]|euros?|dollars?|pounds?|quid|bucks|usd|eur|gbp|k(?: |$)))",
}  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """One named rule of one language; cues are regular expressions over tokens."""

    kind: str
    name: str
    tier: int  # 0 stock, 1 usual, 2 weak
    every: tuple[tuple[str, ...], ...]  # one of each must be found
    none: tuple[str, ...]  # each forbids the rule
    needs: tuple[str, ...]
    whole: bool


@dataclass(frozen=True)
class Language:
    """One file of cues."""

    code: str
    script: str
    common: str
    frequent: frozenset[str]
    rules: tuple[Rule, ...]


@cache
def languages() -> dict[str, Language]:
    """All files of cues by name; `any` holds for every language."""
    return {path.stem: _read(path) for path in sorted(_HERE.glob("*.toml")) if path.stem not in ("foreign", "shared")}


@cache
def foreign() -> dict[str, str]:
    """Patterns of the frequent words of languages without cues, so that they are not taken for a covered one."""
    words = _load("foreign.toml")
    return {f"x-{code}": _common(text) for code, text in words.items()}


def _read(path: Path) -> Language:
    data, shared = _load(path.name), _load("shared.toml")
    words, macros = data.get("words", True), data.get("macros", {})

    def patterns(cues: list[str], known: bool = False) -> tuple[str, ...]:
        try:
            cues = [c for cue in cues if not known or _known(cue, macros) for c in _apart(cue, macros)]
            return tuple(compiled(c, macros, words) for c in cues)
        except KeyError as e:
            raise ValueError(f"{path.name}: no macro {e}; define it under [macros]") from None

    never = {kind: "|".join(patterns(rule["any"], known=True)) for kind, rule in shared["never"].items()}
    rules = []
    for kind, name, rule in [*_named(data, path.name), *(r for r in _named(shared, "shared.toml") if _known(str(r[2]), macros))]:
        every = ([rule["any"]] if "any" in rule else []) + rule.get("all", [])
        none = ("|".join(patterns(rule.get("none", []))), "" if rule.get("stock") else never.get(kind, ""))
        rules.append(Rule(
            kind, name, 0 if rule.get("stock") else 2 if rule.get("weak") else 1,
            tuple(patterns(cues) for cues in every), tuple(filter(None, none)),
            tuple(rule.get("needs", ())), rule.get("whole", kind in LIGHT),
        ))  # fmt: skip
    common = data.get("common", "")
    return Language(data["language"], data.get("script", ""), _common(common), frozenset(common.split()), tuple(rules))


def _named(data: dict, file: str) -> Iterator[tuple[str, str, dict]]:
    """Kind, name and content of every rule of a file."""
    for kind, named in data.get("rules", {}).items():
        if kind not in KINDS:
            raise ValueError(f"{file}: no kind {kind}; kinds are {', '.join(KINDS)}")
        for name, rule in named.items():
            if odd := set(rule) - {"any", "all", "none", "needs", "weak", "stock", "whole"}:
                raise ValueError(f"{file}: {kind}.{name}: unknown {', '.join(sorted(odd))}")
            yield kind, name, rule


def _apart(cue: str, macros: dict[str, str]) -> list[str]:
    """A cue that is one macro of the file as its alternatives, so that each may have its own anchors."""
    whole = re.fullmatch(r"<([\w-]+)>", cue)
    if not whole or whole[1] not in macros:
        return [cue]
    parts, depth = [""], 0
    for c in macros[whole[1]]:
        depth += (c in "([") - (c in ")]")
        if c == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += c
    return parts


def _known(cues: str, macros: dict[str, str]) -> bool:
    return all(name in macros or name in _BUILTIN for name in re.findall(r"(?<!\(\?)<([\w-]+)>", cues))


def _common(words: str) -> str:
    return rf" `?(?:{'|'.join(dict.fromkeys(words.split()))})(?-u:\b)"


def compiled(cue: str, macros: dict[str, str], words: bool) -> str:
    """The regular expression of one cue, folded."""
    opened = cue.startswith(("<s>", "<c>"))
    while (out := re.sub(r"(?<!\(\?)<([\w-]+)>", lambda m: _macro(m[1], macros), cue)) != cue:
        cue = out
    anchored, ended = cue.startswith("^"), cue.endswith("$")
    cue = cue.removeprefix("^").removesuffix("$").strip()
    cue = re.sub(r"(?<=[^\W_])\*", "[^ ]*", cue)
    cue = re.sub(r"(?<!\bwe)(?<!\bshe)(?<!\bhe)'", "'?", cue)  # dont, ill; but were is not we're
    cue = re.sub(r" ?(?<!\.)\.\.(?!\.) ?(?=[|)]|$)", "\x03", cue)
    cue = re.sub(r" ?\.\.\. ?", "\x00", cue)
    cue = re.sub(r" ?(?<!\.)\.\.(?!\.) ?", "\x01", cue)
    if words:
        cue = (
            cue.replace(" ?", "\x02")
            .replace(" ", " `?")
            .replace("\x02", "(?: `?)?")
            .replace("\x00", "(?: .*)? `?")
            .replace("\x01", "(?: [^.!?…।。\n]*)? `?")
            .replace("\x03", "(?: `?[^ .!?…।。\n]+)+")
        )
        cue = f"{'^' if anchored else ''}{'' if opened else ' `?'}(?:{cue}) "
    else:
        cue = cue.replace("\x00", "(?s:.*)").replace("\x01", "[^.!?…।。\n]*").replace("\x03", "[^.!?…।。\n]+")
        cue = f"{'^ ' if anchored else ''}(?:{cue})"
    return cue + (r"(?:[^\p{L}\p{N}]*)$" if ended else "")


def _macro(name: str, macros: dict[str, str]) -> str:
    return _BUILTIN[name] if name in _BUILTIN else f"(?:{macros[name]})"


@cache
def _load(file: str) -> dict:
    """A file of cues, folded as the texts are."""
    return tomllib.loads(pl.select(fold(pl.lit((_HERE / file).read_text("utf-8")))).item())
