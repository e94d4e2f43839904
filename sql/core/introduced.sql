-- One row per act and person it introduces: a name, handle, address or key in the text, where exactly one person fits.
with token as (
    select r.act_id, r.platform, unnest(r.introduces) as token
    from raw.act r
    join core.act_source using (act_id, archive)
    where r.value_kind = 'introduction' and len(r.introduces) > 0
),
spelling as (
    select platform, key as spelled, person, connection_id from core.person
    union
    select l.platform, substr(l.token, 7), p.person, p.connection_id
    from core.account_link l
    join core.person p using (platform, key)
    where l.token like 'email:%'
    union
    select a.platform, unnest([lower(ltrim(a.handle, '@')), lower(a.name)]), p.person, p.connection_id
    from raw.account a
    join core.person p using (platform, key)
)
select t.act_id, min(s.connection_id) as connection_id
from token t
join spelling s on s.spelled = lower(ltrim(t.token, '@')) or (s.spelled = t.token and s.platform = t.platform)
group by t.act_id, t.token
having count(distinct s.person) = 1
