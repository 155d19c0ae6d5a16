//! Errors of the OAuth endpoints: codes of RFC 6749 §5.2, sentences as Mastodon words them.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::error::Error;
use crate::params::Unreadable;

/// What an OAuth endpoint answers instead.
#[derive(Debug)]
pub(super) enum OauthError {
    /// 401: the app is unknown or its secret is wrong.
    InvalidClient,
    /// 400: the code, password or verifier is wrong.
    InvalidGrant,
    /// 400: a parameter is missing.
    Missing(&'static str),
    /// 400: a scope is unknown or was not registered.
    InvalidScope,
    /// 400: only what the metadata lists.
    UnsupportedGrantType,
    /// 403: the token is another app's.
    NotYourToken,
    /// 401: no token, or a bad one.
    BadToken,
    /// 403: the token does not allow this.
    OutsideScopes,
    /// 422: needs a person's token.
    NeedsPerson,
    /// 422: what is wrong with the registration.
    Validation(String),
    /// The body could not be read.
    Unreadable(Unreadable),
    /// Everything else.
    Other(Error),
}

impl From<Error> for OauthError {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

impl From<Unreadable> for OauthError {
    fn from(unreadable: Unreadable) -> Self {
        Self::Unreadable(unreadable)
    }
}

const CLIENT: &str = "Client authentication failed due to unknown client, no client authentication included, or \
                      unsupported authentication method.";
const GRANT: &str = "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI \
                     used in the authorization request, or was issued to another client.";
const SCOPE: &str = "The requested scope is invalid, unknown, or malformed.";
const GRANT_TYPE: &str =
    "The authorization grant type is not supported by the authorization server.";

impl IntoResponse for OauthError {
    fn into_response(self) -> Response {
        let coded = |status, code: &str, text: &str| {
            (
                status,
                Json(json!({ "error": code, "error_description": text })),
            )
                .into_response()
        };
        let plain = |status, text: &str| (status, Json(json!({ "error": text }))).into_response();
        let mut answer = match self {
            Self::InvalidClient => coded(StatusCode::UNAUTHORIZED, "invalid_client", CLIENT),
            Self::InvalidGrant => coded(StatusCode::BAD_REQUEST, "invalid_grant", GRANT),
            Self::InvalidScope => coded(StatusCode::BAD_REQUEST, "invalid_scope", SCOPE),
            Self::UnsupportedGrantType => coded(
                StatusCode::BAD_REQUEST,
                "unsupported_grant_type",
                GRANT_TYPE,
            ),
            Self::Missing(name) => coded(
                StatusCode::BAD_REQUEST,
                "invalid_request",
                &format!("Missing required parameter: {name}."),
            ),
            Self::NotYourToken => coded(
                StatusCode::FORBIDDEN,
                "unauthorized_client",
                "You are not authorized to revoke this token",
            ),
            Self::BadToken => plain(StatusCode::UNAUTHORIZED, "The access token is invalid"),
            Self::OutsideScopes => plain(
                StatusCode::FORBIDDEN,
                "This action is outside the authorized scopes",
            ),
            Self::NeedsPerson => plain(
                StatusCode::UNPROCESSABLE_ENTITY,
                "This method requires an authenticated user",
            ),
            Self::Validation(text) => plain(
                StatusCode::UNPROCESSABLE_ENTITY,
                &format!("Validation failed: {text}"),
            ),
            Self::Unreadable(unreadable) => unreadable.into_response(),
            Self::Other(error) => other(&error),
        };
        answer
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        answer
    }
}

fn other(error: &Error) -> Response {
    let (status, text) = match error {
        Error::NotFound | Error::Gone => (StatusCode::NOT_FOUND, "Record not found"),
        Error::Forbidden(_) => (StatusCode::FORBIDDEN, "This action is not allowed"),
        Error::Invalid { .. } | Error::Conflict(_) => {
            (StatusCode::UNPROCESSABLE_ENTITY, "Validation failed")
        }
        Error::TooMany(_) => (StatusCode::TOO_MANY_REQUESTS, "Too many requests"),
        Error::Unavailable(cause) => {
            tracing::warn!(%cause, "an OAuth request could not be answered");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "There was a temporary problem serving your request, please try again",
            )
        }
        Error::Internal(cause) => {
            tracing::error!(cause = format!("{cause:#}"), "an OAuth request failed");
            (
                StatusCode::INTERNAL_SERVER_ERROR,
                "Something went wrong on our end",
            )
        }
    };
    (status, Json(json!({ "error": text }))).into_response()
}
