-- One row per connection with contact: how often, how lately, who opens and who answers
with day as (
    select *, age_days(happened_on) as age from measure.contact_day
),

contact as (
    select
        connection_id,
        count(*) as contact_days,
        min(happened_on) as first_contact_on,
        max(happened_on) as last_contact_on,
        -- contact days a year, halved every half_life_days
        sum((2 ^ (-age / getvariable('half_life_days')))::decimal(38, 30))::double
            * ln(2) / getvariable('half_life_days') * 365.25 as strength,
        count(*) filter (where age < getvariable('momentum_days')) as days_lately,
        count(*) filter (where age < 2 * getvariable('momentum_days')) - days_lately as days_before,
    from day
    group by connection_id
),

talk as (
    select
        connection_id,
        count(*) as conversations,
        count(*) filter (where opened_by_me) as openings,
        count(*) filter (where opened_by_me and settled) as settled_openings,
        count(*) filter (where opened_by_me and answered) as answered_openings,
    from measure.conversation
    group by connection_id
)

select
    contact.*,
    age_days(last_contact_on) as gap_days,
    if(contact_days >= 3, (last_contact_on - first_contact_on) / (contact_days - 1), null) as usual_gap_days,
    coalesce(conversations, 0) as conversations,
    coalesce(openings, 0) as openings,
    coalesce(settled_openings, 0) as settled_openings,
    coalesce(answered_openings, 0) as answered_openings
from contact
left join talk using (connection_id)
