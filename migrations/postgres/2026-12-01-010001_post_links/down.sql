DROP TABLE post_links;
