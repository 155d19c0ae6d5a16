//! Who may not sign up: providers of mail, addresses of mail, networks. For admins.

use axum::Extension;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::actions::barriers::{self as acts, NetworkWish, email_hash};
use crate::api::answer::Answer;
use crate::api::error::ApiResult;
use crate::api::extract::{Auth, Body, Id, Paging, scope};
use crate::api::words::word;
use crate::app::App;
use crate::app::limits::Source;
use crate::error::{Error, Result};
use crate::model::refusal::Refusal;
use crate::model::time::rfc3339_ms;
use crate::model::words::Role;
use crate::store::barriers::{self, CanonicalEmail, EmailDomain, Network};

/// `history` is empty: who tried to sign up is not counted.
fn email_domain(row: &EmailDomain) -> Value {
    json!({
        "id": row.id.to_string(),
        "domain": row.domain,
        "created_at": rfc3339_ms(row.created_at),
        "history": [],
    })
}

fn email(row: &CanonicalEmail) -> Value {
    json!({ "id": row.id.to_string(), "canonical_email_hash": row.canonical_email_hash })
}

fn network(row: &Network) -> Value {
    json!({
        "id": row.id.to_string(),
        "ip": row.ip,
        "severity": row.severity.as_str(),
        "comment": row.comment,
        "created_at": rfc3339_ms(row.created_at),
        "expires_at": row.expires_at.map(rfc3339_ms),
    })
}

fn listed<T>(
    rows: &[T],
    id: impl Fn(&T) -> i64,
    entity: impl Fn(&T) -> Value,
    paging: &Paging,
    limit: i64,
) -> ApiResult {
    let cursors: Vec<i64> = rows.iter().map(id).collect();
    let shown: Vec<Value> = rows.iter().map(entity).collect();
    let body = serde_json::to_vec(&shown).map_err(Error::from)?;
    Ok(Answer::page(body, paging, limit, &cursors))
}

/// `GET /api/v1/admin/email_domain_blocks`
pub(super) async fn email_domains(
    State(app): State<App>,
    me: Auth<scope::AdminReadEmailDomainBlocks>,
    paging: Paging,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    let page = paging.page(100, 200);
    let rows = app
        .db
        .read(move |conn| barriers::list_email_domains(conn, &page))
        .await?;
    listed(&rows, |row| row.id, email_domain, &paging, page.limit)
}

/// `GET /api/v1/admin/email_domain_blocks/:id`
pub(super) async fn show_email_domain(
    State(app): State<App>,
    me: Auth<scope::AdminReadEmailDomainBlocks>,
    Id(id): Id<i64>,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    let find = move |conn: &mut _| barriers::find_email_domain(conn, id);
    let row = app.db.read(find).await?.ok_or(Error::NotFound)?;
    Ok(Answer::json(&email_domain(&row))?)
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Domain {
    domain: String,
}

/// `POST /api/v1/admin/email_domain_blocks`
pub(super) async fn block_email_domain(
    State(app): State<App>,
    me: Auth<scope::AdminWriteEmailDomainBlocks>,
    Body(form): Body<Domain>,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    let row = app
        .db
        .write(move |tx| acts::block_email_domain(tx, me.account, &form.domain))
        .await?;
    Ok(Answer::json(&email_domain(&row))?)
}

/// `DELETE /api/v1/admin/email_domain_blocks/:id`
pub(super) async fn unblock_email_domain(
    State(app): State<App>,
    me: Auth<scope::AdminWriteEmailDomainBlocks>,
    Id(id): Id<i64>,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    app.db
        .write(move |tx| acts::unblock_email_domain(tx, me.account, id))
        .await?;
    Ok(Answer::empty())
}

/// `GET /api/v1/admin/canonical_email_blocks`
pub(super) async fn emails(
    State(app): State<App>,
    me: Auth<scope::AdminReadCanonicalEmailBlocks>,
    paging: Paging,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    let page = paging.page(100, 200);
    let rows = app
        .db
        .read(move |conn| barriers::list_emails(conn, &page))
        .await?;
    listed(&rows, |row| row.id, email, &paging, page.limit)
}

/// `GET /api/v1/admin/canonical_email_blocks/:id`
pub(super) async fn show_email(
    State(app): State<App>,
    me: Auth<scope::AdminReadCanonicalEmailBlocks>,
    Id(id): Id<i64>,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    let find = move |conn: &mut _| barriers::find_email(conn, id);
    let row = app.db.read(find).await?.ok_or(Error::NotFound)?;
    Ok(Answer::json(&email(&row))?)
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Address {
    email: String,
    canonical_email_hash: String,
}

/// `POST /api/v1/admin/canonical_email_blocks`
pub(super) async fn block_email(
    State(app): State<App>,
    me: Auth<scope::AdminWriteCanonicalEmailBlocks>,
    Body(form): Body<Address>,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    let done = app.db.write(move |tx| {
        acts::block_email(tx, me.account, &form.email, &form.canonical_email_hash)
    });
    Ok(Answer::json(&email(&done.await?))?)
}

/// `POST /api/v1/admin/canonical_email_blocks/test`: which rows an address meets.
pub(super) async fn test_email(
    State(app): State<App>,
    me: Auth<scope::AdminReadCanonicalEmailBlocks>,
    Body(form): Body<Address>,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    if form.email.trim().is_empty() {
        return Err(Error::invalid("email", Refusal::Blank).into());
    }
    let hash = email_hash(&form.email);
    let rows = app
        .db
        .read(move |conn| barriers::list_emails_with(conn, &hash))
        .await?;
    let shown: Vec<Value> = rows.iter().map(email).collect();
    Ok(Answer::json(&shown)?)
}

/// `DELETE /api/v1/admin/canonical_email_blocks/:id`
pub(super) async fn unblock_email(
    State(app): State<App>,
    me: Auth<scope::AdminWriteCanonicalEmailBlocks>,
    Id(id): Id<i64>,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    app.db
        .write(move |tx| acts::unblock_email(tx, me.account, id))
        .await?;
    Ok(Answer::empty())
}

/// `GET /api/v1/admin/ip_blocks`
pub(super) async fn networks(
    State(app): State<App>,
    me: Auth<scope::AdminReadIpBlocks>,
    paging: Paging,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    let page = paging.page(100, 200);
    let rows = app
        .db
        .read(move |conn| barriers::list_networks(conn, &page))
        .await?;
    listed(&rows, |row| row.id, network, &paging, page.limit)
}

/// `GET /api/v1/admin/ip_blocks/:id`
pub(super) async fn show_network(
    State(app): State<App>,
    me: Auth<scope::AdminReadIpBlocks>,
    Id(id): Id<i64>,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    let find = move |conn: &mut _| barriers::find_network(conn, id);
    let row = app.db.read(find).await?.ok_or(Error::NotFound)?;
    Ok(Answer::json(&network(&row))?)
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct NetworkForm {
    ip: Option<String>,
    severity: Option<String>,
    comment: Option<String>,
    expires_in: Option<String>,
}

impl NetworkForm {
    /// An empty `expires_in` means for ever, as clients send it.
    fn wish(self, from: Source) -> Result<NetworkWish> {
        let seconds = |text: &str| {
            let parsed: std::result::Result<i64, _> = text.parse();
            parsed.map_err(|_why| Error::invalid("expires_in", Refusal::Malformed))
        };
        let expires_in = match self.expires_in.as_deref().map(str::trim) {
            None => None,
            Some("") => Some(None),
            Some(text) => Some(Some(seconds(text)?)),
        };
        Ok(NetworkWish {
            ip: self.ip,
            severity: word("severity", self.severity.as_deref())?,
            comment: self.comment,
            expires_in,
            from: Some(from.0.to_canonical()),
        })
    }
}

/// `POST /api/v1/admin/ip_blocks`
pub(super) async fn block_network(
    State(app): State<App>,
    me: Auth<scope::AdminWriteIpBlocks>,
    Extension(source): Extension<Source>,
    Body(form): Body<NetworkForm>,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    let wish = form.wish(source)?;
    let row = app
        .db
        .write(move |tx| acts::block_network(tx, me.account, &wish))
        .await?;
    app.forget_networks();
    Ok(Answer::json(&network(&row))?)
}

/// `PUT /api/v1/admin/ip_blocks/:id`
pub(super) async fn change_network(
    State(app): State<App>,
    me: Auth<scope::AdminWriteIpBlocks>,
    Extension(source): Extension<Source>,
    Id(id): Id<i64>,
    Body(form): Body<NetworkForm>,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    let wish = form.wish(source)?;
    let row = app
        .db
        .write(move |tx| acts::change_network(tx, me.account, id, &wish))
        .await?;
    app.forget_networks();
    Ok(Answer::json(&network(&row))?)
}

/// `DELETE /api/v1/admin/ip_blocks/:id`
pub(super) async fn unblock_network(
    State(app): State<App>,
    me: Auth<scope::AdminWriteIpBlocks>,
    Id(id): Id<i64>,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    app.db
        .write(move |tx| acts::unblock_network(tx, me.account, id))
        .await?;
    app.forget_networks();
    Ok(Answer::empty())
}
