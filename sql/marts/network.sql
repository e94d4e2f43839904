-- One row per owner: the whole network as of T
with tie as (
    select
        count(*) as connections,
        count(*) filter (where realness = 'real') as real,
        count(*) filter (where realness = 'thin') as thin,
        count(*) filter (where realness = 'fake') as fake,
        count(*) filter (where realness = 'nominal') as nominal,
        exact_sum(given) as given,
        exact_sum(received) as received,
        exact_sum(if(realness = 'real', attention_minutes, 0)) as attention_minutes_real,
        exact_sum(if(realness = 'thin', attention_minutes, 0)) as attention_minutes_thin,
        exact_sum(if(realness = 'fake', attention_minutes, 0)) as attention_minutes_fake,
        coalesce(sum(asks_received), 0)::bigint as asks_received,
        count(*) filter (where realness = 'real' and circle = 'weekly') as real_weekly,
        count(*) filter (where realness = 'real' and circle = 'monthly') as real_monthly,
        count(*) filter (where realness = 'real' and circle = 'half-yearly') as real_half_yearly,
        count(*) filter (where realness = 'real' and circle = 'yearly') as real_yearly,
        count(*) filter (where realness = 'real' and circle = 'outer') as real_outer,
        count(*) filter (where is_nominal and i_follow and follows_me) as follow_backs_without_act,
    from measure.tie
    inner join core.connection using (connection_id)
),

settled as (
    select
        nullif(exact_sum(given_two_sided + received_two_sided), 0) as two_sided,
        2 * exact_sum(least(given_two_sided, received_two_sided)) / two_sided as settled_directly,
        abs(exact_sum(given_two_sided - received_two_sided)) / two_sided as unsettled,
    from measure.total
),

act as (
    select
        count(*) filter (where connection_id is null) as unattributed_acts,
        count(distinct if(direction = 'given' and value_kind = 'introduction', act_id, null)) as introductions_given,
    from measure.act
),

verdict as (
    select
        count(*) filter (where verdict.weighting = 'step 1' and verdict.verdict <> tie.verdict) as verdicts_changed_1,
        count(*) filter (where verdict.weighting = 'step 2' and verdict.verdict <> tie.verdict) as verdicts_changed_2,
        count(*) filter (where verdict.weighting = 'step 5' and verdict.verdict <> tie.verdict) as verdicts_changed_5,
    from measure.verdict
    inner join measure.tie using (connection_id)
)

select
    getvariable('owner') as "owner",
    getvariable('as_of') as as_of,
    connections, real, thin, fake, nominal,
    coalesce(given, 0) as given,
    coalesce(received, 0) as received,
    settled_directly,
    1 - settled_directly - unsettled as settled_through_others,
    unsettled,
    silence_ratio,
    outward_share, outward_share_lo, outward_share_hi,
    cadence, cadence_longest,
    two_sided / nullif(tie.given + tie.received, 0) as coverage,
    unattributed_acts,
    coalesce(attention_minutes_real, 0) as attention_minutes_real,
    coalesce(attention_minutes_thin, 0) as attention_minutes_thin,
    coalesce(attention_minutes_fake, 0) as attention_minutes_fake,
    introductions_given, asks_received,
    verdicts_changed_1, verdicts_changed_2, verdicts_changed_5,
    real_weekly, real_monthly, real_half_yearly, real_yearly, real_outer,
    follow_backs_without_act,
    acceptance_with_note, acceptance_with_note_lo, acceptance_with_note_hi,
    acceptance_without_note, acceptance_without_note_lo, acceptance_without_note_hi
from tie, settled, act, verdict, measure.presence, measure.acceptance
