-- One row per change between two exports of one platform: who is new, left, renamed, began or ceased to follow me
with member as (
    select
        platform, archive, key, url, name, since_at,
        if(state = 'connection', 'connection', 'follower') as list,
    from core.state
    where state = 'connection' or (state = 'follow' and direction in ('received', 'both'))
),

before as (
    select interval.*, key, url, name
    from measure.interval
    inner join member using (platform, list)
    where member.archive = interval.from_archive
),

after as (
    select interval.*, key, url, name, since_at
    from measure.interval
    inner join member using (platform, list)
    where member.archive = interval.to_archive
),

-- The same person: the platform's stable id, else the profile's URL.
same as (
    select list, from_archive, to_archive, before.key as old_key, after.key, before.name as old_name, after.name
    from before
    inner join after using (list, from_archive, to_archive, key)
    union
    select list, from_archive, to_archive, before.key, after.key, before.name, after.name
    from before
    inner join after using (list, from_archive, to_archive, url)
),

-- Nobody is new against a list that may have been cut, unless since when is told.
change as (
    select platform, from_archive, to_archive, key as account, if(list = 'connection', 'new', 'followed me') as change
    from after
    anti join same using (list, from_archive, to_archive, key)
    where is_whole_before or since_at > from_at
    union all
    select platform, from_archive, to_archive, key, if(list = 'connection', 'left', 'unfollowed me')
    from before
    anti join same on same.list = before.list and same.from_archive = before.from_archive
        and same.to_archive = before.to_archive and same.old_key = before.key
    where is_whole_after
    union
    select platform, from_archive, to_archive, key, 'renamed'
    from after
    inner join same using (list, from_archive, to_archive, key)
    where same.old_name <> same.name
)

select distinct platform, from_archive, to_archive, account, change
from change
order by all
