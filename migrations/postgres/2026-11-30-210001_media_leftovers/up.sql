CREATE TABLE media_leftovers (
    file TEXT PRIMARY KEY NOT NULL,
    due_at TIMESTAMP NOT NULL
);
CREATE INDEX media_leftovers_by_due ON media_leftovers (due_at);
