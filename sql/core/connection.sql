-- One row per connection as of T: who it is, how it is tied to the owner, and what the owner says of it.
with account as (
    select a.connection_id,
        arg_max(a.name, (length(a.name), a.name)) as name, arg_max(a.handle, (length(a.handle), a.handle)) as handle,
        any_value(a.company) as company, any_value(a.position) as position, min(a.url) as url,
        string_agg(distinct a.platform, ', ' order by a.platform) as platforms, min(a.key) as key
    from core.account a
    join core.connection_id using (connection_id)
    group by a.connection_id
),
tie as (
    select connection_id,
        min(since_at) filter (where state = 'connection') as connected_at,
        bool_or(state = 'connection') as is_connected,
        bool_or(state in ('follow', 'subscription') and direction in ('given', 'both')) as i_follow,
        bool_or(state in ('follow', 'subscription') and direction in ('received', 'both')) as follows_me
    from core.state_now
    group by connection_id
),
said as (
    select p.connection_id, max(f.pin) as pin, max(f.expect) as expect, bool_or(f.relevant) as relevant,
        max(f.person) as person
    from core.people f
    join core.person p using (platform, key)
    group by p.connection_id
)
select a.connection_id, coalesce(a.name, nullif(s.person, ''), a.handle, a.key) as name, a.company, a.position, a.url,
    t.connected_at::date as connected_on, coalesce(t.i_follow, false) as i_follow, coalesce(t.follows_me, false) as follows_me,
    a.platforms, coalesce(t.is_connected, false) as is_connected, s.pin, s.expect,
    coalesce(s.relevant, false)
        or list_contains(getvariable('relevant_people'), lower(coalesce(a.name, s.person, a.handle, a.key)))
        or exists (from (select unnest(getvariable('relevant_companies')) as word) where contains(lower(a.company), word))
        or exists (from (select unnest(getvariable('relevant_positions')) as word) where contains(lower(a.position), word))
        or exists (
            from (select unnest(getvariable('relevant_words')) as word)
            where contains(lower(concat_ws(' ', a.name, a.company, a.position)), word)
        ) as relevant
from account a
left join tie t using (connection_id)
left join said s using (connection_id)
