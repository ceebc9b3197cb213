"""APIs, their documents on the way to tools, and the agents that use them."""

from alembic import op

revision = "0006_imports"
down_revision = "0005_consent"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.execute(
        """
        CREATE TABLE apis (
            id         uuid PRIMARY KEY,
            name       text NOT NULL UNIQUE,
            title      text NOT NULL,
            base_url   text NOT NULL DEFAULT '',
            servers    jsonb NOT NULL DEFAULT '[]',
            source     jsonb NOT NULL,
            schemes    jsonb NOT NULL DEFAULT '[]',
            limits     jsonb NOT NULL DEFAULT '{}',
            live_job   uuid,
            fault      text,
            created_at timestamptz NOT NULL DEFAULT now(),
            updated_at timestamptz NOT NULL DEFAULT now()
        );

        CREATE TABLE api_credentials (
            api_id uuid NOT NULL REFERENCES apis ON DELETE CASCADE,
            scheme text NOT NULL,
            sealed bytea NOT NULL,
            set_at timestamptz NOT NULL DEFAULT now(),
            set_by text NOT NULL,
            PRIMARY KEY (api_id, scheme)
        );

        CREATE TABLE imports (
            id          uuid PRIMARY KEY,
            api_id      uuid NOT NULL REFERENCES apis ON DELETE CASCADE,
            status      text NOT NULL DEFAULT 'pending' CHECK (status IN
                        ('pending', 'fetching', 'parsing', 'classifying', 'review', 'approved', 'failed')),
            source      jsonb NOT NULL,
            document    bytea,
            progress    jsonb NOT NULL DEFAULT '{"done": 0, "total": 0, "note": ""}',
            error       jsonb,
            warnings    jsonb NOT NULL DEFAULT '[]',
            skipped     jsonb NOT NULL DEFAULT '[]',
            dialect     text NOT NULL DEFAULT '',
            api_version text NOT NULL DEFAULT '',
            title       text NOT NULL DEFAULT '',
            servers     jsonb NOT NULL DEFAULT '[]',
            schemes     jsonb NOT NULL DEFAULT '[]',
            previous    uuid,
            revision    integer NOT NULL DEFAULT 0,
            owner       integer,
            lease_until timestamptz,
            attempt     integer NOT NULL DEFAULT 0,
            takeovers   integer NOT NULL DEFAULT 0,
            created_at  timestamptz NOT NULL DEFAULT now(),
            created_by  text NOT NULL,
            updated_at  timestamptz NOT NULL DEFAULT now(),
            approved_at timestamptz,
            approved_by text
        );
        CREATE INDEX imports_newest ON imports (created_at DESC);
        CREATE INDEX imports_of_an_api ON imports (api_id, created_at DESC);
        CREATE INDEX imports_at_work ON imports (created_at)
            WHERE status IN ('pending', 'fetching', 'parsing', 'classifying');

        -- `definition` and `classification` are as read; the columns beside them are what the reviewer sees and edits.
        CREATE TABLE operations (
            import_id       uuid NOT NULL REFERENCES imports ON DELETE CASCADE,
            idx             integer NOT NULL,
            key             text NOT NULL,
            name            text NOT NULL,
            revision        integer NOT NULL DEFAULT 0,
            fingerprint     text NOT NULL,
            definition      jsonb NOT NULL,
            classification  jsonb NOT NULL,
            shown           jsonb NOT NULL,
            tokens          integer NOT NULL,
            title           text NOT NULL,
            description     text NOT NULL,
            access          text NOT NULL CHECK (access IN ('read', 'write', 'destructive')),
            consent         text NOT NULL CHECK (consent IN ('nobody', 'customer', 'operator', 'both')),
            agent           text NOT NULL,
            customer_params jsonb NOT NULL DEFAULT '[]',
            bound           jsonb NOT NULL DEFAULT '{}',
            twin            text,
            confidence      real NOT NULL,
            enabled         boolean NOT NULL DEFAULT true,
            edited          jsonb NOT NULL DEFAULT '{}',
            edited_by       text,
            change          text CHECK (change IN ('same', 'added', 'removed', 'changed', 'riskier')),
            changes         jsonb NOT NULL DEFAULT '[]',
            PRIMARY KEY (import_id, idx),
            UNIQUE (import_id, key)
        );

        -- The agents that an import proposes, as they are being reviewed.
        CREATE TABLE import_agents (
            import_id    uuid NOT NULL REFERENCES imports ON DELETE CASCADE,
            name         text NOT NULL,
            title        text NOT NULL DEFAULT '',
            description  text NOT NULL,
            tone         text NOT NULL DEFAULT '',
            instructions text NOT NULL DEFAULT '',
            PRIMARY KEY (import_id, name)
        );

        -- The newest version of a name is the agent as people set it; nothing is ever changed or removed.
        CREATE TABLE agent_versions (
            name       text NOT NULL,
            version    integer NOT NULL,
            spec       jsonb NOT NULL,
            import_id  uuid,
            created_at timestamptz NOT NULL DEFAULT now(),
            created_by text NOT NULL,
            PRIMARY KEY (name, version)
        );

        -- Who did what to an API, when. It outlives the API.
        CREATE TABLE review_log (
            id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            at        timestamptz NOT NULL DEFAULT now(),
            by        text NOT NULL,
            what      text NOT NULL,
            api_id    uuid,
            api_name  text NOT NULL DEFAULT '',
            import_id uuid,
            details   jsonb NOT NULL DEFAULT '{}'
        );
        CREATE INDEX review_log_of_an_import ON review_log (import_id, id);

        -- Tools that changed or went, whose pending approvals have to expire.
        CREATE TABLE withdrawn_tools (
            name text PRIMARY KEY,
            at   timestamptz NOT NULL DEFAULT now()
        );

        -- One row: its number grows with every change of the live tools and agents.
        CREATE TABLE live_set (
            only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
            version  bigint NOT NULL DEFAULT 0
        );
        INSERT INTO live_set DEFAULT VALUES;
        """
    )


def downgrade() -> None:
    """Take the step back."""
    op.execute(
        "DROP TABLE live_set, withdrawn_tools, review_log, agent_versions, import_agents, operations, imports,"
        " api_credentials, apis"
    )
