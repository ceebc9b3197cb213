-- One customer. Amounts are whole cents; dates are YYYY-MM-DD.
CREATE TABLE accounts (
    account_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    opening_cents INTEGER NOT NULL,
    daily_limit_cents INTEGER NOT NULL
);

CREATE TABLE cards (
    card TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('debit', 'credit')),
    account_id TEXT NOT NULL REFERENCES accounts,
    status TEXT NOT NULL CHECK (status IN ('active', 'frozen', 'blocked')),
    frozen_because TEXT,
    expires TEXT NOT NULL
);

CREATE TABLE transactions (
    number INTEGER PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts,
    booked_on TEXT NOT NULL,
    party TEXT NOT NULL,
    amount_cents INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('booked', 'pending')),
    card TEXT REFERENCES cards,
    is_transfer INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE disputes (
    number INTEGER PRIMARY KEY,
    transaction_number INTEGER NOT NULL UNIQUE REFERENCES transactions,
    reason TEXT NOT NULL,
    comment TEXT,
    status TEXT NOT NULL CHECK (status IN ('open', 'won', 'lost')),
    opened_on TEXT NOT NULL,
    decided_by TEXT NOT NULL
);

-- A balance is never stored: it is what the transactions add up to.
CREATE VIEW account_amounts AS
SELECT
    account_id,
    opening_cents + coalesce(sum(amount_cents) FILTER (WHERE status = 'booked'), 0) AS balance_cents,
    opening_cents + coalesce(sum(amount_cents), 0) AS available_cents,
    -coalesce(sum(amount_cents) FILTER (WHERE is_transfer AND amount_cents < 0 AND booked_on = today()), 0)
        AS transferred_cents
FROM accounts LEFT JOIN transactions USING (account_id)
GROUP BY account_id;
