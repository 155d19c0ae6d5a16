CREATE TABLE node_settings (
    name TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
);

CREATE TABLE peers (
    id BIGINT PRIMARY KEY NOT NULL,
    domain TEXT NOT NULL UNIQUE,
    mode TEXT,
    relation TEXT,
    expires_at TIMESTAMP,
    boundary_max TEXT,
    addresses TEXT NOT NULL DEFAULT '',
    software TEXT,
    software_version TEXT,
    software_checked_at TIMESTAMP,
    signature_scheme TEXT,
    delivered_through BIGINT NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0,
    next_attempt_at TIMESTAMP,
    last_success_at TIMESTAMP,
    last_error TEXT,
    last_error_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL
);

CREATE TABLE accounts (
    id BIGINT PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    domain TEXT NOT NULL DEFAULT '',
    uri TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    display_name TEXT NOT NULL DEFAULT '',
    note_source TEXT NOT NULL DEFAULT '',
    note_html TEXT NOT NULL DEFAULT '',
    fields TEXT NOT NULL DEFAULT '[]',
    avatar TEXT,
    header TEXT,
    inbox_url TEXT NOT NULL,
    shared_inbox_url TEXT,
    followers_url TEXT,
    moderators_url TEXT,
    public_key_id TEXT,
    public_key_pem TEXT,
    ed25519_key TEXT,
    locked BOOLEAN NOT NULL DEFAULT FALSE,
    bot BOOLEAN NOT NULL DEFAULT FALSE,
    discoverable BOOLEAN NOT NULL DEFAULT TRUE,
    indexable BOOLEAN NOT NULL DEFAULT FALSE,
    state TEXT NOT NULL DEFAULT 'active',
    followers_count INTEGER NOT NULL DEFAULT 0,
    following_count INTEGER NOT NULL DEFAULT 0,
    posts_count INTEGER NOT NULL DEFAULT 0,
    last_post_at TIMESTAMP,
    rev INTEGER NOT NULL DEFAULT 0,
    created_at TIMESTAMP NOT NULL,
    fetched_at TIMESTAMP
);
CREATE UNIQUE INDEX accounts_by_handle ON accounts (name_key, domain);
CREATE INDEX accounts_by_domain ON accounts (domain, id);
CREATE INDEX accounts_by_key_id ON accounts (public_key_id) WHERE public_key_id IS NOT NULL;

CREATE TABLE actor_keys (
    account_id BIGINT PRIMARY KEY NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    rsa_pem TEXT,
    ed25519_pem TEXT NOT NULL
);

CREATE TABLE users (
    account_id BIGINT PRIMARY KEY NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,
    password_hash TEXT,
    role TEXT NOT NULL DEFAULT 'member',
    locale TEXT NOT NULL DEFAULT '',
    unit TEXT NOT NULL DEFAULT '',
    level SMALLINT,
    state TEXT NOT NULL DEFAULT 'active',
    default_visibility TEXT NOT NULL DEFAULT 'public',
    default_sensitive BOOLEAN NOT NULL DEFAULT FALSE,
    default_language TEXT,
    email_confirmed_at TIMESTAMP,
    invited_by BIGINT,
    reason TEXT NOT NULL DEFAULT '',
    created_at TIMESTAMP NOT NULL,
    seen_at TIMESTAMP
);

CREATE TABLE sessions (
    id BIGINT PRIMARY KEY NOT NULL,
    secret_hash TEXT NOT NULL UNIQUE,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at TIMESTAMP NOT NULL,
    seen_at TIMESTAMP NOT NULL
);
CREATE INDEX sessions_by_account ON sessions (account_id);

CREATE TABLE invitations (
    id BIGINT PRIMARY KEY NOT NULL,
    code_hash TEXT NOT NULL UNIQUE,
    purpose TEXT NOT NULL,
    account_id BIGINT REFERENCES accounts (id) ON DELETE CASCADE,
    role TEXT NOT NULL DEFAULT 'member',
    uses_left INTEGER NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX invitations_by_account ON invitations (account_id) WHERE account_id IS NOT NULL;
