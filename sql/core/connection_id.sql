-- One row per person who is a connection as of T: someone with a state (a follow, a friendship, an address-book entry) or an act.
-- Organisations, bots and the owner are not; a mere sender of mail becomes one only after contact both ways or a state.
with met as (
    select p.connection_id, bool_or(a.channel <> 'mail') as elsewhere,
        bool_or(a.direction = 'given') and bool_or(a.direction = 'received') as both_ways
    from (
        select act_id, archive, platform, channel, direction, happened_at, unnest(counterparts) as key
        from raw.act
    ) a
    join core.act_source s on s.act_id = a.act_id and s.archive = a.archive
    join core.account p on p.platform = a.platform and p.key = a.key
    where a.happened_at < getvariable('as_of') or a.happened_at is null
    group by p.connection_id
),
tied as (
    select distinct connection_id
    from core.state_now
    where state in ('follow', 'connection', 'contact', 'subscription', 'membership')
),
person as (
    select connection_id
    from core.account
    group by connection_id
    having not bool_or(is_own) and bool_and(account_kind = 'person')
)
select p.connection_id
from person p
left join met using (connection_id)
left join tied using (connection_id)
where tied.connection_id is not null or met.elsewhere or met.both_ways
