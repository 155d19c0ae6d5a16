DROP INDEX notifications_newest;
