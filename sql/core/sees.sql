-- One row per archive, platform, channel and direction: what the archive declares it can show, and from where that is known.
select archive, platform, s.account, channel, direction, visibility, since, until, claim
from raw.sees
join core.source_account s using (archive, platform)
