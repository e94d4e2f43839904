"""Text as a person would read it: expressions over polars string columns."""

from __future__ import annotations

import html

import polars as pl

_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2060\ufeff]"
# What NFC may change, or may join with what stands before it: anything but these
_COMPOSING = (
    r"[^\x00-\x{2ff}\x{388}-\x{482}\x{48a}-\x{52f}\x{2010}-\x{20cf}\x{2190}-\x{2328}\x{2600}-\x{27bf}\x{3041}-\x{3096}"
    r"\x{30a1}-\x{30ff}\x{4e00}-\x{9fff}\x{ac00}-\x{d7a3}\x{fe0f}\x{1f000}-\x{1faff}]"
)
_NAMED = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&#x27;": "'", "&apos;": "'", "&nbsp;": " "}
_WIDE = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Khmer}\p{Lao}\p{Myanmar}]"


def clean(text: pl.Expr) -> pl.Expr:
    """NFC, no control characters, lines of one kind, no outer blanks; empty text is null."""
    return text.map_batches(_clean, return_dtype=pl.String, is_elementwise=True)


def _clean(text: pl.Series) -> pl.Series:
    odd = text.str.contains(_COMPOSING).fill_null(False)
    if odd.any():  # few texts, so the rest is not taken apart to be put together again
        text = text.clone().scatter(odd.arg_true(), text.filter(odd).str.normalize("NFC"))
    cleaned = text.str.replace_all("\r\n?", "\n").str.replace_all(_CONTROL, "").str.strip_chars(" \t\n\u200e\u200f")
    return cleaned.set(cleaned == "", None)


def words(text: pl.Expr) -> pl.Expr:
    """Number of words; in scripts written without blanks two characters count as one word. 0 where there is no text."""
    return text.map_batches(_words, return_dtype=pl.Int32, is_elementwise=True)


def _words(text: pl.Series) -> pl.Series:
    spaced = text.str.count_matches(r"\S+")
    odd = text.str.contains(_WIDE).fill_null(False)
    if odd.any():
        wide = text.filter(odd)
        runs = wide.str.replace_all(_WIDE, " ").str.count_matches(r"\S+")
        spaced = spaced.scatter(odd.arg_true(), runs + (wide.str.count_matches(_WIDE) + 1) // 2)
    return spaced.fill_null(0).cast(pl.Int32)


def bare(text: pl.Expr) -> pl.Expr:
    """The signs alone, without any blank or line break: what is left of a text when these differ."""
    return text.map_batches(_bare, return_dtype=pl.String, is_elementwise=True)


def _bare(text: pl.Series) -> pl.Series:
    plain = text.str.replace_all(" ", "", literal=True)
    odd = plain.str.contains(r"\s").fill_null(False)
    return plain.scatter(odd.arg_true(), plain.filter(odd).str.replace_all(r"\s+", "")) if odd.any() else plain


def unescape(text: pl.Expr) -> pl.Expr:
    """HTML entities as characters, once: `&amp;lt;` stays `&lt;`."""
    return text.map_batches(_unescape, return_dtype=pl.String, is_elementwise=True)


def _unescape(text: pl.Series) -> pl.Series:
    odd = text.str.contains(r"&(#[0-9xX]|[A-Za-z][A-Za-z0-9]+;)").fill_null(False)
    if not odd.any():
        return text
    rows = text.filter(odd)
    named = rows.str.replace_many([*_NAMED, "&amp;"], [*_NAMED.values(), "&"])
    rare = rows.str.count_matches(r"&(?:#|[A-Za-z])") > rows.str.count_matches("|".join([*_NAMED, "&amp;"]))
    if rare.any():  # few rows, so the full table of entities is asked one by one
        named = pl.select(pl.when(rare).then(pl.Series([html.unescape(r) for r in rows])).otherwise(named)).to_series()
    return text.scatter(odd.arg_true(), named) if text.len() else text


def unhtml(markup: pl.Expr) -> pl.Expr:
    """The text of simple HTML (posts and messages): paragraphs and breaks as new lines, no tags, entities as characters."""
    return unescape(markup.map_batches(_untagged, return_dtype=pl.String, is_elementwise=True))


def _untagged(markup: pl.Series) -> pl.Series:
    odd = markup.str.contains("<", literal=True).fill_null(False)
    if not odd.any():
        return markup
    lines = markup.filter(odd).str.replace_all(r"(?i)<br\s*/?>", "\n")
    lines = lines.str.replace_all(r"(?i)</(p|div|li|blockquote|h[1-6])\s*>", "\n")
    lines = lines.str.replace_all(r"(?is)<(script|style)\b.*?</(script|style)>", "").str.replace_all(r"<[^<>]*>", "")
    return markup.clone().scatter(odd.arg_true(), lines)


def fold(name: pl.Expr) -> pl.Expr:
    """A name as names are compared: NFKC, lower case, single blanks."""
    return name.str.normalize("NFKC").str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars(" ")
