CREATE TABLE inbound (
    id BIGINT PRIMARY KEY NOT NULL,
    activity_uri TEXT NOT NULL UNIQUE,
    signer_uri TEXT NOT NULL,
    peer_domain TEXT NOT NULL,
    body TEXT NOT NULL,
    outcome TEXT,
    received_at TIMESTAMP NOT NULL
);
CREATE INDEX inbound_by_age ON inbound (received_at);

CREATE TABLE tombstones (
    uri TEXT PRIMARY KEY NOT NULL,
    former_type TEXT NOT NULL,
    deleted_at TIMESTAMP NOT NULL
);

CREATE TABLE outbox (
    id BIGINT PRIMARY KEY NOT NULL,
    activity_uri TEXT NOT NULL,
    sender_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    body TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX outbox_by_uri ON outbox (activity_uri);
CREATE INDEX outbox_by_sender ON outbox (sender_id);
CREATE INDEX outbox_by_age ON outbox (created_at);

CREATE TABLE outbox_targets (
    peer_id BIGINT NOT NULL REFERENCES peers (id) ON DELETE CASCADE,
    outbox_id BIGINT NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
    inbox_url TEXT NOT NULL,
    PRIMARY KEY (peer_id, outbox_id, inbox_url)
);
CREATE INDEX outbox_targets_by_outbox ON outbox_targets (outbox_id);

CREATE TABLE jobs (
    id BIGINT PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    lane TEXT NOT NULL,
    payload TEXT NOT NULL,
    run_at TIMESTAMP NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    claimed_until TIMESTAMP,
    last_error TEXT,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX jobs_by_time ON jobs (run_at, id);
CREATE INDEX jobs_by_lane ON jobs (lane, id);

CREATE TABLE audit (
    id BIGINT PRIMARY KEY NOT NULL,
    actor_id BIGINT,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    detail TEXT NOT NULL DEFAULT '',
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX audit_by_actor ON audit (actor_id) WHERE actor_id IS NOT NULL;
