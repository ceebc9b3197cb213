"""Model refusals: what a provider has refused once, so that no replica asks for it again."""

from alembic import op

revision = "0017_model_refusals"
down_revision = "0016_model_alerts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.execute(
        """
        CREATE TABLE model_refusals (
            address    text NOT NULL,
            model      text NOT NULL,
            feature    text NOT NULL,
            learned_at timestamptz NOT NULL,
            PRIMARY KEY (address, model, feature)
        );
        COMMENT ON TABLE model_refusals IS 'Refusals: what a provider has refused once, per address and model.';
        COMMENT ON COLUMN model_refusals.address IS 'The address of the provider, without a name and a password.';
        COMMENT ON COLUMN model_refusals.feature IS 'What was refused, such as tools; requests go without it.';
        """
    )


def downgrade() -> None:
    """Take the step back."""
    op.execute("DROP TABLE model_refusals")
