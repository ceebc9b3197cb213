"""${message}"""

from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.execute("""
    """)


def downgrade() -> None:
    """Take the step back."""
    op.execute("""
    """)
