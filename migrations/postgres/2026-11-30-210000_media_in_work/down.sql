-- What is still worked on, or could not be read, has no file: an earlier version would take it for one that has.
DELETE FROM media WHERE state <> 'ready';
ALTER TABLE media DROP COLUMN state;
