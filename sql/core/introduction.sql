-- One row per introduction of one connection by another: a received act that names whom it connects, or people.csv,
-- where `introduced_by` is an account or a person as that file names them.
select a.connection_id, unnest(a.introduces) as introduced_id, a.happened_at
from core.act a
where a.direction = 'received' and a.value_kind = 'introduction'
    and a.verdict is distinct from 'rejected' and a.connection_id is not null and len(a.introduces) > 0
union
select b.connection_id, p.connection_id, null::timestamp
from core.people f
join core.person p using (platform, key)
join core.person b on b.connection_id = (
    select min(w.connection_id)
    from (
        select connection_id from core.person where name = f.introduced_by
        union
        select q.connection_id
        from core.people o
        join core.person q using (platform, key)
        where f.introduced_by in (o.account, o.person)
    ) w
    having count(distinct w.connection_id) = 1
)
where f.introduced_by is not null
