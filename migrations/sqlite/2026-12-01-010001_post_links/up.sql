CREATE TABLE post_links (
    post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    url TEXT NOT NULL,
    PRIMARY KEY (post_id, url)
);
CREATE INDEX post_links_by_url ON post_links (url, post_id);
