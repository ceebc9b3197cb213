"""Consent of several people, and who the customer is."""

from alembic import op

revision = "0005_consent"
down_revision = "0004_deliveries"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.execute("SELECT 1")


def downgrade() -> None:
    """Take the step back."""
    op.execute("SELECT 1")
