"""What has become of the records of an archive, where rows of them were dropped after they were read."""

from __future__ import annotations

import polars as pl

from transforms.act import FACT, TOLD, Schema, conform, hashes

_LOST: Schema = {"platform": pl.String, "member": pl.Int32, "record": pl.UInt64, "reason": pl.String}


class Records:
    """Which records something is left of, and of which something was dropped and why: hashes, for it is the whole archive's."""

    def __init__(self) -> None:
        self._left: list[pl.Series] = []
        self._lost: list[pl.DataFrame] = []

    def left(self, facts: pl.DataFrame) -> None:
        """These rows are left."""
        self._left.append(self._of(facts)["record"])

    def lost(self, facts: pl.DataFrame, reason: str) -> None:
        """These rows were dropped."""
        if not facts.is_empty():
            self._lost.append(self._of(facts).with_columns(reason=pl.lit(reason)))

    def aside(self) -> pl.DataFrame:
        """Rows of FACT that count, by member, the records of which something was dropped and nothing is left."""
        lost = pl.concat([pl.DataFrame(schema=_LOST), *self._lost]).unique("record", keep="first")
        for left in self._left if lost.height else ():
            lost = lost.filter(~pl.col("record").is_in(left.implode()))
        counted = lost.group_by("platform", "member", "reason").agg(records=pl.len().cast(pl.Int64)).with_columns(
            fact=pl.lit("problem"), severity=pl.lit("set aside"), record=pl.format("{}:*", "member")
        )  # fmt: skip
        return conform(counted.sort("platform", "member", "reason"), FACT)

    @staticmethod
    def _of(facts: pl.DataFrame) -> pl.DataFrame:
        told = facts.filter(pl.col("fact").is_in(TOLD), pl.col("record").is_not_null())
        return told.select(
            "platform", member=pl.col("record").str.split(":").list.first().cast(pl.Int32),
            record=hashes(pl.concat_str("platform", "record", separator="\x1f")).xxh3_64(),
        )  # fmt: skip
