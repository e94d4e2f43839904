"""What must hold for exports of Instagram and Threads whatever is in them."""

from __future__ import annotations

import polars as pl

from tests.chats import changed, facts, files


def said(found: pl.DataFrame, *without: int) -> list[tuple]:
    """What acts and states say, whatever their place; those of some members left out."""
    rows = found.filter(pl.col("fact").is_in(["act", "state"]))
    rows = rows.filter(~pl.col("record").str.split(":").list.first().cast(pl.Int32).is_in(without))
    return sorted(rows.select("act_id", "channel", "direction", "happened_at", "text", "state").rows(), key=str)


def members(platform: str, case: str) -> list[str]:
    """Those that may be cut short; the profile tells who the owner is."""
    return sorted(n for n in files(platform, case) if "personal_information" not in n)


def a_cut_costs_only_itself(platform: str, case: str, name: str) -> None:
    whole = files(platform, case)
    number = sorted(whole).index(name) + 1
    before = said(facts(platform, whole), number)
    for cut in range(0, len(whole[name]) - 3, max(len(whole[name]) // 11, 1)):
        # what stood in two members may now be told by the other one
        assert set(before) <= set(said(facts(platform, whole | {name: whole[name][:cut]}), number))


def new_keys_change_nothing(platform: str, case: str) -> None:
    def grown(value: object, inside: str = "") -> object:
        if isinstance(value, dict):
            more = {} if inside == "string_map_data" else {"zz_new": [1, {"a": None}]}
            return {k: grown(v, k) for k, v in value.items()} | more
        return [grown(v) for v in value] if isinstance(value, list) else value

    whole = files(platform, case)
    assert said(facts(platform, changed(whole, grown))) == said(facts(platform, whole))


def twice_is_told_once(platform: str, case: str) -> None:
    whole = files(platform, case)
    assert said(facts(platform, whole | {f"again/{n}": b for n, b in whole.items()})) == said(facts(platform, whole))
