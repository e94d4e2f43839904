"""One connection: what passed between you over time, the balance and how it comes about, every act, and what to do."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from dashboards import charts, night, parts, words
from dashboards.words import count, number, shown, signed

DRAWN = 4000  # acts of a timeline
HIDDEN = (
    "owner",
    "connection_id",
    "name",
    "platforms",
    "company",
    "position",
    "connected_on",
    "relevant",
    "pin",
    "expect",
    "advice",
    "reason",
)


def kinds(acts: pl.DataFrame, direction: str) -> str:
    """3 × help (9), 5 × conversation (5)."""
    told = (
        acts.filter((pl.col("direction") == direction) & (pl.col("value") > 0))
        .group_by("value_kind")
        .agg(pl.len().alias("n"), pl.col("value").sum())
        .sort("value", descending=True)
    )
    return ", ".join(f"{n} × {words.KINDS.get(kind, kind)} ({shown(float(value))})" for kind, n, value in told.rows())


def arithmetic(c: dict[str, Any], acts: pl.DataFrame) -> dict[str, str]:
    """How a number comes about, with its values put in."""
    seen = acts.filter(pl.col("two_sided"))
    g = float(sum(seen.filter(pl.col("direction") == "given")["value"]))
    r = float(sum(seen.filter(pl.col("direction") == "received")["value"]))
    squares = float(sum(seen["value"] ** 2))
    both = f"{shown(g)} given and {shown(r)} received in channels seen from both sides"
    heavy = acts.filter((pl.col("weight") >= 3) & (pl.col("n_targets") <= 4)).height
    return {
        "given": kinds(acts, "given"),
        "received": kinds(acts, "received"),
        "effective_acts": f"{both}: the smaller of (Σw)²/Σw² = {shown((g + r) ** 2 / squares)} and Σw = {shown(g + r)}"
        if squares
        else "",
        "balance": f"2·W(p·n, n) − 1 with p = {shown(g)}/{shown(g + r)} and n = {shown(c['effective_acts'])}, "
        "W being Wilson's score at 90 %"
        if g + r
        else "nothing seen from both sides: 0, and anything is possible",
        "verdict": f"effective acts {shown(c['effective_acts'])}, {signed(c['balance'])} between {signed(c['balance_lo'])} and "
        f"{signed(c['balance_hi'])}: under 5 it is too early; “more” must hold at equal weights too",
        "coverage": f"({shown(g)} + {shown(r)}) / ({shown(c['given'])} + {shown(c['received'])})" if g + r else "",
        "strength": f"{count(c['contact_days'], 'contact day')}, each counting half after every half-life",
        "circle": "weekly from 45 contact days a year, monthly 9, half-yearly 1.3, yearly 0.4",
        "realness": f"both ways: {shown(c['mutual'])}; over time: {shown(c['sustained'])}; of use: {shown(c['valued'])}",
        "overdue": f"{number(c['gap_days'])} days / {shown(c['gap_days'] / c['overdue'])} days, your usual gap"
        if c["overdue"]
        else "",
        "received_per_hour": f"{shown(c['received'])} / ({shown(c['attention_minutes'])} / 60)" if c["received_per_hour"] else "",
        "contact_days": "the days of the acts marked Contact under Every act",
        "gap_days": f"since {words.day(c['last_contact_on'])}" if c["last_contact_on"] else "",
        "sustained": f"{words.day(c['first_contact_on'])} to {words.day(c['last_contact_on'])}" if c["first_contact_on"] else "",
        "valued": count(heavy, "such act"),
    }


def explained(c: dict[str, Any], acts: pl.DataFrame) -> pl.DataFrame:
    """A row per published number, its bounds beside it: what it means (the comment of its column) and how it comes about."""
    meaning = dict(night.frame("select column_name, comment from duckdb_columns() where table_name = 'connection'").rows())
    how = arithmetic(c, acts)
    told = []
    for name, value in c.items():
        if name in HIDDEN or name not in meaning or name.removesuffix("_lo") in c.keys() - {name} or name.endswith("_hi"):
            continue
        if f"{name}_lo" in c and value is not None:
            said = f"{shown(value)} ({shown(c[f'{name}_lo'])} to {shown(c[f'{name}_hi'])})"
        else:
            said = shown(value)
        here = f" Here: {words.told(how[name])}." if how.get(name) else ""
        what = f"{words.told(meaning[name])}.{here}"
        told.append({"Number": name.replace("_", " "), "Value": words.told(said), "What it is": what})
    return pl.DataFrame(told, schema=dict.fromkeys(("Number", "Value", "What it is"), pl.String))


who = st.query_params.get("who")
everybody = night.frame(
    f"select c.connection_id, {night.NAMED} as name, c.company from connection c order by c.strength desc, "
    "c.given + c.received desc, c.connection_id"
)
labels = {i: f"{name} · {company}" if company else name for i, name, company in everybody.rows()}
chosen = st.selectbox(
    "Who",
    list(labels),
    index=list(labels).index(who) if who in labels else None,
    format_func=labels.__getitem__,
    placeholder="Type a name",
)
if chosen is None:
    st.title("One connection")
    st.write("Choose somebody to see what has passed between you, and how every number comes about.")
    st.stop()
if chosen != who:
    st.query_params["who"] = chosen
c = night.one("from connection where connection_id = $id", id=chosen)
acts = night.frame("from act where connection_id = $id order by happened_at desc nulls last, act_id", id=chosen)
name = words.plain(labels[chosen].split(" · ")[0])

st.title(name)
about = [words.plain(x) for x in (c["position"], c["company"]) if x]
facts = [
    " at ".join(about),
    words.plain(c["platforms"]),
    f"connected since {words.day(c['connected_on'])}" if c["connected_on"] else "",
    f"last in touch {words.ago(c['gap_days'])} ago" if c["last_contact_on"] else "no conversation yet",
]
st.markdown(" · ".join(f for f in facts if f))
links = night.rows(
    f"select platform, url from account where connection_id = $id and {parts.WEB} order by platform, url", id=chosen
)
with st.container(horizontal=True):
    for link in links[:8]:
        st.link_button(words.plain(link["platform"]), link["url"], icon=":material/open_in_new:")
with st.container(border=True):
    advice = words.ADVICE.get(c["advice"], c["advice"])
    st.markdown(f"**{advice[0].upper()}{advice[1:]}**: {words.told(c['reason'])}")
    if advice != c["advice"]:
        st.caption(f"advice *{words.told(c['advice'])}*")
with st.container(horizontal=True):
    st.metric("Given", shown(c["given"]), border=True, help=f"{count(c['acts_given'], 'act')} of yours")
    st.metric("Received", shown(c["received"]), border=True, help=f"{count(c['acts_received'], 'act')} of theirs")
    st.metric(
        "Balance", signed(c["balance"]), border=True, help="Positive: you give more. Drawn to 0 where there is little to go on."
    )
    st.metric("Verdict", words.VERDICTS.get(c["verdict"], c["verdict"]), border=True)
    st.metric("Tie", words.TIES.get(c["realness"], c["realness"]), border=True, help=words.REALNESS.get(c["realness"]))
    st.metric("Circle", words.CIRCLES[c["circle"]], border=True, help=f"{shown(c['strength'])} contact days a year")

if acts.height:
    st.subheader("What passed between you")
    drawn = acts.head(DRAWN).with_columns(kind=pl.col("value_kind").replace(words.KINDS))
    if drawn["happened_at"].drop_nulls().len():
        charts.show(charts.timeline(drawn), f"Acts between you and {words.readable(labels[chosen])} over time, by kind")
        undated = acts.height - acts["happened_at"].drop_nulls().len()
        st.caption(
            "A larger mark counted for more." + (f" {count(undated, 'act')} bear no date and are not drawn." if undated else "")
        )
    months = night.frame("from connection_month where connection_id = $id and month_on is not null order by month_on", id=chosen)
    if months.height and c["effective_acts"]:
        st.subheader("The balance over time")
        charts.show(charts.course(months), "Balance at each month's end, with its interval")
        st.caption(
            f"Now {signed(c['balance'])}; nine times out of ten the truth lies between {signed(c['balance_lo'])} and "
            f"{signed(c['balance_hi'])}."
        )
else:
    st.info("No act between you is in these exports: a name so far. A first word may change that.")

doors = night.rows(
    f"""select {night.NAMED} as name, o.distance, o.received, o.opportunity from opportunity o
    join connection c on c.connection_id = o.reached_id where o.connection_id = $id order by o.distance, o.received desc""",
    id=chosen,
)
if doors:
    st.subheader("Doors opened")
    for d in doors:
        way = (
            "from them"
            if d["distance"] == 0
            else f"through them, from {words.plain(d['name'])} ({count(d['distance'], 'introduction')} on)"
        )
        st.markdown(f"- {shown(d['received'])} in offers, introductions, recommendations or gifts came {way}")

numbers, each = st.tabs(["Every number", "Every act"])
with numbers:
    st.table(explained(c, acts), hide_index=True)
    st.caption(f"`givetake explain {chosen}` prints each formula with all its figures, and the words where they are kept.")
with each:
    evidence = acts.select(
        pl.col("happened_at").alias("When (UTC)"),
        pl.col("platform").alias("Where"),
        pl.col("channel").alias("Channel"),
        pl.col("direction").alias("Direction"),
        pl.col("value_kind").replace(words.KINDS).alias("Kind"),
        pl.col("value").alias("Counts"),
        pl.col("weight").alias("Weight"),
        pl.col("n_targets").alias("People addressed"),
        pl.col("value_rule").alias("Rule"),
        pl.col("two_sided").alias("Both sides seen"),
        pl.col("contact").alias("Contact"),
        pl.col("archive").str.slice(0, 10).alias("Archive"),
        pl.col("record").alias("Member:record"),
        pl.col("act_id").alias("Act"),
    )
    st.dataframe(evidence, hide_index=True, placeholder="–", width="stretch", height=min(480, 38 + 35 * evidence.height))
