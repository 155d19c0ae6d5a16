CREATE TABLE posts (
    id BIGINT PRIMARY KEY NOT NULL,
    uri TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    author_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    community_id BIGINT REFERENCES communities (account_id) ON DELETE CASCADE,
    parent_id BIGINT REFERENCES posts (id) ON DELETE SET NULL,
    parent_author_id BIGINT,
    root_id BIGINT NOT NULL,
    announce_id BIGINT,
    kind TEXT NOT NULL,
    title TEXT NOT NULL DEFAULT '',
    source TEXT NOT NULL DEFAULT '',
    html TEXT NOT NULL DEFAULT '',
    fields TEXT NOT NULL DEFAULT '{}',
    spoiler TEXT NOT NULL DEFAULT '',
    sensitive BOOLEAN NOT NULL DEFAULT FALSE,
    language TEXT,
    visibility TEXT NOT NULL,
    boundary TEXT NOT NULL,
    audience TEXT NOT NULL,
    local BOOLEAN NOT NULL,
    local_only BOOLEAN NOT NULL DEFAULT FALSE,
    question_state TEXT,
    held BOOLEAN NOT NULL DEFAULT FALSE,
    app_id BIGINT,
    replies_count INTEGER NOT NULL DEFAULT 0,
    favourites_count INTEGER NOT NULL DEFAULT 0,
    boosts_count INTEGER NOT NULL DEFAULT 0,
    rev INTEGER NOT NULL DEFAULT 0,
    created_at TIMESTAMP NOT NULL,
    edited_at TIMESTAMP,
    deleted_at TIMESTAMP
);
CREATE INDEX posts_by_author ON posts (author_id, id) WHERE deleted_at IS NULL;
CREATE INDEX posts_by_community ON posts (community_id, id) WHERE community_id IS NOT NULL AND parent_id IS NULL AND deleted_at IS NULL;
CREATE INDEX posts_by_community_all ON posts (community_id) WHERE community_id IS NOT NULL;
CREATE INDEX posts_by_parent ON posts (parent_id, id) WHERE parent_id IS NOT NULL;
CREATE INDEX posts_by_root ON posts (root_id, id);
CREATE INDEX posts_by_announce ON posts (announce_id) WHERE announce_id IS NOT NULL;
CREATE INDEX posts_public ON posts (id) WHERE audience = 'public' AND visibility = 'public' AND parent_id IS NULL AND deleted_at IS NULL;
CREATE INDEX posts_public_local ON posts (id) WHERE audience = 'public' AND visibility = 'public' AND local AND parent_id IS NULL AND deleted_at IS NULL;

CREATE TABLE revisions (
    id BIGINT PRIMARY KEY NOT NULL,
    post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    source TEXT NOT NULL,
    html TEXT NOT NULL,
    fields TEXT NOT NULL,
    spoiler TEXT NOT NULL,
    sensitive BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX revisions_by_post ON revisions (post_id, id);

CREATE TABLE mentions (
    post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    PRIMARY KEY (post_id, account_id)
);
CREATE INDEX mentions_by_account ON mentions (account_id, post_id);

CREATE TABLE post_tags (
    post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    tag TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (post_id, tag)
);
CREATE INDEX post_tags_by_tag ON post_tags (tag, post_id);

CREATE TABLE polls (
    post_id BIGINT PRIMARY KEY NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    multiple BOOLEAN NOT NULL,
    hide_totals BOOLEAN NOT NULL,
    expires_at TIMESTAMP,
    voters_count INTEGER NOT NULL DEFAULT 0,
    closed BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX polls_by_end ON polls (expires_at) WHERE NOT closed;

CREATE TABLE poll_options (
    post_id BIGINT NOT NULL REFERENCES polls (post_id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    title TEXT NOT NULL,
    votes_count INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (post_id, position)
);

CREATE TABLE poll_votes (
    id BIGINT PRIMARY KEY NOT NULL,
    post_id BIGINT NOT NULL REFERENCES polls (post_id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    choice INTEGER NOT NULL,
    uri TEXT
);
CREATE UNIQUE INDEX poll_votes_once ON poll_votes (post_id, account_id, choice);
CREATE INDEX poll_votes_by_account ON poll_votes (account_id);

CREATE TABLE reactions (
    id BIGINT PRIMARY KEY NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    uri TEXT,
    created_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX reactions_once ON reactions (account_id, post_id, kind);
CREATE INDEX reactions_by_account ON reactions (account_id, kind, id);
CREATE INDEX reactions_by_post ON reactions (post_id, kind, id);

CREATE TABLE boosts (
    id BIGINT PRIMARY KEY NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    uri TEXT NOT NULL UNIQUE,
    visibility TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX boosts_once ON boosts (account_id, post_id);
CREATE INDEX boosts_by_account ON boosts (account_id, id);
CREATE INDEX boosts_by_post ON boosts (post_id, id);

CREATE TABLE acceptances (
    id BIGINT PRIMARY KEY NOT NULL,
    question_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    answer_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    by_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    why TEXT NOT NULL DEFAULT '',
    uri TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    revoked_at TIMESTAMP
);
CREATE UNIQUE INDEX acceptances_once ON acceptances (question_id, answer_id);
CREATE INDEX acceptances_by_answer ON acceptances (answer_id);
CREATE INDEX acceptances_by_person ON acceptances (by_id);

CREATE TABLE media (
    id BIGINT PRIMARY KEY NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    post_id BIGINT REFERENCES posts (id) ON DELETE CASCADE,
    position INTEGER NOT NULL DEFAULT 0,
    kind TEXT NOT NULL,
    mime TEXT NOT NULL,
    file TEXT,
    preview TEXT,
    remote_url TEXT,
    description TEXT NOT NULL DEFAULT '',
    focus_x DOUBLE PRECISION NOT NULL DEFAULT 0,
    focus_y DOUBLE PRECISION NOT NULL DEFAULT 0,
    width INTEGER,
    height INTEGER,
    preview_width INTEGER,
    preview_height INTEGER,
    blurhash TEXT,
    bytes BIGINT NOT NULL DEFAULT 0,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX media_by_post ON media (post_id, position) WHERE post_id IS NOT NULL;
CREATE INDEX media_by_account ON media (account_id, id);
CREATE INDEX media_by_file ON media (file) WHERE file IS NOT NULL;

CREATE TABLE home_entries (
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    entry_id BIGINT NOT NULL,
    post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    via_id BIGINT,
    PRIMARY KEY (account_id, entry_id)
);
CREATE INDEX home_entries_by_post ON home_entries (post_id, account_id);

CREATE TABLE notifications (
    id BIGINT PRIMARY KEY NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    from_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    post_id BIGINT REFERENCES posts (id) ON DELETE CASCADE,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX notifications_by_account ON notifications (account_id, id);
CREATE INDEX notifications_by_from ON notifications (from_id);
CREATE INDEX notifications_by_post ON notifications (post_id) WHERE post_id IS NOT NULL;
CREATE UNIQUE INDEX notifications_once ON notifications (account_id, kind, from_id, post_id);

CREATE TABLE markers (
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    timeline TEXT NOT NULL,
    last_read_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    PRIMARY KEY (account_id, timeline)
);
