//! The integration tests, in one binary: everything that looks at the program from outside.

mod api;
mod cli;
mod durability;
mod federation;
mod store;
mod support;
mod web;
