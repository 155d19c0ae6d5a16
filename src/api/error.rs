//! The one place where what went wrong becomes Mastodon's JSON. Fields of our own and `/api/cordee/v1` speak the reader's
//! language (contract 7); everything else uses Mastodon's English. What is internal is logged here, once, never sent.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::error::Error;
use crate::i18n::{self, Lang};
use crate::model::refusal::Refusal;
use crate::oauth::Shut;
use crate::params::Unreadable;

/// What handlers return.
pub(crate) type ApiResult<T = super::answer::Answer> = Result<T, ApiError>;

/// Why a request was not done.
#[derive(Debug)]
pub(crate) enum ApiError {
    /// A kind of "no" the domain knows.
    Domain(Error),
    /// No token where one is needed, or one that is not valid.
    Unauthorized,
    /// A token of an app where a person is needed.
    NeedsPerson,
    /// The person may not act at the moment.
    Waiting(Shut),
    /// The token's scopes do not allow this.
    Scope,
    /// A parameter that only Mastodon knows, in Mastodon's words.
    Mastodon(StatusCode, &'static str),
    /// The parameters could not be read at all.
    Unreadable(Unreadable),
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        Self::Domain(error)
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        Self::Domain(refusal.into())
    }
}

impl From<Unreadable> for ApiError {
    fn from(error: Unreadable) -> Self {
        Self::Unreadable(error)
    }
}

/// What a later layer needs to word an error in the reader's language; travels in the extensions of the answer.
#[derive(Debug, Clone)]
pub(super) struct Worded {
    pub(super) status: StatusCode,
    pub(super) field: Option<String>,
    pub(super) what: What,
}

/// Which sentence.
#[derive(Debug, Clone)]
pub(super) enum What {
    /// That of a rule.
    Rule(Refusal),
    /// A general one, by message id.
    Message(&'static str),
}

impl Worded {
    /// Whether the field is one that only Cordée has.
    pub(super) fn is_own_field(&self) -> bool {
        const OWN: &[&str] = &[
            "community_id",
            "kind",
            "title",
            "fields",
            "boundary",
            "local_only",
        ];
        let Some(field) = &self.field else {
            return false;
        };
        OWN.contains(&field.split('.').next().unwrap_or_default())
    }

    /// The answer in a language.
    pub(super) fn speak(&self, lang: Lang) -> Response {
        let sentence = match &self.what {
            What::Rule(why) => i18n::refusal(lang, why),
            What::Message(id) => i18n::text(lang, id, &[]),
        };
        (
            self.status,
            Json(json!({ "error": sentence, "field": self.field })),
        )
            .into_response()
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, english, field, what) = self.parts();
        let mut body = json!({ "error": english });
        if let (Some(field), Some(object)) = (&field, body.as_object_mut()) {
            object.insert("field".into(), json!(field));
        }
        let mut answer = (status, Json(body)).into_response();
        if status == StatusCode::UNAUTHORIZED {
            let challenge =
                HeaderValue::from_static(r#"Bearer realm="cordee", error="invalid_token""#);
            answer
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, challenge);
        }
        answer.extensions_mut().insert(Worded {
            status,
            field,
            what,
        });
        answer
    }
}

type Parts = (StatusCode, String, Option<String>, What);

fn general(status: StatusCode, english: &str, id: &'static str) -> Parts {
    (status, english.to_owned(), None, What::Message(id))
}

impl ApiError {
    fn parts(self) -> Parts {
        match self {
            Self::Domain(error) => domain(error),
            Self::Unauthorized => general(
                StatusCode::UNAUTHORIZED,
                "The access token is invalid",
                "api-bad-token",
            ),
            Self::NeedsPerson => general(
                StatusCode::UNPROCESSABLE_ENTITY,
                "This method requires an authenticated user",
                "api-needs-person",
            ),
            Self::Waiting(Shut::Unconfirmed) => general(
                StatusCode::FORBIDDEN,
                "Your login is missing a confirmed e-mail address",
                "api-not-confirmed",
            ),
            Self::Waiting(Shut::Unapproved) => general(
                StatusCode::FORBIDDEN,
                "Your login is currently pending approval",
                "api-not-approved",
            ),
            Self::Waiting(Shut::Disabled) => general(
                StatusCode::FORBIDDEN,
                "Your login is currently disabled",
                "api-disabled",
            ),
            Self::Scope => general(
                StatusCode::FORBIDDEN,
                "This action is outside the authorized scopes",
                "api-outside-scopes",
            ),
            Self::Mastodon(status, english) => general(status, english, "api-bad-request"),
            Self::Unreadable(error) => {
                let english = match error.status() {
                    StatusCode::PAYLOAD_TOO_LARGE => "The request is too large",
                    _ => "The request cannot be read: send a form or a JSON object in UTF-8",
                };
                general(error.status(), english, "api-bad-request")
            }
        }
    }
}

fn domain(error: Error) -> Parts {
    match error {
        Error::NotFound => general(StatusCode::NOT_FOUND, "Record not found", "api-not-found"),
        Error::Gone => general(StatusCode::GONE, "Gone", "api-not-found"),
        Error::Invalid { field, why } => {
            let english = validation(&field, &why);
            let field = Some(field).filter(|field| !field.is_empty());
            (
                StatusCode::UNPROCESSABLE_ENTITY,
                english,
                field,
                What::Rule(why),
            )
        }
        Error::Forbidden(why) => {
            let (status, english) = match unprocessable(&why) {
                Some(text) => (
                    StatusCode::UNPROCESSABLE_ENTITY,
                    format!("Validation failed: {text}"),
                ),
                None => (StatusCode::FORBIDDEN, forbidden(&why).to_owned()),
            };
            (status, english, None, What::Rule(why))
        }
        Error::Conflict(why) => {
            let (status, english) = match &why {
                Refusal::KeyReused => (
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "Validation failed: Idempotency-Key was used for another request".to_owned(),
                ),
                _ => (StatusCode::CONFLICT, "Conflict during update".to_owned()),
            };
            (status, english, None, What::Rule(why))
        }
        Error::TooMany(_) => general(
            StatusCode::TOO_MANY_REQUESTS,
            "Too many requests",
            "api-too-many-requests",
        ),
        Error::Unavailable(text) => {
            tracing::warn!(reason = %text, "something we depend on does not answer");
            unavailable()
        }
        Error::Internal(cause) => {
            tracing::error!(reason = format!("{cause:#}"), "a request failed");
            let english = "There was an error processing your request, please try again";
            general(
                StatusCode::INTERNAL_SERVER_ERROR,
                english,
                "api-unavailable",
            )
        }
    }
}

fn forbidden(why: &Refusal) -> &'static str {
    match why {
        Refusal::Moved => {
            "Your account has moved: take the move back on the settings page to go on here"
        }
        _ => "This action is not allowed",
    }
}

fn unavailable() -> Parts {
    let english = "There was a temporary problem serving your request, please try again";
    general(StatusCode::SERVICE_UNAVAILABLE, english, "api-unavailable")
}

/// Refusals that Mastodon words as failed validation rather than as forbidden.
fn unprocessable(why: &Refusal) -> Option<String> {
    let text = match why {
        Refusal::AlreadyVoted => "You have already voted on this poll".to_owned(),
        Refusal::PollEnded => "The poll has already ended".to_owned(),
        Refusal::BadChoice => "The chosen vote option does not exist".to_owned(),
        Refusal::NotBoostable => "This post can't be boosted".to_owned(),
        Refusal::NotPinnable => "This post can't be pinned".to_owned(),
        Refusal::NotQuotable => "This post can't be quoted".to_owned(),
        Refusal::QuoteTooWide => {
            "This post can't be quoted where more people read than may read it".to_owned()
        }
        Refusal::TooMany(_) => "You have already reached the limit".to_owned(),
        Refusal::BadMedia => "Media attachments can't be found".to_owned(),
        Refusal::EnoughAccepted => "Three answers are accepted already".to_owned(),
        Refusal::OtherQuestion => "This is not an answer".to_owned(),
        Refusal::WrongState => "This is not possible in its present state".to_owned(),
        Refusal::KeyReused => "Idempotency-Key was used for another request".to_owned(),
        Refusal::HasReplies => "A post with replies keeps its kind and community".to_owned(),
        Refusal::NotFollowed => "You must follow an account to add it to a list".to_owned(),
        Refusal::FixedList => "The list of a community can't be changed".to_owned(),
        Refusal::PushOff => "Push messages are switched off on this node".to_owned(),
        Refusal::CommandNotYet => {
            "This node can't carry out this command yet, and nothing was published; leave out the # to say it in a reply"
                .to_owned()
        }
        Refusal::TooSoon(minutes) => {
            format!("Scheduled at must be at least {minutes} minutes in the future")
        }
        _ => return None,
    };
    Some(text)
}

/// Mastodon's wording of a failed validation.
fn validation(field: &str, why: &Refusal) -> String {
    if field == "base"
        && let Some(text) = unprocessable(why)
    {
        return format!("Validation failed: {text}");
    }
    if *why == Refusal::MediaNotReady {
        return "Cannot attach files that have not finished processing. Try again in a moment!"
            .to_owned();
    }
    let name = match field {
        "status" => "Text".to_owned(),
        "" => "Request".to_owned(),
        other => human(other),
    };
    let text = match why {
        Refusal::Blank => format!("{name} can't be blank"),
        Refusal::TooLong(limit) if field == "status" => {
            format!("Text character limit of {limit} exceeded")
        }
        Refusal::TooLong(limit) => format!("{name} is too long (maximum is {limit} characters)"),
        Refusal::TooShort(limit) => format!("{name} is too short (minimum is {limit} characters)"),
        Refusal::TooMany(limit) => format!("{name} can't contain more than {limit} items"),
        Refusal::BadMediaType => "File content type is invalid".to_owned(),
        Refusal::FileTooLarge(limit) => format!("File size must be less than {limit} MB"),
        Refusal::Taken => format!("{name} has already been taken"),
        Refusal::NotOneOf(words) => format!("{name} is not one of {words}"),
        Refusal::BadPushService => {
            format!("{name} must be the https address of a push service on the public internet")
        }
        Refusal::BadPushKey => {
            format!("{name} must be an uncompressed P-256 point (65 bytes) in base64url")
        }
        Refusal::BadPushSecret => format!("{name} must be 16 bytes in base64url"),
        other => unprocessable(other).unwrap_or_else(|| format!("{name} is invalid")),
    };
    format!("Validation failed: {text}")
}

/// `poll.expires_in` as `Poll expires in`.
fn human(field: &str) -> String {
    let spaced = field.replace(['.', '_'], " ");
    let mut chars = spaced.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn english(error: Error) -> (StatusCode, String) {
        let (status, english, _, _) = domain(error);
        (status, english)
    }

    #[test]
    fn the_wording_is_mastodons() {
        assert_eq!(
            english(Error::invalid("status", Refusal::Blank)).1,
            "Validation failed: Text can't be blank"
        );
        assert_eq!(
            english(Error::invalid("status", Refusal::TooLong(500))).1,
            "Validation failed: Text character limit of 500 exceeded"
        );
        assert_eq!(
            english(Refusal::AlreadyVoted.into()),
            (
                StatusCode::UNPROCESSABLE_ENTITY,
                "Validation failed: You have already voted on this poll".into()
            )
        );
        assert_eq!(
            english(Error::NotFound),
            (StatusCode::NOT_FOUND, "Record not found".into())
        );
        assert_eq!(
            english(Refusal::RoleTooLow.into()),
            (StatusCode::FORBIDDEN, "This action is not allowed".into())
        );
    }

    #[test]
    fn internal_texts_are_never_sent() {
        for error in [
            Error::internal("the secret"),
            Error::Unavailable("the secret".into()),
        ] {
            let (status, text) = english(error);
            assert!(
                status.is_server_error() && !text.contains("secret"),
                "{text}"
            );
        }
    }

    #[test]
    fn own_fields_are_told_from_mastodons() {
        let worded = |field: &str| Worded {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            field: Some(field.into()),
            what: What::Rule(Refusal::Blank),
        };
        assert!(worded("fields.context").is_own_field() && worded("boundary").is_own_field());
        assert!(!worded("status").is_own_field() && !worded("poll.options").is_own_field());
    }
}
