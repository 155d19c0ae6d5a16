CREATE TABLE account_moves (
    account_id BIGINT PRIMARY KEY NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    also_known_as TEXT NOT NULL DEFAULT '[]',
    target_id BIGINT REFERENCES accounts (id) ON DELETE CASCADE,
    moved_at TIMESTAMP
);
CREATE INDEX account_moves_by_target ON account_moves (target_id) WHERE target_id IS NOT NULL;
