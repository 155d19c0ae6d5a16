//! What every API request passes: who asks, rate limits, the reader's language for errors, fixed headers, CORS.

use std::any::Any;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tower_http::cors::{AllowHeaders, Any as AnyOrigin, CorsLayer};

use super::error::{ApiError, Worded};
use super::extract::{Identity, identify};
use crate::app::App;
use crate::app::limits::{Bucket, Source, Standing};
use crate::error::Error;
use crate::i18n::Lang;
use crate::model::time::rfc3339_ms;
use crate::store;

/// Identifies, counts, passes on, and words errors in the reader's language.
pub(super) async fn pass(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let app = &app;
    let identity = match identify(app, request.headers()).await {
        Ok(identity) => identity,
        Err(error) => return ApiError::from(error).into_response(),
    };
    let who = key(&identity, &request);
    let bucket = bucket_of(request.method(), request.uri().path());
    let standing = app
        .limits
        .count(&app.config.limits, bucket, who, app.db.now());
    let own_api = request.uri().path().starts_with("/api/cordee/");
    let of_posts = request.uri().path().starts_with("/api/v1/statuses");
    let language = request.headers().get(header::ACCEPT_LANGUAGE).cloned();
    request.extensions_mut().insert(identity.clone());
    let mut answer = if standing.refused {
        let wait = standing.wait(app.db.now());
        let mut answer = ApiError::from(Error::TooMany(wait)).into_response();
        answer.headers_mut().insert(
            header::RETRY_AFTER,
            HeaderValue::from(wait.as_secs().max(1)),
        );
        answer
    } else if matches!(identity, Identity::Invalid) && wants_a_good_token(request.uri().path()) {
        // Also where none is needed: else an app would never learn that its person was signed out.
        ApiError::Unauthorized.into_response()
    } else {
        next.run(request).await
    };
    if let Some(worded) = answer.extensions_mut().remove::<Worded>()
        && (own_api
            || (of_posts
                && worded.is_own_field()
                && worded.status == StatusCode::UNPROCESSABLE_ENTITY))
    {
        let lang = language_of(app, &identity, language.as_ref()).await;
        let spoken = worded.speak(lang);
        let (mut parts, body) = spoken.into_parts();
        for name in [header::WWW_AUTHENTICATE, header::RETRY_AFTER] {
            if let Some(value) = answer.headers().get(&name) {
                parts.headers.insert(name, value.clone());
            }
        }
        answer = Response::from_parts(parts, body);
    }
    fixed_headers(answer.headers_mut(), &standing);
    answer
}

/// Whether a token that is sent must be valid. Registering an app and the OAuth server read the header their own way.
fn wants_a_good_token(path: &str) -> bool {
    path.starts_with("/api/") && path.trim_end_matches('/') != "/api/v1/apps"
}

/// `Accept-Language`, else the person's locale, else the node's first language.
async fn language_of(app: &App, identity: &Identity, accept: Option<&HeaderValue>) -> Lang {
    let first = app
        .config
        .node
        .languages
        .first()
        .map_or("en", String::as_str);
    let accept = accept.and_then(|value| value.to_str().ok());
    let mut locale = None;
    if accept.is_none()
        && let Identity::Known(grant) = identity
        && let Some(account) = grant.account
    {
        locale = match app
            .db
            .read(move |conn| store::users::find(conn, account))
            .await
        {
            Ok(user) => user.map(|user| user.locale),
            Err(error) => {
                tracing::warn!(%error, "the language of a person cannot be read");
                None
            }
        };
    }
    Lang::negotiate(accept, locale.as_deref(), first)
}

fn fixed_headers(headers: &mut HeaderMap, standing: &Standing) {
    for (name, value) in standing_headers(standing) {
        headers.insert(name, value);
    }
    if headers.get(header::CONTENT_TYPE) == Some(&HeaderValue::from_static("application/json")) {
        headers.insert(header::CONTENT_TYPE, super::answer::JSON);
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.append(
        header::VARY,
        HeaderValue::from_static("Authorization, Accept-Language"),
    );
}

/// By whom to count: the account, else the address.
fn key(identity: &Identity, request: &Request) -> u128 {
    if let Identity::Known(grant) = identity {
        let id = grant.account.map_or(grant.app_id, |account| account.0);
        return u128::from(id.unsigned_abs());
    }
    let unknown = Source(IpAddr::V6(Ipv6Addr::UNSPECIFIED));
    request
        .extensions()
        .get::<Source>()
        .copied()
        .unwrap_or(unknown)
        .key()
}

/// What a request is counted as, by the shape of its path.
fn bucket_of(method: &Method, path: &str) -> Bucket {
    let path = path.trim_end_matches('/');
    if method == Method::POST && matches!(path, "/api/v1/media" | "/api/v2/media") {
        return Bucket::Media;
    }
    let status = path.starts_with("/api/v1/statuses/");
    if status
        && (method == Method::DELETE || (method == Method::POST && path.ends_with("/unreblog")))
    {
        return Bucket::Delete;
    }
    Bucket::Api
}

/// How somebody stands, in the headers that Mastodon's clients read.
fn standing_headers(standing: &Standing) -> [(HeaderName, HeaderValue); 3] {
    let reset = HeaderValue::from_str(&rfc3339_ms(standing.resets));
    [
        (
            HeaderName::from_static("x-ratelimit-limit"),
            HeaderValue::from(standing.limit),
        ),
        (
            HeaderName::from_static("x-ratelimit-remaining"),
            HeaderValue::from(standing.remaining),
        ),
        (
            HeaderName::from_static("x-ratelimit-reset"),
            reset.unwrap_or_else(|_| HeaderValue::from_static("1970-01-01T00:00:00.000Z")),
        ),
    ]
}

/// CORS for everything that clients in browsers call (mastodon-api 0).
pub fn cors() -> CorsLayer {
    const EXPOSED: [HeaderName; 7] = [
        header::LINK,
        HeaderName::from_static("x-ratelimit-reset"),
        HeaderName::from_static("x-ratelimit-limit"),
        HeaderName::from_static("x-ratelimit-remaining"),
        HeaderName::from_static("x-request-id"),
        HeaderName::from_static("mastodon-async-refresh"),
        HeaderName::from_static("deprecation"),
    ];
    CorsLayer::new()
        .allow_origin(AnyOrigin)
        .allow_methods([
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
            Method::OPTIONS,
        ])
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers(EXPOSED)
        .max_age(Duration::from_hours(24))
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the layer hands the box over"
)]
/// A panic in a handler: logged, and told as any other fault of ours.
pub(super) fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response {
    let text = cause
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| cause.downcast_ref::<&str>().copied())
        .unwrap_or("unknown");
    ApiError::from(Error::internal(format!("a handler panicked: {text}"))).into_response()
}

/// Unknown paths and methods.
pub(super) async fn nothing_here() -> ApiError {
    std::future::ready(Error::NotFound.into()).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_follow_the_path_whatever_its_ending() {
        assert_eq!(bucket_of(&Method::POST, "/api/v2/media/"), Bucket::Media);
        assert_eq!(
            bucket_of(&Method::DELETE, "/api/v1/statuses/5"),
            Bucket::Delete
        );
        assert_eq!(
            bucket_of(&Method::POST, "/api/v1/statuses/5/unreblog"),
            Bucket::Delete
        );
        assert_eq!(bucket_of(&Method::GET, "/api/v1/statuses/5"), Bucket::Api);
    }
}
