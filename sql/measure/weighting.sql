-- One row per connection and weighting (settings, flat, steps of 1, 2 and 5): the balance it gives, two-sided acts only
with unit as (
    select
        connection_id,
        level,
        weight,
        act_sum(if(direction = 'given', 1 / people, 0)) as given,
        act_sum(if(direction = 'received', 1 / people, 0)) as received,
        act_sum(1 / people ^ 2) as squares,
    from measure.act
    where two_sided and is_counted and connection_id is not null
    group by all
),

-- A step of s weighs the classes 1, 3 and 9 as 1, s and s²; flat is 1 for every weight that is not 0.
scaled as (
    select connection_id, given, received, squares, unnest([
        {weighting: 'settings', factor: weight},
        {weighting: 'flat', factor: (weight <> 0)::double},
        {weighting: 'step 1', factor: (level > 0)::double},
        {weighting: 'step 2', factor: [0.0, 1, 2, 4][1 + (level > 0)::int + (level > 1)::int + (level > 3)::int]},
        {weighting: 'step 5', factor: [0.0, 1, 5, 25][1 + (level > 0)::int + (level > 1)::int + (level > 3)::int]}
    ], recursive := true)
    from unit
),

total as (
    select
        connection_id,
        weighting,
        exact_sum(factor * given) as given,
        exact_sum(factor * received) as received,
        effective(exact_sum(factor * (given + received)), exact_sum(factor * factor * squares)) as n,
    from scaled
    group by all
)

select
    connection_id,
    weighting,
    given,
    received,
    n as effective_acts,
    2 * wilson(leaning(given, received, n), n) - 1 as balance,
    2 * wilson_lo(leaning(given, received, n), n) - 1 as balance_lo,
    2 * wilson_hi(leaning(given, received, n), n) - 1 as balance_hi
from total
