-- One row per distinct text the owner wrote to somebody: its 3-word shingles, and to how many people it went.
-- An export shows one person only what others wrote to the owner, so only the owner's own templates can be found.
with sent as (
    select unnest(counterparts) as person, act_id,
        trim(regexp_replace(lower(text), '[^\p{L}\p{N}]+', ' ', 'g')) as text
    from raw.act
    join core.act_source using (act_id, archive)
    where direction = 'given' and composed and not broadcast and words >= 3 and len(counterparts) > 0
),
written as (
    select text, min(act_id) as text_id, count(distinct person) as people, min(person) as one_person,
        list(distinct act_id) as acts, string_split(text, ' ') as word
    from sent
    group by text
    having len(string_split(text, ' ')) >= 3
)
select text_id, people, one_person, acts,
    list_distinct(list_transform(range(1, len(word) - 1), lambda i: hash(word[i], word[i + 1], word[i + 2]))) as shingles
from written
