ALTER TABLE peers DROP COLUMN public_comment;
ALTER TABLE peers DROP COLUMN private_comment;
