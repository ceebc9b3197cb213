-- One workspace. Amounts are whole cents; dates are YYYY-MM-DD.
CREATE TABLE plans (
    plan TEXT PRIMARY KEY,
    rank INTEGER NOT NULL UNIQUE,
    seat_cents INTEGER NOT NULL,
    max_seats INTEGER NOT NULL,
    storage_gb INTEGER NOT NULL
);

CREATE TABLE subscription (
    workspace TEXT PRIMARY KEY,
    billing_email TEXT NOT NULL,
    plan TEXT NOT NULL REFERENCES plans,
    status TEXT NOT NULL CHECK (status IN ('active', 'paused', 'ending', 'cancelled')),
    billing_period TEXT NOT NULL CHECK (billing_period IN ('monthly', 'yearly')),
    seats INTEGER NOT NULL,
    seats_used INTEGER NOT NULL,
    period_ends_on TEXT NOT NULL,
    paused_until TEXT,
    ends_on TEXT,
    cancel_reason TEXT
);

CREATE TABLE invoices (
    invoice_id TEXT PRIMARY KEY,
    issued_on TEXT NOT NULL,
    due_on TEXT NOT NULL,
    amount_cents INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('paid', 'open', 'overdue')),
    description TEXT NOT NULL
);

CREATE TABLE mails (
    invoice_id TEXT NOT NULL REFERENCES invoices,
    sent_to TEXT NOT NULL,
    sent_at TEXT NOT NULL
);

CREATE TABLE api_keys (
    key_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'expired', 'revoked')),
    created_on TEXT NOT NULL,
    last_used_on TEXT,
    expires_on TEXT
);

CREATE TABLE features (
    feature TEXT PRIMARY KEY,
    description TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    from_plan TEXT NOT NULL REFERENCES plans
);
