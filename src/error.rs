//! The kinds of "no" the domain knows. No HTTP in here: each shell maps these kinds to its own answers in one place.

use std::time::Duration;

use crate::model::refusal::Refusal;

/// Result of everything below the shells.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing there, or nothing this viewer may know of: the two are deliberately the same.
    #[error("not found")]
    NotFound,
    /// It was there and was deleted.
    #[error("gone")]
    Gone,
    /// A rule says no; the refusal says which.
    #[error("{0}")]
    Forbidden(Refusal),
    /// The input is wrong: the name of the field and the rule it breaks.
    #[error("{field}: {why}")]
    Invalid {
        /// Name of the field as the caller wrote it, such as `fields.context`.
        field: String,
        /// What is wrong with it.
        why: Refusal,
    },
    /// Somebody else was faster, or the same key was used for something else.
    #[error("{0}")]
    Conflict(Refusal),
    /// Too often; try again after this time.
    #[error("too many requests")]
    TooMany(Duration),
    /// A thing we depend on does not answer now; the text is for the log.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// A fault of ours or of the machine. Logged once at the boundary, never shown.
    #[error("internal: {0:#}")]
    Internal(anyhow::Error),
}

impl Error {
    /// Wrong input in `field`.
    pub fn invalid(field: impl Into<String>, why: Refusal) -> Self {
        Self::Invalid {
            field: field.into(),
            why,
        }
    }

    /// A fault of ours, with a text for the log.
    pub fn internal(text: impl std::fmt::Display) -> Self {
        Self::Internal(anyhow::anyhow!("{text}"))
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Forbidden(refusal)
    }
}

impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Self {
        Self::Internal(error)
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::Internal(error.into())
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(error.into())
    }
}
