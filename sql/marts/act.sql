-- One row per act and counterpart, without text (a view)
select
    act_id,
    platform,
    channel,
    direction,
    value_kind,
    value_rule,
    weight,
    n_targets,
    value,
    two_sided,
    contact,
    composed,
    templated,
    happened_at,
    time_precision,
    connection_id,
    archive,
    record
from measure.act
