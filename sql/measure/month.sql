-- One row per connection and UTC month (null: acts without a time): everything that adds up
with act as (
    select
        *,
        direction = 'given' as is_given,
        templated or not composed or value_kind in ('ask', 'spam') as is_hollow,
        attention(direction, composed, words, people) as minutes,
    from measure.act
    where connection_id is not null
)

select
    connection_id,
    month_on,
    count(*) filter (where is_given) as acts_given,
    count(*) filter (where not is_given) as acts_received,
    act_sum(if(is_given, value, 0)) as given,
    act_sum(if(is_given, 0, value)) as received,
    count(*) filter (where two_sided) as acts_two_sided,
    act_sum(if(is_given and two_sided, value, 0)) as given_two_sided,
    act_sum(if(not is_given and two_sided, value, 0)) as received_two_sided,
    act_sum(if(two_sided, value * value, 0)) as squares_two_sided,
    act_sum(if(not is_given and class = 9, value, 0)) as received_heavy,
    act_sum(minutes) as attention_minutes,
    count(*) filter (where not is_given and value_kind = 'ask') as asks_received,
    count(*) filter (where not is_given and value_kind = 'spam') as spam_received,
    count(*) filter (where not is_given and is_hollow) as hollow_received,
    count(*) filter (where two_sided and is_hollow) as hollow_two_sided,
    count(*) filter (where is_given and contact) as contact_given,
    count(*) filter (where not is_given and contact) as contact_received,
    count(*) filter (where class >= 3 and n_targets <= 4) as valued_acts
from act
group by all
