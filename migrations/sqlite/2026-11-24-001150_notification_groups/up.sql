ALTER TABLE notifications ADD COLUMN group_key TEXT;
ALTER TABLE notifications ADD COLUMN filtered BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX notifications_by_group ON notifications (account_id, group_key, id) WHERE group_key IS NOT NULL;
CREATE INDEX notifications_filtered ON notifications (account_id, from_id, id) WHERE filtered;

CREATE TABLE notification_policies (
    account_id BIGINT PRIMARY KEY NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    not_following TEXT NOT NULL,
    not_followers TEXT NOT NULL,
    new_accounts TEXT NOT NULL,
    private_mentions TEXT NOT NULL,
    limited_accounts TEXT NOT NULL,
    bots TEXT NOT NULL
);

CREATE TABLE notification_permissions (
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    from_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    PRIMARY KEY (account_id, from_id)
);
CREATE INDEX notification_permissions_by_from ON notification_permissions (from_id);
