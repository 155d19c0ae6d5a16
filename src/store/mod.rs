//! All that knows the databases. Nobody else names diesel.

pub mod accounts;
pub mod communities;
pub mod conn;
pub mod db;
pub mod follows;
pub mod migrate;
pub mod page;
mod pg;
pub mod schema;
mod types;
mod writer;

