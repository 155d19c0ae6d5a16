CREATE TABLE imports (
    id BIGINT PRIMARY KEY NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    overwrite BOOLEAN NOT NULL,
    swept BOOLEAN NOT NULL DEFAULT FALSE,
    total INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP
);
CREATE INDEX imports_by_account ON imports (account_id, id);

CREATE TABLE import_lines (
    id BIGINT PRIMARY KEY NOT NULL,
    import_id BIGINT NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    line TEXT NOT NULL,
    outcome TEXT
);
CREATE INDEX import_lines_by_import ON import_lines (import_id, id);
CREATE INDEX import_lines_waiting ON import_lines (import_id, id) WHERE outcome IS NULL;
