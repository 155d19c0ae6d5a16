//! The Mastodon client API and our own under `/api/cordee/v1`: extract, act, present. Rules live in `actions` and
//! `model`, queries in `store`.

mod accounts;
mod answer;
mod cordee;
mod entities;
mod error;
mod extract;
mod files;
mod gate;
mod instance;
mod lists;
mod marks;
mod media;
mod notifications;
mod polls;
mod profile;
mod ranges;
mod register;
mod relations;
mod remote_files;
mod routes;
mod scheduled;
mod search;
mod status_reads;
mod statuses;
mod streaming;
mod timelines;
mod words;

pub use gate::cors;
pub use routes::{guarded, routes};
