"""Leaves room beside the sums: a row that is added to stays on its page, and no index has to be told."""

from alembic import op

revision = "0011_room_to_change"
down_revision = "0010_weeks_of_words"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step; pages that are written from now on have room, nothing is rewritten."""
    op.execute(
        """
        -- A row of today is changed by every conversation that goes on; of 24 that fit a page, half may change at once.
        ALTER TABLE figures SET (fillfactor = 50);
        ALTER TABLE figure_durations SET (fillfactor = 70);
        """
    )


def downgrade() -> None:
    """Take the step back."""
    op.execute("ALTER TABLE figures RESET (fillfactor); ALTER TABLE figure_durations RESET (fillfactor)")
