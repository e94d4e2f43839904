-- One row per account and thing it is asserted to hold: an e-mail address, a telephone, a page.
-- Asserted by the platform or the owner's address book, never typed by a visitor.
with asserted as (
    select platform, key, unnest(same_as) as token, false as is_own_page
    from raw.account
    where same_as is not null
    union
    select platform, key, 'url:' || regexp_replace(lower(url), '/+$', ''), true
    from raw.account
    where url like 'http%'
    union
    select platform, key, 'email:' || lower(key), false
    from raw.account
    where key like '%_@_%._%' and identified = 'email'
)
select platform, key, token, bool_or(is_own_page) as is_own_page,
    regexp_matches(token, '^email:(info|office|contact|kontakt|contacto|contatto|hello|hi|hallo|hola|mail|admin|support|sales'
        || '|vertrieb|ventas|team|hr|jobs|careers|press|presse|prensa|marketing|billing|invoices?|rechnung|accounts|service|help'
        || '|reception|empfang|rezeption|legal|privacy|security|abuse|redaktion|editor|no-?reply|do-?not-?reply|postmaster'
        || '|webmaster|newsletter|notifications?)@') as is_role
from asserted
where token <> ''
group by platform, key, token
