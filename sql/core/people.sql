-- One row per row of people.csv whose account is known, by platform and key; a handle or a profile URL is understood.
with written as (
    select *, split_part(account, ':', 1) as platform, substr(account, strpos(account, ':') + 1) as spelled
    from raw.people
),
known as (
    select platform, key, any_value(lower(handle)) as handle, any_value(regexp_replace(lower(url), '/+$', '')) as url
    from raw.account
    group by platform, key
),
resolved as (
    select w.* exclude (platform, spelled),
        coalesce(k.platform, u.platform, w.platform) as platform,
        coalesce(k.key, u.key, w.spelled) as key
    from written w
    left join known k
        on k.platform = w.platform and (k.key = w.spelled or k.handle = ltrim(lower(w.spelled), '@'))
    left join known u on w.account like 'http%' and u.url = regexp_replace(lower(w.account), '/+$', '')
    qualify row_number() over (partition by w.account order by (k.key = w.spelled) desc nulls last, k.key, u.key) = 1
)
select platform, key, account, coalesce(person, '') as person, coalesce(me, '') <> '' as is_me,
    nullif(pin, '') as pin, nullif(expect, '') as expect, nullif(introduced_by, '') as introduced_by,
    coalesce(lower(relevant), '') in ('yes', 'y', 'true', '1', 'x') as relevant, nullif(not_same_as, '') as not_same_as,
    nullif(same_as, '') as same_as
from resolved
