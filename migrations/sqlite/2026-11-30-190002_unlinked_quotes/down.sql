DROP INDEX quotes_unlinked;
