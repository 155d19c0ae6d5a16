CREATE INDEX notifications_newest ON notifications (account_id, kind, post_id, id) WHERE group_key IS NOT NULL;
