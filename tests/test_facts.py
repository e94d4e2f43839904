"""Facts reach the disk in pieces: what they are does not depend on where a piece ends, nor memory on how many there are."""

from __future__ import annotations

import errno
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest

from flows import facts, reader
from tests.exports import law
from tests.hostile.test_forget import tombstones
from transforms import act
from transforms.archive import Unreadable
from transforms.forgotten import Account
from transforms.sources import sources

CASES = Path(__file__).parent / "sources"


NOW = {"all": "", "sources": dict.fromkeys(sources(), "1"), "owner": ""}
JOB = {"sha256": "ab" * 32, "zone": "UTC", "me": [], "keep_text": True, "versions": NOW, "forgotten": {}}


def read(target: Path, *paths: Path, **job: Any) -> dict[str, Any]:
    return reader.read(JOB | {"paths": [str(p) for p in paths], "target": str(target)} | job)


def in_batches(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(act, "_BATCH", rows)
    monkeypatch.setattr(facts, "GROUP", rows)


@pytest.mark.parametrize("of", ["x", "email", "telegram", "linkedin"])
def test_facts_are_the_same_in_batches_of_any_size(of: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of every case of a platform in one folder: twins, the same told by several exports, several readings, damage."""
    answers = []
    for rows in (1, 7, 10**9):
        in_batches(rows, monkeypatch)
        answers.append(read(tmp_path / f"{rows}.parquet", CASES / of))
    assert answers[0] == answers[1] == answers[2]
    assert pq.ParquetFile(tmp_path / "1.parquet").num_row_groups > 20
    first, *others = (pl.read_parquet(tmp_path / f"{rows}.parquet") for rows in (1, 7, 10**9))
    assert all(first.equals(other) for other in others)
    assert law(first) == []
    assert answers[0]["aside"]["set aside"], "the same is told twice"


def test_who_is_forgotten_is_found_in_whatever_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who an account is, is told behind the messages it wrote; whoever reads the file again drops the same."""
    case = CASES / "telegram" / "2026_account" / "archive"
    read(tmp_path / "whole.parquet", case)
    whole = pl.read_parquet(tmp_path / "whole.parquet")
    key, name = whole.filter(fact="account").drop_nulls("name").select("key", "name").row(0)
    gone = tombstones(Account("telegram", key, name))
    job = {"forgotten": {"key": gone.key, "hashes": sorted(gone.hashes), "starts": sorted(gone.starts)}}
    told = []
    for rows in (1, 10**9):
        in_batches(rows, monkeypatch)
        read(tmp_path / ".x.1", case, **job)
        told.append(pl.read_parquet(tmp_path / ".x.1"))
    assert told[0].equals(told[1])
    assert law(told[0]) == []
    assert key not in set(told[0]["key"]) | set(told[0]["counterparts"].explode())
    assert sorted(p.name for p in tmp_path.iterdir()) == [".x.1", "whole.parquet"]


def test_what_a_source_told_before_it_failed_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_batches(1, monkeypatch)
    shutil.copytree(CASES / "x" / "2025-tweets" / "archive", tmp_path / "both" / "x")
    shutil.copytree(CASES / "telegram" / "2026_account" / "archive", tmp_path / "both" / "telegram")
    source = sources()["x"]

    def broken(archive: Any, owner: Any) -> Any:
        real(archive, owner)._stream.flush()
        raise ValueError("after it had told something")

    real = source.read
    monkeypatch.setattr(source, "read", broken)
    answer = read(tmp_path / "facts", tmp_path / "both")
    facts_of_x = pl.read_parquet(tmp_path / "facts").filter(platform="x")
    assert set(facts_of_x["fact"]) == {"problem", "member", "source"}
    (reason,) = (reason for platform, _, reason, _ in answer["problems"] if platform == "x")
    assert "please report this" in reason
    assert pl.read_parquet(tmp_path / "facts").filter(platform="telegram", fact="act").height
    assert "sources" not in pl.read_parquet_metadata(tmp_path / "facts"), "read again the next night"
    with pytest.raises(Unreadable, match="please report this"):
        read(tmp_path / "facts", CASES / "x" / "2025-tweets" / "archive")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a disk that is always full")
def test_a_full_disk_is_no_fault_of_the_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_batches(1, monkeypatch)  # met while the source still reads
    with pytest.raises(facts.NotStored) as full:
        read(Path("/dev/full"), CASES / "x" / "2025-tweets" / "archive")
    assert full.value.errno == errno.ENOSPC


_PEAK = """
import json, resource, sys
from flows import reader
told = reader.read(json.loads(sys.argv[1]))
print(json.dumps({"counts": told["counts"], "kb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}))
"""


@pytest.mark.slow
def test_memory_does_not_grow_with_the_archive(tmp_path: Path) -> None:
    """Ten times the parts: what is kept of each act is a few hashes, 60 bytes; as rows they were more than 500."""
    peaks = []
    for parts in (20, 200):
        with zipfile.ZipFile(tmp_path / f"{parts}.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as z:
            z.writestr("data/account.js", 'window.YTD.account.part0 = [{"account": {"accountId": "7", "username": "olive"}}]')
            for part in range(parts):
                likes = (f'{{"like": {{"tweetId": "{10**6 + part * 10_000 + i}"}}}}' for i in range(10_000))
                z.writestr(f"data/like-part{part}.js", f"window.YTD.like.part{part} = [{','.join(likes)}]")
        job = JOB | {"paths": [str(tmp_path / f"{parts}.zip")], "target": str(tmp_path / "facts")}
        ran = subprocess.run([sys.executable, "-c", _PEAK, json.dumps(job)], check=True, capture_output=True, text=True)
        told = json.loads(ran.stdout.splitlines()[-1])
        assert told["counts"]["act"] == parts * 10_000
        peaks.append(told["kb"])
    assert (peaks[1] - peaks[0]) * 1024 / 1_800_000 < 120
