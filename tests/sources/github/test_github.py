"""What golden files cannot show: eras that agree, bytes cut anywhere, the real archives beside the project."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import polars as pl
import pytest

from tests.exports import facts, law

HERE = Path(__file__).parent
SAMPLES = Path(__file__).parents[3] / "../shared/samples/github"
K = "https://github.com/olive-owner/kiln"


def _acts(folder: Path) -> pl.DataFrame:
    told = facts("github", folder)
    assert law(told) == []
    return told.filter(pl.col("fact") == "act").sort("act_id")


def _write(folder: Path, **files: object) -> Path:
    for name, content in files.items():
        path = folder / f"{name.replace('__', '/')}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))
    return folder


def test_archive_and_api_tell_the_same_acts(tmp_path: Path) -> None:
    """Profiles by address or as objects, `#r1` or `#discussion_r1`: the same act_ids and the same people."""

    def old(url: str, user: str, body: str, at: str = "2024-01-01T00:00:00Z", **more: object) -> dict:
        return {"type": "x", "url": url, "user": f"https://github.com/{user}", "body": body, "created_at": at, **more}

    def new(url: str, user: str, body: str, at: str = "2024-01-01T00:00:00Z", **more: object) -> dict:
        return {"html_url": url, "user": {"login": user}, "body": body, "created_at": at, **more}

    archive = _write(
        tmp_path / "archive",
        issues_000001=[old(f"{K}/issues/1", "Ana-Ash", "It stops", title="Stops")],
        pull_requests_000001=[old(f"{K}/pull/2", "ben", "A fan", title="Fan")],
        issue_comments_000001=[old(f"{K}/issues/1#issuecomment-3", "olive-owner", "Thanks")],
        pull_request_review_comments_000001=[old(f"{K}/pull/2/files#r4", "olive-owner", "Why?")],
        pull_request_reviews_000001=[old(f"{K}/pull/2/files#pullrequestreview-5", "olive-owner", "", state=40)],
    )
    review = new(f"{K}/pull/2#pullrequestreview-5", "olive-owner", "", state="APPROVED", submitted_at="2024-01-01T00:00:00Z")
    api = _write(
        tmp_path / "api",
        api__user={"login": "olive-owner", "url": "https://api.github.com/users/olive-owner"},
        api__issues=[new(f"{K}/issues/1", "ana-ash", "It stops", title="Stops"), new(f"{K}/pull/2", "ben", "A fan", title="Fan")],
        api__issue_comments=[new(f"{K}/issues/1#issuecomment-3", "olive-owner", "Thanks")],
        api__pull_comments=[new(f"{K}/pull/2#discussion_r4", "olive-owner", "Why?")],
        api__reviews=[review],
    )
    same = ["act_id", "channel", "direction", "counterparts", "happened_at", "text"]
    assert _acts(archive).select(same).rows() == _acts(api).select(same).rows()
    assert _acts(archive).height == 5


def test_mentioned_is_who_was_mentioned(tmp_path: Path) -> None:
    """Read the other way, the owner would have mentioned themselves and Ben would have mentioned somebody."""
    body = {"type": "issue", "user": "https://github.com/ana", "created_at": "2024-01-01T00:00:00Z"}
    event = {"type": "issue_event", "event": "mentioned", "created_at": "2024-01-01T00:00:00Z", "issue": f"{K}/issues/1"}
    folder = _write(
        tmp_path / "archive", issues_000001=[body | {"url": f"{K}/issues/1", "body": "@ben look"}],
        issue_events_000001=[event | {"url": f"{K}/issues/1#event-1", "actor": "https://github.com/ben"}],
    )  # fmt: skip
    assert _acts(folder).select("channel", "direction", "counterparts").rows() == [
        ("comment", "received", ["https://github.com/ana"])
    ]


@pytest.mark.parametrize("case", ["archive", "reviews"])
def test_order_and_unknown_keys_change_nothing(case: str, tmp_path: Path) -> None:
    before = _acts(HERE / case / "archive")
    shutil.copytree(HERE / case / "archive", tmp_path / "a")
    for file in (tmp_path / "a").glob("*_000001.json"):
        rows = json.loads(file.read_text())
        random.Random(3).shuffle(rows)
        file.write_text(json.dumps([row | {"zzz": {"a": [1]}} for row in rows]))
    after = _acts(tmp_path / "a")
    same = ["act_id", "counterparts", "n_targets", "text", "value_kind"]
    assert before.select(same).rows() == after.select(same).rows()


def test_a_member_cut_anywhere_costs_itself(tmp_path: Path) -> None:
    whole = _acts(HERE / "archive" / "archive")
    shutil.copytree(HERE / "archive" / "archive", tmp_path / "a")
    cut = tmp_path / "a" / "issue_comments_000001.json"
    data = cut.read_bytes()
    for at in range(0, len(data), 397):
        cut.write_bytes(data[:at])
        left = _acts(tmp_path / "a").filter(~pl.col("post").str.contains("issues/3"))
        assert set(left["act_id"]) <= set(whole["act_id"]), at


def test_samples_keep_every_record() -> None:
    folders = [SAMPLES / "xc-link+networklist-org", SAMPLES / "dogsheep+github-to-sqlite"]
    if not SAMPLES.exists():
        pytest.skip("the samples are not here")
    counts = []
    for folder in folders:
        told = facts("github", folder)
        assert law(told) == []
        assert told.filter((pl.col("fact") == "problem") & (pl.col("severity") == "problem")).is_empty()
        counts.append(told.filter(pl.col("fact") == "act").height)
    assert counts == [203, 8]
