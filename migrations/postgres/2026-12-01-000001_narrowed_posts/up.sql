-- For whom a post was before its community was hidden, so that it is for them again afterwards.
CREATE TABLE narrowed_posts (
    post_id BIGINT PRIMARY KEY NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    audience TEXT NOT NULL
);
