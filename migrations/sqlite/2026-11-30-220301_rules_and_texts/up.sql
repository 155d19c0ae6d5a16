CREATE TABLE rules (
    id BIGINT PRIMARY KEY NOT NULL,
    position INTEGER NOT NULL,
    text TEXT NOT NULL,
    hint TEXT NOT NULL DEFAULT '',
    translations TEXT NOT NULL DEFAULT '{}',
    created_at TIMESTAMP NOT NULL,
    removed_at TIMESTAMP
);

CREATE TABLE report_rules (
    report_id BIGINT NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
    rule_id BIGINT NOT NULL REFERENCES rules (id) ON DELETE CASCADE,
    PRIMARY KEY (report_id, rule_id)
);
CREATE INDEX report_rules_by_rule ON report_rules (rule_id);

CREATE TABLE node_texts (
    id BIGINT PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    source TEXT NOT NULL,
    html TEXT NOT NULL,
    effective_on DATE NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX node_texts_by_kind ON node_texts (kind, effective_on, id);
