-- One row per connection with an act: the sums over its months
select
    connection_id,
    sum(acts_given)::bigint as acts_given,
    sum(acts_received)::bigint as acts_received,
    exact_sum(given) as given,
    exact_sum(received) as received,
    sum(acts_two_sided)::bigint as acts_two_sided,
    exact_sum(given_two_sided) as given_two_sided,
    exact_sum(received_two_sided) as received_two_sided,
    exact_sum(received_heavy) as received_heavy,
    exact_sum(attention_minutes) as attention_minutes,
    sum(asks_received)::bigint as asks_received,
    sum(spam_received)::bigint as spam_received,
    sum(hollow_received)::bigint as hollow_received,
    sum(hollow_two_sided)::bigint as hollow_two_sided,
    sum(contact_given) > 0 and sum(contact_received) > 0 as mutual,
    sum(valued_acts) > 0 as valued
from measure.month
group by connection_id
