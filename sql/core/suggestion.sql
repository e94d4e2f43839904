-- One row per pair of people who may be one: the two accounts that say so most, how strongly, and why in words.
-- Never applied unseen: `givetake people` asks. The score is a rank between 0 and 1, evidence added up as log odds: what
-- many people of this network share (a common name) weighs little, what few share weighs much.
with account as (
    select a.platform, a.key, a.person, a.company, a.identified, a.is_own,
        s.* exclude (platform, key), s.words[1] as given, s.words[-1] as family,
        array_to_string(list_sort([s.words[1], s.words[-1]]), ' ') as spelled,
        coalesce(s.words[1] || s.words[-1], '') as whole,
        len(s.words) > 1 or not regexp_matches(s.words[1], '\p{Latin}') as is_full,
        c.connection_id is not null as is_connection, p.person is not null as is_named_by_hand
    from core.account a
    left join core.spelling s using (platform, key)
    left join core.connection_id c using (connection_id)
    left join (from core.people where person <> '' and same_as is null) p using (platform, key)
    where a.account_kind = 'person'
),
held as (
    select token, platform, key, count(*) over (partition by token) as holders
    from core.token
    where not is_role
),
-- Only accounts that share a block are compared; a block of more than 60 accounts tells nobody apart.
block as (
    select distinct platform, key, unnest(list_concat(
        ['h:' || handle, if(len(words) > 1 and not is_from_handle, 'h:' || whole, null)],
        if(len(words) > 1, [
            'w:' || spelled, 'i:' || left(given, 1) || ' ' || family, 'g:' || given || ' ' || left(family, 2),
        ], if(is_full and length(given) > 1, ['w:' || spelled], [])),
        if(len(words) > 1, list_transform(forms, lambda form: 'f:' || form || ' ' || family), [])
    )) as block
    from account
    where words is not null
),
near as (
    select platform, key, block
    from block
    where block is not null
    union all
    select platform, key, token
    from held
    where holders <= 60
),
sized as (
    select * from near qualify count(*) over (partition by block) between 2 and 60
),
pair as (
    select distinct a.platform, a.key, b.platform as other_platform, b.key as other_key
    from sized a
    join sized b on b.block = a.block and (a.platform, a.key) < (b.platform, b.key)
),
shared as (
    select a.platform, a.key, b.platform as other_platform, b.key as other_key, min(a.holders) as holders,
        arg_min(split_part(a.token, ':', 1), a.holders) as token
    from held a
    join held b on b.token = a.token and (a.platform, a.key) < (b.platform, b.key)
    where a.holders <= 60
    group by all
),
-- How many people bear each part of a name.
people as (
    select count(distinct person) as people from account
),
part as (
    select part, count(distinct person) as bearers
    from (
        select person, unnest(['given ' || given, 'family ' || family, 'initial ' || left(given, 1)]) as part
        from account
        where len(words) > 0
    )
    group by part
),
compared as (
    select p.*, a.person, b.person as other_person, s.token, s.holders,
        -- a handle spelled like the name tells no more than the name
        a.handle = b.handle and a.handle not in (a.whole, b.whole) as is_same_handle,
        a.is_from_handle or b.is_from_handle as is_from_handle,
        lower(a.company) = lower(b.company) as is_same_company,
        a.is_full and b.is_full as are_full,
        a.platform = b.platform and 'name' not in (coalesce(a.identified, ''), coalesce(b.identified, '')) as is_one_platform,
        case
            when len(a.words) = 0 or len(b.words) = 0 then 'unknown'
            when are_full and a.spelled = b.spelled and length(a.given) > 1 then 'same'
            when are_full and a.family = b.family and list_has_any(a.forms, b.forms)
                and (list_contains(a.forms, b.given) or list_contains(b.forms, a.given)) then 'short'
            when are_full and a.family = b.family and 1 in (length(a.given), length(b.given)) and a.given[1] = b.given[1]
                then 'initial'
            when a.whole = b.handle or b.whole = a.handle then 'handle'
            when are_full and a.given = b.given and jaro_winkler_similarity(a.family, b.family) >= 0.93 then 'near'
            when are_full and a.family = b.family and jaro_winkler_similarity(a.given, b.given) >= 0.93 then 'near'
            when words_fit(a.words, b.words, b.forms) or words_fit(b.words, a.words, a.forms) then 'fits'
            else 'other'
        end as name,
        greatest(ga.bearers, gb.bearers) * greatest(fa.bearers, fb.bearers) / people as by_chance,
        greatest(ia.bearers, ib.bearers) * greatest(fa.bearers, fb.bearers) / people as by_initial
    from pair p
    join account a using (platform, key)
    join account b on b.platform = p.other_platform and b.key = p.other_key
    left join shared s using (platform, key, other_platform, other_key)
    left join part ga on ga.part = 'given ' || a.given
    left join part gb on gb.part = 'given ' || b.given
    left join part fa on fa.part = 'family ' || a.family
    left join part fb on fb.part = 'family ' || b.family
    left join part ia on ia.part = 'initial ' || left(a.given, 1)
    left join part ib on ib.part = 'initial ' || left(b.given, 1)
    cross join people
    where a.person <> b.person and not a.is_own and not b.is_own and (a.is_connection or b.is_connection)
        and not (a.is_named_by_hand and b.is_named_by_hand)
),
weighed as (
    select *,
        case name
            when 'same' then -ln(0.1 + by_chance)
            when 'short' then -ln(0.15 + 1.5 * by_chance)
            when 'handle' then -ln(0.1 + by_chance)
            when 'initial' then -ln(0.3 + 2 * by_initial)
            when 'near' then -ln(0.5 + 2 * by_chance)
            when 'fits' then -1
            when 'unknown' then -0.5
            else -4
        end
        + case when is_same_handle and name <> 'other' then 1.5 when is_same_handle then 3.5 else 0 end
        + case when is_same_company and name <> 'other' then 1.5 when is_same_company then 0 when is_same_company is null then 0 else -0.5 end
        + case token when 'email' then 4.5 when 'url' then 3.5 when 'phone' then 3.5 else 0 end
        - if(holders > 2, ln(holders - 1), 0)
        - if(is_one_platform, if(token is null, 4, if(name = 'other', 3, 0)), 0) as evidence
    from compared
    where token is not null or is_same_handle or name in ('same', 'short', 'handle', 'initial', 'near')
),
-- Whoever could as well be somebody else on that platform is less surely this one.
rivalled as (
    select *, greatest(
            sum(exp(evidence)) over (partition by platform, key, other_platform),
            sum(exp(evidence)) over (partition by other_platform, other_key, platform)
        ) as together, greatest(
            count(*) over (partition by platform, key, other_platform),
            count(*) over (partition by other_platform, other_key, platform)
        ) as rivals
    from weighed
    where evidence > -2.5
),
told as (
    select *, exp(evidence) / (1 + together) as score,
        array_to_string(list_filter([
            case token
                when 'email' then 'the same e-mail address' when 'phone' then 'the same telephone number'
                when 'url' then 'the same page'
            end || if(holders > 2, format(', which {} accounts hold', holders), ''),
            case name
                when 'same' then 'the same name' when 'short' then 'a short form of the same name'
                when 'initial' then 'the same family name and initial' when 'near' then 'nearly the same name'
                when 'handle' then 'a handle spelled like the name' when 'fits' then 'names that fit'
                when 'other' then 'but other names'
            end || if(name = 'same' and is_from_handle, ', by the handle', ''),
            if(is_same_handle, 'the same handle', null),
            if(is_same_company, 'the same company', null),
            if(is_one_platform, 'both on one platform', null),
            if(rivals > 1, format('one of {} it could be', rivals), null),
            if(name in ('same', 'short', 'near') and by_chance >= 1, 'a common name here', null)
        ], lambda part: part is not null), '; ') as reason
    from rivalled
),
apart as (
    select distinct a.person, b.person as other_person
    from core.apart p
    join core.person a using (platform, key)
    join core.person b on b.platform = p.other_platform and b.key = p.other_key
)
select substr(md5(platform || ':' || key || ' ' || other_platform || ':' || other_key), 1, 6) as suggestion_id,
    platform, key, other_platform, other_key, person, other_person, round(score, 4) as score, reason
from told
anti join apart using (person, other_person)
where score >= 0.05
qualify row_number() over (
    partition by least(person, other_person), greatest(person, other_person)
    order by score desc, platform, key, other_platform, other_key
) = 1
