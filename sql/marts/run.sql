-- One row per stage of a run: when, how long, how much, and the versions at work
select
    run_id, started_at, finished_at, as_of, stage, seconds, rows,
    givetake_version, schema_version, python_version, duckdb_version, polars_version
from raw.run
order by started_at, stage
