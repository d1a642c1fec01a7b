-- Candles of the market, which are everybody's. A series is a pair on an exchange at one length, step
-- being the length's name. begins_at is when the exchange's candles of the pair begin, asked_at when
-- somebody last wanted some, to the hour. From kept_from to kept_to there is every candle that there
-- is; at due_at it is looked for newer ones. corrected counts candles that were told otherwise later.
CREATE TABLE candle_series (
    id BIGINT NOT NULL PRIMARY KEY,
    exchange TEXT NOT NULL,
    symbol TEXT NOT NULL,
    step TEXT NOT NULL,
    begins_at BIGINT NOT NULL,
    asked_at BIGINT NOT NULL,
    kept_from BIGINT NOT NULL,
    kept_to BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    corrected BIGINT NOT NULL,
    UNIQUE (exchange, symbol, step)
);
CREATE INDEX candle_series_by_due ON candle_series (due_at);

-- Candles that are over: exact decimal text, never summed here. When each ended follows from step.
CREATE TABLE candles (
    series_id BIGINT NOT NULL REFERENCES candle_series (id) ON DELETE CASCADE,
    open_time BIGINT NOT NULL,
    open TEXT NOT NULL,
    high TEXT NOT NULL,
    low TEXT NOT NULL,
    close TEXT NOT NULL,
    volume TEXT NOT NULL,
    PRIMARY KEY (series_id, open_time)
);

-- Stretches for which the exchange was asked and had no candle.
CREATE TABLE candle_gaps (
    series_id BIGINT NOT NULL REFERENCES candle_series (id) ON DELETE CASCADE,
    begins_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    asked_at BIGINT NOT NULL,
    PRIMARY KEY (series_id, begins_at)
);

-- Fetching the candles of past days that somebody asked for: how far it has come, who does it right now
-- until the lease lapses, and when it goes on; empty once it is over. turn counts how often it was begun.
CREATE TABLE candle_backfills (
    id TEXT NOT NULL PRIMARY KEY,
    series_id BIGINT NOT NULL UNIQUE REFERENCES candle_series (id) ON DELETE CASCADE,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    reached_at BIGINT NOT NULL,
    stored BIGINT NOT NULL,
    state TEXT NOT NULL,
    trouble TEXT,
    asked_at BIGINT NOT NULL,
    due_at BIGINT,
    failures BIGINT NOT NULL,
    turn BIGINT NOT NULL,
    lease_holder TEXT,
    lease_until BIGINT NOT NULL
);
CREATE INDEX candle_backfills_by_due ON candle_backfills (due_at);
