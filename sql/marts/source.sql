-- One row per archive and platform: how old it is, and where its records went
select
    platform,
    archive,
    exported_at::date as exported_on,
    age_days(exported_at::date) as age_days,
    records,
    acts,
    merged,
    problems,
    unread_members,
    unread_patterns
from core.archive
order by platform, exported_at, archive
