//! What surrounds every request: an id, one log line, counters, a time limit, and headers that hold everywhere.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::timeout::{RequestBodyTimeoutLayer, TimeoutLayer};

use crate::actions::barriers::severity_at;
use crate::app::App;
use crate::app::limits::{Bucket, Source};
use crate::error::Error;
use crate::model::words::IpSeverity;

/// No request takes longer.
const REQUEST: Duration = Duration::from_mins(1);
/// How long a client may take for the next piece of a body.
const BODY: Duration = Duration::from_secs(30);
/// Smaller answers are not worth compressing.
const COMPRESS_ABOVE: u16 = 1024;

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Wraps all routes.
pub(super) fn around(routes: Router, app: &App) -> Router {
    let compressible = SizeAbove::new(COMPRESS_ABOVE)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::const_new("video/"))
        .and(NotForContentType::const_new("audio/"))
        .and(NotForContentType::SSE);
    let ids = app.clone();
    routes
        .layer(middleware::from_fn_with_state(app.clone(), door))
        .layer(RequestBodyTimeoutLayer::new(BODY))
        .layer(CompressionLayer::new().compress_when(compressible))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            REQUEST,
        ))
        .layer(CatchPanicLayer::custom(|_| {
            tracing::error!("a handler panicked");
            (
                StatusCode::INTERNAL_SERVER_ERROR,
                "Something went wrong here. Please try again.",
            )
                .into_response()
        }))
        .layer(middleware::from_fn(move |request, next| {
            observe(ids.clone(), request, next)
        }))
}

/// How much one address may deliver, whatever node it claims to come from: counted before anything of the request is
/// looked at, so that made-up senders cost nothing (`security.md`, order of inbox checks).
pub(super) async fn inbox_budget(State(app): State<App>, request: Request, next: Next) -> Response {
    let source = request.extensions().get::<Source>().copied();
    if let Some(source) = source.filter(|_| request.method() == Method::POST) {
        let (limits, now) = (&app.config.limits, app.db.now());
        let counted = app
            .limits
            .check(limits, Bucket::InboxSource, source.key(), now);
        if let Err(Error::TooMany(wait)) = counted {
            let wait = [(header::RETRY_AFTER, wait.as_secs().max(1).to_string())];
            return (StatusCode::TOO_MANY_REQUESTS, wait, "Too many deliveries").into_response();
        }
    }
    next.run(request).await
}

/// Networks without access get no further than this, whatever they ask for; only who watches the process does.
async fn door(State(app): State<App>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let probe = matches!(path, "/healthz" | "/readyz");
    let Some(source) = request.extensions().get::<Source>().filter(|_| !probe) else {
        return next.run(request).await;
    };
    let severity = match app.networks().await {
        Ok(networks) => severity_at(&networks, source.0),
        // Whoever needs the database finds out; this is no reason to shut everybody out.
        Err(error) => {
            tracing::warn!(%error, "the networks without access cannot be read");
            None
        }
    };
    if severity != Some(IpSeverity::NoAccess) {
        return next.run(request).await;
    }
    if path.starts_with("/api/") || path.starts_with("/oauth/") {
        let body = r#"{"error":"Your network has no access to this server"}"#;
        let kind = [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
        return (StatusCode::FORBIDDEN, kind, body).into_response();
    }
    (
        StatusCode::FORBIDDEN,
        "Your network has no access to this server. Please ask its administrator.",
    )
        .into_response()
}

/// One line and one count for each request. Paths are logged as patterns, so that no name or token gets into the log.
async fn observe(app: App, mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "unmatched".to_owned(), |path| path.as_str().to_owned());
    let id = request_id(&request);
    let source = source(&request, &app);
    request.extensions_mut().insert(source);
    let mut answer = next.run(request).await;
    let status = answer.status().as_u16();
    let took = begun.elapsed();
    metrics::counter!("http_requests_total", "method" => method.to_string(), "route" => route.clone(),
        "status" => status.to_string())
    .increment(1);
    metrics::histogram!("http_request_seconds", "route" => route.clone())
        .record(took.as_secs_f64());
    tracing::info!(
        request.id = %id,
        %method,
        route,
        status,
        duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        "request"
    );
    let headers = answer.headers_mut();
    headers
        .entry(header::X_CONTENT_TYPE_OPTIONS)
        .or_insert(HeaderValue::from_static("nosniff"));
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID.clone(), value);
    }
    answer
}

/// Where a request comes from, as far as trusted proxies tell.
fn source(request: &Request, app: &App) -> Source {
    let direct = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |info| info.0.ip());
    let hops: Vec<IpAddr> = request
        .headers()
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|hop| hop.trim().parse().ok())
        .collect();
    Source::behind(direct, hops.into_iter(), &app.config.server.trusted_proxies)
}

/// The id that a client or proxy gave, if it is sane; else a new one.
fn request_id(request: &Request) -> String {
    let given = request
        .headers()
        .get(&REQUEST_ID)
        .and_then(|value| value.to_str().ok());
    given
        .filter(|id| {
            (8..=64).contains(&id.len())
                && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        })
        .map_or_else(|| format!("{:016x}", rand::random::<u64>()), str::to_owned)
}
