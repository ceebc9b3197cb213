-- Amounts are whole cents; dates are YYYY-MM-DD.
CREATE TABLE products (
    sku TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    price_cents INTEGER NOT NULL,
    in_stock INTEGER NOT NULL
);

CREATE TABLE orders (
    order_id INTEGER PRIMARY KEY,
    status TEXT NOT NULL CHECK (status IN ('processing', 'shipped', 'delivered', 'cancelled')),
    placed_on TEXT NOT NULL,
    estimated_delivery TEXT,
    delivered_on TEXT,
    cancelled_on TEXT,
    cancel_reason TEXT,
    shipping_cents INTEGER NOT NULL,
    carrier TEXT,
    tracking_number TEXT,
    name TEXT NOT NULL,
    street TEXT NOT NULL,
    city TEXT NOT NULL,
    postal_code TEXT NOT NULL,
    country TEXT NOT NULL
);

CREATE TABLE items (
    order_id INTEGER NOT NULL REFERENCES orders,
    sku TEXT NOT NULL REFERENCES products,
    quantity INTEGER NOT NULL,
    unit_price_cents INTEGER NOT NULL,
    PRIMARY KEY (order_id, sku)
);

CREATE TABLE scans (
    order_id INTEGER NOT NULL REFERENCES orders,
    "on" TEXT NOT NULL,
    place TEXT NOT NULL,
    what TEXT NOT NULL
);

CREATE TABLE returns (
    number INTEGER PRIMARY KEY,
    order_id INTEGER NOT NULL UNIQUE REFERENCES orders,
    status TEXT NOT NULL,
    reason TEXT NOT NULL,
    comment TEXT,
    send_by TEXT NOT NULL
);

CREATE TABLE refunds (
    number INTEGER PRIMARY KEY,
    order_id INTEGER NOT NULL REFERENCES orders,
    amount_cents INTEGER NOT NULL CHECK (amount_cents > 0),
    reason TEXT NOT NULL,
    arrives_by TEXT NOT NULL
);

CREATE TABLE coupons (
    code TEXT PRIMARY KEY,
    percent INTEGER NOT NULL CHECK (percent BETWEEN 1 AND 50),
    valid_until TEXT NOT NULL,
    order_id INTEGER REFERENCES orders,
    reason TEXT
);

CREATE VIEW order_amounts AS
SELECT
    order_id,
    shipping_cents + (SELECT sum(quantity * unit_price_cents) FROM items WHERE items.order_id = orders.order_id)
        AS total_cents,
    (SELECT coalesce(sum(amount_cents), 0) FROM refunds WHERE refunds.order_id = orders.order_id)
        AS refunded_cents
FROM orders;
