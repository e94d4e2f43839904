"""The facts of one archive on disk: written and read row group by row group, so that memory does not grow with the archive."""

from __future__ import annotations

import contextlib
import errno
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl
import polars.selectors as cs
import pyarrow.parquet as pq

from transforms.forgotten import Forgotten, theirs, without
from transforms.records import Records

GROUP = 100_000  # rows
# Columns of few values. A dictionary of what is told once makes the others larger and slower.
_REPEATED = [
    "fact", "platform", "archive", "channel", "direction", "time_precision", "value_kind", "value_rule", "evidence", "thread",
    "state", "kind", "account_kind", "identified", "reason", "severity", "status", "counterparts.list.element",
]  # fmt: skip


class NotStored(OSError):  # noqa: N818
    """The facts could not be written: no fault of the archive."""


class Draft:
    """A facts file being written, from frames of FACT in any number; `close` makes it whole and durable."""

    def __init__(self, path: Path, digest: str, *, keep_text: bool = True) -> None:
        self.records, self.counts = Records(), Counter[str]()
        self._same = [pl.lit(digest).alias("archive"), *([] if keep_text else [pl.lit(None, pl.String).alias("text")])]
        self._few: list[pl.DataFrame] = []
        self._waiting: list[pl.DataFrame] = []
        self._writer: pq.ParquetWriter | None = None
        with _stored():
            self._file = path.open("wb")

    def put(self, facts: pl.DataFrame) -> None:
        """Take rows."""
        self.records.left(facts)
        self.counts.update(dict(facts.group_by("fact").len().iter_rows()))
        self._few.append(facts.filter(pl.col("fact").is_in(["problem", "member", "source"])))
        self._waiting.append(facts.with_columns(cs.datetime().dt.replace_time_zone(None), *self._same))
        self._write(GROUP)

    def few(self) -> pl.DataFrame:
        """The rows that tell of the archive: problems, members, sources."""
        return pl.concat(self._few)

    def close(self, metadata: Mapping[str, str]) -> None:
        """Write what is left. Raises NotStored."""
        self._write(1)
        with _stored():
            assert self._writer
            self._writer.add_key_value_metadata(dict(metadata))
            self._writer.close()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()

    def _write(self, least: int) -> None:
        if sum(f.height for f in self._waiting) < least:
            return
        table, self._waiting = pl.concat(self._waiting).to_arrow(), []
        with _stored():
            self._writer = self._writer or pq.ParquetWriter(
                self._file, table.schema, compression="zstd", compression_level=1, use_dictionary=_REPEATED, store_schema=False
            )
            self._writer.write_table(table)


@contextlib.contextmanager
def _stored() -> Iterator[None]:
    try:
        yield
    except OSError as disk:
        raise NotStored(disk.errno or errno.EIO, os.strerror(disk.errno or errno.EIO)) from None


def stored(path: Path) -> Iterator[pl.DataFrame]:
    """The rows of a facts file as frames of FACT."""
    scan = pl.scan_parquet(path, glob=False)
    for at in range(0, scan.select(pl.len()).collect().item(), GROUP):
        frame = scan.slice(at, GROUP).collect()
        yield frame.drop("archive").with_columns(cs.datetime().dt.replace_time_zone("UTC"))


def forget(path: Path, draft: Draft, gone: Forgotten) -> tuple[set[str], bool]:
    """Copy a facts file without those forgotten. Returns the acts that went, and whether a row changed."""
    keys, acts, changed = theirs(stored(path), gone), set[str](), False
    for facts in stored(path):
        left, dropped = without(facts, keys, gone)
        draft.records.lost(dropped, "of somebody forgotten")
        draft.put(left)
        acts |= set(dropped["act_id"].drop_nulls())
        changed = changed or not left.equals(facts)
    draft.put(draft.records.aside())
    return acts, changed
