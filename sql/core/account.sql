-- One row per account named in any archive or in people.csv, as the newest archive knows it.
with known as (
    select a.platform, a.key, s.exported_at, a.name, a.handle, a.url, a.account_kind, a.company, a.position, a.identified
    from raw.account a
    join core.source_account s using (archive, platform)
),
newest as (
    select platform, key,
        arg_max(name, exported_at) filter (where name is not null) as name,
        arg_max(handle, exported_at) filter (where handle is not null) as handle,
        arg_max(url, exported_at) filter (where url is not null) as url,
        arg_max(account_kind, exported_at) filter (where account_kind is not null) as account_kind,
        arg_max(company, exported_at) filter (where company is not null) as company,
        arg_max(position, exported_at) filter (where position is not null) as position,
        max(identified) as identified
    from known
    group by platform, key
)
select p.platform, p.key, p.person, p.connection_id, n.name, n.handle, n.url,
    coalesce(n.account_kind, 'person') as account_kind, n.company, n.position, n.identified,
    o.person is not null as is_own
from core.person p
left join newest n using (platform, key)
left join (select distinct person from core.own_account) o using (person)
