"""Nurture: whom to turn to, in order and kindly put. A tie leaves the list when a real contact follows."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboards import night, parts, words
from dashboards.report import CARE
from dashboards.words import ago, count, number

SHOWN, MOST = 6, 60  # cards of a group: at first, and at most
# Something of weight came from them, and no word of mine is known after it.
OWED = """
    with heavy as (
        select connection_id, max(happened_at) as at, max_by(value_kind, happened_at) as kind
        from act
        where direction = 'received' and weight >= 3 and coalesce(n_targets, 5) <= 4 and connection_id is not null
        group by all
    ), said as (
        select connection_id, max(happened_at) as at from act where direction = 'given' and contact group by all
    )
    select heavy.connection_id, heavy.kind, heavy.at from heavy left join said using (connection_id)
    where said.at is null or said.at < heavy.at"""
OPENINGS = {
    "nurture: dormant": "A line is enough: what made you think of them, and a question you would like to hear the answer to.",
    "nurture: fading": "Pick up where you left off; no apology needed.",
    "nurture: cooling": "A small sign of life keeps it warm.",
    "nurture: I owe": "Ask what would help them just now.",
    "thanks": "Say what it was good for; that is the best thanks.",
}


def groups() -> list[dict[str, Any]]:
    """What to do first: thanks owed, then ties gone quiet; everybody once, in the group that comes first."""
    base = f"""select c.connection_id, {night.NAMED} as name, c.company, c.reason, c.advice, c.gap_days, c.overdue,
        c.last_contact_on, c.given, c.received, c.opportunity, {parts.PROFILE} as profile"""
    owed = night.rows(f"""{base}, owed.kind, owed.at::date as owed_on, date_diff('day', owed.at::date, n.as_of::date) as owed_days
        from connection c join ({OWED}) owed using (connection_id), network n
        where c.advice not like 'prune%' and c.received >= 3
            and owed.at between n.as_of - interval 3 years and n.as_of - interval 7 days  -- a week to answer
        order by c.received desc, owed.at desc, c.connection_id""")
    found: list[dict[str, Any]] = [
        {
            "key": "thanks",
            "title": "Thanks owed",
            "why": "Something of worth came from them, and no word of yours after it is in "
            "these exports. Perhaps you thanked them in person; then all is well.",
            "people": owed,
        }
    ]
    for where, order, title, why in CARE:
        if where.startswith("advice"):
            people = night.rows(f"{base} from connection c where {where} order by {order}, connection_id")
            found.append({"key": where.split("'")[1], "title": title, "why": why, "people": people})
    met: set[str] = set()
    for group in found:
        group["people"] = [p for p in group["people"] if p["connection_id"] not in met]
        met |= {p["connection_id"] for p in group["people"]}
    return [group for group in found if group["people"]]


def said(person: dict[str, Any]) -> str:
    """Where things stand with somebody, in a sentence or two."""
    told = []
    if "kind" in person:
        told.append(f"{words.KINDS.get(person['kind'], 'something').capitalize()} came {ago(person['owed_days'])} ago.")
    elif person["last_contact_on"]:
        usual = person["overdue"] and person["overdue"] > 2
        every = f"; it used to be about every {ago(person['gap_days'] / person['overdue'])}" if usual else ""
        told.append(f"Last in touch {ago(person['gap_days'])} ago{every}.")
    if person["opportunity"] and person["opportunity"] >= 3:
        told.append(f"Doors opened: {number(person['opportunity'])} in value came from or through them.")
    return " ".join(told)


st.title("People to turn to")
todo = groups()
everybody = sum(len(g["people"]) for g in todo)
if not todo:
    st.success("Nobody is waiting for a word of yours. Enjoy the quiet.", icon=":material/potted_plant:")
    st.stop()
st.markdown(
    f"**{count(everybody, 'person', 'people')}**, in the order a word from you may matter most. One a day is plenty. Whoever "
    "you "
    "have been in real contact with leaves this list the night after your exports show it."
)
for group in todo:
    st.subheader(f"{group['title']} · {number(len(group['people']))}")
    st.markdown(f"{group['why']} *{OPENINGS[group['key']]}*")
    more = len(group["people"]) > SHOWN and st.toggle(
        f"Show {number(min(MOST, len(group['people'])))}", key=f"all {group['key']}"
    )
    listed = group["people"][: MOST if more else SHOWN]
    for start in range(0, len(listed), 3):
        for column, person in zip(st.columns(3), listed[start : start + 3], strict=False):
            with column:
                parts.card(person, said(person), key=f"{group['key']} {person['connection_id']}")
    if more and len(group["people"]) > len(listed):
        st.caption(f"and {number(len(group['people']) - len(listed))} more, under Connections by this advice.")
