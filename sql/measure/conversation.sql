-- One row per conversation: two-sided contact without a pause of more than 7 days between UTC dates
with day as (
    select
        connection_id,
        happened_on,
        given_at,
        received_at,
        coalesce(happened_on - lag(happened_on) over talks > 7, true) as is_opening,
    from measure.contact_day
    where coalesce(given_at, received_at) is not null
    window talks as (partition by connection_id order by happened_on)
),

numbered as (
    select *, count(*) filter (where is_opening) over (partition by connection_id order by happened_on) as number
    from day
)

select
    connection_id,
    number,
    min(happened_on) as started_on,
    max(happened_on) as ended_on,
    -- at the same instant the received act comes first
    coalesce(min(given_at) < min(received_at), min(received_at) is null) as opened_by_me,
    count(given_at) > 0 and count(received_at) > 0 as answered,
    answered or age_days(max(happened_on)) > 7 as settled
from numbered
group by connection_id, number
