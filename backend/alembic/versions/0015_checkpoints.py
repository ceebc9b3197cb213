"""Checkpoints belong to us: the tables that LangGraph's saver made are taken over as they are, or made.

Runs that wait stay where they are. Its indexes on thread_id alone go: each key begins with that column.
"""

from alembic import op

revision = "0015_checkpoints"
down_revision = "0014_causes"
branch_labels = None
depends_on = None

COMMENTS = {
    "TABLE checkpoints": "Checkpoints: where each run of the graph stands, while it waits or writes.",
    "TABLE checkpoint_blobs": "Checkpoints: each channel''s values, once per version.",
    "TABLE checkpoint_writes": "Checkpoints: what parts of an unfinished step have put out.",
    "COLUMN checkpoints.thread_id": "LangGraph''s word for the run: turns.run_id as text.",
}


def upgrade() -> None:
    """Apply the step."""
    op.execute("""
        CREATE TABLE IF NOT EXISTS checkpoints (
            thread_id text NOT NULL,
            checkpoint_ns text NOT NULL DEFAULT '',
            checkpoint_id text NOT NULL,
            parent_checkpoint_id text,
            type text,
            checkpoint jsonb NOT NULL,
            metadata jsonb NOT NULL DEFAULT '{}',
            PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id)
        )
    """)
    op.execute("""
        CREATE TABLE IF NOT EXISTS checkpoint_blobs (
            thread_id text NOT NULL,
            checkpoint_ns text NOT NULL DEFAULT '',
            channel text NOT NULL,
            version text NOT NULL,
            type text NOT NULL,
            blob bytea,
            PRIMARY KEY (thread_id, checkpoint_ns, channel, version)
        )
    """)
    op.execute("""
        CREATE TABLE IF NOT EXISTS checkpoint_writes (
            thread_id text NOT NULL,
            checkpoint_ns text NOT NULL DEFAULT '',
            checkpoint_id text NOT NULL,
            task_id text NOT NULL,
            idx integer NOT NULL,
            channel text NOT NULL,
            type text,
            blob bytea NOT NULL,
            task_path text NOT NULL DEFAULT '',
            PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id, task_id, idx)
        )
    """)
    for table in ("checkpoints", "checkpoint_blobs", "checkpoint_writes"):
        op.execute(f"DROP INDEX IF EXISTS {table}_thread_id_idx")
    op.execute("DROP TABLE IF EXISTS checkpoint_migrations")
    for what, words in COMMENTS.items():
        op.execute(f"COMMENT ON {what} IS '{words}'")


def downgrade() -> None:
    """Take the step back; whatever waits begins anew when it is asked for again."""
    op.execute("DROP TABLE checkpoints, checkpoint_blobs, checkpoint_writes")
