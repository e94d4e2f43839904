-- One row per act: the archive it is taken from. Of archives that state the same act, the export made later wins.
select r.act_id, arg_max(r.archive, (a.exported_at, r.archive)) as archive, count(*) as stated
from raw.act r
join core.source_account a using (archive, platform)
group by r.act_id
