//! All that knows the databases. Nobody else names diesel.

pub mod accounts;
pub mod actor_keys;
pub mod audit;
pub mod census;
pub mod communities;
pub mod conn;
pub mod db;
pub mod dialect;
pub mod follows;
pub mod home;
pub mod inbound;
pub mod invitations;
pub mod jobs;
pub mod lists;
pub mod marks;
pub mod media;
pub mod migrate;
pub mod notifications;
pub mod oauth;
pub mod outbox;
pub mod page;
pub mod peers;
mod pg;
pub mod posts;
pub mod recipients;
pub mod remote_accounts;
pub mod scheduled;
pub mod schema;
pub mod sessions;
pub mod settings;
pub mod timelines;
mod types;
pub mod users;
mod visible;
mod writer;

pub mod idempotency;
