"""What a night found, for somebody who sees it the first time: the balance, what could be seen, and what to do next."""

from __future__ import annotations

from dashboards import care
from flows.cli.screen import Choice, say

EACH = 3  # people of every verdict, and of every reason to turn to somebody
BALANCE = """
select name, verdict, balance, balance_lo, balance_hi, given, received, realness, advice
from connection
where verdict <> 'too early'
qualify row_number() over (partition by verdict order by strength desc, connection_id) <= $most
order by strength desc, connection_id
"""
COVERAGE = """
with side as (
    select platform, channel,
        max(visibility) filter (direction = 'given') as given,
        max(visibility) filter (direction = 'received') as received,
    from channel
    group by all
)
select platform,
    string_agg(channel, ', ' order by channel) filter (given = 'seen' and received = 'seen') as seen_both_ways,
    string_agg(channel, ', ' order by channel) filter (given = 'seen' and received <> 'seen') as only_given,
    string_agg(channel, ', ' order by channel) filter (given <> 'seen' and received = 'seen') as only_received,
    string_agg(channel, ', ' order by channel) filter (given <> 'seen' and received <> 'seen') as nobody_named,
from side
group by platform
order by platform
"""
SUMMARY = "select *, (select count(*) from connection where verdict = 'too early') as early from network"


def tell(choice: Choice) -> None:
    """Three tables on stdout, each with a sentence about it on stderr."""
    [network] = choice.rows(SUMMARY)
    say("")
    say(f"{network['connections']} connections: {network['real']} real, {network['thin']} thin, {network['fake']} fake, "
        f"{network['nominal']} nominal. It is too early to tell the balance of {network['early']}; of the others:")  # fmt: skip
    choice.show(choice.rows(BALANCE, most=EACH))
    say("")
    seen = "nothing" if network["coverage"] is None else f"{network['coverage']:.0%} of all value"
    say(f"Seen from both sides: {seen}, and a balance rests on that alone. What no export shows is unknown, not nothing:")
    choice.show(choice.rows(COVERAGE), wrap=("seen_both_ways", "only_given", "only_received", "nobody_named"))
    todo = care.groups(choice.rows, "c.*", EACH)
    say("")
    say(f"What to do next: {sum(found for *_, found in todo)} people to turn to, and first of all:")
    choice.show([
        {"name": person["name"], "why": group.title, "how_it_stands": care.told(group, person)}
        for group, people, _ in todo
        for person in people
    ])  # fmt: skip
