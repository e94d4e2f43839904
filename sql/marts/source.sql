-- One row per archive and platform: how old it is, and where its records went
select
    platform,
    archive,
    nullif(exported_at, timestamp '1970-01-01')::date as exported_on,  -- that day stands for an export that tells none
    age_days(exported_on) as age_days,
    records,
    acts,
    merged,
    problems,
    unread_members,
    unread_patterns
from core.archive
order by platform, exported_at, archive
