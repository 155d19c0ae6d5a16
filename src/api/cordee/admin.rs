//! Peers, deliveries and the audit log, for admins.

use axum::Router;
use axum::extract::State;
use axum::routing::{get, patch};
use chrono::{NaiveDate, NaiveTime};
use serde::Deserialize;
use serde_json::{Value, json};

use super::announcements;
use crate::actions::manage_peer::{Wish, remove_peer, set_peer};
use crate::api::answer::Answer;
use crate::api::error::ApiResult;
use crate::api::extract::{Auth, Body, Name, Paging, scope};
use crate::api::words::word;
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::refusal::Refusal;
use crate::model::text::handles::plain_domain;
use crate::model::time::{Time, rfc3339_ms};
use crate::model::words::{Boundary, PeerMode, Relation, Role};
use crate::store::peers::{self, Peer};
use crate::store::{audit, outbox};

/// Everything under `/api/cordee/v1/admin`.
pub(in crate::api) fn routes() -> Router<App> {
    Router::new()
        .route("/api/cordee/v1/admin/peers", get(list))
        .route(
            "/api/cordee/v1/admin/peers/{domain}",
            get(show).put(put).delete(delete),
        )
        .route(
            "/api/cordee/v1/admin/announcements",
            get(announcements::list).post(announcements::create),
        )
        .route(
            "/api/cordee/v1/admin/announcements/{id}",
            patch(announcements::update).delete(announcements::delete),
        )
        .route("/api/cordee/v1/admin/deliveries", get(deliveries))
        .route("/api/cordee/v1/admin/audit", get(audit_log))
}

fn entity(peer: &Peer, now: Time, strangers: PeerMode) -> Value {
    let addresses: Vec<String> = peer.networks().iter().map(ToString::to_string).collect();
    json!({
        "domain": peer.domain,
        "mode": peer.effective_mode(now, strangers).as_str(),
        "set_mode": peer.mode.map(PeerMode::as_str),
        "relation": peer.relation.map(Relation::as_str),
        "expires": peer.expires_at.map(rfc3339_ms),
        "boundary_max": peer.boundary_max.map(Boundary::as_str),
        "addresses": addresses,
        "software": peer.software,
        "software_version": peer.software_version,
        "last_success_at": peer.last_success_at.map(rfc3339_ms),
        "last_error": peer.last_error,
        "last_error_at": peer.last_error_at.map(rfc3339_ms),
    })
}

/// `GET /api/cordee/v1/admin/peers`
pub(crate) async fn list(State(app): State<App>, me: Auth<scope::AdminRead>) -> ApiResult {
    me.at_least(Role::Admin)?;
    let (now, strangers) = (app.db.now(), app.config.federation.unknown_nodes);
    let known = app.db.read(peers::list).await?;
    let shown: Vec<Value> = known
        .iter()
        .map(|peer| entity(peer, now, strangers))
        .collect();
    Ok(Answer::json(&shown)?)
}

/// `GET /api/cordee/v1/admin/peers/:domain`
pub(crate) async fn show(
    State(app): State<App>,
    me: Auth<scope::AdminRead>,
    Name(domain): Name,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    let (now, strangers) = (app.db.now(), app.config.federation.unknown_nodes);
    let found = app
        .db
        .read(move |conn| {
            let plain = plain_domain(&domain).unwrap_or(domain);
            peers::find(conn, &plain)
        })
        .await?;
    Ok(Answer::json(&entity(
        &found.ok_or(Error::NotFound)?,
        now,
        strangers,
    ))?)
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(crate) struct Form {
    mode: Option<String>,
    relation: Option<String>,
    expires: Option<String>,
    boundary_max: Option<String>,
    addresses: Vec<String>,
}

/// A day holds to its end; a moment is taken as it is.
fn moment(text: Option<&str>) -> Result<Option<Time>> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    if let Ok(moment) = chrono::DateTime::parse_from_rfc3339(text) {
        return Ok(Some(moment.naive_utc()));
    }
    let day: Option<NaiveDate> = text.parse().ok();
    let next = day
        .and_then(|day| day.succ_opt())
        .map(|day| day.and_time(NaiveTime::MIN));
    next.map(Some)
        .ok_or_else(|| Error::invalid("expires", Refusal::Malformed))
}

/// `PUT /api/cordee/v1/admin/peers/:domain`
pub(crate) async fn put(
    State(app): State<App>,
    me: Auth<scope::AdminWrite>,
    Name(domain): Name,
    Body(form): Body<Form>,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    let mode = word("mode", form.mode.as_deref())?
        .ok_or_else(|| Error::invalid("mode", Refusal::Blank))?;
    let wish = Wish {
        mode,
        relation: word("relation", form.relation.as_deref())?,
        expires_at: moment(form.expires.as_deref())?,
        boundary_max: word("boundary_max", form.boundary_max.as_deref())?,
        addresses: form.addresses,
    };
    let account = me.account;
    let peer = app
        .db
        .write(move |tx| set_peer(tx, Some(account), &domain, &wish))
        .await?;
    Ok(Answer::json(&entity(
        &peer,
        app.db.now(),
        app.config.federation.unknown_nodes,
    ))?)
}

/// `DELETE /api/cordee/v1/admin/peers/:domain`
pub(crate) async fn delete(
    State(app): State<App>,
    me: Auth<scope::AdminWrite>,
    Name(domain): Name,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    let account = me.account;
    app.db
        .write(move |tx| remove_peer(tx, Some(account), &domain))
        .await?;
    Ok(Answer::empty())
}

/// `GET /api/cordee/v1/admin/deliveries`
pub(crate) async fn deliveries(State(app): State<App>, me: Auth<scope::AdminRead>) -> ApiResult {
    me.at_least(Role::Admin)?;
    let queues = app.db.read(|conn| outbox::queues(conn, None)).await?;
    let shown: Vec<Value> = queues
        .iter()
        .map(|queue| {
            json!({
                "domain": queue.peer.domain,
                "waiting": queue.waiting,
                "oldest": queue.oldest.map(rfc3339_ms),
                "failures": queue.peer.failures,
                "next_attempt_at": queue.peer.next_attempt_at.map(rfc3339_ms),
                "last_success_at": queue.peer.last_success_at.map(rfc3339_ms),
                "last_error": queue.peer.last_error,
                "last_error_at": queue.peer.last_error_at.map(rfc3339_ms),
            })
        })
        .collect();
    Ok(Answer::json(&shown)?)
}

/// `GET /api/cordee/v1/admin/audit`
pub(crate) async fn audit_log(
    State(app): State<App>,
    me: Auth<scope::AdminRead>,
    paging: Paging,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    let page = paging.page(40, 200);
    let rows = app.db.read(move |conn| audit::list(conn, &page)).await?;
    let cursors: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let shown: Vec<Value> = rows
        .iter()
        .map(|row| {
            json!({
                "id": row.id.to_string(),
                "account_id": row.actor_id.map(|id| id.to_string()),
                "action": row.action,
                "target": row.target,
                "detail": row.detail,
                "at": rfc3339_ms(row.created_at),
            })
        })
        .collect();
    Ok(Answer::page(
        serde_json::to_vec(&shown).map_err(Error::from)?,
        &paging,
        page.limit,
        &cursors,
    ))
}
