-- Invented people and places. Dates are relative to the day of the first start, today().
INSERT INTO products VALUES
    ('MUG-BLUE', 'Blue stoneware mug', 1490, 38),
    ('MUG-MOSS', 'Moss green stoneware mug', 1490, 0),
    ('LAMP-OAK', 'Oak desk lamp', 7900, 12),
    ('THROW-WOOL', 'Wool throw, charcoal', 6450, 7),
    ('BOARD-ASH', 'Ash cutting board', 3290, 21),
    ('VASE-TALL', 'Tall glass vase', 2750, 5),
    ('LINEN-SET', 'Linen bedding set, double', 11900, 9),
    ('CANDLE-3', 'Beeswax candles, set of three', 1850, 64),
    ('CHAIR-FOLD', 'Folding chair, beech', 5400, 3);

INSERT INTO orders VALUES
    (1041, 'delivered', date(today(), '-21 days'), NULL, date(today(), '-16 days'), NULL, NULL, 490,
     'DHL', '00340434161094021041', 'Avery Lind', '12 Orchard Lane', 'Elmstead', '20417', 'DE'),
    (1042, 'processing', date(today(), '-1 days'), date(today(), '+3 days'), NULL, NULL, NULL, 490,
     NULL, NULL, 'Avery Lind', '12 Orchard Lane', 'Elmstead', '20417', 'DE'),
    (1043, 'processing', today(), date(today(), '+4 days'), NULL, NULL, NULL, 0,
     NULL, NULL, 'Avery Lind', '12 Orchard Lane', 'Elmstead', '20417', 'DE'),
    (1044, 'shipped', date(today(), '-4 days'), date(today(), '+1 days'), NULL, NULL, NULL, 490,
     'DHL', '00340434161094021044', 'Avery Lind', '12 Orchard Lane', 'Elmstead', '20417', 'DE'),
    (1045, 'delivered', date(today(), '-8 days'), NULL, date(today(), '-3 days'), NULL, NULL, 490,
     'DHL', '00340434161094021045', 'Avery Lind', '12 Orchard Lane', 'Elmstead', '20417', 'DE'),
    (1046, 'cancelled', date(today(), '-6 days'), NULL, NULL, date(today(), '-5 days'), 'Ordered twice', 490,
     NULL, NULL, 'Avery Lind', '12 Orchard Lane', 'Elmstead', '20417', 'DE'),
    (1047, 'processing', today(), date(today(), '+5 days'), NULL, NULL, NULL, 0,
     NULL, NULL, 'Robin Vale', 'c/o Larkspur Studio, 3 Mill Street', 'Northbrook', '80993', 'DE'),
    (1048, 'shipped', date(today(), '-9 days'), date(today(), '-1 days'), NULL, NULL, NULL, 790,
     'GLS', 'ZK5M1048', 'Avery Lind', '12 Orchard Lane', 'Elmstead', '20417', 'DE'),
    (1049, 'delivered', date(today(), '-80 days'), NULL, date(today(), '-75 days'), NULL, NULL, 490,
     'DHL', '00340434161094021049', 'Avery Lind', '12 Orchard Lane', 'Elmstead', '20417', 'DE'),
    (1050, 'processing', today(), date(today(), '+3 days'), NULL, NULL, NULL, 490,
     NULL, NULL, 'Avery Lind', '12 Orchard Lane', 'Elmstead', '20417', 'DE');

INSERT INTO items VALUES
    (1041, 'CANDLE-3', 2, 1850),
    (1042, 'LAMP-OAK', 1, 7900),
    (1042, 'MUG-BLUE', 2, 1490),
    (1043, 'LINEN-SET', 1, 11900),
    (1044, 'THROW-WOOL', 1, 6450),
    (1045, 'VASE-TALL', 1, 2750),
    (1045, 'BOARD-ASH', 1, 3290),
    (1046, 'MUG-BLUE', 4, 1490),
    (1047, 'CHAIR-FOLD', 2, 5400),
    (1047, 'BOARD-ASH', 1, 3290),
    (1048, 'CHAIR-FOLD', 1, 5400),
    (1049, 'MUG-MOSS', 2, 1490),
    (1050, 'CANDLE-3', 1, 1850);

INSERT INTO scans VALUES
    (1044, date(today(), '-3 days'), 'Willow & Pine warehouse', 'Handed over to DHL'),
    (1044, date(today(), '-2 days'), 'Sorting centre Westfield', 'Sorted'),
    (1044, date(today(), '-1 days'), 'Depot Elmstead', 'Arrived at the depot, out for delivery next'),
    (1045, date(today(), '-6 days'), 'Willow & Pine warehouse', 'Handed over to DHL'),
    (1045, date(today(), '-3 days'), 'Elmstead', 'Delivered'),
    (1048, date(today(), '-7 days'), 'Willow & Pine warehouse', 'Handed over to GLS'),
    (1048, date(today(), '-4 days'), 'Hub Greyhaven', 'Delayed: the parcel missed its truck');

INSERT INTO refunds VALUES (5001, 1046, 6450, 'Order cancelled', date(today(), '-1 days'));

INSERT INTO coupons VALUES
    ('WELCOME15', 15, date(today(), '+60 days'), NULL, 'Welcome offer'),
    ('SUMMER20', 20, date(today(), '-30 days'), NULL, 'Summer sale');
