//! All that knows the databases. Nobody else names diesel.

pub mod conn;
pub mod db;
pub mod migrate;
mod pg;
pub mod schema;
mod types;
mod writer;

#[cfg(test)]
mod spike;
