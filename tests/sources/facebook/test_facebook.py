"""What must hold for Facebook exports whatever is in them: damage stays where it is, order and new keys change nothing."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from tests.exports import OWNER, law
from transforms.archive import Archive, Member, open_archive
from transforms.formats.meta import mend_one, nobody, strings
from transforms.sources import facebook, recognise

ROOM = Path(__file__).parent
CASES = sorted(p.parent.name for p in ROOM.glob("*/archive"))


def archive(files: dict[str, bytes]) -> Archive:
    return Archive(tuple(Member(n, p, len(b), lambda _, b=b: iter((b,))) for n, (p, b) in enumerate(sorted(files.items()), 1)))


def files(case: str) -> dict[str, bytes]:
    folder = ROOM / case / "archive"
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


def facts(of: dict[str, bytes]) -> pl.DataFrame:
    found = facebook.read(archive(of), OWNER).facts()
    assert law(found) == []
    return found


def said(found: pl.DataFrame, *without: int) -> list[tuple]:
    rows = found.filter(pl.col("fact").is_in(["act", "state"]))
    rows = rows.filter(~pl.col("record").str.split(":").list.first().cast(pl.Int32).is_in(without))
    return sorted(rows.select("act_id", "channel", "direction", "happened_at", "text", "state", "key").rows(), key=str)


def test_a_string_is_mended_once_and_only_where_it_is_broken() -> None:
    whole = ["plain", "café 👍", "Łukasz", "é", "“x”", "a\x1eb", "", "日本"]
    broken = [w.encode().decode("latin-1") for w in whole]
    assert strings(broken).to_list() == whole
    assert [mend_one(b) for b in broken] == whole
    assert strings([*whole, None]).to_list() == [*whole, None]
    assert strings([*broken, "\xe9", "Ã"]).to_list() == [*whole, "\xe9", "Ã"]


@pytest.mark.parametrize("name", [
    "Facebook user", "Facebook-Nutzer/in", "Utilisateur de Facebook", "Usuario de Facebook", "Usuário do Facebook",
    "Utilizador do Facebook", "Utente di Facebook", "Facebook-gebruiker", "Utilizator Facebook", "Użytkownik Facebooka",
    "Uživatel Facebooku", "Facebook-käyttäjä", "Facebook-felhasználó", "Facebook Kullanıcısı", "Пользователь Facebook",
    "Χρήστης Facebook", "Facebookユーザー", "Facebook 用戶", "Instagram-bruker", "Instagrammer",
])  # fmt: skip
def test_an_account_that_is_gone_is_nobody_in_any_language(name: str) -> None:
    assert nobody(name.lower())
    assert not nobody(f"{name} Example".lower())


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(files("2024_messages") | files("2025_activity")))
def test_a_member_cut_short_costs_only_itself(name: str) -> None:
    whole = files("2024_messages" if name in files("2024_messages") else "2025_activity")
    if name.endswith("profile_information.json"):
        pytest.skip("it tells who the owner is")
    number = sorted(whole).index(name) + 1
    before = facts(whole)
    for cut in range(0, len(whole[name]) - 3, max(len(whole[name]) // 17, 1)):
        found = facts(whole | {name: whole[name][:cut]})
        left, right = said(found, number), said(before, number)
        # what the cut member knew of people may be missed: names in sentences, and in which of two files a reaction stands
        assert len(left) >= len(right) - 1
        if "messages/" in name:
            assert left == right


def test_order_of_keys_and_records_and_new_keys_change_nothing() -> None:
    def grown(value: object) -> object:
        if isinstance(value, dict):
            return {"zz_new": [1, {"a": None}]} | dict(reversed([(k, grown(v)) for k, v in value.items()]))
        return [grown(v) for v in value] if isinstance(value, list) else value

    for case in ("2018_public", "2024_messages"):
        whole = files(case)
        more = {n: json.dumps(grown(json.loads(b))).encode() for n, b in whole.items()}
        assert said(facts(more)) == said(facts(whole))


def test_the_same_export_twice_is_told_once() -> None:
    for case in ("2018_public", "2024_messages", "2025_activity"):
        whole = files(case)
        assert said(facts(whole | {f"again/{n}": b for n, b in whole.items()})) == said(facts(whole))


def test_parts_of_one_export_are_read_together() -> None:
    whole = files("2024_messages")
    parts = {f"part-{i % 2}/{n}": b for i, (n, b) in enumerate(sorted(whole.items()))}
    assert said(facts(parts)) == said(facts(whole))


def test_old_and_new_reactions_are_told_once_by_time_and_name() -> None:
    found = facts(files("2025_activity"))
    reactions = found.filter(pl.col("channel") == "reaction", pl.col("evidence") == "export", pl.col("direction") == "given")
    assert reactions.height == 6  # eight records: the LIKE and the localised like stand in both files


def test_samples_read_without_loss(samples: Path) -> None:
    found = {}
    for folder in sorted([*samples.glob("facebook/eric*/*"), *samples.glob("facebook/kenn*/internal/fbmessenger/testdata/*")]):
        source = open_archive([folder])
        if recognise(source):
            reading = facebook.read(source, OWNER)
            assert law(reading.facts()) == []
            found[folder.name] = reading.records
    assert found == {
        "e2ee": 4, "fb2024": 12, "old": 2, "corrupt": 2, "e2ee_simple": 7, "html_multi_media": 1, "html_simple": 1,
        "html_with_media": 1, "json_group": 3, "json_multifile": 4, "json_nontext": 6, "json_simple": 6, "json_with_media": 1,
        "json_with_media_alt": 1, "mixed": 2,
    }  # fmt: skip


def test_nobody_elses_files_are_claimed(samples: Path) -> None:
    for folder in sorted(p for p in samples.glob("*/*") if p.is_dir() and p.parent.name != "facebook"):
        assert not facebook.claims(open_archive([folder])), folder
