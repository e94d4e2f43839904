-- One row per list and interval between two exports: how many left a week, and whether the owner was silent or active
with departed as (
    select
        platform, from_archive, to_archive,
        if(change = 'left', 'connection', 'follower') as list,
        count(*) as people,
    from marts.change
    where change in ('left', 'unfollowed me')
    group by all
),

-- A week that is not counted yet, or lies before the first act, is neither.
touched as (
    select
        list, from_archive, to_archive,
        unnest(generate_series(
            date_trunc('week', from_at), to_at - interval 1 microsecond, interval 7 days
        ))::date as week_on,
    from measure.interval
),

activity as (
    select
        list, from_archive, to_archive,
        case
            when bool_and(coalesce(is_silent, false)) then 'silent'
            when bool_and(coalesce(is_active, false)) then 'active'
            else 'mixed'
        end as activity,
    from touched
    left join measure.week using (week_on)
    group by all
)

select
    interval.platform,
    interval.list,
    interval.from_archive,
    interval.to_archive,
    interval.from_at::date as from_on,
    interval.to_at::date as to_on,
    (to_at::date - from_at::date) / 7 as weeks,
    people_at_start,
    if(is_whole_after, coalesce(departed.people, 0), null) as people_left,
    people_left / nullif(people_at_start * weeks, 0) as attrition,
    coalesce(activity.activity, 'mixed') as activity
from measure.interval
left join departed using (platform, list, from_archive, to_archive)
left join activity using (list, from_archive, to_archive)
order by all
