-- One row per account and piece of certain evidence: a token that only one person can hold.
-- Asserted by the platform or the owner's address book, never typed by a visitor; a token that two accounts of one
-- platform hold (a family's telephone) or a role address is no evidence. Who the owner names in the ledger is taken at
-- their word where exactly one account fits.
with asserted as (
    select platform, key, unnest(same_as) as token
    from raw.account
    where same_as is not null
    union
    select platform, key, 'url:' || regexp_replace(lower(url), '/+$', '')
    from raw.account
    where url like 'http%'
    union
    select platform, key, 'email:' || lower(key)
    from raw.account
    where key like '%_@_%._%' and identified = 'email'
),
certain as (
    select distinct platform, key, token
    from asserted
    where token <> ''
        and not regexp_matches(token, '^email:(info|office|contact|hello|hi|mail|admin|support|sales|team|jobs|press|billing|service|help|no-?reply|do-?not-?reply|postmaster|webmaster|newsletter|notifications?)@')
    qualify count(*) over (partition by token, platform) = 1
),
declared as (
    select platform, key, 'person:' || person as token
    from core.people
    where person <> ''
    union
    select a.platform, a.key, 'person:' || p.person
    from raw.account a
    join core.people p on a.platform = 'ledger' and lower(p.person) = lower(a.key)
),
vouched as (
    select l.key as written, any_value(k.platform) as platform, any_value(k.key) as key
    from raw.account l
    join raw.account k
        on l.key = k.platform || ':' || k.key or lower(l.key) in (k.platform || ':' || lower(k.handle), lower(k.name))
    where l.platform = 'ledger' and k.platform <> 'ledger'
    group by l.key
    having count(distinct (k.platform, k.key)) = 1
)
select platform, key, token
from certain
where token not in (
    select c.token
    from certain c
    join core.people p using (platform, key)
    join certain d on d.token = c.token
    where p.not_same_as = d.platform || ':' || d.key
)
union all
select platform, key, token
from declared
union all
select platform, key, 'ledger:' || written
from vouched
union all
select 'ledger', written, 'ledger:' || written
from vouched
