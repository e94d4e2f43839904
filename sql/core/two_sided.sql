-- One row per account, channel and span of time in which archives together show both what was given and what was received.
-- Declared by the sources, never inferred from the data; a channel where nobody is named shows no side.
with side as (
    select platform, account, channel, direction, coalesce(since, '-infinity'::timestamp) as since,
        coalesce(until, 'infinity'::timestamp) as until
    from core.sees
    where visibility = 'seen'
)
select distinct g.platform, g.account, g.channel, greatest(g.since, r.since) as since, least(g.until, r.until) as until
from side g
join side r using (platform, account, channel)
where g.direction = 'given' and r.direction = 'received' and greatest(g.since, r.since) <= least(g.until, r.until)
