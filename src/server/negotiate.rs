//! One address, two forms: pages for browsers, documents for other nodes, by what `Accept` asks for.

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::error::Result;
use crate::federation::Federation;
use crate::federation::documents;
use crate::federation::documents::accept::{Negotiated, wants_activity};
use crate::web::{Visitor, pages};

/// The addresses of actors and posts.
pub(super) fn routes() -> Router<Federation> {
    Router::new()
        .route("/users/{name}", get(person))
        .route("/@{name}", get(named))
        .route("/c/{name}", get(community))
        .route("/posts/{id}", get(post))
}

/// Who asks for what.
struct Asked {
    parts: Parts,
    wants: Negotiated,
}

impl Asked {
    fn of(request: Request) -> Self {
        let (parts, _) = request.into_parts();
        let accept = parts
            .headers
            .get(header::ACCEPT)
            .and_then(|value| value.to_str().ok());
        let wants = wants_activity(accept.unwrap_or_default());
        Self { parts, wants }
    }

    async fn visitor(&self, fed: &Federation) -> Result<Visitor> {
        let uri = &self.parts.uri;
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        Visitor::of(&fed.app, &self.parts.headers, path).await
    }

    fn query(&self) -> &str {
        self.parts.uri.query().unwrap_or_default()
    }
}

async fn person(
    State(fed): State<Federation>,
    Path(name): Path<String>,
    request: Request,
) -> Response {
    let asked = Asked::of(request);
    let answer = match asked.wants {
        Negotiated::Activity => documents::person(&fed, &asked.parts, &name).await,
        Negotiated::Page => match asked.visitor(&fed).await {
            Ok(visitor) => pages::profile::show(&fed.app, &visitor, &name, asked.query()).await,
            Err(error) => unavailable(&error),
        },
        Negotiated::NotAcceptable => not_acceptable(),
    };
    varied(answer)
}

/// `/@name`: the page that people pass on, and the document behind it for whoever pastes it elsewhere.
async fn named(
    State(fed): State<Federation>,
    Path(name): Path<String>,
    request: Request,
) -> Response {
    let asked = Asked::of(request);
    let answer = match asked.wants {
        Negotiated::Activity => documents::named(&fed, &asked.parts, &name).await,
        Negotiated::Page => match asked.visitor(&fed).await {
            Ok(visitor) => pages::profile::show(&fed.app, &visitor, &name, asked.query()).await,
            Err(error) => unavailable(&error),
        },
        Negotiated::NotAcceptable => not_acceptable(),
    };
    varied(answer)
}

async fn community(
    State(fed): State<Federation>,
    Path(name): Path<String>,
    request: Request,
) -> Response {
    let asked = Asked::of(request);
    let answer = match asked.wants {
        Negotiated::Activity => documents::community(&fed, &asked.parts, &name).await,
        Negotiated::Page => match asked.visitor(&fed).await {
            Ok(visitor) => pages::community::show(&fed.app, &visitor, &name, asked.query()).await,
            Err(error) => unavailable(&error),
        },
        Negotiated::NotAcceptable => not_acceptable(),
    };
    varied(answer)
}

async fn post(State(fed): State<Federation>, Path(id): Path<String>, request: Request) -> Response {
    let asked = Asked::of(request);
    let answer = match asked.wants {
        Negotiated::Activity => documents::post(&fed, &asked.parts, &id).await,
        Negotiated::Page => match asked.visitor(&fed).await {
            Ok(visitor) => pages::thread::show(&fed.app, &visitor, &id).await,
            Err(error) => unavailable(&error),
        },
        Negotiated::NotAcceptable => not_acceptable(),
    };
    varied(answer)
}

fn unavailable(error: &crate::error::Error) -> Response {
    tracing::error!(%error, "a page could not be made");
    (
        StatusCode::SERVICE_UNAVAILABLE,
        "Please try again in a moment.",
    )
        .into_response()
}

fn not_acceptable() -> Response {
    (
        StatusCode::NOT_ACCEPTABLE,
        "Ask for text/html or application/activity+json.",
    )
        .into_response()
}

/// A cache must not mix the two forms.
fn varied(mut answer: Response) -> Response {
    let has = answer.headers().get_all(header::VARY).iter().any(|value| {
        value.to_str().is_ok_and(|text| {
            text.to_ascii_lowercase()
                .split(',')
                .any(|v| v.trim() == "accept")
        })
    });
    if !has {
        answer
            .headers_mut()
            .append(header::VARY, HeaderValue::from_static("Accept"));
    }
    answer
}
