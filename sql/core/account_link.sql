-- One row per account and piece of certain evidence: a token that only one person can hold.
-- Asserted by the platform or the owner's address book, never typed by a visitor; a token that two accounts of one
-- platform hold (a family's telephone; its own page excepted), one whose holders bear names that contradict each other, or a role address is no
-- evidence: such pairs are asked about in core.suggestion. Who the owner names in the ledger is taken at their word where
-- exactly one account fits.
with certain as (
    select platform, key, token, is_own_page
    from core.token
    where not is_role
    qualify count(*) over (partition by token, platform) = 1 or bool_and(is_own_page) over (partition by token, platform)
),
named as (
    select c.token, c.platform, c.key, s.words, s.forms, regexp_matches(s.words[1], '\p{Latin}') as is_latin
    from certain c
    join core.spelling s using (platform, key)
    where len(s.words) > 0 and not s.is_from_handle
        and c.token not in (select token from certain where is_own_page)
),
contradicted as (
    select distinct a.token
    from named a
    join named b on b.token = a.token and (a.platform, a.key) < (b.platform, b.key) and b.is_latin = a.is_latin
    where not if(
        starts_with(a.token, 'phone:'),  -- an initial stands for a whole family
        list_has_all(a.words, b.words) or list_has_all(b.words, a.words),
        words_fit(a.words, b.words, b.forms) or words_fit(b.words, a.words, a.forms)
    )
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
where token not in (from contradicted)
    and token not in (
        select c.token
        from certain c
        join core.apart p using (platform, key)
        join certain d on d.token = c.token and d.platform = p.other_platform and d.key = p.other_key
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
