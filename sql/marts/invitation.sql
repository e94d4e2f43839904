-- One row per UTC month of sending, with or without a personal note: invitations 30 days and more before the export
select
    date_trunc('month', sent_on)::date as month_on,
    with_note,
    count(*) as sent,
    count(*) filter (where accepted) as accepted,
    wilson(count(*) filter (where accepted), count(*)) as rate,
    wilson_lo(count(*) filter (where accepted), count(*)) as rate_lo,
    wilson_hi(count(*) filter (where accepted), count(*)) as rate_hi
from measure.invitation
group by all
order by all
