//! Forms that came in: only from our own pages, by whoever got the page. Three walls: the browser says where a form
//! comes from, the form carries a token that follows from the cookie, and it is a form rather than something else.

use std::net::{IpAddr, Ipv6Addr};

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use url::Url;

use super::reply;
use super::visitor::Visitor;
use crate::app::App;
use crate::app::limits::Source;
use crate::error::Error;
use crate::model::refusal::Refusal;
use crate::model::transfer::BYTES;
use crate::params::{Params, UploadCap};
use crate::secrets::same;

/// A form of ours with the visitor who sent it.
#[allow(missing_debug_implementations, reason = "holds secrets")]
pub(crate) struct Form {
    /// Who sent it.
    pub(super) visitor: Visitor,
    /// What is in it.
    pub(super) params: Params,
    /// Where it comes from.
    pub(super) source: Source,
}

impl Form {
    /// A text of the form, empty where it did not come. Line ends are those of Unix.
    pub(super) fn text(&self, name: &str) -> String {
        self.params
            .text(name)
            .unwrap_or_default()
            .replace("\r\n", "\n")
    }
}

impl FromRequest<App> for Form {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let unknown = Source(IpAddr::V6(Ipv6Addr::UNSPECIFIED));
        let source = parts.extensions.get().copied().unwrap_or(unknown);
        let visitor = Visitor::from_request_parts(&mut parts, app).await?;
        if !comes_from_here(app, &parts.headers) || !is_form(&parts.headers) {
            return Err(reply::foreign_form(&visitor));
        }
        let params = match Params::read(Request::from_parts(parts, body)).await {
            Ok(params) => params,
            Err(error) => return Err(reply::error(&visitor, &error)),
        };
        if !same(
            params.text("csrf_token").unwrap_or_default(),
            &visitor.token(),
        ) {
            return Err(reply::foreign_form(&visitor));
        }
        Ok(Self {
            visitor,
            params,
            source,
        })
    }
}

/// The same where pictures may come along, as large as the settings allow.
#[allow(missing_debug_implementations, reason = "holds secrets")]
pub(crate) struct Upload(pub(crate) Form);

impl FromRequest<App> for Upload {
    type Rejection = Response;

    async fn from_request(mut request: Request, app: &App) -> Result<Self, Response> {
        let cap = UploadCap(app.config.media.image_size_limit);
        request.extensions_mut().insert(cap);
        Form::from_request(request, app).await.map(Self)
    }
}

/// The same where a table may come along.
#[allow(missing_debug_implementations, reason = "holds secrets")]
pub(crate) struct Table(pub(crate) Form);

impl FromRequest<App> for Table {
    type Rejection = Response;

    async fn from_request(mut request: Request, app: &App) -> Result<Self, Response> {
        request.extensions_mut().insert(UploadCap(BYTES));
        Form::from_request(request, app).await.map(Self)
    }
}

/// The language switch: a form that does no harm, so it needs no token and pages for visitors can be kept by caches.
#[allow(missing_debug_implementations, reason = "holds secrets")]
pub(crate) struct Choice {
    pub(super) visitor: Visitor,
    pub(super) params: Params,
}

impl FromRequest<App> for Choice {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, app).await?;
        if !comes_from_here(app, &parts.headers) || !is_form(&parts.headers) {
            return Err(reply::foreign_form(&visitor));
        }
        match Params::read(Request::from_parts(parts, body)).await {
            Ok(params) => Ok(Self { visitor, params }),
            Err(error) => Err(reply::error(&visitor, &error)),
        }
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let mime = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let mime = mime.to_ascii_lowercase();
    mime.starts_with("application/x-www-form-urlencoded") || mime.starts_with("multipart/form-data")
}

/// What the browser says: `Sec-Fetch-Site` where it knows it, else `Origin`. Old browsers say neither.
fn comes_from_here(app: &App, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin" || (site == "none" && text("origin").is_none());
    }
    let Some(origin) = text("origin") else {
        return true;
    };
    let own = app.config.server.public_url.origin().ascii_serialization();
    let host = text("host").unwrap_or_default();
    let authority = Url::parse(origin).ok().and_then(|url| {
        url.host_str().map(|h| {
            url.port()
                .map_or(h.to_owned(), |port| format!("{h}:{port}"))
        })
    });
    origin == own || authority.is_some_and(|authority| authority == host)
}

/// A path of this node to go back to; nothing that could lead elsewhere.
pub(super) fn safe_path(wanted: &str) -> Option<&str> {
    let second = wanted.as_bytes().get(1);
    let good = wanted.starts_with('/')
        && !matches!(second, Some(b'/' | b'\\'))
        && !wanted
            .chars()
            .any(|c| c == '\\' || c.is_control() || c.is_whitespace());
    (good && wanted.len() < 4000).then_some(wanted)
}

/// A mistake in a form: the field and what is wrong with it.
#[derive(Debug, Clone)]
pub(super) struct Mistake {
    /// Name of the field.
    pub(super) field: String,
    /// Why.
    pub(super) why: Refusal,
}

/// Takes the mistake out of an error, or gives the error back.
pub(super) fn mistake(error: Error) -> Result<Mistake, Error> {
    match error {
        Error::Invalid { field, why } => Ok(Mistake { field, why }),
        Error::Forbidden(why) | Error::Conflict(why) => Ok(Mistake {
            field: String::new(),
            why,
        }),
        other => Err(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_sent_back_to_a_path_of_this_node_only() {
        for good in [
            "/",
            "/home",
            "/oauth/authorize?client_id=x&redirect_uri=http%3A%2F%2Fy",
        ] {
            assert_eq!(safe_path(good), Some(good));
        }
        for bad in [
            "",
            "//evil",
            "/\\evil",
            "https:evil",
            "https://evil",
            "/\t/evil",
            "/a\nb",
            "home",
            "/a\\b",
            " /x",
        ] {
            assert_eq!(safe_path(bad), None, "{bad:?}");
        }
    }
}
