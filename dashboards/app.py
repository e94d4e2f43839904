"""The app: seven pages over the published night. `givetake dashboard` starts it behind its door."""

from __future__ import annotations

import streamlit as st

from dashboards import night, published, words

# Drawn here: a named icon would be fetched from outside. What goes one way and what comes the other.
ICON = (
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'><path d='M4 11h18M16 4l8 7-8 7' fill='none' stroke='#1570cb' "
    "stroke-width='4'/><path d='M28 22H10M16 15l-8 7 8 7' fill='none' stroke='#d55e00' stroke-width='4'/></svg>"
)
st.set_page_config(
    page_title="givetake", page_icon=ICON, layout="wide", menu_items={"Get help": None, "Report a bug": None, "About": None}
)
try:
    night.enter()
except published.NotPublished as none:
    st.title("No night yet")
    st.info(str(none))
    st.stop()
pages = [
    st.Page("pages/overview.py", title="Overview", icon=":material/wb_twilight:", default=True),
    st.Page("pages/connections.py", title="Connections", icon=":material/groups:", url_path="connections"),
    st.Page("pages/person.py", title="One connection", icon=":material/person:", url_path="person"),
    st.Page("pages/nurture.py", title="Nurture", icon=":material/potted_plant:", url_path="nurture"),
    st.Page("pages/cut.py", title="Cut plan", icon=":material/content_cut:", url_path="cut"),
    st.Page("pages/outward.py", title="Outward", icon=":material/campaign:", url_path="outward"),
    st.Page("pages/quality.py", title="Quality", icon=":material/fact_check:", url_path="quality"),
]
shown = st.navigation(pages)
asked = st.query_params.get("page")  # the door brings /cut here as /?page=cut: at any other address the browser asks in vain
for page in pages:
    if asked and page.url_path == asked:
        st.switch_page(page, query_params={k: v for k, v in st.query_params.items() if k != "page"})
night.watch()
if st.session_state.pop("news", False):
    st.toast("A new night is here.", icon=":material/wb_twilight:")
st.logo(ICON, size="large")
shown.run()
with st.sidebar:
    about = night.one("select as_of, owner from network")
    st.caption(
        f"As it stood on {words.day(about['as_of'])}. These are notes about other people: for you, not for publishing. "
        "Nothing leaves this machine."
    )
