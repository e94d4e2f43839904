-- One row per promise checked: what was promised, why, and what came of it (never a value)
select run_id, checked_at, boundary, table_name, promise, column_name, severity, why, outcome, found
from raw.check_result
order by boundary, table_name, promise, column_name
