"""The event log: everything that happened, in order."""

from alembic import op

revision = "0002_events"
down_revision = "0001_conversations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.execute(
        """
        CREATE TABLE events (
            thread_id         text NOT NULL REFERENCES conversations ON DELETE CASCADE,
            seq               bigint NOT NULL,
            type              text NOT NULL,
            -- Whether the customer sees it; the rest is for staff only.
            visible           boolean NOT NULL,
            -- Names what happened, so that a turn that runs again after a crash does not log it twice.
            key               text,
            at                timestamptz NOT NULL DEFAULT clock_timestamp(),
            turn_id           uuid,
            agent             text,
            duration_ms       integer,
            prompt_tokens     integer,
            completion_tokens integer,
            cost_usd          numeric(14, 8),
            frame             jsonb NOT NULL,
            PRIMARY KEY (thread_id, seq)
        );
        CREATE UNIQUE INDEX events_once ON events (thread_id, key) WHERE key IS NOT NULL;
        """
    )


def downgrade() -> None:
    """Take the step back."""
    op.execute("DROP TABLE events")
