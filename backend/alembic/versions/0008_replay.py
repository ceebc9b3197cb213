"""Finding conversations by what was said in them, and forgetting people."""

from alembic import op

revision = "0008_replay"
down_revision = "0007_analytics"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.execute(
        """
        ALTER TABLE conversations ADD COLUMN redacted_at timestamptz;
        -- What the retention job looks for.
        CREATE INDEX conversations_last_active ON conversations (last_activity_at);
        -- Every turn that ends asks whether its run has another; without it that reads all turns there ever were.
        CREATE INDEX turns_of_a_run ON turns (run_id);

        CREATE TABLE conversation_text (
            thread_id  text PRIMARY KEY REFERENCES conversations ON DELETE CASCADE,
            started_at timestamptz NOT NULL,
            -- US dollars, as in the facts: a search by cost would otherwise look each conversation up there.
            cost_usd   double precision NOT NULL DEFAULT 0,
            -- What the customer said first, cut.
            title      text NOT NULL DEFAULT '',
            -- The words, and after a '=' what the list is filtered by, so that one index answers both at once.
            doc        tsvector NOT NULL
        );
        CREATE INDEX conversation_text_newest ON conversation_text (started_at DESC, thread_id DESC);
        -- A long list of pending entries would be read through by every search.
        CREATE INDEX conversation_text_doc ON conversation_text USING gin (doc) WITH (gin_pending_list_limit = 256);

        -- What a reader of a long replay jumps to.
        CREATE INDEX events_marks ON events (thread_id, seq)
         WHERE type IN ('error', 'interrupt', 'escalated', 'feedback')
            OR type = 'tool_result' AND (frame->>'outcome') IN ('failed', 'unknown');
        """
    )


def downgrade() -> None:
    """Take the step back."""
    op.execute(
        """
        DROP INDEX events_marks;
        DROP TABLE conversation_text;
        DROP INDEX turns_of_a_run, conversations_last_active;
        ALTER TABLE conversations DROP COLUMN redacted_at
        """
    )
