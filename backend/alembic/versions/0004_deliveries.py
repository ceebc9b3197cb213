"""Webhook deliveries: waiting, delivered, or dead and visible."""

from alembic import op

revision = "0004_deliveries"
down_revision = "0003_actions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.execute(
        """
        CREATE TABLE deliveries (
            id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
            thread_id       text NOT NULL REFERENCES conversations ON DELETE CASCADE,
            kind            text NOT NULL,
            payload         jsonb NOT NULL,
            status          text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'delivered', 'dead')),
            attempts        integer NOT NULL DEFAULT 0,
            next_attempt_at timestamptz NOT NULL DEFAULT now(),
            last_error      text,
            last_status     integer,
            created_at      timestamptz NOT NULL DEFAULT now(),
            delivered_at    timestamptz
        );
        CREATE INDEX deliveries_waiting ON deliveries (next_attempt_at) WHERE status = 'waiting';
        CREATE INDEX deliveries_of_a_thread ON deliveries (thread_id);
        """
    )


def downgrade() -> None:
    """Take the step back."""
    op.execute("DROP TABLE deliveries")
