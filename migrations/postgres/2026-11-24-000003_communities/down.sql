DROP TABLE memberships; DROP TABLE goals; DROP TABLE communities; DROP TABLE mutes; DROP TABLE blocks; DROP TABLE follows;
