-- Portfolios gather holdings of any number of connections.
CREATE TABLE portfolios (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (user_id, name)
);

-- Accounts on exchanges. The three key columns hold sealed bytes, bound to this row and user;
-- key_hint is the last four characters of the API key. account_uid is the exchange's own number:
-- one person cannot connect one account twice. rights and last_failure are JSON.
CREATE TABLE connections (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    portfolio_id TEXT NOT NULL REFERENCES portfolios (id),
    exchange TEXT NOT NULL,
    label TEXT NOT NULL,
    environment TEXT NOT NULL,
    region TEXT,
    account_uid TEXT,
    api_key BYTEA NOT NULL,
    secret_key BYTEA NOT NULL,
    passphrase BYTEA,
    key_hint TEXT NOT NULL,
    rights TEXT NOT NULL,
    status TEXT NOT NULL,
    last_failure TEXT,
    last_synced_at BIGINT,
    ignore_below TEXT,
    created_at BIGINT NOT NULL,
    UNIQUE (user_id, exchange, environment, account_uid)
);

-- Wallets of a connection and how each fared the last time it was asked. read_at is when it last
-- answered; problem is JSON.
CREATE TABLE wallets (
    connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    position BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    unreadable BIGINT NOT NULL,
    problem TEXT,
    read_at BIGINT,
    PRIMARY KEY (connection_id, name)
);

-- What exchanges call the things they hold. The same code may mean another thing elsewhere.
CREATE TABLE assets (
    id TEXT NOT NULL PRIMARY KEY,
    exchange TEXT NOT NULL,
    code TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (exchange, code)
);

-- Balances by connection, wallet and asset: exact decimal text, never summed here. free and locked
-- are empty where the exchange does not tell them.
CREATE TABLE holdings (
    connection_id TEXT NOT NULL,
    wallet TEXT NOT NULL,
    asset_id TEXT NOT NULL REFERENCES assets (id),
    free TEXT,
    locked TEXT,
    total TEXT NOT NULL,
    PRIMARY KEY (connection_id, wallet, asset_id),
    FOREIGN KEY (connection_id, wallet) REFERENCES wallets (connection_id, name) ON DELETE CASCADE
);

-- Every sync and its report, as JSON.
CREATE TABLE sync_runs (
    id TEXT NOT NULL PRIMARY KEY,
    connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    started_at BIGINT NOT NULL,
    report TEXT NOT NULL
);
CREATE INDEX sync_runs_by_connection ON sync_runs (connection_id, started_at);
