-- The one statistic of docs/metrics.md: Wilson's score at 90 %, and how ages are told. Loaded before every build.
create or replace macro wilson_mid(x, n) as (x + 1.6448536 * 1.6448536 / 2) / (n + 1.6448536 * 1.6448536);

create or replace macro wilson_half(x, n) as
    1.6448536 / (n + 1.6448536 * 1.6448536)
    * sqrt(greatest(if(n > 0, x * (n - x) / n, 0), 0) + 1.6448536 * 1.6448536 / 4);
