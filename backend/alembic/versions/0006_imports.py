"""APIs, their documents on the way to tools, and the agents that use them."""

from alembic import op

revision = "0006_imports"
down_revision = "0005_consent"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.execute("SELECT 1")


def downgrade() -> None:
    """Take the step back."""
    op.execute("SELECT 1")
