"""Connections: search, filter and sort them all; a scatter of given against received; whoever is clicked opens."""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboards import charts, night, parts, words
from dashboards.words import count, number

COLUMNS = [
    "name",
    "given",
    "received",
    "balance",
    "verdict",
    "effective_acts",
    "realness",
    "circle",
    "last_contact_on",
    "advice",
    "platforms",
    "company",
    "reason",
]

st.title("Connections")
choices = night.one("""select (select list(distinct platform order by platform) from account) as platforms,
    (select list(distinct advice order by advice) from connection) as advices""")
with st.container(horizontal=True, vertical_alignment="bottom"):
    sought = st.text_input("Find", placeholder="a name, company or handle", width=260)
    platforms = st.multiselect("Where", choices["platforms"] or [], placeholder="anywhere", width=165)
    circles = st.multiselect("Circle", list(words.CIRCLES), format_func=words.CIRCLES.__getitem__, placeholder="any", width=165)
    realness = st.multiselect("Tie", list(words.TIES), format_func=words.TIES.__getitem__, placeholder="any", width=165)
    verdicts = st.multiselect(
        "Verdict", list(words.VERDICTS), format_func=words.VERDICTS.__getitem__, placeholder="any", width=165
    )
    advices = st.multiselect(
        "Advice", choices["advices"] or [], format_func=lambda a: words.ADVICE.get(a, a), placeholder="any", width=165
    )
found = night.frame(
    f"""
    select c.connection_id, {night.NAMED} as name, c.platforms, c.company, c.given, c.received,
        round(c.balance, 2) + 0 as balance, c.balance_lo, c.balance_hi,
        c.verdict, c.effective_acts, c.realness, c.circle, c.last_contact_on, c.advice,
        c.reason
    from connection c
    where ($sought = '' or contains(lower(concat_ws(' ', c.name, c.company, c.position)), $sought)
           or c.connection_id in (select connection_id from account where contains(lower(concat_ws(' ', handle, key)), $sought)))
        and ($platforms = '' or list_has_any(string_split(c.platforms, ', '), string_split($platforms, '|')))
        and ($circles = '' or list_contains(string_split($circles, '|'), c.circle))
        and ($realness = '' or list_contains(string_split($realness, '|'), c.realness))
        and ($verdicts = '' or list_contains(string_split($verdicts, '|'), c.verdict))
        and ($advices = '' or list_contains(string_split($advices, '|'), c.advice))
    order by c.given + c.received desc, c.strength desc, c.connection_id""",
    sought=sought.strip().lower(),
    platforms="|".join(platforms),
    circles="|".join(circles),
    realness="|".join(realness),
    verdicts="|".join(verdicts),
    advices="|".join(advices),
)
if not found.height:
    st.info("Nobody fits all of that. Take a filter away.")
    st.stop()
st.markdown(
    f"**{count(found.height, 'person', 'people')}**, most exchanged first. Choose a row (by keyboard: arrows, then Shift and "
    "Space) or click a mark to see all about one tie."
)
table, drawn = st.tabs(["Table", "Given against received"])
with table:
    called = {"circle": words.CIRCLES, "verdict": words.VERDICTS, "realness": words.TIES, "advice": words.ADVICE}
    told = found.with_columns(pl.col(column).replace(names) for column, names in called.items())
    parts.people(told, COLUMNS, key="connections", height=min(640, 38 + 35 * found.height))
with drawn:
    exchanged = found.filter(found["given"] + found["received"] > 0)
    if exchanged.height:
        st.markdown(
            "Each mark is somebody. Above the dotted line you gave more, below it they did; how far from the corner tells how "
            "much there was."
            + (f" The {number(charts.POINTS)} with the most between you are drawn." if exchanged.height > charts.POINTS else "")
        )
        picked = charts.show(
            charts.scatter(exchanged),
            "Connections by what was given to them and received from them",
            on_select="rerun",
            key="scatter",
            selection_mode=charts.PICK,
        )
        if chosen := picked["selection"].get(charts.PICK):
            parts.meet(chosen[0]["connection_id"])
    else:
        st.write("Nothing of weight has passed between you and these people yet.")
