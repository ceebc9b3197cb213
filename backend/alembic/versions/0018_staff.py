"""Staff: accounts with their roles, the sessions that are open, and one-time links to sign in and to join."""

from alembic import op

revision = "0018_staff"
down_revision = "0017_model_refusals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.execute(
        """
        CREATE TABLE staff_accounts (
            id            uuid PRIMARY KEY,
            name          text NOT NULL,
            name_key      text NOT NULL UNIQUE,
            role          text NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
            password_hash text,
            failures      integer NOT NULL DEFAULT 0,
            locked_until  timestamptz,
            created_at    timestamptz NOT NULL,
            created_by    text NOT NULL,
            disabled_at   timestamptz
        );
        COMMENT ON TABLE staff_accounts IS 'Accounts of the people of the company, and what each may do by its role.';
        COMMENT ON COLUMN staff_accounts.name_key IS 'The name as it is compared: no two look alike.';
        COMMENT ON COLUMN staff_accounts.password_hash IS 'Argon2id; NULL where links and the key are the way in.';
        COMMENT ON COLUMN staff_accounts.failures IS 'Wrong passwords in a row.';

        CREATE TABLE staff_sessions (
            id         uuid PRIMARY KEY,
            token      bytea NOT NULL UNIQUE,
            account_id uuid NOT NULL REFERENCES staff_accounts ON DELETE CASCADE,
            signed_by  text NOT NULL CHECK (signed_by IN ('password', 'link', 'key')),
            key_mark   bytea,
            address    text NOT NULL,
            browser    text NOT NULL,
            started_at timestamptz NOT NULL,
            seen_at    timestamptz NOT NULL,
            ends_at    timestamptz NOT NULL
        );
        CREATE INDEX staff_sessions_of_account ON staff_sessions (account_id, seen_at DESC);
        COMMENT ON TABLE staff_sessions IS 'Sessions of staff that are open; one that ended is deleted.';
        COMMENT ON COLUMN staff_sessions.token IS 'SHA-256 of what the cookie holds.';
        COMMENT ON COLUMN staff_sessions.key_mark IS 'Which ADMIN_KEY opened it; another key ends it.';

        CREATE TABLE staff_links (
            token      bytea PRIMARY KEY,
            purpose    text NOT NULL CHECK (purpose IN ('sign_in', 'join', 'new_password')),
            account_id uuid REFERENCES staff_accounts ON DELETE CASCADE,
            role       text,
            created_by text NOT NULL,
            created_at timestamptz NOT NULL,
            ends_at    timestamptz NOT NULL
        );
        COMMENT ON TABLE staff_links IS 'One-time links that are not used yet: to sign in, to join, to set a password.';
        COMMENT ON COLUMN staff_links.token IS 'SHA-256 of what the link holds.';
        """
    )


def downgrade() -> None:
    """Take the step back."""
    op.execute("DROP TABLE staff_links; DROP TABLE staff_sessions; DROP TABLE staff_accounts;")
