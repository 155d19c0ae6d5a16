//! All that knows the databases. Nobody else names diesel.

pub mod accounts;
pub mod communities;
pub mod conn;
pub mod db;
pub mod dialect;
pub mod follows;
pub mod home;
pub mod invitations;
pub mod marks;
pub mod media;
pub mod migrate;
pub mod notifications;
pub mod oauth;
pub mod page;
mod pg;
pub mod posts;
pub mod schema;
pub mod sessions;
pub mod settings;
pub mod timelines;
mod types;
pub mod users;
mod visible;
mod writer;

pub mod idempotency;
