-- One row per act and counterpart, each act once however many files hold it; an act that names nobody is one row.
with act as (
    select r.*, a.account, a.exported_at
    from raw.act r
    join core.act_source s using (act_id, archive)
    join core.source_account a using (archive, platform)
    anti join core.act_merged m on m.act_id = r.act_id
),
reached as (
    select *, unnest(if(len(counterparts) = 0, [null], counterparts)) as account_key
    from act
),
introduced as (
    select act_id, list(connection_id order by connection_id) as introduces
    from core.introduced
    group by act_id
)
select r.act_id, r.platform, r.channel, r.direction,
    case when v.verdict = 'rejected' then 'talk' when v.verdict = 'confirmed' then v.kind else r.value_kind end as value_kind,
    r.value_rule, r.proven, v.verdict, r.n_targets, r.broadcast, r.happened_at, r.time_precision, r.composed,
    r.stock or t.act_id is not null as templated,
    exists (
        from core.two_sided w
        where w.platform = r.platform and w.account = r.account and w.channel = r.channel
            and coalesce(r.happened_at between w.since and w.until, isinf(w.since))
    ) as two_sided,
    r.is_reply, r.post, r.thread, r.words, c.connection_id, r.account_key,
    coalesce(i.introduces, []) as introduces, r.archive, r.record, r.exported_at, r.evidence
from reached r
left join core.account p on p.platform = r.platform and p.key = r.account_key
left join core.connection_id c on c.connection_id = p.connection_id
left join core.template t on t.act_id = r.act_id
left join introduced i on i.act_id = r.act_id
left join raw.kind_verdict v on v.act_id = r.act_id
