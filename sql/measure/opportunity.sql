-- One row per connection: the weight-9 value that came from it, or through whom it introduced
select
    reach.connection_id,
    exact_sum(coalesce(total.received_heavy, 0) / 2 ^ reach.distance) as opportunity,
    count(*) filter (where reach.distance = 1) as opened
from measure.reach
left join measure.total on total.connection_id = reach.reached_id
group by all
