-- Since when a connection was not read, empty while it is, and whether its owner was told that it
-- lasts. Those that fail already count from when they were last read.
ALTER TABLE connections ADD COLUMN failing_since BIGINT;
ALTER TABLE connections ADD COLUMN failing_told BIGINT NOT NULL DEFAULT 0;
UPDATE connections SET failing_since = COALESCE(last_synced_at, created_at)
    WHERE last_failure IS NOT NULL;

-- What people were told: the newest of each. body is JSON. The news is a hash of what happened and
-- on which occasion, so that two processes tell one thing once.
CREATE TABLE notices (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    code TEXT NOT NULL,
    body TEXT NOT NULL,
    read_at BIGINT,
    news TEXT NOT NULL,
    UNIQUE (user_id, news)
);
CREATE INDEX notices_by_user ON notices (user_id, at);
CREATE INDEX notices_unread ON notices (user_id) WHERE read_at IS NULL;

-- From when on and from how much people are told, where they chose otherwise. Percentages are text.
CREATE TABLE telling_preferences (
    user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    failing_hours BIGINT NOT NULL,
    balance_percent TEXT NOT NULL,
    value_percent TEXT NOT NULL
);

-- Where people's own programs are told. The secret is sealed, bound to this row and user.
CREATE TABLE webhooks (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL UNIQUE REFERENCES users (id) ON DELETE CASCADE,
    url TEXT NOT NULL,
    host TEXT NOT NULL,
    secret BYTEA NOT NULL,
    enabled BIGINT NOT NULL
);

-- Messages to webhooks: the newest of each person. body is what is sent, as JSON; outcome a status
-- or our own word. One with a time for its next try is under way, by whoever holds its lease.
CREATE TABLE deliveries (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    code TEXT NOT NULL,
    body TEXT NOT NULL,
    host TEXT NOT NULL,
    at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    tried_at BIGINT,
    outcome TEXT,
    next_try_at BIGINT,
    lease_holder TEXT,
    lease_until BIGINT NOT NULL
);
CREATE INDEX deliveries_by_user ON deliveries (user_id, at);
CREATE INDEX deliveries_by_next_try ON deliveries (next_try_at);
