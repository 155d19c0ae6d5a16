//! The pages, one file each. Handlers that the server chooses by `Accept` take the visitor and the name or id; the
//! others are mounted in [`super::routes`].

pub(super) mod authorize;
pub(super) mod fixed;
pub(super) mod invite;
pub(super) mod language;
pub(super) mod login;
pub(super) mod source;
