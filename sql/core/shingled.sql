-- One row per distinct text the owner wrote to somebody: its 3-word shingles, and to how many people it went.
-- An export shows of what others wrote only what reached the owner, so only the owner's own templates can be found.
with sent as (
    select act_id, shingles, hash(shingles) as text_id, unnest(counterparts) as person
    from raw.act
    join core.act_source using (act_id, archive)
    where len(shingles) > 0
)
select text_id, count(distinct person) as people, min(person) as one_person, list(distinct act_id) as acts,
    any_value(shingles) as shingles
from sent
group by text_id
