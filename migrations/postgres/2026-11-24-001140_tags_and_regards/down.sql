DROP INDEX mutes_by_end; DROP TABLE conversations; DROP TABLE account_notes; DROP TABLE endorsements; DROP TABLE featured_tags; DROP TABLE followed_tags;
