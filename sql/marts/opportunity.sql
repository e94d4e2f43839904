-- One row per connection and person whose weight-9 acts came from it or through its introductions
select
    reach.connection_id,
    reach.reached_id,
    reach.distance,
    total.received_heavy as received,
    total.received_heavy / 2 ^ reach.distance as opportunity
from measure.reach
inner join measure.total on total.connection_id = reach.reached_id
where total.received_heavy > 0
order by all
