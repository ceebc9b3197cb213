-- Invented people and companies. Dates are relative to the day of the first start, today().
INSERT INTO plans VALUES
    ('starter', 1, 500, 5, 10),
    ('team', 2, 900, 50, 200),
    ('business', 3, 1600, 500, 2000);

INSERT INTO subscription VALUES
    ('Larkspur Studio', 'billing@larkspur.example.com', 'team', 'active', 'monthly', 12, 9,
     date(today(), '+17 days'), NULL, NULL, NULL);

INSERT INTO invoices VALUES
    ('INV-2028', date(today(), '-104 days'), date(today(), '-90 days'), 9000, 'paid', 'Team plan, 10 seats, one month'),
    ('INV-2029', date(today(), '-74 days'), date(today(), '-60 days'), 10800, 'paid', 'Team plan, 12 seats, one month'),
    ('INV-2030', date(today(), '-43 days'), date(today(), '-29 days'), 10800, 'overdue', 'Team plan, 12 seats, one month'),
    ('INV-2031', date(today(), '-13 days'), date(today(), '+1 days'), 10800, 'open', 'Team plan, 12 seats, one month');

INSERT INTO api_keys VALUES
    ('key_build', 'Build server', 'active', date(today(), '-210 days'), today(), NULL),
    ('key_reports', 'Monthly reports', 'expired', date(today(), '-400 days'), date(today(), '-36 days'), date(today(), '-35 days')),
    ('key_trial', 'Trial script', 'revoked', date(today(), '-300 days'), NULL, NULL);

INSERT INTO features VALUES
    ('audit_log', 'Who changed what, kept for a year', 0, 'business'),
    ('beta_timeline', 'The new timeline, before everybody has it', 0, 'team'),
    ('dark_mode', 'Dark colours for everybody', 1, 'starter'),
    ('guest_access', 'Invite people from outside to single boards', 1, 'team'),
    ('single_sign_on', 'Sign in with the company account', 0, 'business');
