-- What a connection held whenever that changed: exact amounts by wallet and asset, as JSON. partial
-- when something could not be read then.
CREATE TABLE holding_snapshots (
    connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    taken_at BIGINT NOT NULL,
    partial BIGINT NOT NULL,
    held TEXT NOT NULL,
    PRIMARY KEY (connection_id, taken_at)
);

-- A portfolio's value over time, or that of everything a person has. The id is the portfolio's, or
-- the person's. latest is what the newest point was made of, candidate a point that is held back
-- until the next reading confirms it: both JSON. version goes up with every change.
CREATE TABLE value_series (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    portfolio_id TEXT REFERENCES portfolios (id) ON DELETE CASCADE,
    version BIGINT NOT NULL,
    looked_at BIGINT NOT NULL,
    thinned_at BIGINT NOT NULL,
    latest TEXT,
    candidate TEXT
);
CREATE INDEX value_series_by_user ON value_series (user_id);
CREATE INDEX value_series_by_portfolio ON value_series (portfolio_id);

-- Values in USDT, exact decimal text, never summed here. Of the change since the point before,
-- moved came from balances, covered from assets that gained or lost their price, the rest from
-- prices. rates_at is the minute whose value_rates belong to it.
CREATE TABLE value_points (
    series_id TEXT NOT NULL REFERENCES value_series (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    value TEXT NOT NULL,
    moved TEXT NOT NULL,
    covered TEXT NOT NULL,
    unpriced BIGINT NOT NULL,
    partial BIGINT NOT NULL,
    source TEXT NOT NULL,
    rates_at BIGINT NOT NULL,
    PRIMARY KEY (series_id, at)
);
CREATE INDEX value_points_by_rates ON value_points (rates_at);

-- What one USDT was worth in each currency that was offered in a minute, counted from 1970.
CREATE TABLE value_rates (
    minute BIGINT NOT NULL,
    currency TEXT NOT NULL,
    rate TEXT NOT NULL,
    PRIMARY KEY (minute, currency)
);
