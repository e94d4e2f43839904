-- One row per value kind: its class in the table of docs/metrics.md, and the weight the settings give it
with kind(kind, class) as (
    values
        ('status', 0), ('thanks', 0), ('applause', 0), ('link', 0), ('ask', 0), ('spam', 0),
        ('talk', 1), ('amplification', 1), ('endorsement', 1),
        ('help', 3), ('resource', 3), ('credit', 3),
        ('introduction', 9), ('offer', 9), ('recommendation', 9), ('gift', 9)
)

select
    kind,
    class,
    coalesce(getvariable('weights')[kind], class)::double as weight
from kind
order by class, kind
