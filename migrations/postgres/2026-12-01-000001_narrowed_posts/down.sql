DROP TABLE narrowed_posts;
