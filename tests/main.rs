//! The integration tests, in one binary: everything that looks at the program from outside.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stderr,
    reason = "a test that meets the unexpected fails"
)]

mod api;
mod cli;
mod durability;
mod federation;
mod media;
mod push;
mod store;
mod support;
mod web;
