"""Doors that opened: who offered, introduced, recommended or gave, and what led there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dashboards.words import count, day, listed, readable

Rows = list[dict[str, Any]]
_FOUND = """
    with first as (
        select connection_id, min_by(direction, happened_at) as direction, min_by(channel, happened_at) as channel,
               min_by(platform, happened_at) as platform, min(happened_at)::date as first_on
        from act where connection_id in (select reached_id from opportunity) and happened_at is not null group by all
    ), heavy as (
        select connection_id, value_kind as kind, count(*) as n, min(year(happened_at)) as since, max(year(happened_at)) as until
        from act where direction = 'received' and value_kind in ('introduction', 'offer', 'recommendation', 'gift')
            and connection_id in (select reached_id from opportunity) group by all
    ), listed as (
        select connection_id, list({'kind': kind, 'n': n, 'since': since, 'until': until} order by n desc, kind) as what
        from heavy group by all
    )
    select c.connection_id, {named} as name, max(o.received) as received, any_value(listed.what) as what,
        any_value(first.direction) as direction, any_value(first.channel) as channel, any_value(first.platform) as platform,
        any_value(first.first_on) as first_on, list(distinct b.name order by b.name) filter (o.distance > 0) as through,
        count(*) over () as found
    from opportunity o join connection c on c.connection_id = o.reached_id join connection b on b.connection_id = o.connection_id
    left join first on first.connection_id = o.reached_id left join listed on listed.connection_id = o.reached_id
    group by c.connection_id, c.name order by received desc, c.connection_id limit {most}"""


def opened(ask: Callable[[str], Rows], named: str, most: int) -> Rows:
    """At most so many people from whom such a thing came, the most first; `found` says how many there are."""
    return ask(_FOUND.replace("{named}", named).replace("{most}", str(most)))


def what(door: dict[str, Any]) -> str:
    """2 offers in 2019 and an introduction in 2021."""
    return listed(_one(**part) for part in door["what"] or [])


def led(door: dict[str, Any]) -> str:
    """How it began, and through whom it came."""
    told = []
    if door["first_on"]:
        whose = "your" if door["direction"] == "given" else "their"
        told.append(f"it began with {whose} {door['channel']} on {door['platform']}, {day(door['first_on'])}")
    if through := [readable(name) for name in door["through"] or [] if name]:
        told.append(f"the way led through {listed(through)}")
    return f"{told[0][0].upper()}{'; '.join(told)[1:]}." if told else ""


def _one(kind: str, n: int, since: int | None, until: int | None) -> str:
    article = "an" if kind[0] in "aeiou" else "a"
    when = "" if since is None else f" in {since}" if since == until else f", {since}–{until}"
    return (f"{article} {kind}" if n == 1 else count(n, kind)) + when
