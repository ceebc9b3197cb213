"""Consent of several people, and who the customer is."""

from alembic import op

revision = "0005_consent"
down_revision = "0004_deliveries"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.execute(
        """
        CREATE TABLE identities (
            visitor_id text PRIMARY KEY,
            customer   text NOT NULL,
            claims     jsonb NOT NULL,
            bound_at   timestamptz NOT NULL DEFAULT now(),
            expires_at timestamptz NOT NULL
        );
        CREATE INDEX identities_expired ON identities (expires_at);
        -- Whose conversation it is: the claim `sub` under which it was begun; none for a stranger's.
        ALTER TABLE conversations ADD COLUMN customer text;
        ALTER TABLE conversations ADD COLUMN claims jsonb NOT NULL DEFAULT '{}';
        ALTER TABLE turns ADD COLUMN claims jsonb NOT NULL DEFAULT '{}';

        -- Who must consent, in the order in which they are asked. Unknown of what was proposed before this step.
        ALTER TABLE actions ADD COLUMN consents text[];
        ALTER TABLE actions ADD COLUMN access text;
        -- 3 destructive, 2 of unknown effect, 1 a write, 0 a read.
        ALTER TABLE interrupts ADD COLUMN risk smallint NOT NULL DEFAULT 1;
        ALTER TABLE interrupts ADD COLUMN decided_name text;
        CREATE INDEX interrupts_queue ON interrupts (risk DESC, created_at, id) WHERE status = 'pending';
        CREATE INDEX interrupts_decided ON interrupts (decided_at DESC, id DESC) WHERE decided_at IS NOT NULL;
        CREATE INDEX interrupts_of_an_action ON interrupts (action_id, created_at);
        CREATE INDEX conversations_of_a_customer ON conversations (customer) WHERE customer IS NOT NULL;
        """
    )


def downgrade() -> None:
    """Take the step back."""
    op.execute(
        """
        DROP INDEX conversations_of_a_customer, interrupts_of_an_action, interrupts_decided, interrupts_queue;
        ALTER TABLE interrupts DROP COLUMN decided_name, DROP COLUMN risk;
        ALTER TABLE actions DROP COLUMN access, DROP COLUMN consents;
        ALTER TABLE turns DROP COLUMN claims;
        ALTER TABLE conversations DROP COLUMN claims, DROP COLUMN customer;
        DROP TABLE identities
        """
    )
