"""Write the migrations out as SQL; `app.db.migrations` runs it."""

from alembic import context

# Named parameters, so that a percent sign stays one.
context.configure(dialect_name="postgresql", dialect_opts={"paramstyle": "named"}, transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
