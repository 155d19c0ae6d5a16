DROP TABLE invitations; DROP TABLE sessions; DROP TABLE users; DROP TABLE actor_keys; DROP TABLE accounts; DROP TABLE peers; DROP TABLE node_settings;
