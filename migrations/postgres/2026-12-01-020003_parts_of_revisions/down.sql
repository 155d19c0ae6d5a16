ALTER TABLE revisions DROP COLUMN parts;
