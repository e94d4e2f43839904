-- One row per UTC month of sending, with or without a personal note: invitations 30 days and more before the export
with connected as (
    select platform, connection_id, max(since_at) as connected_at
    from core.state
    where state = 'connection' and connection_id is not null and since_at <= getvariable('as_of')
    group by all
),

invitation as (
    select
        act.act_id,
        date_trunc('month', act.happened_at)::date as month_on,
        act.composed and not act.templated as with_note,
        coalesce(bool_or(connected_at::date >= act.happened_at::date), false) as accepted,
    from core.act
    left join connected using (platform, connection_id)
    where act.channel = 'invitation'
        and act.direction = 'given'
        and act.happened_at <= least(act.exported_at, getvariable('as_of')) - interval 30 days
    group by all
)

select
    month_on,
    with_note,
    count(*) as sent,
    count(*) filter (where accepted) as accepted,
    wilson(count(*) filter (where accepted), count(*)) as rate,
    wilson_lo(count(*) filter (where accepted), count(*)) as rate_lo,
    wilson_hi(count(*) filter (where accepted), count(*)) as rate_hi
from invitation
group by all
order by all
