-- One row per connection: the first rule that holds, with its reason in words and figures
with tie as (
    select
        *,
        realness = 'real' as is_real,
        format('real tie, no contact for {} days, {:g} times its usual gap of {:g} days',
            gap_days, round(overdue, 1), round(usual_gap_days, 1)) as long_silence,
        format('balance {:.2f} [{:.2f}, {:.2f}] over {:g} effective acts',
            balance, balance_lo, balance_hi, round(effective_acts, 1)) as balance_told,
    from measure.tie
    inner join core.connection using (connection_id)
),

ruled as (
    select
        connection_id,
        [
            {holds: pin = 'keep', advice: 'keep: pinned', reason: 'you chose to keep it'},
            {holds: pin = 'prune', advice: 'prune: pinned', reason: 'you chose to let it go'},
            {holds: is_real and overdue > 8 and gap_days > getvariable('half_life_days'),
                advice: 'nurture: dormant', reason: long_silence},
            {holds: is_real and overdue > 2 and gap_days > 30, advice: 'nurture: fading', reason: long_silence},
            {holds: is_real and trend = 'cooling', advice: 'nurture: cooling',
                reason: format('real tie, {} contact days in the last {:g} days after {} in the {:g} days before',
                    days_lately, getvariable('momentum_days'), days_before, getvariable('momentum_days'))},
            {holds: is_real and verdict = 'they give more', advice: 'nurture: I owe',
                reason: format('real tie, they give more: {}', balance_told)},
            {holds: is_real, advice: 'keep',
                reason: format('real tie: {} contact days in {} days, both ways and with value',
                    contact_days, last_contact_on - first_contact_on)},
            {holds: relevant, advice: 'keep', reason: 'matches your criteria'},
            {holds: opportunity > 0, advice: 'keep',
                reason: format('doors opened: {:g} in value came from or through them', round(opportunity, 2))},
            {holds: realness = 'fake' and asks_received + spam_received >= 3 and received = 0, advice: 'prune: noise',
                reason: format('mostly pitches so far: {} asks and {} pitches came, and nothing else of value',
                    asks_received, spam_received)},
            {holds: verdict = 'I give more' and settled_openings >= 5 and reply_hi < 0.5
                and expect is distinct from 'one-way', advice: 'prune: one-way',
                reason: format('you give more: {}; {} of {} openings answered, reply at most {:.4f}',
                    balance_told, answered_openings, settled_openings, reply_hi)},
            {holds: realness = 'nominal' and age_days(connected_on) >= 730 and getvariable('policy') = 'selective',
                advice: 'prune: nominal',
                reason: format('a name so far: nothing passed in {} days, and your policy is selective',
                    age_days(connected_on))},
            {holds: realness = 'nominal', advice: 'keep', reason: 'a name so far, and nothing speaks for letting go'},
            {holds: true, advice: 'keep', reason: format('{}, {}: {}', if(realness = 'fake', 'mostly pitches so far', 'thin tie'),
                    replace(verdict, 'I give', 'you give'), balance_told)}
        ] as rules,
    from tie
)

select connection_id, first_rule.advice, first_rule.reason
from (select connection_id, list_filter(rules, lambda rule: rule.holds)[1] as first_rule from ruled)
