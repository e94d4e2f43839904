-- One row per account of a platform but the owner's own, and the connection it belongs to (null: not a connection)
select
    c.connection_id,
    a.platform,
    a.key,
    a.handle,
    a.url,
    a.account_kind as kind
from core.account a
left join core.connection c using (connection_id)
where a.is_own is distinct from true
order by a.platform, a.key
