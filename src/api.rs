//! The Mastodon client API and our own under `/api/cordee/v1`: extract, act, present. Rules live in `actions` and
//! `model`, queries in `store`.

mod accounts;
mod answer;
mod conversations;
mod cordee;
mod entities;
mod error;
mod extract;
mod files;
mod filters;
mod filters_v1;
mod gate;
mod instance;
mod lists;
mod marks;
mod media;
mod notification_groups;
mod notification_policy;
mod notifications;
mod polls;
mod profile;
mod push;
mod ranges;
mod regards;
mod register;
mod relations;
mod remote_files;
mod routes;
mod scheduled;
mod search;
mod status_reads;
mod statuses;
mod streaming;
mod tags;
mod timelines;
mod words;

pub use gate::cors;
pub use routes::{guarded, routes};
