-- Fetching what an exchange tells of the days before a connection was made: where that stands, who
-- does it right now until the lease lapses, and when it is due; empty once it is over. attempts counts
-- how often it was begun. days could be valued, unreadable are rows.
CREATE TABLE backfills (
    connection_id TEXT NOT NULL PRIMARY KEY REFERENCES connections (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    due_at BIGINT,
    attempts BIGINT NOT NULL,
    lease_holder TEXT,
    lease_until BIGINT NOT NULL,
    days BIGINT NOT NULL,
    unreadable BIGINT NOT NULL
);
CREATE INDEX backfills_by_due ON backfills (due_at);

-- What was in a connection's spot wallet at the end of such a day, in USDT: exact decimal text, never
-- summed here. It goes with the connection, wherever that stands.
CREATE TABLE backfilled_days (
    connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    value TEXT NOT NULL,
    unpriced BIGINT NOT NULL,
    rates_at BIGINT NOT NULL,
    PRIMARY KEY (connection_id, at)
);
CREATE INDEX backfilled_days_by_rates ON backfilled_days (rates_at);
