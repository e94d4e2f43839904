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
            if(connection.pin = 'prune', 'you chose to let it go', null),
            if(connection.pin = 'keep', 'you chose to keep it', null),
            case tie.realness when 'nominal' then 'a name so far' when 'fake' then 'mostly pitches so far'
                else tie.realness || ' tie' end,
            if(connection.relevant, 'matches your criteria', null),
            if(tie.opportunity > 0, format('doors opened: {:g}', round(tie.opportunity, 2)), null),
            if(tie.received > 0, format('received {:g}', round(tie.received, 2)), 'nothing of value received yet'),
            case when tie.strength >= 0.05 then format('{:g} contact days a year', round(tie.strength, 1))
                when tie.strength > 0 then 'in touch long ago' else 'no conversation yet' end,
            if(tie.attention_minutes > 0, format('{:g} minutes of attention', round(tie.attention_minutes, 1)), null)
        ], lambda part: part is not null), ', ') as reason,
    from core.connection
    inner join measure.tie using (connection_id)
)

select connection_id, regret_rank, reason
from regret
order by regret_rank
