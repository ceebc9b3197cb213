"""Words and marks by the week a conversation began in, so that a search goes from week to week and stops early.

And marks of what the figures count: models, actions, calls of tools, decisions, staff.
"""

from alembic import op

revision = "0010_weeks_of_words"
down_revision = "0009_weeks"
branch_labels = None
depends_on = None

# Weeks are counted since 1970 in UTC, as in the figures: they begin on Thursdays.
_WEEK = "to_char(floor(extract(epoch FROM t.started_at) / 604800), 'FM0000')"

# A tally leaves out what never happened. No colon stands before a word: it would be taken for a parameter.
_MARKS = """
    ARRAY(SELECT '=action:' || step
            FROM unnest(ARRAY['proposed', 'approved', 'edited', 'rejected', 'expired', 'succeeded', 'failed']) AS step
           WHERE f.tally ? step)
    || CASE WHEN f.unknown_actions > 0 THEN ARRAY['=action:' || 'unknown'] ELSE '{}' END
    || ARRAY(SELECT unnest(ARRAY['=call:' || ended, '=call:' || ended || ':' || name])
               FROM jsonb_each(f.tally->'tools') AS tool (name, calls),
                    unnest(ARRAY['succeeded', 'failed', 'unknown']) AS ended
              WHERE calls ? ended)
    || ARRAY(SELECT unnest(ARRAY['=model', '=model:' || name]) FROM unnest(f.models) AS name)
    || ARRAY(SELECT unnest(ARRAY['=first_token', '=first_token:' || name])
               FROM jsonb_each(f.tally->'models') AS model (name, calls) WHERE calls ? 'first_token')
    || CASE WHEN f.tally ? 'decisions' THEN ARRAY['=decision'] ELSE '{}' END
    || CASE WHEN f.staff THEN ARRAY['=staff'] ELSE '{}' END
"""


def upgrade() -> None:
    """Apply the step."""
    op.execute(
        f"""
        DROP INDEX conversation_text_doc;
        ALTER TABLE conversation_text ADD COLUMN week text NOT NULL DEFAULT '';
        UPDATE conversation_text o
           SET week = {_WEEK},
               doc = array_to_tsvector(ARRAY[{_WEEK}] || ARRAY(
                   SELECT {_WEEK} || word FROM unnest(tsvector_to_array(t.doc) || {_MARKS}) AS word
                    WHERE word NOT LIKE '=month:%'))
          FROM conversation_text t LEFT JOIN conversation_facts f ON f.thread_id = t.thread_id
         WHERE o.thread_id = t.thread_id;
        ALTER TABLE conversation_text ALTER COLUMN week DROP DEFAULT;
        CREATE INDEX conversation_text_doc ON conversation_text USING gin (doc) WITH (gin_pending_list_limit = 256);
        """  # noqa: S608  # only our own constants stand in the text
    )


def downgrade() -> None:
    """Take the step back."""
    op.execute(
        """
        DROP INDEX conversation_text_doc;
        ALTER TABLE conversation_text DROP COLUMN week;
        UPDATE conversation_text
           SET doc = array_to_tsvector(ARRAY['=month:' || to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM')] || ARRAY(
               SELECT substr(word, 5) FROM unnest(tsvector_to_array(doc)) AS word
                WHERE length(word) > 4
                  AND substr(word, 5) !~ '^=(action:|(call|model|first_token)(:|$)|(decision|staff)$)'));
        CREATE INDEX conversation_text_doc ON conversation_text USING gin (doc) WITH (gin_pending_list_limit = 256);
        """
    )
