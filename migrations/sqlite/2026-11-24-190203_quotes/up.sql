CREATE TABLE quotes (
    id BIGINT PRIMARY KEY NOT NULL,
    post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    quoted_id BIGINT REFERENCES posts (id) ON DELETE SET NULL,
    quoted_uri TEXT NOT NULL,
    state TEXT NOT NULL,
    request_uri TEXT,
    stamp_uri TEXT,
    created_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX quotes_once ON quotes (post_id);
CREATE INDEX quotes_by_quoted ON quotes (quoted_id, id) WHERE quoted_id IS NOT NULL;
CREATE INDEX quotes_by_request ON quotes (request_uri) WHERE request_uri IS NOT NULL;
CREATE INDEX quotes_by_stamp ON quotes (stamp_uri) WHERE stamp_uri IS NOT NULL;

CREATE TABLE quote_terms (
    post_id BIGINT PRIMARY KEY NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    automatic TEXT NOT NULL,
    manual TEXT NOT NULL
);
