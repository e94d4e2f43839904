"""What must hold for WhatsApp chats whatever is in them."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tests.chats import acts, cuts, facts, files
from tests.exports import law
from transforms.act import Owner
from transforms.archive import open_archive
from transforms.sources import recognise, whatsapp

PAIR, GROUP = files("whatsapp", "android_pair"), files("whatsapp", "ios_group")
CHAT, ROOM = "WhatsApp Chat with Ada Example.txt", "WhatsApp Chat - Garden/_chat.txt"

# A date past the 12th in every order, and the clocks phones show
FORMATS = [
    "{d:02}.{m:02}.{y}, {H:02}:{M:02} - ", "{d}.{m}.{yy:02} {H:02}:{M:02} - ", "{m}/{d}/{yy:02}, {h}:{M:02} {p} - ",
    "{d:02}/{m:02}/{y}, {h}:{M:02} {l} - ", "[{d:02}/{m:02}/{y}, {H:02}:{M:02}:{S:02}] ",
    "[{m}/{d}/{yy:02}, {h}:{M:02}:{S:02}\u202f{p}] ",
    "{y}-{m:02}-{d:02}, {H:02}:{M:02} - ", "[{y}/{m:02}/{d:02} {H:02}:{M:02}:{S:02}] ", "{d:02}-{m:02}-{y} {H:02}.{M:02} - ",
    "[{d:02}.{m:02}.{yy:02}, {H:02}:{M:02}:{S:02}] ", "\u200e[{d:02}.{m:02}.{yy:02}, {H:02}:{M:02}:{S:02}] ",
    "{d:02}/{m:02}/{y} à {H:02}:{M:02} - ", "[{d:02}/{m:02}/{y} à {H:02}:{M:02}:{S:02}] ", "{d}.{m}.{y} klo {H}.{M:02} - ",
    "{y}/{m}/{d} {zh}{h}:{M:02} - ", "[{y}/{m}/{d} {zh}{h}:{M:02}:{S:02}] ", "{y}. {m}. {d}. {ko} {h}:{M:02} - ",
    "{y}년 {m}월 {d}일 {ko} {h}:{M:02} - ", "{d}/{m}/{yy:02}, {h}:{M:02}\u202f{es} - ", "{d}/{m}/{be} {H:02}:{M:02} - ",
    "[{y}. {m:02}. {d:02}. {H}:{M:02}:{S:02}] ", "{d:02}.{m:02}.{yy:02} г., {H}:{M:02} ч. - ",
    "{y}-{m:02}-{d:02} {H:02} h {M:02} - ", "[{y}-{m:02}-{d:02} {H:02} h {M:02} min {S:02} s] ",
    "{d}/{m}/{yy:02}, {h}:{M:02} {el} - ", "{d}.{m}.{y} {tr} {h}:{M:02} - ", "{d:02}/{m:02}/{yy:02}, {h}:{M:02} {ms} - ",
    "{m}/{d}/{yy:02}, {h}:{M:02}:{S:02} {p}: ", "{d:02}/{m:02}/{y} {H:02}:{M:02}:{S:02}: ", "{y}/{d:02}/{m:02}, {H:02}:{M:02} - ",
]  # fmt: skip


def line(form: str, d: int, hour: int, said: str) -> str:
    half = "PM" if hour >= 12 else "AM"
    zh, ko, es = ("下午", "오후", "p.\u00a0m.") if hour >= 12 else ("上午", "오전", "a.\u00a0m.")
    el, tr, ms = ("μ.μ.", "ÖS", "PTG") if hour >= 12 else ("π.μ.", "ÖÖ", "PG")
    clock = {"zh": zh, "ko": ko, "es": es, "be": 2567, "H": hour, "h": (hour - 1) % 12 + 1, "M": 7, "S": 9, "p": half,
             "l": half.lower(), "el": el, "tr": tr, "ms": ms}  # fmt: skip
    return form.format(y=2024, yy=24, m=3, d=d, **clock) + said + "\n"


@pytest.mark.parametrize("form", FORMATS)
def test_every_header_tells_the_same_minutes(form: str) -> None:
    said = [(1, 0), (2, 9), (12, 12), (13, 13), (28, 23)]
    text = "".join(line(form, d, hour, f"Ada Example: number {d}") for d, hour in said)
    found = facts("whatsapp", {CHAT: text.encode()}).filter(pl.col("fact") == "act")
    told = found["happened_at"].dt.convert_time_zone("Europe/Berlin").dt.strftime("%Y-%m-%d %H:%M").to_list()
    assert told == [f"2024-03-{d:02} {hour:02}:07" for d, hour in said]


def test_a_chat_is_found_behind_a_line_of_something_else() -> None:
    lost = facts("whatsapp", {CHAT: b"e end of a message\n" + PAIR[CHAT]})
    assert acts(lost) == acts(facts("whatsapp", PAIR))


def test_digits_no_list_knows_are_no_clock() -> None:
    text = line(FORMATS[0], 13, 9, "Ada Example: hi") + "१३.᠐᠓.२०२४, ᠑᠐:००  - Ada Example: hi\n"
    found = facts("whatsapp", {CHAT: text.encode()}).filter(pl.col("fact") == "act")
    assert found.height == 1


def test_digits_of_another_script() -> None:
    arabic = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
    form = "{d}\u200f/{m}\u200f/{y}، {h}:{M:02} "
    said = [(13, 0, "ص"), (14, 12, "م"), (15, 23, "م")]
    text = "".join(line(form, d, hour, f"{half} - Ada Example: \n").translate(arabic) + "x\n" for d, hour, half in said)
    found = facts("whatsapp", {CHAT: text.encode()}).filter(pl.col("fact") == "act")
    told = found["happened_at"].dt.convert_time_zone("Europe/Berlin").dt.strftime("%d %H:%M").to_list()
    assert told == ["13 00:07", "14 12:07", "15 23:07"]


def test_another_messenger_is_not_whatsapp(tmp_path: Path) -> None:
    (tmp_path / "talk.txt").write_text("2023년 12월 31일 오후 11:59, Ada Example : hello\n")
    assert recognise(open_archive([tmp_path])) == {}


def test_a_file_cut_short_keeps_what_stands_before_the_cut() -> None:
    whole = acts(facts("whatsapp", PAIR))
    for cut in cuts(PAIR[CHAT])[15:]:  # from where a day past the 12th tells the order
        found = acts(facts("whatsapp", PAIR | {CHAT: PAIR[CHAT][:cut]}))
        assert len(set(map(str, found)) - set(map(str, whole))) <= 1


def test_line_ends_and_marks_change_nothing() -> None:
    for data in (PAIR[CHAT].replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + PAIR[CHAT]):
        assert acts(facts("whatsapp", PAIR | {CHAT: data})) == acts(facts("whatsapp", PAIR))


def test_each_chat_is_read_by_itself() -> None:
    both = facts("whatsapp", {f"a/{CHAT}": PAIR[CHAT].replace(b"O. Owner", b"Olive Owner"), f"b/{ROOM}": GROUP[ROOM]})
    alone = [facts("whatsapp", {CHAT: PAIR[CHAT].replace(b"O. Owner", b"Olive Owner")}), facts("whatsapp", GROUP)]
    assert acts(both) == sorted(acts(alone[0]) + acts(alone[1]), key=str)


def test_samples_read_without_loss(samples: Path) -> None:
    found = sorted((samples / "whatsapp").rglob("inst/*.txt")) + sorted((samples / "whatsapp").rglob("chats/whatsapp/*.txt"))
    assert len(found) == 10
    owner = Owner(zone="Europe/Berlin", me=frozenset({"Alice", "Mary", "Ash Ketchum"}))
    kept = {}
    for path in found:
        assert list(recognise(open_archive([path]))) == ["whatsapp"]
        told = whatsapp.read(open_archive([path]), owner).facts()
        assert law(told) == []
        assert told.filter(pl.col("severity") == "problem")["records"].sum() <= 1
        kept[path.name] = told.filter(pl.col("fact") == "act", pl.col("channel") == "group").height
    android = {n: k for n, k in kept.items() if n.startswith(("english", "german"))}
    assert min(android.values()) >= 38
