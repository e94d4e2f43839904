-- One row per account: the person behind it. Accounts joined by certain evidence, however long the chain, are one person.
with recursive account as (
    select platform, key, platform || ':' || key as name from raw.account
    union
    select platform, unnest(counterparts), platform || ':' || unnest(counterparts) from raw.act
    union
    select platform, key, platform || ':' || key from raw.state
    union
    select platform, key, platform || ':' || key from core.people
),
linked as (
    select platform || ':' || key as name, token, min(platform || ':' || key) over (partition by token) as first_name
    from core.account_link
),
edge as (
    select name as a, first_name as b from linked where name <> first_name
    union
    select first_name, name from linked where name <> first_name
),
component(name, label) using key (name) as (
    select distinct a, a from edge
    union
    select e.b, min(c.label)
    from component c
    join edge e on e.a = c.name
    join recurring.component r on r.name = e.b
    where c.label < r.label
    group by e.b
)
select account.platform, account.key, account.name, coalesce(component.label, account.name) as person,
    substr(md5(coalesce(component.label, account.name)), 1, 10) as connection_id
from account
left join component on component.name = account.name
