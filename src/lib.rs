//! Cordée: a federated ActivityPub server for learning communities at work.
//!
//! The modules in the order in which they may use each other; `docs/ARCHITECTURE.md` has the map, `tests/house.rs`
//! holds the rules.

pub mod actions;
pub mod api;
pub mod app;
pub mod cli;
pub mod config;
pub mod dev;
pub mod error;
pub mod federation;
pub mod hub;
pub mod i18n;
pub mod jobs;
pub mod mail;
pub mod media;
pub mod model;
pub mod oauth;
pub mod params;
pub mod secrets;
pub mod server;
pub mod store;
pub mod telemetry;
pub mod tls;
pub mod web;
pub mod webpush;
