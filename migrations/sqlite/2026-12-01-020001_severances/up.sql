CREATE TABLE severances (
    id BIGINT PRIMARY KEY NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    cause_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    target_name TEXT NOT NULL,
    followers_count BIGINT NOT NULL,
    following_count BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX severances_once ON severances (account_id, cause_id);

ALTER TABLE notifications ADD COLUMN severance_id BIGINT;
