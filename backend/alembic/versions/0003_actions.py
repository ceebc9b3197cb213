"""Actions, at most once, and the interrupts in which people consent to them."""

from alembic import op

revision = "0003_actions"
down_revision = "0002_events"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.execute(
        """
        CREATE TABLE actions (
            id           uuid PRIMARY KEY,
            thread_id    text NOT NULL REFERENCES conversations ON DELETE CASCADE,
            run_id       uuid NOT NULL,
            call_id      text NOT NULL,
            agent        text NOT NULL,
            tool         text NOT NULL,
            title        text NOT NULL,
            target       text NOT NULL,
            tool_version text NOT NULL,
            args         jsonb NOT NULL,
            request      jsonb,
            digest       text NOT NULL,
            status       text NOT NULL DEFAULT 'pending' CHECK (status IN
                         ('pending', 'approved', 'rejected', 'expired', 'executing', 'succeeded', 'failed', 'unknown')),
            outcome      jsonb,
            created_at   timestamptz NOT NULL DEFAULT now(),
            decided_at   timestamptz,
            claimed_at   timestamptz,
            settled_at   timestamptz,
            settled_by   text,
            note         text,
            UNIQUE (run_id, call_id)
        );
        CREATE INDEX actions_unknown ON actions (created_at) WHERE status = 'unknown';
        CREATE INDEX actions_of_a_thread ON actions (thread_id, created_at);

        CREATE TABLE interrupts (
            id          uuid PRIMARY KEY,
            action_id   uuid NOT NULL REFERENCES actions ON DELETE CASCADE,
            thread_id   text NOT NULL REFERENCES conversations ON DELETE CASCADE,
            audience    text NOT NULL CHECK (audience IN ('customer', 'operator')),
            digest      text NOT NULL,
            frame       jsonb NOT NULL,
            status      text NOT NULL DEFAULT 'pending'
                        CHECK (status IN ('pending', 'approved', 'rejected', 'edited', 'expired')),
            created_at  timestamptz NOT NULL DEFAULT now(),
            expires_at  timestamptz NOT NULL,
            decided_at  timestamptz,
            decided_by  text,
            comment     text
        );
        CREATE INDEX interrupts_pending ON interrupts (expires_at) WHERE status = 'pending';
        CREATE INDEX interrupts_of_a_thread ON interrupts (thread_id, created_at);
        -- An action asks one person at a time.
        CREATE UNIQUE INDEX interrupts_one_open ON interrupts (action_id) WHERE status = 'pending';
        """
    )


def downgrade() -> None:
    """Take the step back."""
    op.execute("DROP TABLE interrupts, actions")
