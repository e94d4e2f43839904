-- One row per UTC month with an act (null: acts without a time): the network from that month's acts alone
with settled as (
    select
        month_on,
        exact_sum(given) as given,
        exact_sum(received) as received,
        nullif(exact_sum(given_two_sided + received_two_sided), 0) as two_sided,
        2 * exact_sum(least(given_two_sided, received_two_sided)) / two_sided as settled_directly,
        abs(exact_sum(given_two_sided - received_two_sided)) / two_sided as unsettled,
        sum(asks_received)::bigint as asks_received,
    from measure.month
    group by all
),

broadcast as (
    select month_on, count(*) filter (where is_outward) as outward, count(*) as broadcasts
    from measure.broadcast
    group by all
),

month as (
    select month_on from settled
    union
    select month_on from broadcast
)

select
    getvariable('owner') as "owner",
    month.month_on,
    coalesce(given, 0) as given,
    coalesce(received, 0) as received,
    settled_directly,
    1 - settled_directly - unsettled as settled_through_others,
    unsettled,
    coalesce(broadcasts, 0) as broadcasts,
    wilson(coalesce(outward, 0), coalesce(broadcasts, 0)) as outward_share,
    wilson_lo(coalesce(outward, 0), coalesce(broadcasts, 0)) as outward_share_lo,
    wilson_hi(coalesce(outward, 0), coalesce(broadcasts, 0)) as outward_share_hi,
    coalesce(asks_received, 0) as asks_received
from month
left join settled on settled.month_on is not distinct from month.month_on
left join broadcast on broadcast.month_on is not distinct from month.month_on
order by month.month_on
