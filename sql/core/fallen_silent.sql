-- One row per archive, channel, direction and field that earlier archives of the platform told and this one never does.
with told as (
    select archive, platform, channel, direction, evidence, count(*) as acts,
        unnest(['time', 'people', 'words', 'thread', 'post']) as field,
        unnest([
            count(happened_at),
            count(*) filter (where len(counterparts) > 0),
            count(*) filter (where words > 0),
            count(thread),
            count(post)
        ]) as filled
    from raw.act
    group by all
),
earlier as (
    select t.* exclude (evidence), a.exported_at,
        sum(t.filled) over before as filled_before,
        sum(t.acts) over before as acts_before
    from told t
    join core.source_account a using (archive, platform)
    window before as (
        partition by t.platform, t.channel, t.direction, t.evidence, t.field
        order by a.exported_at, t.archive
        rows between unbounded preceding and 1 preceding
    )
)
select archive, platform, channel, direction, field, acts, exported_at
from earlier
where acts >= 20 and filled = 0 and filled_before >= 20 and filled_before * 2 >= acts_before
