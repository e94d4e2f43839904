-- One row per connection whose verdict rests on the weights: another step between the classes gives another verdict
select
    tie.connection_id,
    tie.verdict,
    any_value(stepped.verdict) filter (where stepped.weighting = 'step 1') as verdict_step_1,
    any_value(stepped.verdict) filter (where stepped.weighting = 'step 2') as verdict_step_2,
    any_value(stepped.verdict) filter (where stepped.weighting = 'step 5') as verdict_step_5
from measure.tie
inner join measure.verdict as stepped using (connection_id)
group by tie.connection_id, tie.verdict
having bool_or(starts_with(stepped.weighting, 'step') and stepped.verdict <> tie.verdict)
order by tie.connection_id
