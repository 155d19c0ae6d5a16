CREATE TABLE home_entries_old (
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    entry_id BIGINT NOT NULL,
    post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    via_id BIGINT,
    PRIMARY KEY (account_id, entry_id)
);
INSERT INTO home_entries_old SELECT account_id, entry_id, post_id, via_id FROM home_entries;
DROP TABLE home_entries;
ALTER TABLE home_entries_old RENAME TO home_entries;
CREATE INDEX home_entries_by_post ON home_entries (post_id, account_id);
