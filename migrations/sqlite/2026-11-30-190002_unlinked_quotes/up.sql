CREATE INDEX quotes_unlinked ON quotes (quoted_uri, id) WHERE quoted_id IS NULL;
