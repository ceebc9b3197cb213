"""Credentials belong to an origin, can come from a sign-in, and can be for a scheme that no document declares."""

from alembic import op

revision = "0019_sign_ins"
down_revision = "0018_staff"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step; what was entered before belongs to where the API is now."""
    op.execute(
        r"""
        ALTER TABLE apis ADD COLUMN added_schemes jsonb NOT NULL DEFAULT '[]';
        ALTER TABLE api_credentials ADD COLUMN origin text, ADD COLUMN renewing_until timestamptz;
        UPDATE api_credentials c SET origin =
            lower(m[1]) || '://' || lower(rtrim(m[2], '.'))
            || CASE WHEN m[3] IS NULL OR (lower(m[1]), m[3]) IN (('https', '443'), ('http', '80')) THEN ''
                    ELSE ':' || m[3] END
          FROM apis a, regexp_match(a.base_url, '^(https?)://([^/?#:@\[]+|\[[^]]+\])(?::([0-9]+))?', 'i') m
         WHERE a.id = c.api_id AND m IS NOT NULL;
        CREATE TABLE sign_ins (
            state      bytea PRIMARY KEY,
            api_id     uuid NOT NULL REFERENCES apis ON DELETE CASCADE,
            scheme     text NOT NULL,
            sealed     bytea NOT NULL,
            begun_by   text NOT NULL,
            expires_at timestamptz NOT NULL
        );
        CREATE INDEX sign_ins_api ON sign_ins (api_id);
        COMMENT ON COLUMN apis.added_schemes IS 'Security schemes that people added: no document declares them.';
        COMMENT ON COLUMN api_credentials.origin IS 'The origin that they were entered for; sealed with them too.';
        COMMENT ON COLUMN api_credentials.renewing_until IS 'Until when one replica alone renews their tokens.';
        COMMENT ON TABLE sign_ins IS 'Sign-ins at providers that have begun: each is finished once, or forgotten.';
        COMMENT ON COLUMN sign_ins.state IS 'The SHA-256 of the state that the browser comes back with.';
        """
    )


def downgrade() -> None:
    """Take the step back."""
    op.execute(
        """
        DROP TABLE sign_ins;
        ALTER TABLE api_credentials DROP COLUMN origin, DROP COLUMN renewing_until;
        ALTER TABLE apis DROP COLUMN added_schemes;
        """
    )
