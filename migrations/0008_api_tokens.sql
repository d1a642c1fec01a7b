-- Tokens that let people's own programs in. Only a hash is kept, so that a copy of this table lets
-- nobody in; hint is the token's last four characters. One without an end lives until it is revoked.
CREATE TABLE api_tokens (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    scope TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    hint TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    last_used_at BIGINT,
    UNIQUE (user_id, name)
);

-- Answers to calls that may be sent again under the same key, for a day. Of the key and of the call
-- there are hashes only. status and body are empty while the first of them is under way, which is
-- taken for dead at until.
CREATE TABLE api_answers (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    key_hash TEXT NOT NULL,
    call_hash TEXT NOT NULL,
    status BIGINT,
    body TEXT,
    until BIGINT NOT NULL,
    PRIMARY KEY (user_id, key_hash)
);
CREATE INDEX api_answers_by_end ON api_answers (until);
