"""Access: accounts, rights and rate limits; and the secrets at rest."""
