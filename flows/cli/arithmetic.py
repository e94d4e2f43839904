"""The arithmetic behind each number of one connection, as docs/metrics.md defines it, with its values put in.

Reads the private warehouse: the sums a number is made of are in `measure`, the text of an act in the facts.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from flows.cli.screen import Choice, Stop, cell

WILSON = "W(x, n) = (x + z²/2)/(n + z²) ± z/(n + z²)·√(x(n − x)/n + z²/4), z = 1.6448536 (90 %)"

# The inputs are columns of measure.tie, measure.total, the weighting of the settings, core.connection and the settings.
HOW = {
    "connection_id": "short hash of the person's smallest account key",
    "platforms": "where an account of theirs is known",
    "connected_on": "earliest connection known on {as_of}",
    "first_contact_on": "first of {contact_days} contact days",
    "last_contact_on": "last of {contact_days} contact days",
    "contact_days": "UTC days with an act composed, not templated, no spam, to at most 4 people",
    "acts_given": "acts towards them, all channels, those of value 0 too",
    "acts_received": "acts of theirs towards you",
    "given": "Σ value of {acts_given} acts given; value = weight / n_targets, talk once a day",
    "received": "Σ value of {acts_received} acts received",
    "effective_acts": "n = min((Σw)²/Σw², Σw) over {acts_two_sided} two-sided acts: {given_two_sided} + {received_two_sided}",
    "balance": "2·W(p·n, n) − 1 with p = {given_two_sided} / ({given_two_sided} + {received_two_sided}), n = {effective_acts}",
    "balance_lo": "the lower bound of the same",
    "balance_hi": "the upper bound of the same",
    "verdict": "n < 5 too early; lo > 0 and balance ≥ ⅓ I give more; hi < 0 and balance ≤ −⅓ they give more, if it also holds"
    " at weight 1; −½ < lo and hi < ½ even; else unclear: n = {effective_acts}, {balance} [{balance_lo}, {balance_hi}]",
    "coverage": "({given_two_sided} + {received_two_sided}) / ({given} + {received}): what is seen from both sides",
    "strength": "Σ over {contact_days} contact days of 2^(−age / {half_life_days}) · ln 2 / {half_life_days} · 365.25",
    "circle": "strength {strength}: weekly ≥ 45, monthly ≥ 9, half-yearly ≥ 1.3, yearly ≥ 0.4, else outer",
    "momentum": "2·W({days_lately}, {days_lately} + {days_before}) − 1: contact days in the last {momentum_days}, and before",
    "momentum_lo": "the lower bound of the same",
    "momentum_hi": "the upper bound of the same",
    "trend": "{days_lately} + {days_before} < 5 too few; lo > 0 rising; hi < 0 cooling; else steady",
    "gap_days": "{as_of} − {last_contact_on}",
    "overdue": "{gap_days} / {usual_gap_days} days, the mean gap between contact days (from 3 on)",
    "reply": "W({answered_openings}, {settled_openings}): answered, of those you opened and that are settled",
    "reply_lo": "the lower bound of the same",
    "reply_hi": "the upper bound of the same",
    "initiation": "W({openings}, {conversations}): you opened, of all conversations",
    "mutual": "contact both ways",
    "sustained": "{contact_days} ≥ 3 contact days, and ≥ 30 days from {first_contact_on} to {last_contact_on}",
    "valued": "an act of weight ≥ 3 to at most 4 people",
    "realness": "nominal: no act; real: mutual, sustained and valued; fake: not mutual and half of what came hollow; else thin",
    "opportunity": "Σ over people by introductions of 2^(−distance) · what of weight 9 came from them; theirs: {received_heavy}",
    "opened": "connections they introduced",
    "attention_minutes": "an estimate: words written / 40 + words read / 240 + 5 s a click, / n_targets",
    "received_per_hour": "{received} / ({attention_minutes} / 60), from an hour on",
    "asks_received": "received acts of kind ask",
    "relevant": "matches your criteria in the settings or people.csv",
    "pin": "people.csv",
    "expect": "people.csv",
    "advice": "the first rule that holds: docs/metrics.md, 13",
}
SELECT = """
select tie.* exclude (connection_id), total.acts_two_sided, weighting.given as given_two_sided,
       weighting.received as received_two_sided, connection.*
from kept.marts.connection
left join kept.measure.tie using (connection_id)
left join kept.measure.total using (connection_id)
left join (from kept.measure.weighting where weighting = 'settings') as weighting using (connection_id)
where connection_id = $connection_id
"""


def numbers(choice: Choice, connection_id: str) -> list[dict[str, Any]]:
    """Every published number of a connection with its value and how it comes about: number, value, how."""
    night = choice.rows("select * from network")[0]
    measures = choice.settings().measures.model_dump()
    row = _warehouse(choice, SELECT, {"connection_id": connection_id})
    if not row:
        raise Stop("the warehouse is of another night than what is published — `givetake run` brings them together")
    names = choice.rows("select name from pragma_table_info('connection') order by cid")
    told = [
        {"number": c["name"], "value": row[0][c["name"]], "how": _filled(HOW.get(c["name"], ""), measures | night | row[0])}
        for c in names if c["name"] != "owner"
    ]  # fmt: skip
    return [*told, {"number": "W", "value": None, "how": WILSON}]


def acts_of(choice: Choice, connection_id: str) -> list[dict[str, Any]]:
    """The acts of a connection, newest first, with the file each stands in and its text where it is kept."""
    from flows.inbox import parcels

    names = {p.sha256: p.paths[0].name for p in parcels(choice.place())}
    acts = choice.rows(
        "select * from act where connection_id = $id order by happened_at desc nulls last, act_id", id=connection_id
    )
    kept = _facts(choice, acts)
    for act in acts:
        number = int(act["record"].split(":")[0])
        by_hand = choice.place().ledger.name if act["platform"] == "ledger" else "taken out since"
        act["archive_name"] = names.get(act["archive"], by_hand)
        act["member"] = kept.get((act["archive"], number))
        act["text"] = kept.get((act["archive"], act["act_id"]))
    return acts


def _facts(choice: Choice, acts: list[dict[str, Any]]) -> dict[tuple[str, Any], str]:
    """Of the archives of these acts: text by act_id and path by member number."""
    import polars as pl

    told: dict[tuple[str, Any], str] = {}
    wanted = [act["act_id"] for act in acts]
    for archive in {act["archive"] for act in acts}:
        path = choice.place().facts / f"{archive}.parquet"
        if path.exists():
            facts = pl.scan_parquet(path, glob=False)
            texts = facts.filter(pl.col("act_id").is_in(wanted) & pl.col("text").is_not_null()).select("act_id", "text")
            paths = facts.filter((pl.col("fact") == "member") & pl.col("path").is_not_null()).select("member", "path")
            told |= {(archive, key): value for frame in (texts, paths) for key, value in frame.collect().rows()}
    return told


def _warehouse(choice: Choice, select: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows of the private warehouse, attached read-only: a run at work is not disturbed."""
    from flows.warehouse import connect

    home = choice.place()
    path = str(home.warehouse).replace("'", "''")
    with closing(connect(Path(":memory:"))) as con:
        con.execute(f"attach '{path}' as kept (read_only)").fetchall()
        told = con.execute(select, dict(values))
        names = [column[0] for column in told.description]
        return [dict(zip(names, row, strict=True)) for row in told.fetchall()]


def _filled(how: str, values: Mapping[str, Any]) -> str:
    return "".join(
        text + (cell(values.get(name)) if name else "") for text, name, _, _ in string.Formatter().parse(how)
    )
