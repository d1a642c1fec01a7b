-- Connections whose exchange's own stream is listened to: which process does so until when unless it says
-- more, the number of its claim, and since when the stream is open; empty while it is not. A row is there as
-- long as its owner wants it.
CREATE TABLE followings (
    connection_id TEXT NOT NULL PRIMARY KEY REFERENCES connections (id) ON DELETE CASCADE,
    holder TEXT,
    held_until BIGINT NOT NULL,
    token BIGINT NOT NULL,
    live_since BIGINT
);
CREATE INDEX followings_by_holder ON followings (holder);
