-- One row per invitation sent 30 days and more before the export was made; younger ones are pending
with connected as (
    select platform, connection_id, max(since_at) as connected_at
    from core.state
    where state = 'connection' and connection_id is not null and since_at <= getvariable('as_of')
    group by all
)

select
    act.act_id,
    act.happened_at::date as sent_on,
    act.composed and not act.templated as with_note,
    coalesce(bool_or(connected_at::date >= act.happened_at::date), false) as accepted
from core.act
left join connected using (platform, connection_id)
where act.channel = 'invitation'
    and act.direction = 'given'
    and act.happened_at <= least(act.exported_at, getvariable('as_of')) - interval 30 days
group by all
