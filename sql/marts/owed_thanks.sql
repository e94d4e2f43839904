-- One row per connection whose help, credit or more went without a word from me since, as far as both sides are seen
with answered as (
    select connection_id, max(happened_at) as given_at
    from measure.act
    where direction = 'given' and composed
    group by connection_id
)

select
    act.connection_id,
    min(act.happened_at)::date as since_on,
    count(*) as acts,
    act_sum(act.value) as value,
    string_agg(distinct act.value_kind, ', ' order by act.value_kind) as what
from measure.act
inner join core.connection on connection.connection_id = act.connection_id
left join answered on answered.connection_id = act.connection_id
where act.direction = 'received'
    and act.class >= 3
    and act.two_sided
    and act.people <= 4
    and not act.templated
    and act.happened_at > coalesce(given_at, '-infinity'::timestamp)
group by act.connection_id
order by act.connection_id
