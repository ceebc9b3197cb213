"""What the dashboard and the list of conversations are read from."""

from alembic import op

revision = "0007_analytics"
down_revision = "0006_imports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.execute("SELECT 1")


def downgrade() -> None:
    """Take the step back."""
    op.execute("SELECT 1")
