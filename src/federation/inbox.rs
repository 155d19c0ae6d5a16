//! The inboxes: every check that needs no further fetch, cheapest first, then one transaction and 202. What an activity
//! means is decided later, by the job that works on it. Which inbox of the node it came to makes no difference: it acts
//! only on what it names.

use std::time::{Duration, Instant};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::envelope::Envelope;
use super::fetch::{self, FetchError};
use super::keys::{NoKey, OwnedKey};
use super::verify::{self, Claim, Fault, Own};
use super::{Federation, actors_in, guard, nodeinfo, proof};
use crate::error::{Error, Result};
use crate::model::event::Event;
use crate::model::peer::{is_spoken_to, is_taken};
use crate::store::inbound::{self, Inbound};
use crate::store::{accounts, follows, jobs, peers, remote_accounts};

/// Kind of the job that works on a stored activity; its payload is the row's id.
pub const PROCESS: &str = "process_activity";
/// Largest body.
const MAX_BODY: usize = 1 << 20;
/// Time for the whole body.
const BODY_TIME: Duration = Duration::from_secs(30);

/// Why a delivery is refused: status and a sentence for its sender.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Refusal(StatusCode, &'static str);

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        let status = match fault {
            Fault::Unsigned | Fault::Bad(_) => StatusCode::UNAUTHORIZED,
            Fault::Malformed(_) => StatusCode::BAD_REQUEST,
            Fault::Misdirected => StatusCode::MISDIRECTED_REQUEST,
        };
        Self(status, fault.text())
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        tracing::error!(%error, "an inbox cannot work");
        Self(StatusCode::SERVICE_UNAVAILABLE, "try again later")
    }
}

impl From<NoKey> for Refusal {
    fn from(error: NoKey) -> Self {
        match error {
            NoKey::Unwelcome => FORBIDDEN,
            NoKey::NotOwned(text) => Self(StatusCode::UNAUTHORIZED, text),
            NoKey::Busy => Self(StatusCode::TOO_MANY_REQUESTS, "too many unknown keys"),
            NoKey::Fetch(FetchError::Refused(_)) => Self(
                StatusCode::UNAUTHORIZED,
                "the key lies where nothing is fetched",
            ),
            NoKey::Fetch(_) => Self(StatusCode::UNAUTHORIZED, "the key cannot be fetched"),
        }
    }
}

const FORBIDDEN: Refusal = Refusal(
    StatusCode::FORBIDDEN,
    "this node takes that from nobody of yours",
);
const UNAUTHORIZED: Refusal = Refusal(
    StatusCode::UNAUTHORIZED,
    "the signature is not that of the actor",
);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(status, detail) = self;
        let body = json!({ "type": "about:blank", "status": status.as_u16(), "title": status.canonical_reason(), "detail": detail });
        (
            status,
            [(header::CONTENT_TYPE, "application/problem+json")],
            body.to_string(),
        )
            .into_response()
    }
}

/// What became of a delivery that was not refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    Stored,
    KnownAlready,
    Ignored,
}

/// `POST` to any inbox.
pub(super) async fn receive(State(fed): State<Federation>, request: Request) -> Response {
    if !fed.app.config.federation.enabled {
        return StatusCode::NOT_FOUND.into_response();
    }
    let begun = Instant::now();
    let (parts, body) = request.into_parts();
    let mut seen = Seen::default();
    let result = take(&fed, &parts, body, &mut seen).await;
    let (outcome, response) = match result {
        Ok(Taken::Stored) => ("stored", StatusCode::ACCEPTED.into_response()),
        Ok(Taken::KnownAlready) => ("known", StatusCode::ACCEPTED.into_response()),
        Ok(Taken::Ignored) => ("ignored", StatusCode::ACCEPTED.into_response()),
        Err(refusal) => (refusal.1, refusal.into_response()),
    };
    let status = response.status().as_u16();
    metrics::counter!("inbox_total", "status" => status.to_string()).increment(1);
    tracing::info!(
        activity.id = seen.id,
        activity.kind = seen.kind,
        remote.host = seen.host,
        status,
        outcome,
        duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        "delivery received"
    );
    response
}

/// What the log line tells, as far as it became known.
#[derive(Debug, Default)]
struct Seen {
    id: String,
    kind: String,
    host: String,
}

async fn take(
    fed: &Federation,
    parts: &Parts,
    body: Body,
    seen: &mut Seen,
) -> std::result::Result<Taken, Refusal> {
    shape_is_right(&parts.headers)?;
    verify::headers_are_unique(&parts.headers)?;
    let body = read(body).await?;
    let claim = claim(fed, parts, &body)?;
    let host = guard::domain_of(&claim.key_id).ok_or(UNAUTHORIZED)?;
    seen.host.clone_from(&host);
    is_welcome(fed, &host).await?;
    let envelope = Envelope::read(&body).map_err(|text| Refusal(StatusCode::BAD_REQUEST, text))?;
    seen.id.clone_from(&envelope.id);
    seen.kind.clone_from(&envelope.kind);
    let domain = ids_are_its_own(fed, &envelope)?;
    let vouched = proof::claimed_key(&envelope.fields).is_some();
    if !guard::same_origin(&claim.key_id, &envelope.actor) && !vouched {
        return Err(UNAUTHORIZED);
    }
    if envelope.is_self_delete() && !is_account_known(fed, &envelope.actor).await? {
        return Ok(Taken::Ignored);
    }
    let owned = signer(fed, &claim, &host).await?;
    if owned.owner != envelope.actor {
        is_proved(fed, &envelope, &host).await?;
    }
    admit(fed, &envelope, &domain).await?;
    if is_repeated(fed, &envelope.id).await? {
        return Ok(Taken::KnownAlready);
    }
    count(fed, &host)?;
    if !envelope.is_known() {
        return Ok(Taken::Ignored);
    }
    envelope
        .carries_its_own()
        .map_err(|text| Refusal(StatusCode::BAD_REQUEST, text))?;
    store(fed, envelope, domain, owned, body).await
}

/// Content type, no compression, announced length.
fn shape_is_right(headers: &HeaderMap) -> std::result::Result<(), Refusal> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if !text(header::CONTENT_TYPE).is_some_and(fetch::is_activity_type) {
        return Err(Refusal(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "send application/activity+json",
        ));
    }
    if headers
        .get(header::CONTENT_ENCODING)
        .is_some_and(|value| value != "identity")
    {
        return Err(Refusal(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "send it uncompressed",
        ));
    }
    let length = text(header::CONTENT_LENGTH).and_then(|value| value.parse::<u64>().ok());
    if length.is_some_and(|length| length > MAX_BODY as u64) {
        return Err(TOO_LARGE);
    }
    Ok(())
}

const TOO_LARGE: Refusal = Refusal(StatusCode::PAYLOAD_TOO_LARGE, "a delivery is at most 1 MiB");

async fn read(body: Body) -> std::result::Result<Bytes, Refusal> {
    match tokio::time::timeout(BODY_TIME, to_bytes(body, MAX_BODY)).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(_)) => Err(TOO_LARGE),
        Err(_) => Err(Refusal(
            StatusCode::REQUEST_TIMEOUT,
            "the body came too slowly",
        )),
    }
}

fn claim(fed: &Federation, parts: &Parts, body: &[u8]) -> std::result::Result<Claim, Refusal> {
    let (base, authority) = (fed.app.config.base_url(), fed.app.config.authority());
    let request = verify::Request {
        method: parts.method.as_str(),
        target: parts
            .uri
            .path_and_query()
            .map_or("/", |target| target.as_str()),
        authority: parts
            .uri
            .authority()
            .map(axum::http::uri::Authority::as_str),
        headers: &parts.headers,
        body,
    };
    Ok(verify::check(
        &request,
        &Own {
            base: &base,
            authority: &authority,
        },
        fed.app.db.now(),
    )?)
}

async fn is_welcome(fed: &Federation, domain: &str) -> std::result::Result<(), Refusal> {
    if is_spoken_to(fed.mode_of(domain).await?) {
        Ok(())
    } else {
        Err(FORBIDDEN)
    }
}

/// The actor is not one of ours, and the activity's id lies on its origin. Its domain.
fn ids_are_its_own(fed: &Federation, envelope: &Envelope) -> std::result::Result<String, Refusal> {
    let domain = guard::domain_of(&envelope.actor).ok_or(UNAUTHORIZED)?;
    if domain == fed.app.config.authority() || !guard::same_origin(&envelope.id, &envelope.actor) {
        return Err(Refusal(
            StatusCode::BAD_REQUEST,
            "the activity lies on another host than its actor",
        ));
    }
    Ok(domain)
}

async fn is_account_known(fed: &Federation, uri: &str) -> Result<bool> {
    let uri = uri.to_owned();
    fed.app
        .db
        .read(move |conn| Ok(accounts::find_by_uri(conn, &uri)?.is_some()))
        .await
}

/// The key that made the signature, if need be after one refetch.
async fn signer(
    fed: &Federation,
    claim: &Claim,
    host: &str,
) -> std::result::Result<OwnedKey, Refusal> {
    let mut owned = fed.find_key(&claim.key_id).await?;
    if !claim.fits(&owned.key) {
        owned = fed.refetch_key(&claim.key_id).await.ok_or(UNAUTHORIZED)?;
        if !claim.fits(&owned.key) {
            return Err(UNAUTHORIZED);
        }
    }
    fed.key_is_good(&claim.key_id, host, &owned);
    Ok(owned)
}

/// Somebody else delivers it: then the actor's own proof inside must hold.
async fn is_proved(
    fed: &Federation,
    envelope: &Envelope,
    host: &str,
) -> std::result::Result<(), Refusal> {
    let named = proof::claimed_key(&envelope.fields).ok_or(UNAUTHORIZED)?;
    if !guard::same_origin(named, &envelope.actor) {
        return Err(UNAUTHORIZED);
    }
    let domain = guard::domain_of(&envelope.actor).ok_or(UNAUTHORIZED)?;
    is_welcome(fed, &domain).await?;
    let unknown = !is_account_known(fed, &envelope.actor).await?;
    if unknown && !fed.may_fetch_for(host, &domain) {
        return Err(NoKey::Busy.into());
    }
    let id = match actors_in::actor(fed, &fed.visit(), &envelope.actor).await {
        Ok(id) => id,
        Err(Error::Internal(error)) => return Err(Error::Internal(error).into()),
        Err(_) => return Err(UNAUTHORIZED),
    };
    let actor = fed.app.db.read(move |conn| accounts::get(conn, id)).await?;
    let key = actor
        .ed25519_key
        .as_deref()
        .and_then(proof::decode)
        .ok_or(UNAUTHORIZED)?;
    if actor.uri != envelope.actor || !proof::holds(&envelope.fields, &key, fed.app.db.now()) {
        return Err(UNAUTHORIZED);
    }
    if unknown {
        fed.fetched_rightly_for(host, &domain);
    }
    Ok(())
}

/// Whether it was taken in before: a repetition costs nobody anything.
async fn is_repeated(fed: &Federation, id: &str) -> Result<bool> {
    let id = id.to_owned();
    fed.app
        .db
        .read(move |conn| inbound::is_known(conn, &id))
        .await
}

/// How much a node has delivered lately, whoever acts in it: nobody uses up what another node may send.
fn count(fed: &Federation, host: &str) -> std::result::Result<(), Refusal> {
    let limit = fed.app.config.limits.inbox_per_5min;
    if !fed.inner.inbox_counter.take(host, limit) && fed.limits_refuse() {
        return Err(Refusal(
            StatusCode::TOO_MANY_REQUESTS,
            "too many deliveries in five minutes",
        ));
    }
    Ok(())
}

/// The mode of the actor's node.
async fn admit(
    fed: &Federation,
    envelope: &Envelope,
    domain: &str,
) -> std::result::Result<(), Refusal> {
    let mode = fed.mode_of(domain).await?;
    let object = envelope.object_id().unwrap_or_default().to_owned();
    let undone = envelope.kind == "Undo" && envelope.object().is_none();
    let is_follow = undone
        && fed
            .app
            .db
            .read(move |conn| Ok(follows::find_by_uri(conn, &object)?.is_some()))
            .await?;
    let act = envelope.act(&fed.app.config.base_url(), is_follow);
    let harmless = !envelope.is_known() && is_spoken_to(mode);
    if harmless || is_taken(mode, act) {
        Ok(())
    } else {
        Err(FORBIDDEN)
    }
}

/// Everything at once: who signed, the node, the activity, the job.
async fn store(
    fed: &Federation,
    envelope: Envelope,
    domain: String,
    owned: OwnedKey,
    body: Bytes,
) -> std::result::Result<Taken, Refusal> {
    let text = String::from_utf8(body.to_vec())
        .map_err(|_why| Refusal(StatusCode::BAD_REQUEST, "the body is not UTF-8"))?;
    let (taken, woken) = fed
        .app
        .db
        .write(move |tx| {
            let (id, now) = (tx.new_id(), tx.now());
            let row = Inbound {
                id,
                activity_uri: envelope.id,
                signer_uri: owned.owner,
                peer_domain: domain,
                body: text,
                outcome: None,
                received_at: now,
            };
            if !inbound::insert(tx, &row)? {
                return Ok((Taken::KnownAlready, false));
            }
            if let Some(document) = &owned.document {
                remote_accounts::put(tx, &document.actor)?;
            }
            let peer = peers::ensure(tx, &row.peer_domain)?;
            let waiting = peer.failures > 0 && peer.next_attempt_at.is_some();
            if waiting {
                peers::wake(tx, peer.id)?;
            }
            nodeinfo::look_up_later(tx, &peer)?;
            jobs::enqueue(tx, PROCESS, &row.peer_domain, &id.to_string())?;
            tx.emit(Event::Received { inbound: id });
            Ok((Taken::Stored, waiting))
        })
        .await?;
    if taken == Taken::Stored {
        fed.app.hub.work().notify_one();
    }
    if woken {
        fed.app.hub.deliveries().notify_one();
    }
    Ok(taken)
}
