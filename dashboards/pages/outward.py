"""Outward: what I put out for everybody, how steadily, what comes back in silence and in word, and which doors opened."""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboards import charts, doors, night, words
from dashboards.words import count, number, percent, shown

ONESELF = "of oneself"
SHOWN, MOST = 6, 60  # doors: at first, and at most
OUTWARD = {
    "help": ["help"],
    "something useful": ["resource"],
    "recognition": ["credit"],
    "doors for others": ["introduction", "offer", "recommendation", "gift"],
    "passed on": ["amplification"],
}
# A broadcast: an own act to nobody in particular, or to more than four.
PUT_OUT = """select act_id, any_value(value_kind) as kind, any_value(platform) as platform, any_value(happened_at) as happened_at
    from act where direction = 'given' and coalesce(n_targets, 5) > 4 group by act_id"""

network = night.one("from network")
st.title("What you put out")
if network["outward_share"] is not None:
    st.markdown(
        f"**{percent(network['outward_share'])}** of what you say to everybody hands something on "
        f"({percent(network['outward_share_lo'])} to {percent(network['outward_share_hi'])}): help, something useful, "
        "recognition, an introduction, or another's words passed on."
    )
with st.container(horizontal=True):
    st.metric("Hands something on", percent(network["outward_share"]), border=True)
    st.metric("Weeks you spoke up", percent(network["cadence"]), border=True)
    st.metric("Longest run", count(network["cadence_longest"], "week"), border=True)
    st.metric("Introductions you made", number(network["introductions_given"]), border=True)

kinds = night.frame(
    f"""with put_out as ({PUT_OUT})
    select date_trunc('quarter', happened_at)::date as "on", kind, count(*) as n
    from put_out where happened_at is not null group by all order by all"""
)
called = {kind: name for name, of_it in OUTWARD.items() for kind in of_it}
st.subheader("By kind")
if kinds.height:
    named = (
        kinds.with_columns(kind=kinds["kind"].replace_strict(called, default=ONESELF))
        .group_by("on", "kind")
        .agg(pl.col("n").sum())
    )
    told = charts.stacked(named, "kind", "n", [*OUTWARD, ONESELF], title="posts a quarter")
    charts.show(told, "What was put out, by kind, a quarter a bar", 2)
    st.caption("“Of oneself”: news, links without a word, applause and the like. There is a place for it; it is only not a gift.")
else:
    st.write("Nothing said to everybody is in these exports.")

left, right = st.columns(2, gap="large")
with left:
    st.subheader("Cadence")
    weeks = night.frame("""select date_trunc('quarter', week)::date as "on", 'weeks with a word of yours' as what,
            count(distinct week) as n
        from (select *, date_trunc('week', happened_at) as week from act)
        where direction = 'given' and composed and not templated and happened_at is not null group by all order by all""")
    if weeks.height:
        charts.show(
            charts.stacked(weeks, "what", "n", ["weeks with a word of yours"], title="weeks a quarter"),
            "Weeks with a word of yours",
        )
    st.markdown(
        "Steadiness beats volume: "
        + (
            f"{percent(network['cadence'])} of all weeks so far."
            if network["cadence"] is not None
            else "it shows after the first whole week."
        )
    )
with right:
    st.subheader("Silence")
    if network["silence_ratio"] is None:
        st.write("Fewer than eight silent or eight active weeks: too few to compare. That is a good sign, or an early one.")
    else:
        st.markdown(
            f"In weeks of your silence, what reached you was **{network['silence_ratio']:.2g} times** the usual. The two go "
            "together, which proves no cause: a quiet time has its own reasons."
        )
    with_note, without = network["acceptance_with_note"], network["acceptance_without_note"]
    if with_note is not None and without is not None:
        sent = {r["with_note"]: r for r in night.rows("select with_note, sum(sent)::bigint as sent from invitation group by all")}
        if sent:
            st.subheader("Invitations")
            for note, said in ((True, "with"), (False, "without")):
                if note in sent:
                    key = f"acceptance_{said}_note"
                    st.markdown(
                        f"- {said} a personal note: **{percent(network[key])}** accepted ({percent(network[f'{key}_lo'])} to "
                        f"{percent(network[f'{key}_hi'])}, of {number(sent[note]['sent'])} sent)"
                    )

st.subheader("Response")
response = night.frame("""select date_trunc('quarter', happened_at)::date as "on", platform || ': ' || kind as what,
        sum(total) / count(distinct post) as n
    from (select distinct on (platform, post, kind) * from response where happened_at is not null
          order by platform, post, kind, exported_at desc)
    group by all order by all""")
if response.height:
    charts.show(
        charts.stacked(response, "what", "n", sorted(response["what"].unique()), title="a post, on average"),
        "Anonymous response per post",
    )
    st.caption(
        "Favourites, reposts and claps by people unnamed, as the newest export counts them. They stand in nobody's balance."
    )
else:
    st.write("No export here counts how others responded.")

st.subheader("Doors that opened, and what led to them")
few = doors.opened(night.rows, night.NAMED, MOST)
every = len(few) > SHOWN and st.toggle(f"Show {'all ' if few[0]['found'] <= MOST else ''}{number(len(few))}")
for door in few if every else few[:SHOWN]:
    with st.container(border=True):
        st.markdown(f"**{words.plain(door['name'])}**: {words.told(doors.what(door))} (counts {shown(door['received'])})")
        if led := doors.led(door):
            st.markdown(words.told(led))
if not few:
    st.write(
        "No introduction, offer, written recommendation or gift is known yet. What texts suggest waits for your word in "
        "`givetake kinds`."
    )
