"""What `explain` shows adds up: of every connection of the demo, every number from its parts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows import demo, stages, warehouse
from flows.cli.arithmetic import FORMULAS, HOW, behind, explained
from flows.cli.screen import Choice
from flows.publish import publish
from flows.settings import Home, Settings

SPOKEN = {"owner", "name", "company", "position"}  # they say it themselves


@pytest.fixture(scope="module")
def choice(tmp_path_factory: pytest.TempPathFactory) -> Choice:
    """The demo's home after a night without its gates."""
    home = Home(tmp_path_factory.mktemp("explain"), "me").make()
    demo.write(home.folder)
    night = stages.Night.begin(home, Settings.load(home), as_of=datetime.combine(demo.UNTIL, datetime.min.time()))
    for stage in (stages.gather, stages.lay, stages.count, stages.measure):
        stage(night)
    night.draft.replace(home.warehouse)
    publish(home.warehouse, home.folder, night.run_id, night.as_of)
    return Choice(str(home.root), "me")


def parts(told: Mapping[str, Any]) -> dict[str, Any]:
    """The additive numbers of a connection from what is shown of it, and nothing else."""
    way = {d: [a for a in told["acts"] if a["direction"] == d] for d in ("given", "received")}
    days = {a["happened_at"].date() for a in told["acts"] if a["contact"]}
    return {
        "acts_given": len(way["given"]), "acts_received": len(way["received"]),
        "given": math.fsum(a["value"] for a in way["given"]), "received": math.fsum(a["value"] for a in way["received"]),
        "given_two_sided": math.fsum(a["value"] for a in way["given"] if a["two_sided"]),
        "received_two_sided": math.fsum(a["value"] for a in way["received"] if a["two_sided"]),
        "squares_two_sided": math.fsum(a["value"] ** 2 for a in told["acts"] if a["two_sided"]),
        "acts_two_sided": sum(a["two_sided"] for a in told["acts"]),
        "attention_minutes": math.fsum(a["attention_minutes"] for a in told["acts"]),
        "asks_received": sum(a["value_kind"] == "ask" for a in way["received"]),
        "strength": math.fsum(d["strength"] for d in told["days"]), "contact_days": len(days),
        "first_contact_on": min(days, default=None), "last_contact_on": max(days, default=None),
        "opportunity": math.fsum(r["opportunity"] for r in told["reached"]),
        "opened": sum(r["distance"] == 1 for r in told["reached"]),
    }  # fmt: skip


def test_the_parts_shown_are_the_numbers(choice: Choice) -> None:
    rows = choice.rows("select * from connection order by connection_id")
    assert len(rows) > 300
    wrong, computed = [], 0
    with duckdb.connect() as con:
        con.execute((warehouse.SQL / "macros.sql").read_text()).fetchall()
        for row in rows:
            told = dict(zip(("inputs", "acts", "days", "reached"), behind(choice, row["connection_id"]), strict=False))
            assert {name: told["inputs"][name] for name in row} == row
            found = parts(told)
            assert {d["happened_on"] for d in told["days"]} == {a["happened_at"].date() for a in told["acts"] if a["contact"]}
            found |= dict(zip(FORMULAS, _computed(con, told["inputs"] | found), strict=True))
            computed += len(found)
            wrong += [
                (row["connection_id"], n, v, told["inputs"][n]) for n, v in found.items() if not _alike(v, told["inputs"][n])
            ]
    assert wrong == []
    assert computed > 9000


def _computed(con: duckdb.DuckDBPyConnection, inputs: Mapping[str, Any]) -> list[Any]:
    """Each formula with its values put in, computed."""

    def literal(value: Any) -> str:
        quoted = {date: f"date '{value}'", datetime: f"timestamp '{value}'", float: f"{value!r}::double", type(None): "null"}
        return quoted.get(type(value), repr(value))

    filled = [text.format_map({name: literal(value) for name, value in inputs.items()}) for text in FORMULAS.values()]
    return list(con.execute(f"select {', '.join(filled)}").fetchone())


def _alike(found: Any, should: Any) -> bool:
    if found is None or should is None or isinstance(should, date | bool):
        return found == should
    return abs(found - should) <= 1e-9 * max(1, abs(should))


def test_every_published_number_is_explained_and_every_act_has_its_place(choice: Choice) -> None:
    row = choice.rows("select * from connection where acts_given > 20 and verdict <> 'too early' order by strength desc")[0]
    told = explained(choice, row)
    assert {h["number"] for h in told["how"] if not h["how"]} == SPOKEN - {"owner"}
    assert set(FORMULAS) | set(HOW) == set(row) - SPOKEN
    assert not [h for h in told["how"] if "{" in h["how"] or ("–" in h["how"] and row[h["number"]] is not None)]
    assert all(a["archive_name"].endswith((".zip", ".csv")) and a["record_number"] for a in told["acts"])
    assert all(a["member"] for a in told["acts"] if a["platform"] != "ledger")
    assert all(s["record_number"] and s["member"] for s in told["states"])
    assert any(a["text"] for a in told["acts"])


def test_the_place_told_is_where_the_act_stands(choice: Choice) -> None:
    """A person opens the export at the file and record told, and finds it."""
    import csv
    import io
    import zipfile

    home = choice.place()
    checked = 0

    @cache
    def lines(archive: str, member: str) -> list[dict[str, str]]:
        with zipfile.ZipFile(home.inbox / archive) as z:
            return list(csv.DictReader(io.TextIOWrapper(z.open(member), "utf-8-sig")))

    for row in choice.rows("select * from connection where platforms like '%linkedin%' order by strength desc limit 5"):
        for act in explained(choice, row)["acts"]:
            if act["member"] and act["member"].endswith("messages.csv") and act["text"]:
                content = lines(act["archive_name"], act["member"])[int(act["record_number"]) - 1]["CONTENT"]
                assert act["text"].split()[:3] == content.split()[:3]
                checked += 1
    assert checked >= 20


def test_a_warehouse_of_another_night_explains_nothing(choice: Choice) -> None:
    from flows.cli.screen import Stop

    row = choice.rows("select * from connection limit 1")[0]
    with pytest.raises(Stop):
        explained(choice, row | {"given": -1})
    assert Path(choice.place().warehouse).exists()
