-- One row per connection: every figure of it, before advice
with opportunity as (
    select
        reach.connection_id,
        exact_sum(coalesce(total.received_heavy, 0) / 2 ^ reach.distance) as opportunity,
        count(*) filter (where reach.distance = 1) as opened,
    from measure.reach
    left join measure.total on total.connection_id = reach.reached_id
    group by all
),

balance as (
    select *
    from measure.weighting
    inner join measure.verdict using (connection_id, weighting)
    where weighting = 'settings'
),

-- What no act tells: the statistic of nothing.
figure as (
    select
        connection_id,
        acts_given is null as is_nominal,
        coalesce(acts_given, 0) as acts_given,
        coalesce(acts_received, 0) as acts_received,
        coalesce(total.given, 0) as given,
        coalesce(total.received, 0) as received,
        coalesce(effective_acts, 0) as effective_acts,
        coalesce(balance.balance, 0) as balance,
        coalesce(balance_lo, -1) as balance_lo,
        coalesce(balance_hi, 1) as balance_hi,
        coalesce(verdict, 'too early') as verdict,
        (given_two_sided + received_two_sided) / nullif(total.given + total.received, 0) as coverage,
        first_contact_on,
        last_contact_on,
        coalesce(contact_days, 0) as contact_days,
        coalesce(strength, 0) as strength,
        coalesce(days_lately, 0) as days_lately,
        coalesce(days_before, 0) as days_before,
        gap_days,
        usual_gap_days,
        gap_days / usual_gap_days as overdue,
        coalesce(conversations, 0) as conversations,
        coalesce(openings, 0) as openings,
        coalesce(settled_openings, 0) as settled_openings,
        coalesce(answered_openings, 0) as answered_openings,
        coalesce(mutual, false) as mutual,
        coalesce(contact_days >= 3 and last_contact_on - first_contact_on >= 30, false) as sustained,
        coalesce(valued, false) as valued,
        case
            when acts_received > 0 then 2 * hollow_received >= acts_received
            when acts_two_sided > 0 then 2 * hollow_two_sided >= acts_two_sided
            else false
        end as is_hollow,
        opportunity,
        opened,
        coalesce(received_heavy, 0) as received_heavy,
        coalesce(attention_minutes, 0) as attention_minutes,
        coalesce(asks_received, 0) as asks_received,
        coalesce(spam_received, 0) as spam_received,
    from core.connection
    inner join opportunity using (connection_id)
    left join measure.total using (connection_id)
    left join measure.rhythm using (connection_id)
    left join balance using (connection_id)
)

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
from figure
