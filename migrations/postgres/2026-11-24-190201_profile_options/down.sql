ALTER TABLE users DROP COLUMN default_quote_policy;
ALTER TABLE users DROP COLUMN attribution_domains;
ALTER TABLE users DROP COLUMN hide_collections;
