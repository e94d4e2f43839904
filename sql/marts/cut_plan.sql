-- One row per connection in ascending order of regret: the first are the first to cut
with regret as (
    select
        connection_id,
        row_number() over (
            order by
                coalesce(connection.pin = 'prune', false) desc,
                coalesce(connection.pin = 'keep', false),
                tie.realness = 'real',
                coalesce(connection.relevant, false),
                tie.opportunity,
                tie.received,
                tie.strength,
                tie.attention_minutes desc,
                connection_id
        ) as regret_rank,
        array_to_string(list_filter([
            if(connection.pin = 'prune', 'you pinned it: prune', null),
            if(connection.pin = 'keep', 'you pinned it: keep', null),
            tie.realness,
            if(connection.relevant, 'matches your criteria', null),
            if(tie.opportunity > 0, format('opportunity {:g}', round(tie.opportunity, 2)), null),
            if(tie.received > 0, format('received {:g}', round(tie.received, 2)), 'nothing of value received'),
            if(tie.strength > 0, format('{:.2g} contact days a year', tie.strength), 'no contact'),
            if(tie.attention_minutes > 0, format('{:.2g} minutes of attention', tie.attention_minutes), null)
        ], lambda part: part is not null), ', ') as reason,
    from core.connection
    inner join measure.tie using (connection_id)
)

select connection_id, regret_rank, reason
from regret
order by regret_rank
