"""Parts that several pages share: a table of people in which a chosen row opens the person, and a card of one."""

from __future__ import annotations

from typing import Any, Literal, NoReturn

import polars as pl
import streamlit as st

from dashboards import night, words

# A link is shown only where it leads to a web page: an address in an export may be any text.
WEB = r"""regexp_full_match(url, 'https://[A-Za-z0-9.-]+(/[^\s<>"]*)?')"""
PROFILE = f"(select min(url) from account a where a.connection_id = c.connection_id and {WEB})"


def meet(connection_id: str) -> NoReturn:
    """Go to the page of one connection."""
    st.switch_page("pages/person.py", query_params={"who": connection_id})


def people(found: pl.DataFrame, columns: list[str], key: str, height: int | Literal["auto"] = "auto") -> None:
    """A table to sort; choosing a row opens the person."""
    config: dict[str, Any] = {name: words.LABELS.get(name, name) for name in columns}
    fixed = dict.fromkeys(("given", "received", "opportunity", "attention_minutes", "strength", "effective_acts"), "%.1f")
    config |= {n: st.column_config.NumberColumn(words.LABELS[n], format=f) for n, f in fixed.items() if n in columns}
    config["name"] = st.column_config.TextColumn(words.LABELS["name"], pinned=True, width="medium")
    if "balance" in columns:
        config["balance"] = st.column_config.NumberColumn(
            "Balance", format="%+.2f", help="−1: they give all; +1: you give all; drawn to 0 where there is little to go on"
        )
    if "last_contact_on" in columns:
        config["last_contact_on"] = st.column_config.DateColumn(words.LABELS["last_contact_on"], format="D MMM YYYY")
    if "profile" in columns:
        config["profile"] = st.column_config.LinkColumn("Profile", display_text="open")
    for name, width in (("reason", 560), ("verdict", 130), ("realness", 110), ("advice", 170), ("company", 180)):
        if name in columns:
            config[name] = st.column_config.TextColumn(words.LABELS[name], width=width)
    chosen = st.dataframe(
        found,
        column_order=columns,
        column_config=config,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key=key,
        height=height,
        width="stretch",
        placeholder="–",
    )
    if chosen["selection"]["rows"]:
        meet(found["connection_id"][chosen["selection"]["rows"][0]])


def card(person: dict[str, Any], said: str, small: str, key: str) -> None:
    """One person: who, what is said of them, the figures of it, and a way to them."""
    with st.container(border=True, height="stretch"):
        of = f" · {words.plain(person['company'])}" if person.get("company") else ""
        st.markdown(f"**{words.plain(person['name'])}**{of}")
        st.markdown(said)
        st.caption(words.told(small))
        with st.container(horizontal=True):
            if st.button("Look closer", key=key):
                meet(person["connection_id"])
            if person.get("profile"):
                st.link_button("Profile", person["profile"], icon=":material/open_in_new:")


def coverage() -> pl.DataFrame:
    """What each channel lets one see: a row per platform and channel, a column a direction, in words."""
    return night.frame("""
        with side as (
            select platform, channel, direction, case visibility when 'not observable' then 'cannot be seen'
                else format('{:,}', acts) || if(acts = 1, ' act', ' acts')
                || if(first_on is null, '', ', ' || year(first_on)
                      || if(year(first_on) = year(last_on), '', '–' || year(last_on)))
                || if(visibility = 'seen', '', ' (nobody named)') end as told
            from channel
        )
        select platform as Platform, channel as Channel,
               coalesce(max(told) filter (direction = 'given'), 'cannot be seen') as Given,
               coalesce(max(told) filter (direction = 'received'), 'cannot be seen') as Received
        from side group by all order by all""")
