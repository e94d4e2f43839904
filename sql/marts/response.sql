-- One row per broadcast and kind of anonymous answer: the total, for the owner only and never in a balance
select platform, post, kind, total, happened_at, exported_at, archive
from core.response
order by platform, post, kind
