"""Cut plan: what would go with whom, from the one you would miss least; both essays are points of one curve."""

from __future__ import annotations

import streamlit as st

from dashboards import charts, night, parts
from dashboards.words import count, number, percent

LOST = (
    ("received_share", "of the value received"),
    ("opportunity_share", "of the doors opened"),
    ("real_share", "of the real ties"),
    ("attention_share", "of your attention"),
)

st.title("Cut plan")
st.markdown(
    "One essay says: cut eighty per cent, and give the others your time. Another says: never delete, you cannot know who opens "
    "the next door. Both are points of one curve. Nobody on this page is a lesser person; it only tells what would go with "
    "them, and givetake itself never cuts anybody."
)
shares = night.frame("from cut_curve order by percent")
cut = st.slider("How many in a hundred to let go", 0, 100, 80, format="%d %%", key="percent")
here = shares.row(cut, named=True)
charts.show(charts.curve(shares, cut), "What goes with each share of connections let go", 2)
st.markdown(f"Letting **{count(here['connections'], 'connection')}** go ({cut} %), with them goes:")
with st.container(horizontal=True):
    for column, said in LOST:
        st.metric(said, percent(here[column]), border=True)
if cut == 0:
    st.info("Nobody goes, nothing is lost. That is the second essay's answer.")
    st.stop()
platforms = night.one("select list(distinct platform order by platform) as platforms from account")["platforms"] or []
where = st.selectbox("On which platform", ["every", *platforms], width=260)
plan = night.frame(
    f"""select c.connection_id, {night.NAMED} as name, p.regret_rank, p.reason,
        c.platforms, c.received, c.opportunity, c.realness,
        c.attention_minutes, c.last_contact_on, {parts.PROFILE} as profile
    from cut_plan p join connection c using (connection_id)
    where p.regret_rank <= $many and ($place = 'every' or list_contains(string_split(c.platforms, ', '), $place))
    order by p.regret_rank""",
    many=here["connections"],
    place=where,
)
real = plan.filter(plan["realness"] == "real")
if real.height:
    st.warning(f"{count(real.height, 'real tie')} would be among them. Perhaps stop before that.", icon=":material/favorite:")
st.markdown(f"{number(plan.height)} listed, those you would miss least first.")
if plan.height:
    parts.people(
        plan,
        [
            "regret_rank",
            "name",
            "received",
            "opportunity",
            "attention_minutes",
            "last_contact_on",
            "platforms",
            "profile",
            "reason",
        ],
        key="plan",
        height=min(560, 38 + 35 * plan.height),
    )
