-- One row per account and another that the owner says is another person, both ways: not_same_as of people.csv.
with written as (
    select platform, key, trim(unnest(string_split(not_same_as, ';'))) as other
    from core.people
    where not_same_as is not null
),
resolved as (
    select distinct w.platform, w.key, coalesce(a.platform, split_part(w.other, ':', 1)) as other_platform,
        coalesce(a.key, substr(w.other, strpos(w.other, ':') + 1)) as other_key
    from written w
    left join raw.account a
        on w.other = a.platform || ':' || a.key or ltrim(lower(w.other), '@') = a.platform || ':' || lower(a.handle)
            or (w.other like 'http%' and regexp_replace(lower(w.other), '/+$', '') = regexp_replace(lower(a.url), '/+$', ''))
)
select platform, key, other_platform, other_key
from resolved
union
select other_platform, other_key, platform, key
from resolved
