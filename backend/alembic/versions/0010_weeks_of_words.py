"""Words and marks by the week a conversation began in, so that a search goes from week to week and stops early."""

from alembic import op

revision = "0010_weeks_of_words"
down_revision = "0009_weeks"
branch_labels = None
depends_on = None

# Monday is not meant by it: a week here is seven days of UTC since 1970, as in the figures.
_WEEK = "to_char(floor(extract(epoch FROM started_at) / 604800), 'FM0000')"


def upgrade() -> None:
    """Apply the step."""
    op.execute(
        f"""
        DROP INDEX conversation_text_doc;
        ALTER TABLE conversation_text ADD COLUMN week text NOT NULL DEFAULT '';
        UPDATE conversation_text
           SET week = {_WEEK},
               doc = array_to_tsvector(ARRAY[{_WEEK}] || ARRAY(
                   SELECT {_WEEK} || word FROM unnest(tsvector_to_array(doc)) AS word WHERE word NOT LIKE '=month:%'));
        ALTER TABLE conversation_text ALTER COLUMN week DROP DEFAULT;
        CREATE INDEX conversation_text_doc ON conversation_text USING gin (doc) WITH (gin_pending_list_limit = 256);
        """  # noqa: S608  # only our own constant stands in the text
    )


def downgrade() -> None:
    """Take the step back."""
    op.execute(
        """
        DROP INDEX conversation_text_doc;
        ALTER TABLE conversation_text DROP COLUMN week;
        UPDATE conversation_text
           SET doc = array_to_tsvector(ARRAY['=month:' || to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM')] || ARRAY(
               SELECT substr(word, 5) FROM unnest(tsvector_to_array(doc)) AS word WHERE length(word) > 4));
        CREATE INDEX conversation_text_doc ON conversation_text USING gin (doc) WITH (gin_pending_list_limit = 256);
        """
    )
