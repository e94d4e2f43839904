-- One row per owner: how many of all invitations are accepted, with and without a personal note
with invitation as (
    select
        count(*) filter (where with_note) as noted,
        count(*) filter (where with_note and accepted) as noted_accepted,
        count(*) filter (where not with_note) as bare,
        count(*) filter (where not with_note and accepted) as bare_accepted,
    from measure.invitation
)

select
    wilson(noted_accepted, noted) as acceptance_with_note,
    wilson_lo(noted_accepted, noted) as acceptance_with_note_lo,
    wilson_hi(noted_accepted, noted) as acceptance_with_note_hi,
    wilson(bare_accepted, bare) as acceptance_without_note,
    wilson_lo(bare_accepted, bare) as acceptance_without_note_lo,
    wilson_hi(bare_accepted, bare) as acceptance_without_note_hi
from invitation
