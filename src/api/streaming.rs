//! Live events for clients, by WebSocket and by Server-Sent Events (mastodon-api 1.8). Each line is read with the very
//! query of the timeline it belongs to, for the person who listens: a stream shows nothing that REST would hide.

mod channel;
mod exchange;
mod news;
mod notices;
mod socket;
mod sse;

use std::sync::Arc;

use axum::extract::{Extension, FromRequestParts, Query, Request, State, WebSocketUpgrade};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use self::channel::{Asked, Channel};
pub(super) use self::exchange::Exchange;
use super::error::{ApiError, ApiResult};
use super::extract::{Identity, Name, identify};
use crate::app::App;
use crate::error::Error;
use crate::model::grant::Grant;
use crate::oauth;

/// What a client asks for in the address.
#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Wanted {
    stream: Option<String>,
    tag: Option<String>,
    list: Option<String>,
    only_media: Option<String>,
    access_token: Option<String>,
}

impl Wanted {
    fn asked(&self, name: &str) -> Asked {
        let media = matches!(self.only_media.as_deref(), Some("true" | "1" | "on" | "t"));
        let suffix = if media && name.starts_with("public") && !name.ends_with(":media") {
            ":media"
        } else {
            ""
        };
        Asked {
            stream: format!("{name}{suffix}"),
            tag: self.tag.clone(),
            list: self.list.clone(),
        }
    }
}

/// `GET /api/v1/streaming/health`
pub(super) async fn health() -> &'static str {
    "OK"
}

/// The token in the header, in the query (contract 7: on these addresses alone) or as WebSocket sub-protocol.
async fn grant(app: &App, parts: &Parts, wanted: &Wanted) -> ApiResult<Arc<Grant>> {
    let known = match parts.extensions.get::<Identity>() {
        Some(known) => known.clone(),
        None => identify(app, &parts.headers).await?,
    };
    let token = match &known {
        Identity::Known(grant) => return person(Arc::clone(grant)),
        Identity::Invalid => return Err(ApiError::Unauthorized),
        Identity::Waiting(why, _) => return Err(ApiError::Waiting(*why)),
        Identity::Nobody => wanted
            .access_token
            .clone()
            .or_else(|| protocol(parts))
            .ok_or(ApiError::Unauthorized)?,
    };
    let found = oauth::authenticate(app, token.trim()).await?;
    person(found.ok_or(ApiError::Unauthorized)?)
}

fn person(grant: Arc<Grant>) -> ApiResult<Arc<Grant>> {
    if grant.account.is_some() {
        Ok(grant)
    } else {
        Err(ApiError::NeedsPerson)
    }
}

/// The first WebSocket sub-protocol that is asked for: some clients put their token there and want it echoed.
fn protocol(parts: &Parts) -> Option<String> {
    let header = parts.headers.get("sec-websocket-protocol")?;
    let first = header.to_str().ok()?.split(',').next()?.trim();
    (!first.is_empty()).then(|| first.to_owned())
}

/// `GET /api/v1/streaming`: a WebSocket that carries several streams, or one stream as Server-Sent Events.
pub(super) async fn open(
    State(app): State<App>,
    Extension(exchange): Extension<Arc<Exchange>>,
    Query(wanted): Query<Wanted>,
    request: Request,
) -> ApiResult<Response> {
    let (parts, _) = request.into_parts();
    let grant = grant(&app, &parts, &wanted).await?;
    let first = match wanted.stream.as_deref() {
        Some(name) => Some(Channel::parse(&wanted.asked(name))?),
        None => None,
    };
    begin(&app, &exchange, grant, first, parts).await
}

/// `GET /api/v1/streaming/user`, `/public/local` and so on.
pub(super) async fn open_named(
    State(app): State<App>,
    Extension(exchange): Extension<Arc<Exchange>>,
    Name(name): Name,
    Query(wanted): Query<Wanted>,
    request: Request,
) -> ApiResult<Response> {
    let (parts, _) = request.into_parts();
    let grant = grant(&app, &parts, &wanted).await?;
    let name = name.trim_end_matches('/').replace('/', ":");
    let channel = Channel::parse(&wanted.asked(&name))?;
    begin(&app, &exchange, grant, Some(channel), parts).await
}

async fn begin(
    app: &App,
    exchange: &Arc<Exchange>,
    grant: Arc<Grant>,
    first: Option<Channel>,
    mut parts: Parts,
) -> ApiResult<Response> {
    if let Some(channel) = &first {
        channel.check(&grant)?;
    }
    let is_socket = parts.headers.contains_key("sec-websocket-key");
    if is_socket {
        let protocol = protocol(&parts);
        let upgrade = match WebSocketUpgrade::from_request_parts(&mut parts, app).await {
            Ok(upgrade) => upgrade,
            Err(refused) => return Ok(refused.into_response()),
        };
        return socket::accept(app, exchange, grant, first, upgrade, protocol);
    }
    let channel = first.ok_or(Error::NotFound)?;
    sse::answer(app, exchange, grant, channel)
}
