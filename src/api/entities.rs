//! JSON shapes of the Mastodon API and our own. Whatever shows posts or accounts goes through one `Sheet`: pieces that
//! do not depend on the reader are kept ready as bytes, the reader's marks are added, and nothing is parsed again.

pub(crate) mod account;
pub(crate) mod community;
pub(crate) mod content;
mod decision;
mod desk;
pub(crate) mod edit;
pub(crate) mod filter;
pub(crate) mod instance;
pub(crate) mod media;
pub(crate) mod notification;
pub(crate) mod poll;
mod quote;
pub(crate) mod relationship;
pub(crate) mod report;
pub(crate) mod sheet;
pub(crate) mod status;
pub(crate) mod tag;

pub(crate) use desk::Desk;
