CREATE TABLE strikes (
    id BIGINT PRIMARY KEY NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    by_id BIGINT REFERENCES accounts (id) ON DELETE SET NULL,
    report_id BIGINT REFERENCES reports (id) ON DELETE SET NULL,
    action TEXT NOT NULL,
    text TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX strikes_by_account ON strikes (account_id, id);
CREATE INDEX strikes_by_moderator ON strikes (by_id) WHERE by_id IS NOT NULL;
CREATE INDEX strikes_by_report ON strikes (report_id) WHERE report_id IS NOT NULL;

CREATE TABLE strike_posts (
    strike_id BIGINT NOT NULL REFERENCES strikes (id) ON DELETE CASCADE,
    post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    PRIMARY KEY (strike_id, post_id)
);
CREATE INDEX strike_posts_by_post ON strike_posts (post_id);

ALTER TABLE notifications ADD COLUMN strike_id BIGINT;
