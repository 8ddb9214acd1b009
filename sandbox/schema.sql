-- The bank's own store. Money is integer minor units; `at` is ISO 8601 UTC; due, created, expires are seconds since 1970.
CREATE TABLE IF NOT EXISTS session (
    id TEXT PRIMARY KEY,
    reference TEXT NOT NULL,
    idempotency_key TEXT UNIQUE,
    fingerprint TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL,
    return_url TEXT NOT NULL,
    callback_url TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'captured', 'failed', 'cancelled', 'expired')),
    failure TEXT,
    captured_amount INTEGER,
    captured_currency TEXT,
    expires REAL NOT NULL,
    CHECK ((status = 'captured') = (captured_amount IS NOT NULL)),
    CHECK ((status = 'captured') = (captured_currency IS NOT NULL))
);
CREATE INDEX IF NOT EXISTS session_reference ON session (reference);
CREATE INDEX IF NOT EXISTS session_expires ON session (expires) WHERE status = 'open';

CREATE TABLE IF NOT EXISTS refund (
    id TEXT PRIMARY KEY,
    session TEXT NOT NULL REFERENCES session (id),
    reference TEXT NOT NULL,
    idempotency_key TEXT NOT NULL UNIQUE,
    fingerprint TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('done', 'failed')),
    failure TEXT,
    at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS refund_session ON refund (session);

-- Money that moved, in the order it moved. Nothing is ever changed or taken out.
CREATE TABLE IF NOT EXISTS book (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('capture', 'refund')),
    session TEXT NOT NULL REFERENCES session (id),
    reference TEXT NOT NULL,
    refund TEXT,
    amount INTEGER NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL,
    at TEXT NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS book_captures_once ON book (session) WHERE kind = 'capture';
CREATE TRIGGER IF NOT EXISTS book_keeps BEFORE UPDATE ON book BEGIN SELECT RAISE(ABORT, 'the book is append-only'); END;
CREATE TRIGGER IF NOT EXISTS book_stays BEFORE DELETE ON book BEGIN SELECT RAISE(ABORT, 'the book is append-only'); END;

-- The outbox: what merchants must still be told. `sending` marks a row in somebody's hands.
CREATE TABLE IF NOT EXISTS callback (
    event_id TEXT PRIMARY KEY,
    session TEXT NOT NULL REFERENCES session (id),
    reference TEXT NOT NULL,
    fact TEXT NOT NULL,
    url TEXT NOT NULL,
    body TEXT NOT NULL,
    created REAL NOT NULL,
    due REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    sending INTEGER NOT NULL DEFAULT 0,
    status INTEGER,
    delivered INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS callback_due ON callback (due) WHERE NOT delivered;

CREATE TABLE IF NOT EXISTS behaviour (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    reference TEXT NOT NULL,
    occasion TEXT NOT NULL,
    act TEXT NOT NULL,
    times INTEGER NOT NULL CHECK (times > 0)
);
