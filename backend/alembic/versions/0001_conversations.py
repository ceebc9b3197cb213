"""Conversations, and the turns that wait, run and end in them."""

from alembic import op

revision = "0001_conversations"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.execute(
        """
        CREATE TABLE conversations (
            thread_id        text PRIMARY KEY,
            visitor_id       text NOT NULL,
            status           text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'ended')),
            escalated_at     timestamptz,
            ended_at         timestamptz,
            created_at       timestamptz NOT NULL DEFAULT now(),
            last_activity_at timestamptz NOT NULL DEFAULT now(),
            last_seq         bigint NOT NULL DEFAULT 0
        );
        CREATE INDEX conversations_of_a_visitor ON conversations (visitor_id, last_activity_at);
        CREATE INDEX conversations_escalated ON conversations (escalated_at DESC) WHERE escalated_at IS NOT NULL;

        CREATE TABLE turns (
            id           uuid PRIMARY KEY,
            thread_id    text NOT NULL REFERENCES conversations ON DELETE CASCADE,
            position     bigint GENERATED ALWAYS AS IDENTITY,
            run_id       uuid NOT NULL,
            kind         text NOT NULL CHECK (kind IN ('message', 'answer', 'expiry')),
            content      text,
            message_id   text,
            interrupt_id uuid,
            status       text NOT NULL DEFAULT 'queued'
                         CHECK (status IN ('queued', 'running', 'done', 'failed', 'cancelled')),
            attempt      integer NOT NULL DEFAULT 0,
            -- How often it was taken up again after a worker died with it, since somebody last asked for it.
            takeovers    integer NOT NULL DEFAULT 0,
            owner        integer,
            lease_until  timestamptz,
            error_code   text,
            created_at   timestamptz NOT NULL DEFAULT now(),
            started_at   timestamptz,
            finished_at  timestamptz,
            UNIQUE (thread_id, message_id)
        );
        -- One turn at a time a thread, whatever the code does.
        CREATE UNIQUE INDEX turns_one_at_a_time ON turns (thread_id) WHERE status = 'running';
        CREATE INDEX turns_to_do ON turns (position) WHERE status IN ('queued', 'running');
        CREATE INDEX turns_of_a_thread ON turns (thread_id, position);
        CREATE UNIQUE INDEX turns_of_an_answer ON turns (interrupt_id) WHERE kind = 'answer';
        """
    )


def downgrade() -> None:
    """Take the step back."""
    op.execute("DROP TABLE turns, conversations")
