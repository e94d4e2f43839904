-- One row per platform, channel and direction: what its exports let one see, and what was found
with declared as (
    select
        platform,
        channel,
        direction,
        if(bool_or(visibility = 'seen'), 'seen', 'seen, nobody named') as visibility,
        if(count(since) < count(*), null, min(since)) as since,
        max(until) as until,
    from core.sees
    group by all
),

found as (
    select
        platform,
        channel,
        direction,
        count(*) as acts,
        min(happened_on) as first_on,
        max(happened_on) as last_on,
    from measure.act
    group by all
),

-- Both directions of every channel met, so that the side nobody can see is told too.
met as (
    select platform, channel, unnest(['given', 'received']) as direction
    from (
        select platform, channel from declared
        union
        select platform, channel from found
    )
)

select
    platform,
    channel,
    direction,
    coalesce(visibility, 'not observable') as visibility,
    since,
    until,
    coalesce(acts, 0) as acts,
    first_on,
    last_on
from met
left join declared using (platform, channel, direction)
left join found using (platform, channel, direction)
order by platform, channel, direction
