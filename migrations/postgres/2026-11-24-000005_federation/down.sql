DROP TABLE audit; DROP TABLE jobs; DROP TABLE outbox_targets; DROP TABLE outbox; DROP TABLE inbound; DROP TABLE tombstones;
