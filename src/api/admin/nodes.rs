//! Mastodon's blocks and allowances of domains, over the one truth there is about other nodes: the mode of a peer. A block
//! of severity `suspend` is the mode `blocked`, `silence` is `quarantined`; what is allowed has any of the other modes.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::actions::manage_peer::{check_domain, describe, remove_peer, set_mode};
use crate::api::answer::Answer;
use crate::api::error::ApiResult;
use crate::api::extract::{Auth, Body, Id, Paging, scope};
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::refusal::Refusal;
use crate::model::time::{Time, rfc3339_ms};
use crate::model::words::{PeerMode, Role};
use crate::store::conn::Conn;
use crate::store::peers::{self, Peer};

const BLOCKS: &[PeerMode] = &[PeerMode::Blocked, PeerMode::Quarantined];
const ALLOWS: &[PeerMode] = &[PeerMode::Follow, PeerMode::ReplyModerated, PeerMode::Member];

fn severity(mode: PeerMode) -> &'static str {
    match mode {
        PeerMode::Blocked => "suspend",
        _ => "silence",
    }
}

/// The mode for a severity. `noop` has no sense here: the other two reject media and reports in any case.
fn mode(text: Option<&str>) -> Result<Option<PeerMode>> {
    match text.map(str::trim).filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some("suspend") => Ok(Some(PeerMode::Blocked)),
        Some("silence") => Ok(Some(PeerMode::Quarantined)),
        Some(_) => Err(Error::invalid(
            "severity",
            Refusal::NotOneOf("silence, suspend".into()),
        )),
    }
}

fn block_entity(peer: &Peer) -> Value {
    json!({
        "id": peer.id.to_string(),
        "domain": peer.domain,
        "digest": format!("{:x}", Sha256::digest(peer.domain.as_bytes())),
        "created_at": rfc3339_ms(peer.created_at),
        "severity": peer.mode.map(severity),
        "reject_media": true,
        "reject_reports": true,
        "private_comment": peer.private_comment,
        "public_comment": peer.public_comment,
        "obfuscate": false,
    })
}

fn allow_entity(peer: &Peer) -> Value {
    json!({
        "id": peer.id.to_string(),
        "domain": peer.domain,
        "created_at": rfc3339_ms(peer.created_at),
        "cordee": { "mode": peer.mode.map(PeerMode::as_str) },
    })
}

async fn list(
    app: App,
    paging: Paging,
    modes: &'static [PeerMode],
    entity: fn(&Peer) -> Value,
) -> ApiResult {
    let (page, now) = (paging.page(100, 200), app.db.now());
    let rows = app
        .db
        .read(move |conn| peers::list_set(conn, modes, now, &page))
        .await?;
    let cursors: Vec<i64> = rows.iter().map(|peer| peer.id).collect();
    let shown: Vec<Value> = rows.iter().map(entity).collect();
    let body = serde_json::to_vec(&shown).map_err(Error::from)?;
    Ok(Answer::page(body, &paging, page.limit, &cursors))
}

/// A peer that an admin set to one of these modes.
fn get(conn: &mut Conn, id: i64, modes: &[PeerMode], now: Time) -> Result<Peer> {
    let holds = |peer: &Peer| peer.expires_at.is_none_or(|end| end > now);
    peers::find_by_id(conn, id)?
        .filter(|peer| holds(peer) && peer.mode.is_some_and(|mode| modes.contains(&mode)))
        .ok_or(Error::NotFound)
}

/// `GET /api/v1/admin/domain_blocks`
pub(super) async fn blocks(
    State(app): State<App>,
    me: Auth<scope::AdminReadDomainBlocks>,
    paging: Paging,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    list(app, paging, BLOCKS, block_entity).await
}

/// `GET /api/v1/admin/domain_blocks/:id`
pub(super) async fn show_block(
    State(app): State<App>,
    me: Auth<scope::AdminReadDomainBlocks>,
    Id(id): Id<i64>,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    let now = app.db.now();
    let peer = app.db.read(move |conn| get(conn, id, BLOCKS, now)).await?;
    Ok(Answer::json(&block_entity(&peer))?)
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Form {
    domain: String,
    severity: Option<String>,
    private_comment: Option<String>,
    public_comment: Option<String>,
}

/// `POST /api/v1/admin/domain_blocks`
pub(super) async fn block(
    State(app): State<App>,
    me: Auth<scope::AdminWriteDomainBlocks>,
    Body(form): Body<Form>,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    let wanted = mode(form.severity.as_deref())?.unwrap_or(PeerMode::Quarantined);
    let done = app.db.write(move |tx| {
        let (domain, now) = (check_domain(tx, &form.domain)?, tx.now());
        if let Some(known) = peers::find(tx, &domain)?
            && get(tx, known.id, BLOCKS, now).is_ok()
        {
            return Err(Error::invalid("domain", Refusal::Taken));
        }
        let peer = set_mode(tx, me.account, &domain, Some(wanted))?;
        describe(tx, peer.id, form.private_comment, form.public_comment)
    });
    Ok(Answer::json(&block_entity(&done.await?))?)
}

/// `PUT /api/v1/admin/domain_blocks/:id`
pub(super) async fn change_block(
    State(app): State<App>,
    me: Auth<scope::AdminWriteDomainBlocks>,
    Id(id): Id<i64>,
    Body(form): Body<Form>,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    let wanted = mode(form.severity.as_deref())?;
    let done = app.db.write(move |tx| {
        let now = tx.now();
        let peer = get(tx, id, BLOCKS, now)?;
        if wanted.is_some() && wanted != peer.mode {
            set_mode(tx, me.account, &peer.domain, wanted)?;
        }
        describe(tx, id, form.private_comment, form.public_comment)
    });
    Ok(Answer::json(&block_entity(&done.await?))?)
}

async fn clear(
    app: App,
    me: crate::model::ids::AccountId,
    id: i64,
    modes: &'static [PeerMode],
) -> ApiResult {
    app.db
        .write(move |tx| {
            let now = tx.now();
            let peer = get(tx, id, modes, now)?;
            if check_domain(tx, &peer.domain)? != peer.domain {
                // As an earlier version kept it: nothing ever had this name.
                return remove_peer(tx, Some(me), &peer.domain);
            }
            describe(tx, id, Some(String::new()), Some(String::new()))?;
            set_mode(tx, me, &peer.domain, None).map(drop)
        })
        .await?;
    Ok(Answer::empty())
}

/// `DELETE /api/v1/admin/domain_blocks/:id`: the node has the mode of strangers again.
pub(super) async fn unblock(
    State(app): State<App>,
    me: Auth<scope::AdminWriteDomainBlocks>,
    Id(id): Id<i64>,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    clear(app, me.account, id, BLOCKS).await
}

/// `GET /api/v1/admin/domain_allows`
pub(super) async fn allows(
    State(app): State<App>,
    me: Auth<scope::AdminReadDomainAllows>,
    paging: Paging,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    list(app, paging, ALLOWS, allow_entity).await
}

/// `GET /api/v1/admin/domain_allows/:id`
pub(super) async fn show_allow(
    State(app): State<App>,
    me: Auth<scope::AdminReadDomainAllows>,
    Id(id): Id<i64>,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    let now = app.db.now();
    let peer = app.db.read(move |conn| get(conn, id, ALLOWS, now)).await?;
    Ok(Answer::json(&allow_entity(&peer))?)
}

/// `POST /api/v1/admin/domain_allows`: what is allowed already keeps its mode, everything else becomes `member`.
pub(super) async fn allow(
    State(app): State<App>,
    me: Auth<scope::AdminWriteDomainAllows>,
    Body(form): Body<Form>,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    let done = app.db.write(move |tx| {
        let (domain, now) = (check_domain(tx, &form.domain)?, tx.now());
        if let Some(known) = peers::find(tx, &domain)?
            && let Ok(peer) = get(tx, known.id, ALLOWS, now)
        {
            return Ok(peer);
        }
        set_mode(tx, me.account, &domain, Some(PeerMode::Member))
    });
    Ok(Answer::json(&allow_entity(&done.await?))?)
}

/// `DELETE /api/v1/admin/domain_allows/:id`: the node has the mode of strangers again.
pub(super) async fn disallow(
    State(app): State<App>,
    me: Auth<scope::AdminWriteDomainAllows>,
    Id(id): Id<i64>,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    clear(app, me.account, id, ALLOWS).await
}
