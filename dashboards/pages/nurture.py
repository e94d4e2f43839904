"""Nurture: whom to turn to, in order and kindly put. A tie leaves the list when a real contact follows."""

from __future__ import annotations

import streamlit as st

from dashboards import care, night, parts, words
from dashboards.words import count, number, shown

SHOWN, MOST = 6, 60  # cards of a group: at first, and at most

todo = care.groups(
    night.rows,
    f"""c.connection_id, {night.NAMED} as name, c.company, c.reason, c.advice, c.gap_days, c.overdue, c.last_contact_on, c.given,
    c.received, c.opportunity, {parts.PROFILE} as profile""",
    MOST,
)
everybody = sum(found for *_, found in todo)
st.title("People to turn to")
if not todo:
    st.success("Nobody is waiting for a word of yours. Enjoy the quiet.", icon=":material/potted_plant:")
    st.stop()
st.markdown(
    f"**{count(everybody, 'person', 'people')}**, in the order a word from you may matter most. One a day is plenty. Whoever you "
    "have been in real contact with leaves this list the night after your exports show it."
)
for group, people, found in todo:
    st.subheader(f"{group.title} · {number(found)}")
    st.markdown(f"{group.why} *{group.opening}*")
    more = found > SHOWN and st.toggle(f"Show {'all ' if found <= MOST else ''}{number(len(people))}", key=f"all {group.title}")
    listed = people[: MOST if more else SHOWN]
    for start in range(0, len(listed), 3):
        for column, person in zip(st.columns(3), listed[start : start + 3], strict=False):
            with column:
                why = f" · {person['reason']}" if person["advice"].startswith("nurture") else ""
                figures = f"given {shown(person['given'])}, received {shown(person['received'])}{why}"
                parts.card(person, words.told(care.told(group, person)), figures, key=f"{group.title} {person['connection_id']}")
    if more and found > len(listed):
        st.caption(f"and {number(found - len(listed))} more, under Connections by this advice.")
