-- One row per share cut, 0 to 100 %: what goes with the first so many of the cut plan (a share of nothing is null)
with ranked as (
    select
        cut_plan.regret_rank,
        tie.received,
        tie.received_heavy,
        (tie.realness = 'real')::int as real,
        tie.attention_minutes,
    from marts.cut_plan
    inner join measure.tie using (connection_id)
),

cut as (
    select percent, percent * (select count(*) from ranked) // 100 as connections
    from (select unnest(generate_series(0, 100))::integer as percent)
)

select
    cut.percent,
    cut.connections,
    exact_sum(if(regret_rank <= connections, received, 0)) / nullif(exact_sum(received), 0) as received_share,
    exact_sum(if(regret_rank <= connections, received_heavy, 0)) / nullif(exact_sum(received_heavy), 0)
        as opportunity_share,
    exact_sum(if(regret_rank <= connections, real, 0)) / nullif(exact_sum(real), 0) as real_share,
    exact_sum(if(regret_rank <= connections, attention_minutes, 0)) / nullif(exact_sum(attention_minutes), 0)
        as attention_share
from cut
left join ranked on true
group by all
order by percent
