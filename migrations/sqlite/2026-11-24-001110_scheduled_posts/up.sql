CREATE TABLE scheduled_posts (
    id BIGINT PRIMARY KEY NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    scheduled_at TIMESTAMP NOT NULL,
    draft TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX scheduled_posts_by_account ON scheduled_posts (account_id, id);

CREATE TABLE scheduled_media (
    media_id BIGINT PRIMARY KEY NOT NULL REFERENCES media (id) ON DELETE CASCADE,
    scheduled_id BIGINT NOT NULL REFERENCES scheduled_posts (id) ON DELETE CASCADE
);
CREATE INDEX scheduled_media_by_post ON scheduled_media (scheduled_id);
