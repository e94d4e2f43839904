-- One row per broadcast and kind of anonymous answer: the total as of the newest export not after T that tells it.
select r.platform, r.post, r.kind, arg_max(r.total, (s.exported_at, r.archive)) as total,
    max(s.exported_at) as exported_at, arg_max(r.archive, (s.exported_at, r.archive)) as archive,
    any_value(b.happened_at) as happened_at
from raw.response r
join core.source_account s using (archive, platform)
left join (
    select platform, post, min(happened_at) as happened_at
    from raw.act
    where broadcast and direction = 'given'
    group by platform, post
) b on b.platform = r.platform and b.post = r.post
where s.exported_at <= getvariable('as_of')
group by r.platform, r.post, r.kind
