"""`givetake forget` leaves nothing of a person in a home but in the untouched inbox, and nothing brings them back."""

from __future__ import annotations

import os
import shutil
import zipfile
from pathlib import Path

import duckdb
import polars as pl
import pytest

from flows import demo
from flows.cli import run
from flows.inbox import intact
from flows.read import read_inbox
from flows.settings import Home, Settings
from tests.exports import law
from tests.hostile.places import contents, found
from transforms.forgotten import Account, Forgotten, digest, starts

CASES = Path(__file__).parents[1] / "sources"
CHAT = """[12.03.24, 09:15:02] Jane Erasable: the pears of Jane Erasable are ripe
[12.03.24, 09:16:10] Olive Owner: dear Jane, thank you for the basket
[13.03.24, 10:00:00] Jane Erasable: my number is +1 555 0142
"""
GROUP = """[12.03.24, 09:15:02] Zoe Stayer: Jane Erasable told me about the choir
[12.03.24, 09:16:10] Olive Owner: and Zoe, do you sing too?
[12.03.24, 09:17:10] Jane Erasable: she sings like a lark
[12.03.24, 09:18:10] Ben Stayer: see you there
"""
LEDGER = """happened_on,direction,person,kind,n_targets,note
2024-05-31,both,Jane Erasable,talk,,dinner at the quay
2024-06-02,received,Zoe Stayer,help,1,moved house with Jane Erasable
"""
PEOPLE = """account,person,me,pin,expect,introduced_by,relevant,not_same_as,same_as
whatsapp:name:Jane Erasable,Jane Erasable,,keep,,,,,
whatsapp:name:Olive Owner,Olive Owner,yes,,,,,,
whatsapp:name:Zoe Stayer,Zoe Stayer,,,,whatsapp:name:Jane Erasable,,,
"""
HERS = ("erasable", "pears of", "555 0142", "sings like a lark", "dinner at the quay", "dear jane")


def tombstones(*accounts: Account) -> Forgotten:
    key = "ab" * 32
    names = {n for a in accounts for n in a.names()}
    phrases = {p for a in accounts for p in a.phrases()}
    hashes = {digest(key, "name", n) for n in names} | {digest(key, "phrase", p) for p in phrases}
    return Forgotten(key, frozenset(hashes), frozenset(starts(key, phrases)))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Two chats, a ledger and people.csv, all of which name Jane Erasable; no night yet."""
    os.umask(0o077)
    home = Home(tmp_path / "home").make()
    for name, chat in (("WhatsApp Chat - Jane Erasable", CHAT), ("WhatsApp Chat - Choir", GROUP)):
        with zipfile.ZipFile(home.inbox / f"{name}.zip", "w") as z:
            z.writestr("_chat.txt", chat)
    home.ledger.write_text(LEDGER)
    home.people.write_text(PEOPLE)
    (home.folder / "givetake.toml").write_text('timezone = "Europe/Berlin"\n')
    return home


def test_nothing_is_left_of_a_person_and_nothing_brings_them_back(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    root = str(home.root)
    assert run(["--home", root, "run", "--plain", "--as-of", "2024-07-01"]) == 0
    assert found(HERS, contents(home.root, [home.inbox])), "the search finds what is there"
    kept = {p.name: p.read_bytes() for p in home.inbox.iterdir()}
    capsys.readouterr()
    assert run(["--home", root, "forget", "Jane Erasable", "--yes", "--as-of", "2024-07-01"]) == 0
    assert found(HERS, contents(home.root, [home.inbox])) == []
    listed = capsys.readouterr().out
    assert all(name in listed for name in kept), "the exports that still hold her are named"
    assert {p.name: p.read_bytes() for p in home.inbox.iterdir()} == kept
    assert all(intact(p) for p in home.facts.glob("*.parquet"))
    left = pl.concat([pl.read_parquet(p) for p in home.facts.glob("*.parquet")], how="diagonal_relaxed")
    assert {"whatsapp", "ledger"} <= set(left["platform"])
    assert law(left.filter(pl.col("archive") == left["archive"][0])) == []
    assert "Zoe Stayer" in set(left["name"].drop_nulls())
    assert "… told me about the choir" in set(left["text"].drop_nulls())
    for path in home.facts.glob("*.parquet"):  # as after a new version of a source: every archive is read again
        path.unlink()
    with zipfile.ZipFile(home.inbox / "WhatsApp Chat with Jane Erasable.zip", "w") as z:  # and she is exported anew
        z.writestr("_chat.txt", CHAT + "[14.03.24, 11:00:00] Jane Erasable: the pears of autumn\n")
    assert [r.outcome for r in read_inbox(home, Settings.load(home))] == ["read"] * 4
    assert found(HERS, contents(home.root, [home.inbox])) == []


@pytest.mark.slow
def test_where_no_night_can_follow_none_is_left(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(home.inbox)
    home.make()
    home.ledger.write_text(LEDGER.rpartition("2024-06-02")[0])
    home.people.unlink()
    assert run(["--home", str(home.root), "run", "--plain", "--as-of", "2024-07-01"]) == 0
    run(["--home", str(home.root), "forget", "Jane Erasable", "--yes", "--as-of", "2024-07-01"])
    assert found(HERS, contents(home.root)) == []


@pytest.mark.slow
def test_fifty_people_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a network of hundreds on three platforms: names, handles, profiles, ids, and texts only they have part in."""
    os.umask(0o077)
    home = Home(tmp_path / "home", "demo").make()
    demo.write(home.folder)
    night = ["--home", str(home.root), "--owner", "demo"]
    day = ["--as-of", str(demo.UNTIL)]
    assert run([*night, "run", "--plain", *day]) == 0
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        ids = [who for (who,) in con.execute(
            "select min(connection_id) from core.account where not is_own and name is not null group by lower(name)"
            " having count(distinct connection_id) = 1 order by md5(min(connection_id)) limit 50"
        ).fetchall()]  # fmt: skip
        known = con.execute(
            "select distinct unnest([a.key, r.name, r.handle, r.url]) from core.account a left join raw.account r using"
            " (platform, key) where list_contains($ids, connection_id)", {"ids": ids},
        ).fetchall()  # fmt: skip
        theirs = "select act_id from core.act where list_contains($ids, connection_id)"
        texts = con.execute(
            f"select text from raw.act where length(text) > 25 group by text having bool_and(act_id in ({theirs}))", {"ids": ids}
        ).fetchall()
    words = {w for (w,) in known if w and (" " in w or len(w) > 7)} | {t.strip() for (t,) in texts}
    assert len(ids) == 50
    assert len(words) > 250
    assert len(found(words, contents(home.folder, [home.inbox]))) > len(words)
    assert run([*night, "forget", *ids, "--yes", *day]) == 0
    assert found(words, contents(home.root, [home.inbox])) == []
    for path in home.facts.glob("*.parquet"):
        path.unlink()
    assert {r.outcome for r in read_inbox(home, Settings.load(home))} == {"read"}
    assert found(words, contents(home.root, [home.inbox])) == []
    print(f"{len(ids)} people, {len(words)} words")
