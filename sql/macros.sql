-- What several measures share. Loaded before every build; the one place for DDL under sql/.

-- Wilson's score at 90 % (z = 1.6448536): the centre is the estimate, the bounds are the claim.
create or replace macro wilson(x, n) as (x + 1.6448536 ^ 2 / 2) / (n + 1.6448536 ^ 2);

create or replace macro wilson_half(x, n) as
    1.6448536 / (n + 1.6448536 ^ 2) * sqrt(greatest(if(n > 0, x * (n - x) / n, 0), 0) + 1.6448536 ^ 2 / 4);

create or replace macro wilson_lo(x, n) as greatest(wilson(x, n) - wilson_half(x, n), 0);

create or replace macro wilson_hi(x, n) as least(wilson(x, n) + wilson_half(x, n), 1);

-- Kish's effective sample size of weights, never more than their sum.
create or replace macro effective(total, squares) as if(squares > 0, least(total * total / squares, total), 0);

-- The successes p·n behind a balance.
create or replace macro leaning(given, received, n) as if(n > 0, given / (given + received) * n, 0);

-- +1 I give more, −1 they give more, 0 neither; 1e-9 keeps a sum of thirds from deciding.
create or replace macro more(n, mid, lo, hi) as
    case when n < 5 - 1e-9 then 0 when lo > 0 and mid >= 1 / 3 then 1 when hi < 0 and mid <= -1 / 3 then -1 else 0 end;

-- Sums of decimals do not depend on the order of rows, so equal facts make equal nights to the last bit:
-- of acts (each below a million, read as an integer, hence fast), and of sums.
create or replace macro act_sum(x) as sum(x::decimal(18, 12))::double;

create or replace macro exact_sum(x) as sum(x::decimal(38, 14))::double;

-- Minutes an act took me: 40 words a minute written, 240 read, 5 seconds a click.
create or replace macro attention(direction, composed, words, people) as
    case
        when direction = 'received' then coalesce(words, 0) / 240
        when composed then coalesce(words, 0) / 40
        else 5 / 60
    end / people;

-- Contact days a year that one day of contact adds, halved every half_life_days.
create or replace macro day_strength(age, half_life_days) as 2 ^ (-age / half_life_days) * ln(2) / half_life_days * 365.25;

-- Days from a date to the as-of, both UTC.
create or replace macro age_days(day) as getvariable('as_of')::date - day;

-- A name as names are compared: lower case, no accents, ue for ü read as u.
create or replace macro folded(name) as regexp_replace(strip_accents(translate(
    replace(replace(replace(lower(nfc_normalize(name)), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'øłđðı', 'olddi'
)), '([aou])e', '\1', 'g');

-- The words of a name, given name first: no titles, no brackets, no emoji; "Bee, Ana" is Ana Bee.
create or replace macro name_words(name) as list_filter(string_split_regex(regexp_replace(regexp_replace(
    regexp_replace(folded(name),
        '\(.*?\)|\b(dr|prof|mr|mrs|ms|herr|frau|sir|phd|md|mba|msc|bsc|dipl|ing|jr|sr|ii|iii)\b\.?|[''’]', '', 'g'),
    '[\s,]+$', ''), '^\s*([^,]+?)\s*,\s*([^,]+?)\s*$', '\2 \1'
), '[^\p{L}\p{M}]+'), lambda word: word <> '');

-- Whether every word of one name fits the other: the word itself, what it is short for, or its initial.
create or replace macro words_fit(words, other_words, other_forms) as len(list_filter(words, lambda word:
    not (list_contains(other_forms, word) or len(list_filter(other_words, lambda other:
        (length(word) = 1 or length(other) = 1) and word[1] = other[1])) > 0))) = 0;
