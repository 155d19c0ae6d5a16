DROP INDEX outbox_targets_by_time;
ALTER TABLE outbox_targets DROP COLUMN next_attempt_at;
ALTER TABLE outbox_targets DROP COLUMN refused_at;
ALTER TABLE outbox_targets DROP COLUMN refusals;
