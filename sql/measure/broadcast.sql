-- One row per broadcast and UTC month: an own act to nobody in particular or to more than 4, once per post
select
    platform,
    coalesce(post, act_id) as post,
    month_on,
    bool_or(class >= 3 or value_kind = 'amplification') as is_outward
from measure.act
where direction = 'given' and (broadcast or coalesce(n_targets, 5) > 4)
group by all
