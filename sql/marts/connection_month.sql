-- One row per connection and UTC month with an act; month_on is null for acts without a time
with day as (
    select connection_id, date_trunc('month', happened_on)::date as month_on, count(*) as contact_days
    from measure.contact_day
    group by all
),

-- Acts without a time stand in every balance, hence first.
so_far as (
    select
        *,
        sum(given_two_sided::decimal(38, 18)) over months::double as given_so_far,
        sum(received_two_sided::decimal(38, 18)) over months::double as received_so_far,
        sum(squares_two_sided::decimal(38, 18)) over months::double as squares_so_far,
        effective(given_so_far + received_so_far, squares_so_far) as n,
        leaning(given_so_far, received_so_far, n) as x,
    from measure.month
    window months as (partition by connection_id order by month_on nulls first)
)

select
    so_far.connection_id,
    so_far.month_on,
    so_far.given,
    so_far.received,
    so_far.acts_given,
    so_far.acts_received,
    coalesce(day.contact_days, 0) as contact_days,
    so_far.attention_minutes,
    so_far.asks_received,
    if(so_far.month_on is null, null, n) as effective_acts,
    if(so_far.month_on is null, null, 2 * wilson(x, n) - 1) as balance,
    if(so_far.month_on is null, null, 2 * wilson_lo(x, n) - 1) as balance_lo,
    if(so_far.month_on is null, null, 2 * wilson_hi(x, n) - 1) as balance_hi
from so_far
left join day using (connection_id, month_on)
order by connection_id, month_on
