"""Model alerts: what keeps a model from answering, for staff; their webhooks belong to no conversation."""

from alembic import op

revision = "0016_model_alerts"
down_revision = "0015_checkpoints"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.execute(
        """
        CREATE TABLE model_alerts (
            model       text NOT NULL,
            code        text NOT NULL,
            advice      text NOT NULL,
            http_status integer,
            failures    integer NOT NULL DEFAULT 1,
            first_at    timestamptz NOT NULL,
            last_at     timestamptz NOT NULL,
            raised_at   timestamptz,
            sent_at     timestamptz,
            ended_at    timestamptz,
            PRIMARY KEY (model, code)
        );
        COMMENT ON TABLE model_alerts IS 'Alerts: why a model does not answer, one row per model and cause.';
        COMMENT ON COLUMN model_alerts.failures IS 'Failures in a row, since the model last answered.';
        COMMENT ON COLUMN model_alerts.raised_at IS 'Since when staff see it; NULL while it may pass by itself.';
        COMMENT ON COLUMN model_alerts.sent_at IS 'When the webhook was last told; at most once per hour.';
        COMMENT ON COLUMN model_alerts.ended_at IS 'When the model answered again, or staff dismissed it.';
        ALTER TABLE deliveries ALTER COLUMN thread_id DROP NOT NULL;
        """
    )


def downgrade() -> None:
    """Take the step back."""
    op.execute(
        """
        DELETE FROM deliveries WHERE thread_id IS NULL;
        ALTER TABLE deliveries ALTER COLUMN thread_id SET NOT NULL;
        DROP TABLE model_alerts;
        """
    )
