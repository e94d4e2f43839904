-- One row per archive and platform: which of the owner's accounts it is an export of, and when it was made.
-- Eras name the same account differently (a member number, a URL, nothing): archives that share a name are one account.
with named as (
    select archive, platform, coalesce(max(exported_at), timestamp '1970-01-01') as exported_at,
        list_filter(flatten(list(list_concat([owner_key], owner_aliases))), lambda n: n is not null and n <> '') as names
    from raw.source
    group by all
),
spelled as (
    select archive, platform, unnest(names) as name
    from named
),
shared as (
    select s.archive, s.platform, min(o.name) as label
    from spelled s
    join spelled t using (platform, name)
    join spelled o on o.archive = t.archive and o.platform = t.platform
    group by all
)
select n.archive, n.platform, n.exported_at,
    coalesce(s.label, min(s.label) over (partition by n.platform), '') as account
from named n
left join shared s using (archive, platform)
