"""Whom to turn to, in which order, and how it is put to somebody about a friend. A tie leaves when a real contact follows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from dashboards.words import KINDS, ago, listed, number

Rows = list[dict[str, Any]]


class Group(NamedTuple):
    """Some of `c` connection, `o` owed_thanks and `n` network; whoever fits several is in the first."""

    where: str
    order: str
    title: str
    why: str
    opening: str


GROUPS = (
    Group("o.since_on <= n.as_of - interval 7 days and c.advice not like 'prune%'",  # a week to answer is nobody's debt
          "o.value desc", "Thanks owed",
          "Something of worth came from them, and no word of yours after it is in these exports. Perhaps you thanked them in "
          "person; then all is well.", "Say what it was good for; that is the best thanks."),
    Group("c.advice = 'nurture: dormant'", "c.opportunity desc, c.contact_days desc", "Long unheard, not lost",
          "Real ties that have gone quiet. Old acquaintances tend to be glad of a line, and to know what nobody near you knows.",
          "A line is enough: what made you think of them, and a question you would like to hear the answer to."),
    Group("c.advice = 'nurture: fading'", "c.strength desc", "Getting quiet", "You used to be in touch more often than this.",
          "Pick up where you left off; no apology needed."),
    Group("c.advice = 'nurture: cooling'", "c.strength desc", "Less than it was",
          "Fewer days in touch this quarter than the quarter before.", "A small sign of life keeps it warm."),
    Group("c.advice = 'nurture: I owe'", "c.received desc", "They have been generous",
          "More has come from them than has gone back.", "Ask what would help them just now."),
)  # fmt: skip


def groups(ask: Callable[[str], Rows], columns: str, most: int) -> list[tuple[Group, Rows, int]]:
    """(group, at most so many people, how many there are) of every group that has any; `ask` answers a SELECT."""
    found, earlier = [], "false"
    for group in GROUPS:
        people = ask(f"""
            select {columns}, o.what, date_diff('day', o.since_on, n.as_of::date) as since_days, count(*) over () as found
            from connection c left join owed_thanks o on o.connection_id = c.connection_id, network n
            where coalesce({group.where}, false) and not ({earlier})
            order by {group.order}, c.connection_id limit {most}""")
        if people:
            found.append((group, people, people[0]["found"]))
        earlier += f" or coalesce({group.where}, false)"
    return found


def told(group: Group, person: dict[str, Any]) -> str:
    """Where things stand with somebody, in a sentence or two."""
    said = "No conversation yet."
    if group is GROUPS[0]:
        kinds = listed(KINDS.get(kind, kind) for kind in person["what"].split(", "))
        said = f"{kinds[0].upper()}{kinds[1:]} came {ago(person['since_days'])} ago."
    elif person["last_contact_on"]:
        usual = person["overdue"] and person["overdue"] > 2
        every = f"; it used to be about every {ago(person['gap_days'] / person['overdue'])}" if usual else ""
        said = f"Last in touch {ago(person['gap_days'])} ago{every}."
    if person["opportunity"] >= 3:
        said += f" Doors opened: {number(person['opportunity'])} in value came from or through them."
    return said
