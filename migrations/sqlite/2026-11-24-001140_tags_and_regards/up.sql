CREATE TABLE followed_tags (
    id BIGINT PRIMARY KEY NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    tag TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX followed_tags_once ON followed_tags (tag, account_id);
CREATE INDEX followed_tags_by_account ON followed_tags (account_id, id);

CREATE TABLE featured_tags (
    id BIGINT PRIMARY KEY NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    tag TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX featured_tags_once ON featured_tags (account_id, tag);

CREATE TABLE endorsements (
    id BIGINT PRIMARY KEY NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    target_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX endorsements_once ON endorsements (account_id, target_id);
CREATE INDEX endorsements_by_account ON endorsements (account_id, id);
CREATE INDEX endorsements_by_target ON endorsements (target_id);

CREATE TABLE account_notes (
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    target_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    comment TEXT NOT NULL,
    PRIMARY KEY (account_id, target_id)
);
CREATE INDEX account_notes_by_target ON account_notes (target_id);

CREATE TABLE conversations (
    id BIGINT PRIMARY KEY NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    root_id BIGINT NOT NULL,
    last_post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    unread BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX conversations_once ON conversations (account_id, root_id);
CREATE INDEX conversations_by_account ON conversations (account_id, last_post_id);
CREATE INDEX conversations_by_last_post ON conversations (last_post_id);

CREATE INDEX mutes_by_end ON mutes (expires_at) WHERE expires_at IS NOT NULL;
