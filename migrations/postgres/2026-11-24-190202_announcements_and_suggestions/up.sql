CREATE TABLE announcements (
    id BIGINT PRIMARY KEY NOT NULL,
    source TEXT NOT NULL,
    html TEXT NOT NULL,
    starts_at TIMESTAMP,
    ends_at TIMESTAMP,
    all_day BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);

CREATE TABLE announcement_reads (
    announcement_id BIGINT NOT NULL REFERENCES announcements (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    PRIMARY KEY (announcement_id, account_id)
);
CREATE INDEX announcement_reads_by_account ON announcement_reads (account_id);

CREATE TABLE announcement_reactions (
    id BIGINT PRIMARY KEY NOT NULL,
    announcement_id BIGINT NOT NULL REFERENCES announcements (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name TEXT NOT NULL
);
CREATE UNIQUE INDEX announcement_reactions_once ON announcement_reactions (announcement_id, account_id, name);
CREATE INDEX announcement_reactions_by_account ON announcement_reactions (account_id);

CREATE TABLE suggestion_refusals (
    id BIGINT PRIMARY KEY NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    target_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX suggestion_refusals_once ON suggestion_refusals (account_id, target_id);
CREATE INDEX suggestion_refusals_by_target ON suggestion_refusals (target_id);
