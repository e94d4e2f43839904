"""The arithmetic behind each number of one connection, as docs/metrics.md defines it, with its values put in, and the
acts, days, people and states that add up to it, each with the file and record a person finds it at.

Reads the private warehouse: the sums a number is made of are in `measure`, the text of an act in the facts.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import Any

from flows.cli.private import files, place, texts, warehouse
from flows.cli.screen import Choice, Stop, cell

Rows = list[dict[str, Any]]

WILSON = "W(x, n) = (x + z²/2)/(n + z²) ± z/(n + z²)·√(x(n − x)/n + z²/4), z = 1.6448536 (90 %)"

# Arithmetic as SQL over the inputs below and the macros of sql/macros.sql: what is shown is what is computed.
FORMULAS = {
    "effective_acts": "effective({given_two_sided} + {received_two_sided}, {squares_two_sided})",
    "balance": "2 * wilson(leaning({given_two_sided}, {received_two_sided}, {effective_acts}), {effective_acts}) - 1",
    "balance_lo": "2 * wilson_lo(leaning({given_two_sided}, {received_two_sided}, {effective_acts}), {effective_acts}) - 1",
    "balance_hi": "2 * wilson_hi(leaning({given_two_sided}, {received_two_sided}, {effective_acts}), {effective_acts}) - 1",
    "coverage": "({given_two_sided} + {received_two_sided}) / nullif({given} + {received}, 0)",
    "momentum": "2 * wilson({days_lately}, {days_lately} + {days_before}) - 1",
    "momentum_lo": "2 * wilson_lo({days_lately}, {days_lately} + {days_before}) - 1",
    "momentum_hi": "2 * wilson_hi({days_lately}, {days_lately} + {days_before}) - 1",
    "gap_days": "{as_of_on} - {last_contact_on}",
    "overdue": "{gap_days} / {usual_gap_days}",
    "reply": "wilson({answered_openings}, {settled_openings})",
    "reply_lo": "wilson_lo({answered_openings}, {settled_openings})",
    "reply_hi": "wilson_hi({answered_openings}, {settled_openings})",
    "initiation": "wilson({openings}, {conversations})",
    "received_per_hour": "if({attention_minutes} >= 60, {received} * 60 / {attention_minutes}, null)",
}
HOW = {
    "connection_id": "short hash of the person's smallest account key",
    "platforms": "where an account of theirs is known",
    "connected_on": "earliest connection known on {as_of_on}: see the states",
    "first_contact_on": "first of {contact_days} contact days",
    "last_contact_on": "last of {contact_days} contact days",
    "contact_days": "UTC days with an act composed, not templated, no spam, to at most 4 people: see the days",
    "acts_given": "acts towards them, all channels, those of value 0 too: see the acts",
    "acts_received": "acts of theirs towards you: see the acts",
    "given": "Σ value of {acts_given} acts given; value = weight / n_targets, talk once a day",
    "received": "Σ value of {acts_received} acts received",
    "effective_acts": "least((Σw)²/Σw², Σw) over {acts_two_sided} two-sided acts",
    "balance": "leaning(g, r, n) = g / (g + r) · n: two-sided acts only",
    "verdict": "n < 5 too early; lo > 0 and balance ≥ ⅓ I give more; hi < 0 and balance ≤ −⅓ they give more, if it also holds"
    " at weight 1; −½ < lo and hi < ½ even; else unclear: n = {effective_acts}, {balance} [{balance_lo}, {balance_hi}];"
    " weights 1, 1, 1: {step_1}; 1, 2, 4: {step_2}; 1, 5, 25: {step_5}{rests}",
    "coverage": "what is seen from both sides, of all",
    "strength": "Σ over {contact_days} contact days of 2^(−age / {half_life_days}) · ln 2 / {half_life_days} · 365.25:"
    " see the days",
    "circle": "strength {strength}: weekly ≥ 45, monthly ≥ 9, half-yearly ≥ 1.3, yearly ≥ 0.4, else outer",
    "momentum": "contact days in the last {momentum_days} days, and in those before",
    "trend": "{days_lately} + {days_before} < 5 too few; lo > 0 rising; hi < 0 cooling; else steady",
    "overdue": "gap / the mean gap between contact days (from 3 on)",
    "reply": "answered, of the conversations you opened and that are settled",
    "initiation": "you opened, of all conversations",
    "mutual": "contact both ways",
    "sustained": "{contact_days} ≥ 3 contact days, and ≥ 30 days from {first_contact_on} to {last_contact_on}",
    "valued": "{valued_acts} acts of weight ≥ 3 to at most 4 people",
    "realness": "nominal: no act; real: mutual, sustained and valued; fake: not mutual and at least half of what came is"
    " templated, not composed, ask or spam ({hollow_received} of {acts_received} received, {hollow_two_sided} of"
    " {acts_two_sided} two-sided); else thin",
    "opportunity": "Σ over people by introductions of what of weight 9 came from them / 2^distance: see the people reached",
    "opened": "people reached at distance 1",
    "attention_minutes": "an estimate: words written / 40 + words read / 240 + 5 s a click, / n_targets: Σ minutes of the acts",
    "received_per_hour": "from an hour of attention on",
    "asks_received": "received acts of kind ask: see the acts",
    "i_follow": "a follow or subscription of yours in the newest export: see the states",
    "follows_me": "a follow of theirs in the newest export: see the states",
    "relevant": "matches your criteria in the settings, or people.csv says so",
    "pin": "people.csv",
    "expect": "people.csv",
    "advice": "the first rule that holds: docs/metrics.md, 13",
    "reason": "that rule, with its figures",
}
NUMBERS = """
select tie.* exclude (connection_id), coalesce(total.acts_two_sided, 0) as acts_two_sided,
    coalesce(total.hollow_received, 0) as hollow_received, coalesce(total.hollow_two_sided, 0) as hollow_two_sided,
    coalesce(total.given_two_sided, 0) as given_two_sided, coalesce(total.received_two_sided, 0) as received_two_sided,
    coalesce(month.squares_two_sided, 0) as squares_two_sided, coalesce(month.valued_acts, 0) as valued_acts,
    parameter.* exclude (as_of), parameter.as_of::date as as_of_on,
    sensitivity.connection_id is not null as rests_on_weights, coalesce(sensitivity.verdict_step_1, tie.verdict) as step_1,
    coalesce(sensitivity.verdict_step_2, tie.verdict) as step_2, coalesce(sensitivity.verdict_step_5, tie.verdict) as step_5,
    connection.*
from kept.marts.connection
cross join kept.measure.parameter
left join kept.measure.tie using (connection_id)
left join kept.measure.total using (connection_id)
left join kept.marts.sensitivity using (connection_id)
left join (
    select connection_id, sum(squares_two_sided) as squares_two_sided, sum(valued_acts)::bigint as valued_acts
    from kept.measure.month
    group by connection_id
) as month using (connection_id)
where connection_id = $connection_id
"""
ACTS = """
select act_id, happened_at, platform, channel, direction, value_kind, value_rule, weight, n_targets, value, two_sided, contact,
    composed, templated, attention(direction, composed, words, people) as attention_minutes, time_precision, archive, record
from kept.measure.act
where connection_id = $connection_id
order by happened_at desc nulls last, act_id
"""
DAYS = """
select happened_on, as_of::date - happened_on as age_days, day_strength(age_days, half_life_days) as strength
from kept.measure.contact_day, kept.measure.parameter
where connection_id = $connection_id
order by happened_on desc
"""
REACHED = """
select reach.reached_id, c.name, reach.distance, coalesce(total.received_heavy, 0) as received,
    coalesce(total.received_heavy, 0) / 2 ^ reach.distance as opportunity
from kept.measure.reach
left join kept.measure.total on total.connection_id = reach.reached_id
left join kept.core.connection c on c.connection_id = reach.reached_id
where reach.connection_id = $connection_id and (received > 0 or distance = 1)
order by distance, reached_id
"""
STATES = """
select platform, state, direction, since_at, exported_at, key, archive
from kept.core.state, kept.measure.parameter
where connection_id = $connection_id and coalesce(exported_at <= as_of, true)
order by exported_at desc nulls last, platform, state, direction, key, archive
"""


def explained(choice: Choice, connection: Mapping[str, Any]) -> dict[str, Any]:
    """What is behind a published connection: `how` (number, value, formula filled in, words), `inputs` and `formulas`, and
    the parts that add up to its numbers: `acts`, `days`, `reached`, `states`, each with the place it is read from."""
    inputs, acts, days, reached, states = behind(choice, connection["connection_id"])
    if any(inputs.get(name) != value for name, value in connection.items()):
        raise Stop("the warehouse is of another night than what is published — `givetake run` brings them together")
    inputs["rests"] = " — the verdict rests on the weights" if inputs["rests_on_weights"] else ""
    how = [
        {"number": name, "value": value, "how": _told(name, inputs)} for name, value in connection.items() if name != "owner"
    ]  # fmt: skip
    where = files(choice, (row["archive"] for row in (*acts, *states)))
    text = texts(choice, acts)
    for state, record in zip(states, _records(choice, states), strict=True):
        state["record"] = record
    for row in (*acts, *states):
        name, members = where[row["archive"]]
        member, number = place(row["record"], members) if row["record"] else (None, None)
        row |= {"archive_name": name, "member": member, "record_number": number}
        if "act_id" in row:
            row["text"] = text.get((row["archive"], row["act_id"]))
    return {"how": how, "inputs": inputs, "formulas": FORMULAS, "acts": acts, "days": days, "reached": reached, "states": states}


def behind(choice: Choice, connection_id: str) -> tuple[dict[str, Any], Rows, Rows, Rows, Rows]:
    """What the numbers of a connection are made of: its inputs by name, acts, contact days, people reached, states."""
    found, acts, days, reached, states = warehouse(choice, NUMBERS, ACTS, DAYS, REACHED, STATES, connection_id=connection_id)
    return found[0] if found else {}, acts, days, reached, states


def _told(name: str, inputs: Mapping[str, Any]) -> str:
    """The formula with its values put in, and in words."""
    return "; ".join(_filled(text[name], inputs) for text in (FORMULAS, HOW) if name in text)


def _records(choice: Choice, states: list[dict[str, Any]]) -> list[str | None]:
    """The place of each state in its archive."""
    import polars as pl

    by = ["platform", "state", "direction", "key"]
    told: dict[tuple[str, ...], str] = {}
    for archive in {state["archive"] for state in states}:
        path = choice.place().facts / f"{archive}.parquet"
        if path.exists():
            keys = [state["key"] for state in states]
            rows = pl.scan_parquet(path, glob=False).filter((pl.col("fact") == "state") & pl.col("key").is_in(keys))
            told |= {(archive, *rest): record for *rest, record in rows.select(*by, "record").collect().rows()}
    return [told.get((state["archive"], *(state[c] for c in by))) for state in states]


def _filled(how: str, values: Mapping[str, Any]) -> str:
    return "".join(text + (_shown(values.get(name)) if name else "") for text, name, _, _ in string.Formatter().parse(how))


def _shown(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else cell(value)
