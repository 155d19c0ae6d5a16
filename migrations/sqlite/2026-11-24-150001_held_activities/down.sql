DROP TABLE held_activities;
