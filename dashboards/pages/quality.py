"""Quality: what was promised and checked, what could not be read, what each channel lets one see, how the night went."""

from __future__ import annotations

import streamlit as st

from dashboards import night, parts, words
from dashboards.words import count, number

SAID = {
    "silent": "You were silent all that time.",
    "active": "You spoke up in every one of those weeks.",
    "mixed": "In some of those weeks you spoke up, in others not.",
}

st.title("Quality")
checks = night.rows("select outcome, severity, count(*) as n from check_result group by all")
held = sum(c["n"] for c in checks if c["outcome"] == "held")
broken = sum(c["n"] for c in checks) - held
st.markdown(
    f"**{count(held, 'promise')}** held before this night was published"
    + (
        f", {number(broken)} did not."
        if broken
        else ". A night that breaks a critical one is never shown; the last good one stays."
    )
)
if broken:
    st.warning("These are warnings: they report and do not stop a night.", icon=":material/info:")
    st.dataframe(
        night.frame("""select boundary as "Where", table_name as "Table", column_name as "Column", promise as "Promise",
            severity as "Severity", outcome as "Outcome", found as "Found", why as "Why it is promised"
            from check_result where outcome <> 'held' order by all"""),
        hide_index=True,
        placeholder="–",
        width="stretch",
    )
with st.expander(f"All {count(held + broken, 'check')}", icon=":material/fact_check:"):
    st.dataframe(
        night.frame("""select boundary as "Where", table_name as "Table", column_name as "Column", promise as "Promise",
            severity as "Severity", outcome as "Outcome", found as "Found", why as "Why it is promised"
            from check_result order by all"""),
        hide_index=True,
        placeholder="–",
        width="stretch",
    )

st.subheader("What was read")
sources = night.frame("""select platform as "Platform", exported_on as "Made on", age_days as "Days old", records as "Records",
    acts as "Acts", merged as "Counted before", problems as "Could not be read", unread_members as "Unread files",
    coalesce(unread_patterns, '') as "Which", left(archive, 10) as "Archive" from source order by platform, exported_on desc""")
figures = ("Days old", "Records", "Acts", "Counted before", "Could not be read", "Unread files")
config = {name: st.column_config.NumberColumn(format="localized") for name in figures}
st.dataframe(
    sources,
    hide_index=True,
    placeholder="–",
    width="stretch",
    column_config=config | {"Made on": st.column_config.DateColumn(format="D MMM YYYY")},
)
lost, unread = sum(sources["Could not be read"]), sum(sources["Unread files"])
st.caption(
    "“Counted before”: in two exports, and counted once. "
    + (
        f"{count(lost, 'record')} could not be read and {count(unread, 'file')} nobody knows; `givetake archives` says in "
        "which export."
        if lost or unread
        else "Every record was read, and every file is known."
    )
)

st.subheader("What each channel lets one see")
covered = parts.coverage()
st.dataframe(covered, hide_index=True, width="stretch", height=min(520, 38 + 35 * max(1, covered.height)))

st.subheader("Leaving, between two exports")
lists = night.rows("from attrition order by platform, list, to_on")
if lists:
    for a in lists:
        left = (
            "cannot be told: the newer list may be cut"
            if a["people_left"] is None
            else (f"{number(a['people_left'])} of {number(a['people_at_start'])} left in {number(a['weeks'])} weeks")
        )
        st.markdown(
            f"- {words.plain(a['platform'])}, {words.plain(a['list'])}s, {words.day(a['from_on'])} to {words.day(a['to_on'])}: "
            f"{left}. {SAID.get(a['activity'], '')}"
        )
else:
    st.write("Two exports of one platform are needed to tell who left.")

st.subheader("The night itself")
runs = night.frame("""select stage as "Stage", round(seconds, 1) as "Seconds", "rows" as "Rows", started_at as "Began (UTC)"
    from run order by started_at""")
if runs.height:
    st.dataframe(
        runs,
        hide_index=True,
        placeholder="–",
        width="stretch",
        column_config={"Rows": st.column_config.NumberColumn(format="localized")},
    )
    at = night.one("""select max(finished_at) as finished, any_value(givetake_version) as givetake,
        any_value(duckdb_version) as duckdb,
        any_value(polars_version) as polars, any_value(python_version) as python, any_value(schema_version) as tables from run""")
    st.caption(
        f"Finished {at['finished']:%d %B %Y, %H:%M} UTC · givetake {at['givetake']} · tables {at['tables']} · "
        f"Python {at['python']} · DuckDB {at['duckdb']} · polars {at['polars']}"
    )
