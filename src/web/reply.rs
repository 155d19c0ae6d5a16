//! Answers: pages with the headers that every page has, redirects, and error pages.

use askama::Template;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::ui::Ui;
use super::visitor::{self, Visitor};
use crate::app::App;
use crate::error::Error;
use crate::i18n::{self, Lang};

/// How long a page may be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// A visitor's page may be kept and asked for again; a signed-in person's is never kept.
    Shared,
    /// A page with a form for somebody who is not signed in: never kept, and the form's cookie is set.
    Form,
}

/// A page.
pub(super) fn page(
    visitor: &Visitor,
    status: StatusCode,
    keep: Keep,
    template: &impl Template,
) -> Response {
    let body = match template.render() {
        Ok(body) => body,
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let mut answer = (status, body).into_response();
    let headers = answer.headers_mut();
    secure(&visitor.app, headers);
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    headers.insert(
        header::CONTENT_LANGUAGE,
        HeaderValue::from_static(visitor.lang.code()),
    );
    headers.insert(
        header::VARY,
        HeaderValue::from_static("Accept, Accept-Language, Cookie"),
    );
    let cache = if visitor.me.is_some() || keep == Keep::Form {
        "private, no-store"
    } else {
        "public, no-cache"
    };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    if keep == Keep::Form && visitor.me.is_none() && visitor.fresh {
        headers.append(
            header::SET_COOKIE,
            visitor::form_cookie(&visitor.app, &visitor.form_secret),
        );
    }
    answer
}

/// A page that went well and holds no form for visitors.
pub(super) fn ok(visitor: &Visitor, template: &impl Template) -> Response {
    page(visitor, StatusCode::OK, Keep::Shared, template)
}

/// A file that is kept rather than shown; `name` is one of ours.
pub(super) fn download(
    visitor: &Visitor,
    name: &str,
    mime: &'static str,
    body: String,
) -> Response {
    let mut answer = body.into_response();
    let headers = answer.headers_mut();
    secure(&visitor.app, headers);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(mime));
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-store"),
    );
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    answer
}

/// `security.md` part 5. `target` is where a form of this page may lead besides this node.
pub(super) fn policy(target: Option<&str>) -> String {
    let target = target
        .map(|target| format!(" {target}"))
        .unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; \
         connect-src 'self'; font-src 'self'; form-action 'self'{target}; base-uri 'none'; frame-ancestors 'none'; \
         object-src 'none'; require-trusted-types-for 'script'"
    )
}

fn secure(app: &App, headers: &mut HeaderMap) {
    const FIXED: [(&str, &str); 6] = [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        (
            "permissions-policy",
            "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), \
             microphone=(), midi=(), payment=(), usb=()",
        ),
    ];
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(value) = HeaderValue::from_str(&policy(None)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, value);
    }
    if app.config.server.public_url.scheme() == "https" {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=63072000"),
        );
    }
}

/// For signing in and consent: an app in a browser opens them in a window of its own and waits there for the answer. Cut
/// off from its opener, as every other page is, that window could not give it.
pub(super) async fn keep_opener(mut answer: Response) -> Response {
    answer.headers_mut().insert(
        "cross-origin-opener-policy",
        HeaderValue::from_static("unsafe-none"),
    );
    std::future::ready(answer).await
}

/// Lets the forms of a page lead to an app as well.
pub(super) fn may_lead_to(mut answer: Response, target: Option<&str>) -> Response {
    if let Ok(value) = HeaderValue::from_str(&policy(target)) {
        answer
            .headers_mut()
            .insert(header::CONTENT_SECURITY_POLICY, value);
    }
    answer
}

/// Sends the browser to another page after a form (303), or to where an app waits.
pub(super) fn go(to: &str) -> Response {
    let Ok(location) = HeaderValue::from_str(to) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let headers = [
        (header::LOCATION, location),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-store"),
        ),
    ];
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// Sends somebody who is not signed in to the sign-in page, and back afterwards.
pub(super) fn sign_in_first(visitor: &Visitor) -> Response {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("next", &visitor.path)
        .finish();
    go(&format!("/login?{query}"))
}

#[derive(Template)]
#[template(path = "pages/error.html")]
struct ErrorPage<'a> {
    ui: &'a Ui,
    heading: String,
    text: String,
}

/// The page for an error. Hidden and absent things get the same one.
pub(super) fn error(visitor: &Visitor, error: &Error) -> Response {
    let lang = visitor.lang;
    let (status, id) = match error {
        Error::NotFound => (StatusCode::NOT_FOUND, "not-found"),
        Error::Gone => (StatusCode::GONE, "gone"),
        Error::Forbidden(_) => (StatusCode::FORBIDDEN, "forbidden"),
        Error::Invalid { .. } | Error::Conflict(_) => (StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
        Error::TooMany(_) => (StatusCode::TOO_MANY_REQUESTS, "too-many"),
        Error::Unavailable(cause) => {
            tracing::warn!(%cause, "a page could not be answered");
            (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
        }
        Error::Internal(cause) => {
            tracing::error!(cause = format!("{cause:#}"), "a page failed");
            (StatusCode::INTERNAL_SERVER_ERROR, "internal")
        }
    };
    let text = match error {
        Error::Forbidden(why) | Error::Conflict(why) | Error::Invalid { why, .. } => {
            i18n::refusal(lang, why)
        }
        _ => i18n::text(lang, &format!("error-{id}-text"), &[]),
    };
    let heading = i18n::text(lang, &format!("error-{id}"), &[]);
    let ui = Ui::of(visitor);
    let mut answer = page(
        visitor,
        status,
        Keep::Shared,
        &ErrorPage {
            ui: &ui,
            heading,
            text,
        },
    );
    if let Error::TooMany(wait) = error
        && let Ok(seconds) = HeaderValue::from_str(&wait.as_secs().max(1).to_string())
    {
        answer.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    answer
}

/// A page with another explanation than the error's own.
pub(super) fn stop(visitor: &Visitor, status: StatusCode, heading: &str, text: &str) -> Response {
    let ui = Ui::of(visitor);
    let heading = i18n::text(visitor.lang, heading, &[]);
    let text = i18n::text(visitor.lang, text, &[]);
    page(
        visitor,
        status,
        Keep::Shared,
        &ErrorPage {
            ui: &ui,
            heading,
            text,
        },
    )
}

/// A form that did not come from our own page.
pub(super) fn foreign_form(visitor: &Visitor) -> Response {
    stop(
        visitor,
        StatusCode::FORBIDDEN,
        "error-foreign-form",
        "error-foreign-form-text",
    )
}

/// An error before it is known who looks: plain text in the browser's language.
pub(super) fn bare_error(app: &App, headers: &HeaderMap, error: &Error) -> Response {
    tracing::error!(%error, "a visitor could not be recognised");
    let accepted = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    let lang = Lang::negotiate(
        accepted,
        None,
        app.config
            .node
            .languages
            .first()
            .map_or("en", String::as_str),
    );
    let text = i18n::text(lang, "error-unavailable-text", &[]);
    let mut answer = (StatusCode::SERVICE_UNAVAILABLE, text).into_response();
    secure(app, answer.headers_mut());
    answer
}
