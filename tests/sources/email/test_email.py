"""Mails as bytes from anybody: cut, spoilt, enormous; and the samples, where they are."""

from __future__ import annotations

import html
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.exports import OWNER, facts, law
from transforms.act import Owner
from transforms.formats import mail, mbox

CASES = Path(__file__).parent
TAKEOUT = next((CASES / "takeout/archive").rglob("*.mbox")).read_bytes()
NOTICES = next((CASES / "notices/archive").rglob("*.mbox")).read_bytes()


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[i : i + size] for i in range(0, len(data), size))


def acts(path: Path) -> pl.DataFrame:
    return facts("email", path).filter(pl.col("fact") == "act")


@pytest.mark.parametrize("size", [1, 7, 100, 2047, 2048, 4096])
def test_the_size_of_the_pieces_does_not_matter(size: int) -> None:
    whole = list(mbox.messages([TAKEOUT]))
    assert len(whole) == 13
    assert list(mbox.messages(pieces(TAKEOUT, size))) == whole


def test_of_a_mail_too_long_to_hold_the_beginning_is_kept() -> None:
    def long() -> Iterator[bytes]:
        yield b"From - Mon Mar 11 09:00:00 2024\nFrom: ben@example.com\n\nHello\n"
        for _ in range(40):
            yield b"QUJD" * (1 << 18)
        yield b"\n\nFrom - Mon Mar 11 09:00:00 2024\nFrom: cleo@example.com\n\nBye\n"

    first, second = mbox.messages(long())
    assert len(first) == mbox.KEEP
    assert first.startswith(b"From: ben@example.com\n\nHello\nQUJD")
    assert second == b"From: cleo@example.com\n\nBye\n"


@settings(max_examples=25, deadline=None)
@given(cut=st.integers(0, len(TAKEOUT)))
def test_what_stands_before_a_cut_is_read_the_same(cut: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("cut")
    (folder / "whole.mbox").write_bytes(TAKEOUT)
    whole = acts(folder / "whole.mbox").select("act_id", "direction", "counterparts", "n_targets")
    (folder / "whole.mbox").write_bytes(TAKEOUT[:cut])
    found = facts("email", folder / "whole.mbox") if cut else None
    if found is not None:
        assert law(found) == []
        begun = len(list(mbox.messages([TAKEOUT[:cut]])))
        told = found.filter(pl.col("fact") == "act").select(whole.columns)
        assert told.height >= whole.height - 13 + begun - 4
        last = told.join(whole, on="act_id", how="anti")
        assert last.height <= 1, "only the mail that is cut may differ"


@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_spoilt_mails_lose_nothing_and_raise_nothing(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    raw = bytearray(data.draw(st.sampled_from([TAKEOUT, NOTICES])))
    for at, junk in data.draw(st.lists(st.tuples(st.integers(0, len(raw) - 1), st.binary(min_size=1, max_size=4)), max_size=60)):
        raw[at : at + len(junk)] = junk
    path = tmp_path_factory.mktemp("spoilt") / "a.mbox"
    path.write_bytes(bytes(raw))
    assert law(facts("email", path)) == []


def test_mails_in_another_order_say_the_same(tmp_path: Path) -> None:
    mails = [b"From - Mon Mar 11 09:00:00 2024\n" + m.rstrip(b"\n") + b"\n\n" for m in mbox.messages([TAKEOUT])]
    columns = ["act_id", "direction", "counterparts", "n_targets", "thread", "is_reply", "introduces", "text"]
    told = []
    for name, order in (("a", mails), ("b", mails[::-1]), ("c", mails * 2)):
        (tmp_path / f"{name}.mbox").write_bytes(b"".join(order))
        told.append(acts(tmp_path / f"{name}.mbox").select(columns).sort("act_id"))
    assert told[0].equals(told[1])
    assert told[0].equals(told[2])


def test_nobody_known_as_the_owner_is_said_once_per_file() -> None:
    found = facts("email", CASES / "letters/archive/3.emlx", owner=Owner())
    assert law(found) == []
    assert found.filter(pl.col("fact") == "act").is_empty()
    assert "people.csv" in found.filter(pl.col("severity") == "problem")["reason"].item()


def test_headers_meant_to_hurt_are_read_at_once() -> None:
    begun = time.perf_counter()
    many = ", ".join(f'"Person, {i}" <person{i}@example.com>' for i in range(20_000))
    fields, _ = mail.head(f"From: a@example.com\nTo: {many}\n\n".encode())
    assert len(mail.addresses(fields["to"])) == mail.MAX_ADDRESSES
    for bad in ('"' * 60_000, "(" * 60_000, "<" * 60_000, "=?utf-8?q?" * 6000, "a@" * 30_000, "\\" * 60_000, '"\\' * 30_000):
        mail.addresses(bad)
        mail.words(bad)
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (i, i) for i in range(2000))
    fields, start = mail.head(deep)
    assert list(mail.parts(fields, deep[start:])) == []
    wide = b'Content-Type: multipart/mixed; boundary="b"\n\n' + b"--b\n\nx\n" * 50_000
    fields, start = mail.head(wide)
    assert len(list(mail.parts(fields, wide[start:]))) == mail.MAX_PARTS
    assert time.perf_counter() - begun < 5


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Yes.\n\nOn Mon, 4 Mar 2024, Ben <b@example.com> wrote:\n> No?\n", "Yes.\n\n"),
        ("Le lun. 4 mars 2024 à 10:00, Ben <b@example.com> a écrit :\n> Non ?\n\nSi.\n", "\nSi.\n"),
        ("Yes.\n\n-----Original Message-----\nFrom: Ben\nSent: Monday\n\nNo?", "Yes.\n"),
        ("Yes.\n\n________________________________\nFrom: Ben\nSent: Monday\n\nNo?", "Yes.\n"),
        ("Yes.\n\nSent from my phone\n", "Yes.\n"),
        ("On Monday I wrote: nothing.\nThat is all.", "On Monday I wrote: nothing.\nThat is all."),
        ("Yes.\r\n-- \r\nBen\r\n", "Yes."),
        ("From: here to there\nis a long way", "From: here to there\nis a long way"),
    ],
)  # fmt: skip
def test_an_act_is_what_its_sender_wrote(said: str, kept: str) -> None:
    assert pl.DataFrame({"t": [said]}).select(mail.own(pl.col("t"))).item() == kept


@pytest.mark.parametrize(
    ("date", "utc"),
    [
        ("Mon, 11 Mar 2024 10:00:00 +0100 (CET)", "2024-03-11 09:00:00"),
        ("11 Mar 24 10:00 EST", "2024-03-11 15:00:00"),
        ("Mon Mar 11 10:00:00 2024", "2024-03-11 09:00:00"),
        ("Sun, 31 Mar 2024 02:30:00", "2024-03-31 01:30:00"),
        ("Mon, 11 Mar 2024 23:59:60 -0000", "2024-03-11 23:59:59"),
        ("Tue, 31 Feb 2024 10:00:00 +0000", None),
        ("Mon, 11 Mar 9999 10:00:00 +0000", None),
        ("yesterday", None),
    ],
)  # fmt: skip
def test_dates(date: str, utc: str | None) -> None:
    told = pl.DataFrame({"d": [date]}).select(mail.instant(pl.col("d"), "Europe/Berlin").dt.to_string("%Y-%m-%d %H:%M:%S"))
    assert told.item() == utc


def test_sample_of_thunderbird(samples: Path) -> None:
    for inbox in samples.glob("email/*/test/fixtures/importers-a/email/thunderbird"):
        found = facts("email", inbox, owner=Owner(me=frozenset({"ana.ruiz@example.org"})))
        assert law(found) == []
        assert found.filter(pl.col("fact") == "act").height == 2


def test_samples_of_reddit(samples: Path, tmp_path: Path) -> None:
    told = 0
    for i, path in enumerate(sorted(samples.glob("email/*/digesters/reddit/sampleEmail*.txt"))):
        target = tmp_path / f"{i}.eml"
        target.write_text(html.unescape(path.read_text()))
        found = facts("email", target, owner=OWNER)
        assert law(found) == []
        told += found.filter((pl.col("fact") == "act") & (pl.col("platform") == "reddit")).height
    assert told in (0, 8), "three, four and one act"
