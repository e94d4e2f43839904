-- One row per act: the archive it is taken from. Of those that state it, one that names somebody wins, then the later made.
select
    r.act_id,
    arg_max(r.archive, (coalesce(len(r.counterparts), 0) > 0, a.exported_at, r.archive)) as archive,
    count(*) as stated
from raw.act r
join core.source_account a using (archive, platform)
group by r.act_id
