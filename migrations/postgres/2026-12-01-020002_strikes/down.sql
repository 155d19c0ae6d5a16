DELETE FROM notifications WHERE strike_id IS NOT NULL;
ALTER TABLE notifications DROP COLUMN strike_id;
DROP TABLE strike_posts;
DROP TABLE strikes;
