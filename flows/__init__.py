"""Effects: the only room that writes to disk, runs DuckDB, Great Expectations, Prefect and the network."""
