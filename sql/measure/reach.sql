-- One row per connection and person reached from it by introductions: itself at 0, at most 4 steps, the shortest way
with recursive introduction as (
    select distinct connection_id, introduced_id
    from core.introduction
    where happened_at is null or happened_at <= getvariable('as_of')
),

path(connection_id, reached_id, distance) as (
    select connection_id, connection_id, 0 from core.connection
    union
    select path.connection_id, introduction.introduced_id, path.distance + 1
    from path
    inner join introduction on introduction.connection_id = path.reached_id
    where path.distance < 4
)

select connection_id, reached_id, min(distance) as distance
from path
group by all
