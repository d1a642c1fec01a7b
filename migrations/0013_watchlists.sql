-- The pairs that people watch, each person's in their own order. Whoever has none watches the usual
-- ones.
CREATE TABLE watched_pairs (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    place BIGINT NOT NULL,
    symbol TEXT NOT NULL,
    PRIMARY KEY (user_id, symbol)
);
