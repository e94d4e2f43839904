-- One row per archive and state (a follow, a connection, a membership, a block) as of that export.
select s.archive, s.platform, a.account, a.exported_at, s.state, s.direction, s.key, p.person, p.connection_id,
    n.name, n.url, s.since_at, s.record, coalesce(l.is_complete, false) as is_complete
from raw.state s
join core.source_account a using (archive, platform)
join core.person p on p.platform = s.platform and p.key = s.key
left join (
    select archive, platform, key, any_value(name) as name, any_value(url) as url
    from raw.account
    group by all
) n on n.archive = s.archive and n.platform = s.platform and n.key = s.key
left join (  -- several exports in one folder: together they are whole only where each is
    select archive, platform, state, direction, bool_and(is_complete) as is_complete
    from raw.listing
    group by all
) l
    on l.archive = s.archive and l.platform = s.platform and l.state = s.state and l.direction = s.direction
