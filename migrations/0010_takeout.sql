-- Whose a session is, when it was made, and about when it was last used; empty for sessions of
-- nobody, and for times before these were kept. Sessions go with their owner.
ALTER TABLE sessions ADD COLUMN user_id TEXT REFERENCES users (id) ON DELETE CASCADE;
ALTER TABLE sessions ADD COLUMN created_at BIGINT;
ALTER TABLE sessions ADD COLUMN used_at BIGINT;
UPDATE sessions SET user_id = (SELECT MIN(users.id) FROM users
    WHERE sessions.data LIKE '%"user_id":"' || users.id || '"%');
CREATE INDEX sessions_by_user ON sessions (user_id);
