"""Texts and cues in the one form in which they are compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

import polars as pl

from transforms import text as texts

_MARKS = "[\u0300-\u036f\u0640\u064b-\u0655\ufe0f\u200d]"
_DOMAINS = "com|org|net|io|dev|app|me|eu|de|fr|es|it|nl|co|uk|br|ru|jp|kr|cn|in"
_URL = rf"(?i)(?:https?://|(?-u:\b)www\.)[^\s<>]+|(?-u:\b)[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:{_DOMAINS})/[^\s<>]*"
_MAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_HANDLE = r"@[\p{L}\p{N}_]+(?:\.[\p{L}\p{N}_]+)*"
_NAME = r"([\p{L}\p{N},'’&)]\s)(\p{Lu}\p{Ll})"
_QUOTES = ["`", "“", "”", "„", "«", "»"]
_ODD = "[\u0180-\u1fff\u2070-\u3fff\ua000-\uabff\uf900-\uffff]"  # what may have another form; han and hangul have none
_LONG = 2000  # bytes
_QUESTION = r"[^.!?…।。\n]*\?"


def fold(text: pl.Expr) -> pl.Expr:
    """Compatibility forms unified (NFKC), no accents, no vowel marks, lower case, straight apostrophes."""
    plain = text.str.replace_many(_LATIN)
    odd = pl.when(plain.str.contains(_ODD)).then(plain).str.normalize("NFKD").str.replace_all(_MARKS, "").str.normalize("NFC")
    return pl.coalesce(odd, plain).str.to_lowercase()


def _folded(c: str) -> str:
    return "'" if c == "´" else re.sub("[’‘ʼ]", "'", re.sub(_MARKS, "", unicodedata.normalize("NFKD", c)))


_LATIN = {c: _folded(c) for c in map(chr, [*range(0x80, 0x180), *range(0x2000, 0x2070), 0x2BC]) if _folded(c) != c} | {"؟": "?"}


def tokens(rows: pl.DataFrame) -> pl.DataFrame:
    """`text` as cues read it, beside its `words`: folded, words and marks parted by blanks, links and addresses as one word,
    a backtick before a name inside a sentence. `whole` has all of it, `said` all but the questions."""
    text = pl.col("text").fill_null("")
    long = pl.when(text.str.len_bytes() > _LONG).then(text)  # what a letter is about stands at its ends
    text = pl.coalesce(long.str.head(_LONG // 2) + "\n" + long.str.tail(_LONG // 4), text)
    whole = pl.col("whole")
    rows = rows.with_columns(words=texts.words(text), whole=text.str.replace_many(_QUOTES, ["'", *['"'] * 5]))
    rows = rows.with_columns(whole=_where(r"/|www\.", whole, lambda t: t.str.replace_all(_URL, " xxurl ")))
    rows = rows.with_columns(
        whole=_where("@", whole, lambda t: t.str.replace_all(_MAIL, " xxmail ").str.replace_all(_HANDLE, " xxat "))
    )
    rows = rows.with_columns(whole=whole.str.replace_all("-", " ", literal=True))
    rows = rows.with_columns(whole=_where(r"\s\p{Lu}\p{Ll}", whole, lambda t: t.str.replace_all(_NAME, "$1`$2")))
    ascii_ = rows["whole"].str.len_bytes() == rows["whole"].str.len_chars()
    rows = pl.concat([
        rows.filter(ascii_).with_columns(whole.str.to_lowercase()), rows.filter(~ascii_).with_columns(fold(whole)),
    ])  # fmt: skip
    spaced = pl.lit(" ") + whole.str.replace_all(r"([^\p{L}\p{M}\p{N} '`_]+)", " $1 ") + pl.lit(" ")
    rows = rows.with_columns(whole=spaced.str.replace_many([" '", "' "], [" ", " "]).str.replace_all("  +", " "))
    return rows.with_columns(said=_where(r"\?", whole, lambda t: t.str.replace_all(_QUESTION, "")))


def _where(mark: str, text: pl.Expr, done: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
    """The text, done to where it holds a mark: a costly expression skips the nulls of all others."""
    return pl.coalesce(done(pl.when(text.str.contains(mark)).then(text)), text)
