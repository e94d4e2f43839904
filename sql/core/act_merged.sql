-- One row per act left out because another file holds the same act: the act it is merged into, and the named rule.
-- The rules: a note sent with an invitation is also the conversation's first message once accepted; Hangouts history
-- was copied into Chat; a notification mail tells of an act that an export holds too, where an answer is told as a mention.
with act as (
    select r.act_id, r.platform, r.channel, r.direction, r.counterparts, r.happened_at, r.text, r.evidence,
        p.person
    from raw.act r
    join core.act_source s using (act_id, archive)
    left join core.person p on p.platform = r.platform and p.key = r.counterparts[1]
    where r.channel in ('invitation', 'message', 'group') or r.evidence = 'notification'
        or r.platform in (select platform from raw.act where evidence = 'notification')
),
note as (
    select m.act_id, arg_max(i.act_id, (i.happened_at, i.act_id)) as into_act_id, 'invitation note' as rule
    from act i
    join act m
        on m.platform = i.platform and m.direction = i.direction and m.person = i.person and m.text = i.text
    where i.channel = 'invitation' and m.channel = 'message' and m.happened_at >= i.happened_at - interval 1 minute
    group by m.act_id
    qualify row_number() over (partition by into_act_id order by min(m.happened_at), m.act_id) = 1
),
chat as (
    select h.act_id, min(c.act_id) as into_act_id, 'hangouts copied into chat' as rule
    from act h
    join act c
        on c.direction = h.direction and c.text = h.text
        and date_trunc('second', c.happened_at) = date_trunc('second', h.happened_at)
    where h.platform = 'hangouts' and c.platform = 'google_chat'
    group by h.act_id
),
mail as (
    select n.act_id, e.act_id as into_act_id, 'notification mail' as rule
    from act n
    join act e
        on e.platform = n.platform and e.direction = n.direction and e.person = n.person
        and (e.channel = n.channel or (n.channel = 'mention' and e.channel in ('comment', 'message')))
        and e.happened_at between n.happened_at - interval 1 day and n.happened_at + interval 1 day
    where n.evidence = 'notification' and e.evidence <> 'notification'
    qualify row_number() over (partition by n.act_id order by abs(epoch(e.happened_at - n.happened_at)), e.act_id) = 1
        and row_number() over (partition by e.act_id order by abs(epoch(e.happened_at - n.happened_at)), n.act_id) = 1
)
from note
union all
from chat
union all
from mail
