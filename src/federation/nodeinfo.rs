//! NodeInfo, both ways: what we tell of this node, and which software another node runs, which decides the dialect in
//! which it is spoken to.

use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::fetch::{FetchError, Wanted};
use super::{Federation, guard, open};
use crate::config::RegistrationMode;
use crate::error::Result;
use crate::store::db::Tx;
use crate::store::peers::{self, Peer};
use crate::store::{census, jobs};

/// Kind of the job that asks a node for its software.
pub const LOOK_UP: &str = "look_up_peer";
/// Software is asked for again after this many hours.
const FRESH_HOURS: i64 = 24;
/// Rel of the documents we read and write.
const SCHEMA: &str = "http://nodeinfo.diaspora.software/ns/schema/";

/// `GET /.well-known/nodeinfo`; the last link is FEP-2677.
pub(super) async fn links(State(fed): State<Federation>) -> Response {
    let base = fed.app.config.base_url();
    let version =
        |v: &str| json!({ "rel": format!("{SCHEMA}{v}"), "href": format!("{base}/nodeinfo/{v}") });
    let actor = json!({ "rel": "https://www.w3.org/ns/activitystreams#Application", "href": format!("{base}/actor") });
    open(Json(json!({ "links": [version("2.0"), version("2.1"), actor] })).into_response())
}

/// `GET /nodeinfo/2.0`.
pub(super) async fn version_2_0(State(fed): State<Federation>) -> Response {
    answer(&fed, "2.0").await
}

/// `GET /nodeinfo/2.1`.
pub(super) async fn version_2_1(State(fed): State<Federation>) -> Response {
    answer(&fed, "2.1").await
}

async fn answer(fed: &Federation, version: &str) -> Response {
    match document(fed, version).await {
        Ok(document) => {
            let kind = format!("application/json; profile=\"{SCHEMA}{version}#\"; charset=utf-8");
            open(([(CONTENT_TYPE, kind)], document.to_string()).into_response())
        }
        Err(error) => {
            tracing::error!(%error, "NodeInfo cannot be answered");
            axum::http::StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

async fn document(fed: &Federation, version: &str) -> Result<Value> {
    let config = &fed.app.config;
    let now = fed.app.db.now();
    let census = fed.app.db.read(move |conn| census::take(conn, now)).await?;
    let mut software = json!({ "name": "cordee", "version": env!("CARGO_PKG_VERSION") });
    if version == "2.1"
        && let Some(software) = software.as_object_mut()
    {
        let repository = env!("CARGO_PKG_REPOSITORY");
        if !repository.is_empty() {
            software.insert("repository".into(), repository.into());
        }
        software.insert("homepage".into(), config.base_url().into());
    }
    let open = matches!(
        config.registration.mode,
        RegistrationMode::Open | RegistrationMode::Approval
    );
    Ok(json!({
        "version": version,
        "software": software,
        "protocols": ["activitypub"],
        "services": { "inbound": [], "outbound": [] },
        "openRegistrations": open,
        "usage": {
            "users": {
                "total": census.people,
                "activeMonth": census.active_month,
                "activeHalfyear": census.active_half_year,
            },
            "localPosts": census.posts,
            "localComments": census.replies,
        },
        // Clients that know the software by name treat an unknown one as the upstream named here.
        "metadata": { "nodeName": config.node.name, "upstream": { "name": "mastodon" } },
    }))
}

/// Queues the question for a node's software unless it was asked lately. The job runs in the node's own lane, so
/// whatever is queued behind it already knows the dialect.
///
/// # Errors
/// `Internal`.
pub fn look_up_later(tx: &mut Tx<'_>, peer: &Peer) -> Result<()> {
    let oldest = tx.now() - TimeDelta::hours(FRESH_HOURS);
    if peer.software_checked_at.is_some_and(|at| at > oldest) {
        return Ok(());
    }
    if !jobs::is_waiting(tx, LOOK_UP, &peer.domain, &peer.domain)? {
        jobs::enqueue(tx, LOOK_UP, &peer.domain, &peer.domain)?;
    }
    Ok(())
}

/// Asks a node for its software and notes the answer, or that there was none. Never fails for what the node does.
///
/// # Errors
/// `Unavailable` where the database is.
pub async fn look_up(fed: &Federation, domain: &str) -> Result<()> {
    let found = ask(fed, domain).await;
    if let Err(error) = &found {
        tracing::info!(peer = domain, %error, "NodeInfo is not to be had");
    }
    let (domain, found) = (domain.to_owned(), found.ok());
    fed.app
        .db
        .write(move |tx| {
            let now = tx.now();
            let software = found
                .as_ref()
                .map(|(name, version)| (name.as_str(), version.as_str()));
            peers::set_software(tx, &domain, software, now)
        })
        .await
}

/// Name and version of the software, both cut to a sane length.
async fn ask(fed: &Federation, domain: &str) -> std::result::Result<(String, String), FetchError> {
    const BAD: FetchError = FetchError::Unusable("NodeInfo that cannot be read");
    let base = fed.origin_of(domain);
    let links = fed
        .inner
        .fetcher
        .get(&format!("{base}/.well-known/nodeinfo"), Wanted::Discovery)
        .await?;
    let links: Value = serde_json::from_slice(&links.body).map_err(|_why| BAD)?;
    let known = |link: &&Value| {
        link.get("rel")
            .and_then(Value::as_str)
            .is_some_and(|rel| rel.starts_with(SCHEMA))
    };
    let list = links.get("links").and_then(Value::as_array).ok_or(BAD)?;
    let href = list
        .iter()
        .filter(known)
        .filter_map(|link| link.get("href")?.as_str())
        .next_back()
        .ok_or(BAD)?;
    if !guard::same_origin(href, &base) {
        return Err(FetchError::Refused("NodeInfo on another host"));
    }
    let document = fed.inner.fetcher.get(href, Wanted::Discovery).await?;
    let document: Value = serde_json::from_slice(&document.body).map_err(|_why| BAD)?;
    let word = |name: &str| {
        document
            .pointer(&format!("/software/{name}"))
            .and_then(Value::as_str)
    };
    let name: String = word("name").ok_or(BAD)?.chars().take(64).collect();
    let version = word("version")
        .unwrap_or_default()
        .chars()
        .take(64)
        .collect();
    Ok((name.to_lowercase(), version))
}
