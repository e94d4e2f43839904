-- One row per connection and UTC day of contact: who wrote first, where both ways can be seen
select
    connection_id,
    happened_on,
    min(happened_at) filter (where two_sided and direction = 'given') as given_at,
    min(happened_at) filter (where two_sided and direction = 'received') as received_at
from measure.act
where contact and connection_id is not null
group by all
