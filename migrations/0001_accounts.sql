-- One text for SQLite and PostgreSQL: TEXT, BIGINT and BYTEA only. Times are milliseconds since
-- 1970 in UTC, booleans 0 or 1, ids are made by the program.

-- People who sign in. The email is kept in lower case; the hash is an Argon2id PHC string.
CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    base_currency TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- Browser sessions. Only a hash of the cookie's value is kept, so that a copy of this table signs
-- nobody in. Idle sessions end at expires_at; none lives past ends_at.
CREATE TABLE sessions (
    id_hash TEXT NOT NULL PRIMARY KEY,
    data TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Facts of which there is one: 'first_account' keeps a second person from being the first.
CREATE TABLE instance_facts (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- A constant sealed with each master key ever used here. A start with another key is refused.
CREATE TABLE key_checks (
    key_id TEXT NOT NULL PRIMARY KEY,
    sealed BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);
