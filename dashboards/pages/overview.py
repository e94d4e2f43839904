"""Overview: what was given and received, how sure that is, what is settled, what is real, what cannot be known, what is new."""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboards import charts, night, parts, words
from dashboards.palette import BLUE, GREEN, GREY
from dashboards.words import count, number, percent


def since_last_night() -> None:
    """What is otherwise than in the night kept before this one, and between the newest exports."""
    st.subheader("Since last night")
    old = night.before()
    new = night.frame(f"select {night.COMPARED} from connection c")
    if old is None:
        st.write("This is the only night kept so far; from the next one on, what has changed stands here.")
    else:
        both = new.join(old, on="connection_id", suffix="_before")
        came, went = new.join(old, on="connection_id", how="anti"), old.join(new, on="connection_id", how="anti")
        acts = sum(sum(new[side]) - sum(old[side]) for side in ("acts_given", "acts_received"))
        lines = [f"{count(acts, 'act')} more between you and your connections."] if acts > 0 else []
        for who, said in ((came, "new in your network"), (went, "no longer in what the exports tell")):
            if who.height:
                some = words.listed(words.plain(n) for n in who["name"].head(5))
                lines.append(f"{count(who.height, 'person is', 'people are')} {said}: {some}{' …' if who.height > 5 else ''}")
        for column, said in (("realness", "tie"), ("verdict", "balance"), ("advice", "advice")):
            other = both.filter(pl.col(column) != pl.col(f"{column}_before"))
            for row in other.head(4).iter_rows(named=True):
                now, then = words.told(row[column]), words.told(row[f"{column}_before"])
                lines.append(f"**{words.plain(row['name'])}**: {said} *{then}* → *{now}*")
            if other.height > 4:
                lines.append(f"… and {number(other.height - 4)} more with another {said}.")
        st.markdown("\n".join(f"- {line}" for line in lines) or "Nothing has changed: no new export, no new word.")
    moved = night.rows("select platform, change, count(*) as n from change group by all order by all")
    if moved:
        told = [f"{number(r['n'])} {r['change']} on {words.plain(r['platform'])}" for r in moved]
        st.caption(f"Between your exports, oldest to newest: {words.listed(told)}.")


network = night.one("from network")
st.title("Give and take")
st.markdown(
    f"**{number(network['real'])}** of the {count(network['connections'], 'person', 'people')} you are connected with are "
    "real ties: "
    f"you have both spoken, over time, and it was of use. You gave **{number(network['given'])}** and received "
    f"**{number(network['received'])}**, where a day of conversation counts 1, real help 3, an introduction or an offer 9."
)
with st.container(horizontal=True):
    st.metric("Given", number(network["given"]), border=True)
    st.metric("Received", number(network["received"]), border=True)
    st.metric("Real ties", f"{number(network['real'])} of {number(network['connections'])}", border=True)
    st.metric(
        "Settled directly",
        percent(network["settled_directly"]),
        border=True,
        help="Of all value seen from both sides: given back by the same person.",
    )

left, right = st.columns([3, 2], gap="large")
with left:
    st.subheader("Over the years")
    months = night.frame("select month_on, given, received from network_month order by month_on")
    if months["month_on"].drop_nulls().len():
        charts.show(charts.flows(months), "Value given and received, a quarter a bar")
    else:
        st.write("Nothing dated yet.")
with right:
    since_last_night()

st.subheader("How sure the balance is")
verdicts = {r["verdict"]: r["n"] for r in night.rows("select verdict, count(*) as n from connection group by all")}
st.markdown(
    f"{number(verdicts.get('even', 0))} ties are even, in {number(verdicts.get('they give more', 0))} they give more, in "
    f"{number(verdicts.get('I give more', 0))} you do, {number(verdicts.get('unclear', 0))} are unclear. For the other "
    f"{number(verdicts.get('too early', 0))} there is too little to go on, and that is the honest answer."
)
sure = night.frame(
    f"select c.connection_id, {night.NAMED} as name, balance, balance_lo, balance_hi, verdict from connection c "
    "where verdict <> 'too early'"
)
if sure.height:
    charts.show(charts.leanings(sure), "Balances with their intervals, from they give more to you give more")
    st.caption(
        "Each line is the range the truth lies in nine times out of ten. With a step of 2 between the weights instead of 3, "
        f"{count(network['verdicts_changed_2'], 'verdict')} would be others; with 5, {number(network['verdicts_changed_5'])}; "
        f"with all weights alike, {number(network['verdicts_changed_1'])}."
    )

left, right = st.columns(2, gap="large")
with left:
    st.subheader("Settled, as a whole")
    if network["settled_directly"] is None:
        st.write("Nothing can be seen from both sides yet.")
    else:
        told = pl.DataFrame(
            {
                "what": ["the same two", "through others", "open"],
                "share": [max(0.0, network[c]) for c in ("settled_directly", "settled_through_others", "unsettled")],
            }
        )
        charts.show(
            charts.parts(told, "what", "share", [GREEN, BLUE, GREY]),
            "What is settled directly, through others, open",
        )
        st.markdown(
            f"{percent(network['settled_directly'])} was given back by the same person, "
            f"{percent(network['settled_through_others'])} came round through others, {percent(network['unsettled'])} is open. "
            "Not every tie has to be even; the whole may be."
        )
with right:
    st.subheader("Real ties, by how often you are in touch")
    circles = [
        ("weekly", "real_weekly"),
        ("monthly", "real_monthly"),
        ("half-yearly", "real_half_yearly"),
        ("yearly", "real_yearly"),
        ("less often", "real_outer"),
    ]
    told = pl.DataFrame({"what": [c for c, _ in circles], "ties": [network[c] or 0 for _, c in circles]})
    if network["real"]:
        charts.show(charts.bars(told, "what", "ties"), "Real ties by circle")
    others = (("thin", "thin ties"), ("nominal", "names without a word"), ("fake", "from whom mostly pitches came"))
    st.markdown(
        f"{words.listed(f'{number(network[kind])} {said}' for kind, said in others)}. "
        f"{count(network['follow_backs_without_act'], 'follow-back')} without any act."
    )

st.subheader("What can be seen, and what cannot")
st.markdown(
    "“Cannot be seen” is not zero: the export does not show it, so nothing is concluded from it."
    f" {percent(network['coverage'])} of all value passed where both sides can be seen; balances use only that part."
    f" {count(network['unattributed_acts'], 'act')} name nobody you are connected with; they count for you and for no one tie."
)
covered = parts.coverage()
st.dataframe(covered, hide_index=True, width="stretch", height=min(420, 38 + 35 * max(1, covered.height)))

st.subheader("How fresh this is")
sources = night.rows(
    "select platform, max(exported_on) as on_, min(age_days) as age from source group by all order by age desc, platform"
)
with st.container(horizontal=True):
    for source in sources:
        by_hand = source["platform"] == "ledger"
        old = not by_hand and source["age"] is not None and source["age"] > 90
        with st.container(border=True, width=220):
            st.markdown(f"**{words.plain(source['platform'])}**")
            st.markdown(f"{words.day(source['on_'])}")
            age = f"{words.ago(source['age'])} old" + " · time for a fresh export" * old
            st.caption("your last entry by hand" if by_hand else age)
if not sources:
    st.write("No export read yet: `givetake add PATH`.")
