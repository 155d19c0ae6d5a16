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
use crate::store::conn::Conn;
use crate::store::db::Tx;
use crate::store::page::Page;

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

/// One kind of row: how it is shown, and what its rows are called by.
struct Kind<T> {
    id: fn(&T) -> i64,
    entity: fn(&T) -> Value,
}

const EMAIL_DOMAINS: Kind<EmailDomain> = Kind {
    id: |row| row.id,
    entity: email_domain,
};
const EMAILS: Kind<CanonicalEmail> = Kind {
    id: |row| row.id,
    entity: email,
};
const NETWORKS: Kind<Network> = Kind {
    id: |row| row.id,
    entity: network,
};

impl<T: Send + 'static> Kind<T> {
    async fn list(
        &self,
        app: &App,
        paging: &Paging,
        rows: fn(&mut Conn, &Page) -> Result<Vec<T>>,
    ) -> ApiResult {
        let page = paging.page(100, 200);
        let rows = app.db.read(move |conn| rows(conn, &page)).await?;
        let cursors: Vec<i64> = rows.iter().map(self.id).collect();
        let shown: Vec<Value> = rows.iter().map(self.entity).collect();
        let body = serde_json::to_vec(&shown).map_err(Error::from)?;
        Ok(Answer::page(body, paging, page.limit, &cursors))
    }

    async fn show(
        &self,
        app: &App,
        id: i64,
        find: fn(&mut Conn, i64) -> Result<Option<T>>,
    ) -> ApiResult {
        let row = app.db.read(move |conn| find(conn, id)).await?;
        Ok(Answer::json(&(self.entity)(&row.ok_or(Error::NotFound)?))?)
    }

    async fn write(
        &self,
        app: &App,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> ApiResult {
        let row = app.db.write(work).await?;
        Ok(Answer::json(&(self.entity)(&row))?)
    }
}

async fn lift<T: Send + 'static>(
    app: &App,
    work: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
) -> ApiResult {
    app.db.write(work).await?;
    Ok(Answer::empty())
}

/// `GET /api/v1/admin/email_domain_blocks`
pub(super) async fn email_domains(
    State(app): State<App>,
    me: Auth<scope::AdminReadEmailDomainBlocks>,
    paging: Paging,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    EMAIL_DOMAINS
        .list(&app, &paging, barriers::list_email_domains)
        .await
}

/// `GET /api/v1/admin/email_domain_blocks/:id`
pub(super) async fn show_email_domain(
    State(app): State<App>,
    me: Auth<scope::AdminReadEmailDomainBlocks>,
    Id(id): Id<i64>,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    EMAIL_DOMAINS
        .show(&app, id, barriers::find_email_domain)
        .await
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
    let block = move |tx: &mut Tx<'_>| acts::block_email_domain(tx, me.account, &form.domain);
    EMAIL_DOMAINS.write(&app, block).await
}

/// `DELETE /api/v1/admin/email_domain_blocks/:id`
pub(super) async fn unblock_email_domain(
    State(app): State<App>,
    me: Auth<scope::AdminWriteEmailDomainBlocks>,
    Id(id): Id<i64>,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    lift(&app, move |tx| {
        acts::unblock_email_domain(tx, me.account, id)
    })
    .await
}

/// `GET /api/v1/admin/canonical_email_blocks`
pub(super) async fn emails(
    State(app): State<App>,
    me: Auth<scope::AdminReadCanonicalEmailBlocks>,
    paging: Paging,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    EMAILS.list(&app, &paging, barriers::list_emails).await
}

/// `GET /api/v1/admin/canonical_email_blocks/:id`
pub(super) async fn show_email(
    State(app): State<App>,
    me: Auth<scope::AdminReadCanonicalEmailBlocks>,
    Id(id): Id<i64>,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    EMAILS.show(&app, id, barriers::find_email).await
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
    let block = move |tx: &mut Tx<'_>| {
        acts::block_email(tx, me.account, &form.email, &form.canonical_email_hash)
    };
    EMAILS.write(&app, block).await
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
    lift(&app, move |tx| acts::unblock_email(tx, me.account, id)).await
}

/// `GET /api/v1/admin/ip_blocks`
pub(super) async fn networks(
    State(app): State<App>,
    me: Auth<scope::AdminReadIpBlocks>,
    paging: Paging,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    NETWORKS.list(&app, &paging, barriers::list_networks).await
}

/// `GET /api/v1/admin/ip_blocks/:id`
pub(super) async fn show_network(
    State(app): State<App>,
    me: Auth<scope::AdminReadIpBlocks>,
    Id(id): Id<i64>,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    NETWORKS.show(&app, id, barriers::find_network).await
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
    let block = move |tx: &mut Tx<'_>| acts::block_network(tx, me.account, &wish);
    let answer = NETWORKS.write(&app, block).await;
    app.forget_networks();
    answer
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
    let change = move |tx: &mut Tx<'_>| acts::change_network(tx, me.account, id, &wish);
    let answer = NETWORKS.write(&app, change).await;
    app.forget_networks();
    answer
}

/// `DELETE /api/v1/admin/ip_blocks/:id`
pub(super) async fn unblock_network(
    State(app): State<App>,
    me: Auth<scope::AdminWriteIpBlocks>,
    Id(id): Id<i64>,
) -> ApiResult {
    me.at_least(Role::Admin)?;
    let answer = lift(&app, move |tx| acts::unblock_network(tx, me.account, id)).await;
    app.forget_networks();
    answer
}
