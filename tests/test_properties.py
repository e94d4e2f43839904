"""Whatever befalls an export, every source stands, loses no record silently, and does not say what was not done.

Driven by the sources' own cases. The kind of a text is judged elsewhere and takes ten times as long as reading, so here it
is left out.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import disturbed
from tests.exports import OWNER, law
from tests.test_sources import CASES, NAMES
from transforms import value
from transforms.act import FACT
from transforms.archive import Archive, open_archive
from transforms.sources import recognise, sources

SEEDS = st.integers(0, 1 << 32)
EACH = [pytest.param(case, id=name) for case, name in zip(CASES, NAMES, strict=True)]
PEOPLE = ["message", "group"]  # which of the two may rest on a list of who is in a room


@pytest.fixture(scope="module", autouse=True)
def no_kinds() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(value, "kinds", lambda acts: acts)
        yield


def read(archive: Archive) -> pl.DataFrame:
    """What all sources that know an archive make of it; the law of records holds."""
    found = [sources()[platform].read(archive, OWNER) for platform in recognise(archive)]
    readings = [r for f in found for r in (f if isinstance(f, list) else [f])]
    facts = pl.concat([pl.DataFrame(schema=FACT), *(r.facts() for r in readings)])
    assert law(facts) == []
    return facts


@cache
def whole(case: Path) -> tuple[disturbed.Files, pl.DataFrame]:
    found = disturbed.files(case / "archive")
    return found, read(disturbed.archive(found))


def acts(facts: pl.DataFrame) -> pl.DataFrame:
    return facts.filter(pl.col("fact") == "act")


def ids(facts: pl.DataFrame) -> set[str]:
    return set(acts(facts)["act_id"])


def same(facts: pl.DataFrame, case: Path) -> None:
    assert ids(facts) == ids(whole(case)[1])


@pytest.mark.parametrize("case", EACH)
def test_a_second_copy_and_the_order_of_members_change_no_act(case: Path, tmp_path: Path) -> None:
    found = disturbed.doubled(whole(case)[0])
    paths = sorted(found)
    Random(case.name).shuffle(paths)
    with zipfile.ZipFile(tmp_path / "twice.zip", "w") as z:
        for path in paths:
            z.writestr(path, found[path])
    same(read(open_archive([tmp_path / "twice.zip"])), case)


def keys_and_columns(case: Path, seed: int) -> None:
    random = Random(f"{case.name} {seed}")
    found = disturbed.widened(disturbed.shuffled(whole(case)[0], random), random)
    same(read(disturbed.archive(found)), case)


def a_cut(case: Path, seed: int) -> None:
    random = Random(f"{case.name} {seed}")
    found, before = whole(case)
    path = random.choice(sorted(found))
    number, at = sorted(found).index(path) + 1, random.randrange(len(found[path]) + 1)
    after = read(disturbed.archive(disturbed.cut(found, path, at)))
    told = {(r[0], r[1]): r for r in acts(before).select("record", "direction", "channel", "happened_at").iter_rows()}
    owners = set(before["owner_key"].drop_nulls())
    new = acts(after).filter(~pl.col("act_id").is_in(list(ids(before))))
    mine = acts(after).filter(pl.col("record").str.starts_with(f"{number}:"))["record"].unique()
    last = sorted(mine, key=lambda record: [int(n) for n in re.findall(r"\d+", record)])[-2:]
    for act in new.to_dicts():
        if act["record"] in last or owners & set(act["counterparts"]):
            continue  # its own end is cut off; or whose export it is, so that the owner seems to be somebody
        was = told.get((act["record"], act["direction"]))
        if was is None:  # it stands for what told more; or the room was too large before, and who else is in it is cut off
            assert act["counterparts"] == [] or act["channel"] == "group"
        else:
            assert act["happened_at"] == was[3]
            assert act["channel"] == was[2] or {act["channel"], was[2]} == set(PEOPLE)


@pytest.mark.parametrize("case", EACH)
@given(seed=SEEDS)
@settings(max_examples=1, derandomize=True, deadline=None, database=None)
def test_keys_and_columns_nobody_knows_in_any_order_change_no_act(case: Path, seed: int) -> None:
    keys_and_columns(case, seed)


@pytest.mark.parametrize("case", EACH)
@given(seed=SEEDS)
@settings(max_examples=2, derandomize=True, deadline=None, database=None)
def test_what_is_left_of_a_cut_member_is_right(case: Path, seed: int) -> None:
    a_cut(case, seed)


@pytest.mark.slow
@pytest.mark.parametrize("case", EACH)
@given(seed=SEEDS)
@settings(max_examples=60, deadline=None)
def test_many_more(case: Path, seed: int) -> None:
    keys_and_columns(case, seed)
    a_cut(case, seed)
