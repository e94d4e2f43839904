-- One row per owner: what they broadcast, how steadily, and what comes in while they are silent
with run as (
    select count(*) as weeks
    from (
        select week_on - 7 * row_number() over (order by week_on)::int as run_on
        from measure.week
        where has_own_words
    )
    group by run_on
),

week as (
    select
        count(*) filter (where is_silent) as silent,
        count(*) filter (where is_active) as active,
        (sum(if(is_silent, contact_received, 0)) + 0.5::double) / (silent + 0.5::double) as in_silence,
        (sum(if(is_active, contact_received, 0)) + 0.5::double) / (active + 0.5::double) as in_activity,
        count(*) filter (where has_own_words) / nullif(count(*), 0) as cadence,
    from measure.week
),

broadcast as (
    select count(*) filter (where is_outward) as outward, count(*) as broadcasts
    from (select platform, post, bool_or(is_outward) as is_outward from measure.broadcast group by platform, post)
)

select
    if(silent >= 8 and active >= 8, in_silence / in_activity, null) as silence_ratio,
    wilson(outward, broadcasts) as outward_share,
    wilson_lo(outward, broadcasts) as outward_share_lo,
    wilson_hi(outward, broadcasts) as outward_share_hi,
    cadence,
    coalesce((select max(weeks) from run), 0) as cadence_longest,
    outward,
    broadcasts
from week, broadcast
