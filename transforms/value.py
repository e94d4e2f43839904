"""The value kind of a text, by named rule. See docs for the kinds and the order that breaks ties."""

from __future__ import annotations

import polars as pl

VERSION = "0"


def kinds(acts: pl.DataFrame) -> pl.DataFrame:
    """Fill value_kind, value_rule, language_covered where a source left value_kind null."""
    link = pl.col("text").str.contains(r"https?://")
    kind = (
        pl.when(pl.col("value_kind").is_not_null()).then(pl.col("value_kind"))
        .when(~pl.col("composed")).then(pl.lit("applause"))
        .when(pl.col("stock")).then(pl.lit("applause"))
        .when(link & (pl.col("words") < 6)).then(pl.lit("link"))
        .otherwise(pl.lit("talk"))
    )  # fmt: skip
    rule = pl.when(pl.col("value_kind").is_not_null()).then(pl.concat_str(pl.lit("channel:"), pl.col("channel")))
    return acts.with_columns(value_kind=kind, value_rule=pl.coalesce("value_rule", rule.otherwise(pl.lit("coarse"))),
                             language_covered=pl.col("language_covered").fill_null(False))  # fmt: skip
