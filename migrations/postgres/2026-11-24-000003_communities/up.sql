CREATE TABLE follows (
    id BIGINT PRIMARY KEY NOT NULL,
    follower_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    target_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    uri TEXT NOT NULL,
    show_boosts BOOLEAN NOT NULL DEFAULT TRUE,
    notify BOOLEAN NOT NULL DEFAULT FALSE,
    created_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX follows_by_pair ON follows (follower_id, target_id);
CREATE INDEX follows_by_target ON follows (target_id, state, id);
CREATE INDEX follows_by_follower ON follows (follower_id, state, id);
CREATE INDEX follows_by_uri ON follows (uri);

CREATE TABLE blocks (
    id BIGINT PRIMARY KEY NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    target_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    uri TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX blocks_by_pair ON blocks (account_id, target_id);
CREATE INDEX blocks_by_target ON blocks (target_id);

CREATE TABLE mutes (
    id BIGINT PRIMARY KEY NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    target_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    notifications BOOLEAN NOT NULL DEFAULT TRUE,
    expires_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX mutes_by_pair ON mutes (account_id, target_id);
CREATE INDEX mutes_by_target ON mutes (target_id);

CREATE TABLE communities (
    account_id BIGINT PRIMARY KEY NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    purpose TEXT NOT NULL,
    state TEXT NOT NULL,
    boundary TEXT NOT NULL,
    visibility TEXT NOT NULL,
    join_policy TEXT NOT NULL,
    posting_policy TEXT NOT NULL,
    members_count INTEGER NOT NULL DEFAULT 0,
    created_by BIGINT,
    opened_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL
);

CREATE TABLE goals (
    id BIGINT PRIMARY KEY NOT NULL,
    community_id BIGINT NOT NULL REFERENCES communities (account_id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    baseline DOUBLE PRECISION NOT NULL,
    target DOUBLE PRECISION NOT NULL,
    due DATE NOT NULL,
    direction TEXT NOT NULL
);
CREATE INDEX goals_by_community ON goals (community_id);

CREATE TABLE memberships (
    id BIGINT PRIMARY KEY NOT NULL,
    community_id BIGINT NOT NULL REFERENCES communities (account_id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    state TEXT NOT NULL,
    message TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    decided_by BIGINT,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX memberships_by_pair ON memberships (community_id, account_id);
CREATE INDEX memberships_by_state ON memberships (community_id, state, id);
CREATE INDEX memberships_by_account ON memberships (account_id, state);
