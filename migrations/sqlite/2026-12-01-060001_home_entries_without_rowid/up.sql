-- A post is written into every home feed that it belongs to: the rows lie in the order in which a feed is read, so that
-- each is one insert less and one look-up less.
CREATE TABLE home_entries_new (
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    entry_id BIGINT NOT NULL,
    post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    via_id BIGINT,
    PRIMARY KEY (account_id, entry_id)
) WITHOUT ROWID;
INSERT INTO home_entries_new SELECT account_id, entry_id, post_id, via_id FROM home_entries;
DROP TABLE home_entries;
ALTER TABLE home_entries_new RENAME TO home_entries;
CREATE INDEX home_entries_by_post ON home_entries (post_id, account_id);
