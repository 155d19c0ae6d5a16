ALTER TABLE outbox_targets ADD COLUMN refusals INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox_targets ADD COLUMN refused_at TIMESTAMP;
ALTER TABLE outbox_targets ADD COLUMN next_attempt_at TIMESTAMP;
CREATE INDEX outbox_targets_by_time ON outbox_targets (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
