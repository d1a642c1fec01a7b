-- The newest prices of each exchange, for all processes. book is JSON.
CREATE TABLE price_books (
    exchange TEXT NOT NULL PRIMARY KEY,
    taken_at BIGINT NOT NULL,
    book TEXT NOT NULL
);
