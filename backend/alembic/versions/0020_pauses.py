"""Pauses: what staff have stopped from being sent, until they let it go on."""

from alembic import op

revision = "0020_pauses"
down_revision = "0019_sign_ins"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.execute(
        """
        CREATE TABLE pauses (
            kind text NOT NULL CHECK (kind IN ('actions', 'api', 'tool', 'agent')),
            name text NOT NULL,
            by   text NOT NULL,
            why  text NOT NULL,
            at   timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (kind, name)
        );
        COMMENT ON TABLE pauses IS 'Kill switch: what may not be sent at present. A row less, and it goes on.';
        COMMENT ON COLUMN pauses.kind IS 'All actions, or those of one API, tool or agent; then its look-ups too.';
        COMMENT ON COLUMN pauses.name IS 'Of the API, tool or agent; empty for all actions.';
        """
    )


def downgrade() -> None:
    """Take the step back."""
    op.execute("DROP TABLE pauses")
