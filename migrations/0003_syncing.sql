-- Who syncs a connection right now: a process, until lease_until unless it is renewed. The token goes
-- up with every lease, and only its holder may write what it read. due_at is the next scheduled sync,
-- empty while that waits for the owner; requested_at is set while somebody waits for it; attempts
-- counts the syncs begun in the background since one ended, failures those that failed in a row.
-- overview is JSON.
ALTER TABLE connections ADD COLUMN lease_holder TEXT;
ALTER TABLE connections ADD COLUMN lease_token BIGINT NOT NULL DEFAULT 0;
ALTER TABLE connections ADD COLUMN lease_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE connections ADD COLUMN due_at BIGINT;
ALTER TABLE connections ADD COLUMN requested_at BIGINT;
ALTER TABLE connections ADD COLUMN attempts BIGINT NOT NULL DEFAULT 0;
ALTER TABLE connections ADD COLUMN failures BIGINT NOT NULL DEFAULT 0;
ALTER TABLE connections ADD COLUMN thorough_at BIGINT;
ALTER TABLE connections ADD COLUMN overview TEXT;
CREATE INDEX connections_by_due ON connections (exchange, due_at);
CREATE INDEX connections_by_holder ON connections (lease_holder);
UPDATE connections SET due_at = 0 WHERE status <> 'needs_attention';

-- When a wallet was last asked, and what the client wants to be told of it the next time.
ALTER TABLE wallets ADD COLUMN asked_at BIGINT;
ALTER TABLE wallets ADD COLUMN note TEXT;

-- Until when nobody calls an exchange's host, at its own wish.
CREATE TABLE pauses (
    place TEXT NOT NULL PRIMARY KEY,
    until_at BIGINT NOT NULL
);

-- Processes that share this database, and when each was last alive.
CREATE TABLE replicas (
    id TEXT NOT NULL PRIMARY KEY,
    seen_at BIGINT NOT NULL
);

-- Syncs of all connections of a person; run_id is empty until a connection's turn is over.
CREATE TABLE sync_batches (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    started_at BIGINT NOT NULL
);
CREATE INDEX sync_batches_by_user ON sync_batches (user_id, started_at);
CREATE TABLE sync_batch_items (
    batch_id TEXT NOT NULL REFERENCES sync_batches (id) ON DELETE CASCADE,
    connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    run_id TEXT,
    PRIMARY KEY (batch_id, connection_id)
);
CREATE INDEX sync_batch_items_by_connection ON sync_batch_items (connection_id);

-- What an exchange last answered for a connection, redacted, as JSON.
CREATE TABLE recordings (
    connection_id TEXT NOT NULL PRIMARY KEY REFERENCES connections (id) ON DELETE CASCADE,
    taken_at BIGINT NOT NULL,
    answers TEXT NOT NULL
);
