"""What the dashboard and the list of conversations are read from."""

from alembic import op

revision = "0007_analytics"
down_revision = "0006_imports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.execute(
        """
        -- `uncounted` and not "counted_seq < last_seq" is indexed: it changes once a fold, not with every event, so
        -- appending an event still updates the row in place.
        ALTER TABLE conversations
            ADD counted_seq bigint NOT NULL DEFAULT 0,
            ADD uncounted   boolean NOT NULL DEFAULT true,
            ADD demo        boolean NOT NULL DEFAULT false;
        CREATE INDEX conversations_uncounted ON conversations (created_at) WHERE uncounted;
        CREATE INDEX conversations_demo ON conversations (thread_id) WHERE demo;

        -- No foreign key: what a deleted conversation has added to the figures stays, without its name.
        CREATE TABLE conversation_facts (
            thread_id       text PRIMARY KEY,
            visitor_id      text,
            customer        text,
            started_at      timestamptz NOT NULL,
            last_at         timestamptz NOT NULL,
            ended_at        timestamptz,
            status          text NOT NULL CHECK (status IN ('open', 'ended')),
            outcome         text NOT NULL CHECK (outcome IN ('resolved_confirmed', 'resolved_assumed', 'escalated',
                                                             'abandoned', 'unresolved', 'open')),
            turns           integer NOT NULL,
            messages        integer NOT NULL,
            agents          text[] NOT NULL,
            tools           text[] NOT NULL,
            models          text[] NOT NULL,
            approvals       integer NOT NULL,
            errors          integer NOT NULL,
            actions         integer NOT NULL,
            unknown_actions integer NOT NULL,
            tokens_in       bigint NOT NULL,
            tokens_out      bigint NOT NULL,
            cost_usd        numeric(14, 8) NOT NULL,
            rating          smallint,
            staff           boolean NOT NULL,
            demo            boolean NOT NULL DEFAULT false,
            -- When silence ends it, unless somebody says something before.
            settle_at       timestamptz,
            deleted_at      timestamptz,
            -- What the fold goes on from (app/analytics/conversation_fold.py). It names no customer.
            tally           jsonb NOT NULL
        );
        CREATE INDEX conversation_facts_newest ON conversation_facts (started_at DESC, thread_id DESC);
        CREATE INDEX conversation_facts_settle ON conversation_facts (settle_at) WHERE settle_at IS NOT NULL;
        CREATE INDEX conversation_facts_demo ON conversation_facts (thread_id) WHERE demo;
        CREATE INDEX conversation_facts_deleted ON conversation_facts (deleted_at) WHERE deleted_at IS NOT NULL;

        -- Sums over the conversations that began in a span: a quarter of an hour (level 0) or a day of UTC (level 1).
        CREATE TABLE figures (
            level              smallint NOT NULL,
            dimension          text NOT NULL CHECK (dimension IN ('all', 'agent', 'tool', 'model')),
            at                 timestamptz NOT NULL,
            name               text NOT NULL,
            conversations      bigint NOT NULL,
            ended              bigint NOT NULL,
            resolved_confirmed bigint NOT NULL,
            resolved_assumed   bigint NOT NULL,
            automated          bigint NOT NULL,
            escalated          bigint NOT NULL,
            abandoned          bigint NOT NULL,
            unresolved         bigint NOT NULL,
            turns              bigint NOT NULL,
            messages           bigint NOT NULL,
            errors             bigint NOT NULL,
            proposed           bigint NOT NULL,
            approved           bigint NOT NULL,
            edited             bigint NOT NULL,
            rejected           bigint NOT NULL,
            expired            bigint NOT NULL,
            succeeded          bigint NOT NULL,
            failed             bigint NOT NULL,
            unknown            bigint NOT NULL,
            calls              bigint NOT NULL,
            calls_succeeded    bigint NOT NULL,
            calls_failed       bigint NOT NULL,
            calls_unknown      bigint NOT NULL,
            calls_ms           bigint NOT NULL,
            model_calls        bigint NOT NULL,
            tokens_in          bigint NOT NULL,
            tokens_out         bigint NOT NULL,
            cost_e8            bigint NOT NULL,
            unpriced           bigint NOT NULL,
            ratings            bigint NOT NULL,
            rating_sum         bigint NOT NULL,
            PRIMARY KEY (level, dimension, at, name)
        );

        -- How long things took, over the same spans: how many took about so long (app/analytics/durations.py).
        CREATE TABLE figure_durations (
            level     smallint NOT NULL,
            measure   text NOT NULL CHECK (measure IN ('tool', 'first_token', 'decision')),
            at        timestamptz NOT NULL,
            name      text NOT NULL,
            bin       smallint NOT NULL,
            times     bigint NOT NULL,
            PRIMARY KEY (level, measure, at, name, bin)
        );

        -- One row: when the figures last changed, for pages that show them live.
        CREATE TABLE figures_kept (
            one        boolean PRIMARY KEY DEFAULT true CHECK (one),
            changed_at timestamptz NOT NULL DEFAULT now()
        );
        INSERT INTO figures_kept DEFAULT VALUES;
        """
    )


def downgrade() -> None:
    """Take the step back."""
    op.execute(
        """
        DROP TABLE figures_kept, figure_durations, figures, conversation_facts;
        DROP INDEX conversations_uncounted, conversations_demo;
        ALTER TABLE conversations DROP counted_seq, DROP uncounted, DROP demo;
        """
    )
