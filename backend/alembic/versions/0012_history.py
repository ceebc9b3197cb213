"""What was done to one API is found by its id, as what was done to one import is."""

from alembic import op

revision = "0012_history"
down_revision = "0011_levels_apart"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.execute("CREATE INDEX review_log_of_an_api ON review_log (api_id, id)")


def downgrade() -> None:
    """Take the step back."""
    op.execute("DROP INDEX review_log_of_an_api")
