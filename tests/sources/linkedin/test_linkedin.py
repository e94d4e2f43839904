"""What golden files cannot show: eras that agree, bytes cut anywhere, the real exports beside the project."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tests.exports import facts, law
from transforms.formats import csvs
from transforms.sources.linkedin.people import profile

IN = "https://www.linkedin.com/in/"
DATED = ("date", r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$")


def _export(folder: Path, **files: str | bytes) -> Path:
    folder.mkdir()
    for name, content in files.items():
        data = content if isinstance(content, bytes) else content.encode()
        (folder / f"{name}.csv").write_bytes(data)
    return folder


def _acts(folder: Path) -> pl.DataFrame:
    told = facts("linkedin", folder)
    assert law(told) == []
    return told.filter(pl.col("fact") == "act")


def test_a_message_is_one_act_in_every_era(tmp_path: Path) -> None:
    """No conversation id in 2018, line breaks lost before 2024, a name changed since: still the same two messages."""
    profile_csv = "First Name,Last Name,Headline\nOlive,Owner,\n"
    y2018 = _export(
        tmp_path / "2018", Profile=profile_csv,
        Messages="From,To,Date,Subject,Content,Direction,Folder\n"
        'Ann Ash,Olive Owner,"11/5/18, 4:23 PM",,Welcome  to the club,INCOMING,INBOX\n'
        'Olive Owner,Ann Ash,"7/5/18, 4:24 PM",,Thanks,OUTGOING,SENT\n',
    )  # fmt: skip
    y2021 = _export(
        tmp_path / "2021", Profile=profile_csv,
        messages="CONVERSATION ID,FROM,SENDER PROFILE URL,TO,DATE,SUBJECT,CONTENT,FOLDER\n"
        "1,Olive Owner,,Ann Ash,2018-07-05 23:24:09 UTC,,Thanks,INBOX\n"
        f"1,Ann Ash,{IN}ann-ash,Olive Owner,2018-11-06 00:23:41 UTC,,Welcome  to the club,INBOX\n",
    )  # fmt: skip
    y2026 = _export(
        tmp_path / "2026", Profile=profile_csv,
        messages='"CONVERSATION ID","FROM","SENDER PROFILE URL","TO","RECIPIENT PROFILE URLS","DATE","CONTENT"\n'
        f'"2-1","Ann Maple","{IN}ann-ash","Olive Owner","{IN}olive","2018-11-06 00:23:41 UTC","Welcome\r\n\r\nto the club"\n'
        f'"2-1","Olive Owner","{IN}olive","Ann Maple","{IN}ann-ash","2018-07-05 23:24:09 UTC","Thanks"\n',
    )  # fmt: skip
    ids = [set(_acts(era)["act_id"]) for era in (y2018, y2021, y2026)]
    assert ids[0] == ids[1] == ids[2]
    assert len(ids[0]) == 2


def test_owner_is_whose_profile_is_in_every_conversation(tmp_path: Path) -> None:
    """Without Profile.csv and Invitations.csv, and with a namesake of the owner among the others."""
    rows = [
        ("a", "Ann Ash", "ann-ash", "Olive Owner", "olive-owner"), ("b", "Olive Owner", "olive-owner", "Ben Birch", "ben-birch"),
        ("c", "Olive Owner", "olive-owner-2", "Olive Owner", "olive-owner"),
    ]  # fmt: skip
    lines = [f"{c},{f},{IN}{u},{t},{IN}{v},2024-01-0{i} 10:00:00 UTC,Hi" for i, (c, f, u, t, v) in enumerate(rows, 1)]
    header = "CONVERSATION ID,FROM,SENDER PROFILE URL,TO,RECIPIENT PROFILE URLS,DATE,CONTENT\n"
    folder = _export(tmp_path / "x", messages=header + "\n".join(lines))
    assert facts("linkedin", folder).filter(pl.col("fact") == "source")["owner_key"][0] == "in/olive-owner"
    assert _acts(folder).sort("happened_at").select("direction", pl.col("counterparts").list.first()).rows() == [
        ("received", "in/ann-ash"), ("given", "in/ben-birch"), ("received", "in/olive-owner-2"),
    ]  # fmt: skip


@pytest.mark.parametrize("backslash", [True, False], ids=["backslash", "doubled"])
def test_table_cut_at_any_byte_loses_only_its_end(backslash: bool) -> None:
    said = ['plain', 'say "yes"', "two\nlines, and a comma", "ünïcode 🙂", 'ends in "quotes"']
    mark = '\\"' if backslash else '""'
    rows = [f'2024-01-0{i} 10:00:00,https://example.org/{i},"{s.replace(chr(34), mark)}"' for i, s in enumerate(said, 1)]
    data = ("Date,Link,Message\n" + "\n".join(rows)).encode()
    whole = csvs.table(data, ["date", "link"], check=DATED)
    assert whole.frame["message"].to_list() == said
    for cut in range(18, len(data)):
        part = csvs.table(data[:cut], ["date", "link"], check=DATED)
        assert len(part.broken) <= 1
        assert part.records == len(part.frame) + len(part.broken)
        sure = part.frame["message"].to_list()[:-1]
        assert sure == said[: len(sure)], cut


def test_ragged_rows_are_counted_not_guessed() -> None:
    table = csvs.table(b"Notes:\n\nA,B,C\n1,2,3\n4,5\n6,7,8,9\n\n10,11,12\n", ["a", "b"])
    assert table.frame.rows() == [(0, "1", "2", "3"), (2, "10", "11", "12")]
    assert table.broken == [(1, "2 cells where 3 are named")]


def test_a_table_without_its_columns_is_refused() -> None:
    for data in (b"", b"\xff\xfe", b"<html></html>", b"A;B\n1;2\n"):
        with pytest.raises(csvs.NotCsv):
            csvs.table(data, ["date"])


def test_profile_urls_are_one_however_written() -> None:
    urls = [f"{IN}zo%C3%AB-b/", "www.linkedin.com/in/zoë-b?x=1", "HTTPS://de.LinkedIn.com/in/Zoë-B", "urn:li:member:7"]
    keys = pl.DataFrame({"u": urls}).select(profile(pl.col("u")).str.to_lowercase())["u"].to_list()
    assert keys == [*["in/zoë-b"] * 3, "urn:li:member:7"]


def test_real_posts_and_comments(samples: Path) -> None:
    """Ten years of one author: every row read, and the comments that answer on own posts told from the others."""
    acts = _acts(samples / "linkedin" / "sanand0+linkedin")
    assert dict(acts.group_by("channel").len().iter_rows()) == {"comment": 323, "post": 202}
    assert acts.filter((pl.col("channel") == "comment") & pl.col("n_targets").is_null()).height == 233
    assert set(acts.filter(pl.col("channel") == "post")["time_precision"]) == {"millisecond"}


def test_real_eras_lose_no_record(samples: Path) -> None:
    eras = sorted((samples / "linkedin").rglob("*_LinkedInDataExport_*"))
    assert len(eras) == 5
    for era in eras:
        told = facts("linkedin", era)
        assert law(told) == []
        assert told.filter(pl.col("fact") == "source")["owner_key"][0].startswith("in/")
