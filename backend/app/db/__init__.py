"""Everything kept in PostgreSQL: one module a noun, the SQL beside the function that runs it."""
