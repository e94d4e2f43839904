-- One row per archive and platform: what was read from it, and where every record went (read = kept + merged + set aside).
with record as (
    select archive, platform, record, min(r.act_id) as act_id,
        bool_or(s.archive is not distinct from r.archive and m.act_id is null) as is_kept
    from raw.act r
    left join core.act_source s using (act_id, archive)
    left join core.act_merged m on m.act_id = r.act_id
    group by all
),
act as (
    select archive, platform, count(*) as acts, count(*) filter (where is_kept) as kept_acts,
        count(*) filter (where not is_kept) as merged
    from record
    group by all
),
aside as (
    select archive, platform, sum(records) filter (where severity = 'problem') as problems,
        sum(records) filter (where severity = 'set aside') as set_aside
    from raw.problem
    group by all
),
unread as (
    select archive, platform, count(*) as unread_members, string_agg(distinct pattern, ', ' order by pattern) as unread_patterns
    from raw.member
    where status = 'unread'
    group by all
)
select s.archive, s.platform, o.account as owner_key, o.exported_at, s.records, coalesce(a.acts, 0) as acts,
    coalesce(a.kept_acts, 0) as kept_acts, coalesce(a.merged, 0) as merged, coalesce(p.problems, 0)::bigint as problems,
    coalesce(p.set_aside, 0)::bigint as set_aside, coalesce(u.unread_members, 0) as unread_members, u.unread_patterns
from (
    select archive, platform, sum(records)::bigint as records
    from raw.source
    group by all
) s
join core.source_account o using (archive, platform)
left join act a using (archive, platform)
left join aside p using (archive, platform)
left join unread u using (archive, platform)
