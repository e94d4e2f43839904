-- One row per list (connections, followers) and two consecutive exports of one account that hold it
with listing as (
    select
        platform,
        account,
        if(state = 'connection', 'connection', 'follower') as list,
        archive,
        exported_at,
        bool_and(is_complete) as is_complete,
        count(distinct key) as people,
    from core.state
    where exported_at <= getvariable('as_of')
        and (state = 'connection' or (state = 'follow' and direction in ('received', 'both')))
    group by all
)

select
    platform,
    list,
    lag(archive) over exports as from_archive,
    archive as to_archive,
    lag(exported_at) over exports as from_at,
    exported_at as to_at,
    lag(people) over exports as people_at_start,
    lag(is_complete) over exports as is_whole_before,
    is_complete as is_whole_after
from listing
window exports as (partition by platform, account, list order by exported_at, archive)
qualify from_archive is not null
