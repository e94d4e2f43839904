-- One row per week (Monday to Sunday, UTC) from the first act to the last whole week before T
with act as (
    select
        date_trunc('week', happened_on)::date as week_on,
        count(*) filter (where direction = 'given' and composed) as composed_given,
        count(*) filter (where direction = 'given' and composed and not templated) as own_words_given,
        count(*) filter (where direction = 'received' and contact and two_sided) as contact_received,
    from measure.act
    where happened_at is not null
    group by all
),

week as (
    select unnest(generate_series(
        (select min(week_on) from act),
        date_trunc('week', getvariable('as_of')) - interval 7 days,
        interval 7 days
    ))::date as week_on
),

counted as (
    select
        week_on,
        coalesce(composed_given, 0) > 0 as is_active,
        coalesce(own_words_given, 0) > 0 as has_own_words,
        coalesce(contact_received, 0) as contact_received,
    from week
    left join act using (week_on)
)

select
    week_on,
    is_active,
    -- the first week has none before it
    not is_active and not lag(is_active, 1, true) over (order by week_on) as is_silent,
    has_own_words,
    contact_received
from counted
