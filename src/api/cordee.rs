//! Our own API (contract 5): what Mastodon has no word for.

pub(super) mod acceptance;
pub(super) mod admin;
pub(super) mod announcements;
pub(super) mod communities;
pub(super) mod held;
pub(super) mod members;
pub(super) mod openapi;
