-- One row per account: how its name and handle are spelled, as the newest archive knows it, to compare people by.
with newest as (
    select platform, key,
        arg_max(name, exported_at) filter (where name is not null) as name,
        arg_max(handle, exported_at) filter (where handle is not null) as handle
    from raw.account
    join core.source_account using (archive, platform)
    group by platform, key
),
-- No host of a handle, and no number a platform puts behind it (ana-bee-5f3a1c).
parted as (
    select *, regexp_replace(split_part(ltrim(folded(handle), '@'), '@', 1), '[-_.][a-z]*[0-9][a-z0-9]*$', '') as bare,
        regexp_replace(bare, '[^\p{L}\p{N}]+', '', 'g') as joined
    from newest
),
worded as (
    select platform, key, name is null as is_from_handle, if(length(joined) >= 5, joined, null) as handle,
        coalesce(name_words(coalesce(name, regexp_replace(bare, '[^\p{L}]+', ' ', 'g'))), []) as words
    from parted
),
form as (
    select w.platform, w.key, list_sort(list_distinct(flatten(list([w.word, n.formal])))) as forms
    from (select platform, key, unnest(words) as word from worded) w
    left join core.nickname n on n.short = w.word
    group by w.platform, w.key
)
select w.platform, w.key, w.is_from_handle, w.handle, w.words, coalesce(f.forms, []) as forms
from worded w
left join form f using (platform, key)
