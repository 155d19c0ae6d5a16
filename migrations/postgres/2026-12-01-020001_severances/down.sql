DELETE FROM notifications WHERE severance_id IS NOT NULL;
ALTER TABLE notifications DROP COLUMN severance_id;
DROP TABLE severances;
