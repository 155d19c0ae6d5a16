CREATE TABLE post_search (
    rowid BIGINT PRIMARY KEY NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    words TSVECTOR NOT NULL
);
CREATE INDEX post_search_by_words ON post_search USING GIN (words);
