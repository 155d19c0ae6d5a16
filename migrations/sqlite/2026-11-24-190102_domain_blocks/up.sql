CREATE TABLE domain_blocks (
    id BIGINT PRIMARY KEY NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    domain TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX domain_blocks_once ON domain_blocks (account_id, domain);
CREATE INDEX domain_blocks_by_account ON domain_blocks (account_id, id);
