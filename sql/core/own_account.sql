-- One row per account that is the owner's: what the archives say they are exports of, and what people.csv marks `me`.
with named as (
    select platform, unnest(list_concat([owner_key], coalesce(owner_aliases, []))) as name
    from raw.source
),
told as (
    select p.platform, p.key
    from core.person p
    join named n on n.platform = p.platform and n.name = p.key
    union
    select platform, key
    from core.people
    where is_me
),
persons as (
    select distinct person
    from core.person
    join told using (platform, key)
)
select p.platform, p.key, p.person
from core.person p
join persons using (person)
