-- One row per act of the owner that is a template: at least 90 % of its 3-word shingles were sent to 2 other people.
-- A text is compared through its rarest shared shingle, with at most 40 others that hold it.
with shingle as (
    select text_id, unnest(shingles) as shingle
    from core.shingled
),
spread as (
    select shingle, count(*) as texts
    from shingle
    group by shingle
    having count(*) > 1
),
held as (
    select text_id, shingle, texts
    from shingle
    join spread using (shingle)
),
shared as (
    select text_id, count(*) as shingles, arg_min(shingle, (texts, shingle)) as rarest
    from held
    group by text_id
),
candidate as (
    select c.*, s.rarest
    from core.shingled c
    join shared s using (text_id)
    where s.shingles >= 0.9 * len(c.shingles)
),
paired as (
    select c.text_id, c.people, c.acts, c.shingles, o.people as other_people, o.shingles as other_shingles
    from candidate c
    join held h on h.shingle = c.rarest and h.text_id <> c.text_id
    join core.shingled o on o.text_id = h.text_id
    where o.one_person <> c.one_person or o.people > 1
    qualify row_number() over (partition by c.text_id order by h.text_id) <= 40
),
near as (
    select text_id, any_value(people) as people, any_value(acts) as acts, sum(other_people) as other_people
    from paired
    where len(list_intersect(shingles, other_shingles)) >= 0.9 * len(shingles)
    group by text_id
),
templated as (
    select acts from core.shingled where people > 2
    union all
    select acts from near where people - 1 + other_people >= 2
)
select distinct unnest(acts) as act_id
from templated
