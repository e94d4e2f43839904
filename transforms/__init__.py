"""Pure: archives in, polars frames out. No clock, network, database, log or scheduler; see docs/ for the path of the data."""
