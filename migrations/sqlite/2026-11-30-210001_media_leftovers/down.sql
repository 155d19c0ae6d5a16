DROP TABLE media_leftovers;
