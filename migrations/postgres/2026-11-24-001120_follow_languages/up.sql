ALTER TABLE follows ADD COLUMN languages TEXT;
