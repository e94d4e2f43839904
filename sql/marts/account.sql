-- One row per account of a platform, and the connection it belongs to (null: not a connection)
select
    connection_id,
    platform,
    key,
    handle,
    url,
    account_kind as kind
from core.account
order by platform, key
