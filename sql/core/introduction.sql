-- One row per introduction of one connection by another: a received act that names whom it connects, or people.csv.
select a.connection_id, unnest(a.introduces) as introduced_id, a.happened_at
from core.act a
where a.direction = 'received' and a.value_kind = 'introduction'
    and a.verdict is distinct from 'rejected' and a.connection_id is not null and len(a.introduces) > 0
union
select b.connection_id, p.connection_id, null::timestamp
from core.people f
join core.person p using (platform, key)
join core.person b on b.name = f.introduced_by
where f.introduced_by is not null
