-- One row per state that holds as of T: from the newest archive not after T that lists states of this kind.
with newest as (
    select platform, account, state, direction, arg_max(archive, (exported_at, archive)) as archive
    from core.state
    where exported_at <= getvariable('as_of') or exported_at is null
    group by all
)
select s.platform, s.state, s.direction, s.key, s.person, s.connection_id, min(s.since_at) as since_at
from core.state s
join newest using (platform, account, state, direction, archive)
where s.since_at is null or s.since_at < getvariable('as_of')
group by all
