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
        sum(given_two_sided) over months as given_so_far,
        sum(received_two_sided) over months as received_so_far,
        sum(squares_two_sided) over months as squares_so_far,
    from measure.month
    window months as (partition by connection_id order by month_on nulls first)
),

-- One step a CTE: an alias used again in its own SELECT is computed again.
counted as (
    select *, effective(given_so_far + received_so_far, squares_so_far) as n from so_far
),

leaned as (
    select *, leaning(given_so_far, received_so_far, n) as x from counted
)

select
    connection_id,
    month_on,
    given,
    received,
    acts_given,
    acts_received,
    coalesce(contact_days, 0) as contact_days,
    attention_minutes,
    asks_received,
    if(month_on is null, null, n) as effective_acts,
    if(month_on is null, null, 2 * wilson(x, n) - 1) as balance,
    if(month_on is null, null, 2 * wilson_lo(x, n) - 1) as balance_lo,
    if(month_on is null, null, 2 * wilson_hi(x, n) - 1) as balance_hi
from leaned
left join day using (connection_id, month_on)
order by connection_id, month_on
