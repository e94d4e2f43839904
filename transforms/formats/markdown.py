"""Markdown as a person would read it, and whom it names: expressions over polars string columns (GitHub, Reddit)."""

from __future__ import annotations

import polars as pl

from transforms.text import unescape

_CODE = r"(?s)```.*?(```|$)|~~~.*?(~~~|$)"
_MARKED = r"[\r<>`~!\[#*&]"
_NAMED = r"(?:^|[^\w/@.`-])@[A-Za-z0-9][A-Za-z0-9-]{0,38}[/_]?"


def plain(text: pl.Expr) -> pl.Expr:
    """No comments, blocks of code or lines quoted from others; links as their text and address; no emphasis."""
    return text.map_batches(_plain, return_dtype=pl.String, is_elementwise=True)


def _plain(text: pl.Series) -> pl.Series:
    marked = text.str.contains(_MARKED).fill_null(False)
    if not marked.any():
        return text
    bare = (
        text.filter(marked).str.replace_all("\r\n?", "\n")
        .str.replace_all(r"(?s)<!--.*?-->", "")
        .str.replace_all(_CODE, "")
        .str.replace_all(r"(?m)^[ \t]*(>|&gt;).*$", "")
        .str.replace_all(r"!\[[^\]\n]*\]\([^)\n]*\)", "")
        .str.replace_all(r"\[([^\]\n]*)\]\(([^)\s]*)[^)\n]*\)", "$1 $2")
        .str.replace_all(r"(?m)^#{1,6} +|\*\*|~~", "")
        .str.replace_all(r"<[/A-Za-z][^<>]*>", "")
    )
    return text.scatter(marked.arg_true(), pl.select(unescape(pl.lit(bare))).to_series())


def named(text: pl.Expr) -> pl.Expr:
    """Logins after an @, in lower case, as a list: not in code or quotes, no teams (@org/team), addresses or packages."""
    return text.map_batches(_named, return_dtype=pl.List(pl.String))


def _named(text: pl.Series) -> pl.Series:
    likely = text.str.contains("@", literal=True).fill_null(False)
    bare = text.filter(likely).str.replace_all(_CODE, "").str.replace_all(r"`[^`\n]*`", "")
    found = bare.str.replace_all(r"(?m)^[ \t]*>.*$", "").str.extract_all(_NAMED)
    long = pl.DataFrame({"row": likely.arg_true(), "login": found}).explode("login", empty_as_null=False)
    long = long.filter(~pl.col("login").str.contains(r"[/_]$"))
    logins = long.with_columns(pl.col("login").str.extract(r"@(.+)$").str.to_lowercase()).unique(maintain_order=True)
    every = pl.DataFrame({"row": pl.int_range(text.len(), dtype=pl.UInt32, eager=True)})
    lists = logins.group_by("row", maintain_order=True).agg("login")
    return every.join(lists, on="row", how="left", maintain_order="left")["login"].fill_null([])
