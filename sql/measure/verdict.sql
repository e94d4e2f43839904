-- One row per connection and weighting: what may be claimed of its balance
with lean as (
    select *, more(effective_acts, balance, balance_lo, balance_hi) as way
    from measure.weighting
),

flat as (
    select connection_id, way from lean where weighting = 'flat'
)

select
    lean.connection_id,
    lean.weighting,
    case
        when lean.effective_acts < 5 - 1e-9 then 'too early'
        when lean.way = 1 and flat.way = 1 then 'I give more'
        when lean.way = -1 and flat.way = -1 then 'they give more'
        when lean.way = 0 and lean.balance_lo > -0.5 and lean.balance_hi < 0.5 then 'even'
        else 'unclear'
    end as verdict
from lean
inner join flat using (connection_id)
