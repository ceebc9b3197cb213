-- Invented people and companies. Dates are relative to the day of the first start, today().
INSERT INTO accounts VALUES
    ('checking', 'Current account', 122150, 100000),
    ('savings', 'Rainy day savings', 840000, 200000);

INSERT INTO cards VALUES
    ('4821', 'debit', 'checking', 'active', NULL, strftime('%Y-%m', today(), '+26 months')),
    ('7733', 'credit', 'checking', 'active', NULL, strftime('%Y-%m', today(), '+11 months')),
    ('9050', 'debit', 'savings', 'frozen', 'lost', strftime('%Y-%m', today(), '+19 months')),
    ('2216', 'debit', 'checking', 'blocked', NULL, strftime('%Y-%m', today(), '-2 months'));

INSERT INTO transactions (number, account_id, booked_on, party, amount_cents, status, card) VALUES
    (8990, 'checking', date(today(), '-95 days'), 'Old Quay Hotel', -18600, 'booked', '2216'),
    (8991, 'checking', date(today(), '-70 days'), 'Lantern Books', -2150, 'booked', '4821'),
    (8998, 'checking', date(today(), '-28 days'), 'Larkspur Studio, salary', 264000, 'booked', NULL),
    (8999, 'checking', date(today(), '-27 days'), 'Mill Street Housing, rent', -94000, 'booked', NULL),
    (9000, 'savings', date(today(), '-20 days'), 'Interest', 1130, 'booked', NULL),
    (9001, 'checking', date(today(), '-9 days'), 'Corner Bakery', -640, 'booked', '4821'),
    (9002, 'checking', date(today(), '-6 days'), 'Streamhive', -1299, 'booked', '7733'),
    (9003, 'checking', date(today(), '-6 days'), 'Streamhive', -1299, 'booked', '7733'),
    (9004, 'checking', date(today(), '-3 days'), 'Gadget Galaxy', -24999, 'booked', '7733'),
    (9005, 'checking', date(today(), '-2 days'), 'Green Grocer', -4385, 'booked', '4821'),
    (9006, 'checking', today(), 'City Rail', -3420, 'pending', '4821');

INSERT INTO disputes VALUES
    (7001, 8990, 'wrong_amount', 'The room was 86 a night.', 'won', date(today(), '-80 days'), date(today(), '-40 days'));
