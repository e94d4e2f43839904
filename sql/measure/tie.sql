-- One row per connection: its figures, and what they amount to
select
    figure.*,
    2 * wilson(days_lately, days_lately + days_before) - 1 as momentum,
    2 * wilson_lo(days_lately, days_lately + days_before) - 1 as momentum_lo,
    2 * wilson_hi(days_lately, days_lately + days_before) - 1 as momentum_hi,
    wilson(answered_openings, settled_openings) as reply,
    wilson_lo(answered_openings, settled_openings) as reply_lo,
    wilson_hi(answered_openings, settled_openings) as reply_hi,
    wilson(openings, conversations) as initiation,
    if(attention_minutes >= 60, received * 60 / attention_minutes, null) as received_per_hour,
    case
        when strength >= 45 then 'weekly'
        when strength >= 9 then 'monthly'
        when strength >= 1.3 then 'half-yearly'
        when strength >= 0.4 then 'yearly'
        else 'outer'
    end as circle,
    case
        when days_lately + days_before < 5 then 'too few'
        when momentum_lo > 0 then 'rising'
        when momentum_hi < 0 then 'cooling'
        else 'steady'
    end as trend,
    case
        when is_nominal then 'nominal'
        when mutual and sustained and valued then 'real'
        when not mutual and is_hollow then 'fake'
        else 'thin'
    end as realness
from measure.figure
