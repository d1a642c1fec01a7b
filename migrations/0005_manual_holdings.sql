-- What people hold elsewhere and enter by hand. The quantity is exact decimal text, below zero for
-- a debt, and never summed here.
CREATE TABLE manual_holdings (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    portfolio_id TEXT NOT NULL REFERENCES portfolios (id),
    asset TEXT NOT NULL,
    quantity TEXT NOT NULL,
    label TEXT NOT NULL,
    note TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX manual_holdings_by_user ON manual_holdings (user_id, created_at);
CREATE INDEX manual_holdings_by_portfolio ON manual_holdings (portfolio_id);

-- 1 once a person made, named or filled a portfolio by hand: then it stays when nothing is in it.
-- One made by connecting goes with the last thing in it.
ALTER TABLE portfolios ADD COLUMN kept BIGINT NOT NULL DEFAULT 0;
CREATE INDEX connections_by_portfolio ON connections (portfolio_id);
