-- One row per act and counterpart, each act once however many files hold it; an act that names nobody is one row.
with act as (
    select r.* exclude (text, shingles, introduces, language_covered), a.account, a.exported_at
    from raw.act r
    join core.act_source s using (act_id, archive)
    join core.source_account a using (archive, platform)
    anti join core.act_merged m on m.act_id = r.act_id
),
reached as (
    select a.* exclude (counterparts), a.counterparts[1] as account_key, p.connection_id
    from act a
    left join core.account p on p.platform = a.platform and p.key = a.counterparts[1]
    where len(a.counterparts) < 2
    union all
    select a.* exclude (counterparts, account_key), min(a.account_key) as account_key, p.connection_id
    from (select *, unnest(counterparts) as account_key from act where len(counterparts) > 1) a
    left join core.account p on p.platform = a.platform and p.key = a.account_key
    group by all
),
introduced as (
    select act_id, list(connection_id order by connection_id) as introduces
    from core.introduced
    group by act_id
)
select r.act_id, r.platform, r.channel, r.direction,
    if(v.verdict = 'confirmed', v.kind, r.value_kind) as value_kind,
    r.value_rule, r.proven, v.verdict, r.n_targets, r.broadcast, r.happened_at, r.time_precision, r.composed,
    r.stock or r.act_id in (select act_id from core.template) as templated,
    exists (
        from core.two_sided w
        where w.platform = r.platform and w.account = r.account and w.channel = r.channel
            and coalesce(r.happened_at between w.since and w.until, isinf(w.since))
    ) as two_sided,
    r.is_reply, r.post, r.thread, r.words, c.connection_id, r.account_key,
    coalesce(i.introduces, []) as introduces, r.archive, r.record, r.exported_at, r.evidence
from reached r
left join core.connection_id c on c.connection_id = r.connection_id
left join introduced i on i.act_id = r.act_id
left join raw.kind_verdict v on v.act_id = r.act_id
