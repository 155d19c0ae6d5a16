//! The rules of the house as a test: who may import whom, how long files may be, what must be written down, and that the
//! tables in the code are those in the databases. docs/ARCHITECTURE.md says what the rules are for.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stderr,
    reason = "a test that meets the unexpected fails"
)]

#[path = "house/budgets.rs"]
mod budgets;
#[path = "house/imports.rs"]
mod imports;
#[path = "house/schema.rs"]
mod schema;
#[path = "house/source.rs"]
mod source;
#[path = "house/writing.rs"]
mod writing;

#[path = "support/databases.rs"]
#[allow(dead_code, reason = "only a part is used here")]
mod databases;
#[path = "support/record.rs"]
#[allow(dead_code, reason = "only a part is used here")]
mod record;
#[path = "support/routes.rs"]
#[allow(dead_code, reason = "only a part is used here")]
mod routes;
