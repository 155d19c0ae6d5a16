CREATE TABLE account_limits (
    account_id BIGINT PRIMARY KEY NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    silenced_at TIMESTAMP,
    sensitized_at TIMESTAMP
);
CREATE INDEX account_limits_silenced ON account_limits (account_id) WHERE silenced_at IS NOT NULL;
