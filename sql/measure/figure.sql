-- One row per connection: what its acts tell, and where there is no act, the statistic of nothing
with balance as (
    select *
    from measure.weighting
    inner join measure.verdict using (connection_id, weighting)
    where weighting = 'settings'
)

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
    coalesce(spam_received, 0) as spam_received
from core.connection
inner join measure.opportunity using (connection_id)
left join measure.total using (connection_id)
left join measure.rhythm using (connection_id)
left join balance using (connection_id)
