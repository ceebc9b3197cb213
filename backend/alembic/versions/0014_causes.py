"""Causes: failed turns are counted by the code of their error, too."""

from alembic import op

revision = "0014_causes"
down_revision = "0013_comments"
branch_labels = None
depends_on = None

DIMENSIONS = ("all", "agent", "tool", "model")


def upgrade() -> None:
    """Apply the step; what was counted before has no causes until `analytics rebuild`."""
    _allow(*DIMENSIONS, "cause")


def downgrade() -> None:
    """Take the step back."""
    op.execute("DELETE FROM figures WHERE dimension = 'cause'")
    _allow(*DIMENSIONS)


def _allow(*names: str) -> None:
    listed = ", ".join(f"'{name}'" for name in names)
    op.execute(
        f"""
        ALTER TABLE figures DROP CONSTRAINT figures_dimension_check,
            ADD CONSTRAINT figures_dimension_check CHECK (dimension IN ({listed}));
        """
    )
