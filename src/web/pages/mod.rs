//! The pages, one file each. Handlers that the server chooses by `Accept` take the visitor and the name or id; the
//! others are mounted in [`super::routes`].

pub(super) mod applicants;
pub(super) mod authorize;
pub mod community;
pub(super) mod directory;
pub(super) mod edit;
pub(super) mod erase;
pub(super) mod feed;
pub(super) mod fixed;
pub(super) mod follow;
pub(super) mod held;
pub(super) mod home;
pub(super) mod interact;
pub(super) mod invite;
pub(super) mod landing;
pub(super) mod language;
pub(super) mod login;
pub(super) mod marks;
pub(super) mod members;
pub(super) mod moderation;
pub(super) mod moving;
pub(super) mod notifications;
pub(super) mod pictures;
pub mod profile;
pub(super) mod quotes;
pub(super) mod register;
pub(super) mod report;
pub(super) mod rules;
pub(super) mod search;
pub(super) mod settings;
pub(super) mod source;
pub mod thread;
pub(super) mod transfer;
pub(super) mod write;
