-- One row per act and counterpart as of T: its weight, and what it counts
with told as not materialized (
    select
        *,
        rowid as place,
        if(verdict = 'rejected', 'talk', value_kind) as kind,
        greatest(coalesce(n_targets, 5), 1) as people,
        happened_at::date as happened_on,
    from core.act
    where happened_at is null or happened_at <= getvariable('as_of')
),

-- A weight-9 kind that only a text rule found counts as 3 until the owner confirms it.
weighed as not materialized (
    select
        told.*,
        kind.class,
        kind.class = 9 and not proven and verdict is distinct from 'confirmed' as is_unconfirmed,
        if(is_unconfirmed, least(kind.weight, 3), kind.weight) as act_weight,
        if(is_unconfirmed, 3, kind.class) as level,
    from told
    left join measure.kind on kind.kind = told.kind
),

-- Talk counts once per connection, direction and UTC day: two-sided first, then the larger share.
further_talk as (
    select place
    from told
    where kind = 'talk' and connection_id is not null
    qualify row_number() over (
        partition by connection_id, direction, happened_on
        order by two_sided desc, people, act_id, account_key
    ) > 1
)

select
    act_id,
    platform,
    channel,
    direction,
    kind as value_kind,
    if(verdict = 'rejected', 'rejected', value_rule) as value_rule,
    class,
    level,
    act_weight as weight,
    n_targets,
    people,
    further_talk.place is null as is_counted,
    if(is_counted, act_weight / people, 0) as value,
    two_sided,
    happened_at is not null and composed and not templated and kind <> 'spam'
        and coalesce(n_targets <= 4, false) as contact,
    composed,
    templated,
    broadcast,
    post,
    words,
    happened_at,
    happened_on,
    date_trunc('month', happened_on)::date as month_on,
    time_precision,
    connection_id,
    archive,
    record
from weighed
left join further_talk using (place)
