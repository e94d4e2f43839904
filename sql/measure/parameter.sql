-- One row per night: the settings its measures were made with
select
    getvariable('as_of') as as_of,
    getvariable('half_life_days') as half_life_days,
    getvariable('momentum_days') as momentum_days,
    getvariable('policy') as policy
