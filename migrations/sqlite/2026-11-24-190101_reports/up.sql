CREATE TABLE reports (
    id BIGINT PRIMARY KEY NOT NULL,
    uri TEXT NOT NULL,
    reporter_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    target_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    category TEXT NOT NULL,
    comment TEXT NOT NULL,
    forwarded BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    assigned_to BIGINT REFERENCES accounts (id) ON DELETE SET NULL,
    resolved_by BIGINT REFERENCES accounts (id) ON DELETE SET NULL,
    resolved_at TIMESTAMP,
    resolution TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX reports_once ON reports (uri, target_id);
CREATE INDEX reports_by_state ON reports (state, id);
CREATE INDEX reports_by_reporter ON reports (reporter_id, created_at);
CREATE INDEX reports_by_target ON reports (target_id, id);
CREATE INDEX reports_by_assigned ON reports (assigned_to) WHERE assigned_to IS NOT NULL;
CREATE INDEX reports_by_resolver ON reports (resolved_by) WHERE resolved_by IS NOT NULL;

CREATE TABLE report_posts (
    report_id BIGINT NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
    post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    PRIMARY KEY (report_id, post_id)
);
CREATE INDEX report_posts_by_post ON report_posts (post_id);

ALTER TABLE notifications ADD COLUMN report_id BIGINT;
