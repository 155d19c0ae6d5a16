//! The Mastodon client API and our own under `/api/cordee/v1`: extract, act, present. Rules live in `actions` and
//! `model`, queries in `store`.

mod accounts;
mod admin;
mod announcements;
mod answer;
mod conversations;
mod cordee;
mod domain_blocks;
mod entities;
mod error;
mod extract;
mod files;
mod filters;
mod filters_v1;
mod gate;
mod instance;
mod languages;
mod lists;
mod marks;
mod media;
mod notification_groups;
mod notification_policy;
mod notifications;
mod polls;
mod profile;
mod push;
mod quotes;
mod ranges;
mod regards;
mod register;
mod relations;
mod remote_files;
mod reports;
mod routes;
mod scheduled;
mod search;
mod status_reads;
mod statuses;
mod streaming;
mod suggestions;
mod tags;
mod timelines;
mod trends;
mod words;

pub use gate::cors;
pub use routes::{guarded, routes};
