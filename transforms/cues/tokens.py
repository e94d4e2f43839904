"""Texts and cues in the one form in which they are compared."""

from __future__ import annotations

import polars as pl

from transforms import text as texts

_MARKS = "[\u0300-\u036f\u0640\u064b-\u0655\ufe0f\u200d]"
_DOMAINS = "com|org|net|io|dev|app|me|eu|de|fr|es|it|nl|co|uk|br|ru|jp|kr|cn|in"
_URL = rf"(?i)(?:https?://|\bwww\.)[^\s<>]+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:{_DOMAINS})/[^\s<>]*"
_MAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_HANDLE = r"@[\p{L}\p{N}_]+(?:\.[\p{L}\p{N}_]+)*"
_NAME = r"([\p{L}\p{N},'’&)]\s)(\p{Lu}\p{Ll})"
_QUESTION = r"[^.!?…।。\n]*\?"


def fold(text: pl.Expr) -> pl.Expr:
    """Compatibility forms unified (NFKC), no accents, no vowel marks, lower case, straight apostrophes."""
    folded = text.str.normalize("NFKD").str.replace_all(_MARKS, "").str.normalize("NFC")
    return folded.str.to_lowercase().str.replace_many(["’", "‘", "ʼ", "´"], ["'"] * 4)


def tokens(rows: pl.DataFrame) -> pl.DataFrame:
    """`text` as cues read it, beside its `words`: folded, words and marks parted by blanks, links and addresses as one word,
    a backtick before a name inside a sentence. `whole` has all of it, `said` all but the questions."""
    plain = pl.col("text").fill_null("").str.replace_many(["`", "“", "”", "„", "«", "»"], ["'", *['"'] * 5])
    linked = plain.str.replace_all(_URL, " xxurl ").str.replace_all(_MAIL, " xxmail ").str.replace_all(_HANDLE, " xxat ")
    addressed = pl.col("text").str.contains(r"[@/]|www\.")
    whole = (
        pl.when(addressed).then(linked).otherwise(plain).str.replace_all("-", " ", literal=True).str.replace_all(_NAME, "$1`$2")
    )
    rows = rows.with_columns(words=texts.words(pl.col("text")), whole=whole)
    plain_ascii = rows["whole"].str.len_bytes() == rows["whole"].str.len_chars()
    rows = pl.concat([
        rows.filter(plain_ascii).with_columns(pl.col("whole").str.to_lowercase()),
        rows.filter(~plain_ascii).with_columns(fold(pl.col("whole"))),
    ])  # fmt: skip
    spaced = pl.lit(" ") + pl.col("whole").str.replace_all(r"([^\p{L}\p{M}\p{N} '`_]+)", " $1 ") + pl.lit(" ")
    rows = rows.with_columns(whole=spaced.str.replace_many([" '", "' "], [" ", " "]).str.replace_all("  +", " "))
    asked = pl.col("whole").str.contains("?", literal=True)
    return rows.with_columns(said=pl.when(asked).then(pl.col("whole").str.replace_all(_QUESTION, "")).otherwise("whole"))
