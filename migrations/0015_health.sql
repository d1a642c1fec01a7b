-- Whether a person is told how exchanges fare: 0 where they chose otherwise.
ALTER TABLE telling_preferences ADD COLUMN exchange_news BIGINT NOT NULL DEFAULT 1;

-- When a site of an exchange was found not to answer for a while, and when it answered again, empty
-- until then: the last time of each, so that several processes tell it once.
CREATE TABLE outages (
    place TEXT NOT NULL PRIMARY KEY,
    began_at BIGINT NOT NULL,
    ended_at BIGINT
);
