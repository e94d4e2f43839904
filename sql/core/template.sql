-- One row per act of the owner that is a template: at least 90 % of its 3-word shingles were sent to 2 other people.
-- Shingles are sorted by their hash, so the first four are a sample every near copy shares: texts that share two of those
-- stand in one bucket, and each is held against its nearest three on either side there.
with pick as (
    select text_id, unnest([
        hash(s[1], s[2]), hash(s[1], s[3]), hash(s[1], s[4]), hash(s[2], s[3]), hash(s[2], s[4]), hash(s[3], s[4])
    ]) as bucket
    from (select text_id, shingles as s from core.shingled where len(shingles) >= 4)
),
crowded as (
    select bucket
    from pick
    group by bucket
    having count(*) > 1
),
placed as (
    select bucket, text_id, row_number() over (partition by bucket order by text_id) as place
    from pick
    join crowded using (bucket)
),
neighbour as (
    select distinct a.text_id, b.text_id as other_id
    from (select *, unnest([-3, -2, -1, 1, 2, 3]) as step from placed) a
    join placed b on b.bucket = a.bucket and b.place = a.place + a.step
),
near as (
    select a.text_id, any_value(a.people) as people, sum(b.people) as other_people
    from neighbour n
    join core.shingled a on a.text_id = n.text_id
    join core.shingled b on b.text_id = n.other_id
    where (a.one_person <> b.one_person or b.people > 1)
        and len(list_intersect(a.shingles, b.shingles)) >= 0.9 * len(a.shingles)
    group by a.text_id
),
templated as (
    select text_id from core.shingled where people > 2
    union
    select text_id from near where people - 1 + other_people >= 2
)
select distinct unnest(s.acts) as act_id
from core.shingled s
join templated using (text_id)
