-- Somebody can be suspended and disabled at once: the state says what holds, this whether it goes on after a suspension.
ALTER TABLE users ADD COLUMN disabled_at TIMESTAMP;
UPDATE users SET disabled_at = created_at WHERE state = 'disabled';
