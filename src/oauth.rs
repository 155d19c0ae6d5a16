//! The OAuth 2 server: apps, consent, codes, tokens, revocation, and what a token allows. Wording and shapes are those
//! of Mastodon, errors those of RFC 6749. The pages of the consent are in `web`.

mod apps;
pub mod authorize;
mod client;
mod error;
mod metadata;
mod token;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

pub use client::bearer;

use crate::app::App;
use crate::error::Result;
use crate::model::grant::Grant;
use crate::model::ids::AccountId;
use crate::model::words::UserState;
use crate::secrets::{hash_token, verify_password};
use crate::store;
use crate::store::users::User;

/// Scopes and what holds what.
pub mod scopes {
    pub use crate::model::scopes::{ALL, Scopes};
}

/// The redirect URI of apps that cannot be called: the code is shown to be copied.
pub const OOB: &str = "urn:ietf:wg:oauth:2.0:oob";

/// The endpoints for programs. `GET` and `POST /oauth/authorize` are pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/api/v1/apps", post(apps::create))
        .route("/api/v1/apps/verify_credentials", get(apps::verify))
        .route("/oauth/token", post(token::create))
        .route("/oauth/revoke", post(token::revoke))
        .route(
            "/oauth/userinfo",
            get(metadata::userinfo).post(metadata::userinfo),
        )
        .route(
            "/.well-known/oauth-authorization-server",
            get(metadata::server),
        )
        .route(
            "/.well-known/change-password",
            get(metadata::change_password),
        )
}

/// What a bearer token stands for; `None` where it is unknown, revoked, or its person may not act.
///
/// # Errors
/// `Unavailable` where the database does not answer.
pub async fn authenticate(app: &App, bearer: &str) -> Result<Option<Arc<Grant>>> {
    let hash = hash_token(bearer);
    if let Some(grant) = app.grants.get(&hash) {
        return Ok(Some(grant));
    }
    let wanted = hash.clone();
    let found = app
        .db
        .read(move |conn| store::oauth::find_grant(conn, &wanted))
        .await?;
    Ok(found.map(|grant| {
        let grant = Arc::new(grant);
        app.grants.insert(hash, Arc::clone(&grant));
        grant
    }))
}

/// Why somebody's token stands for nothing at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shut {
    /// The address of mail is to be confirmed.
    Unconfirmed,
    /// A moderator is to admit the person.
    Unapproved,
    /// A moderator switched signing in off.
    Disabled,
}

/// Why a token that stands for nothing does, where its person only waits for something, and who that is.
///
/// # Errors
/// `Unavailable` where the database does not answer.
pub async fn waits(app: &App, bearer: &str) -> Result<Option<(Shut, AccountId)>> {
    let hash = hash_token(bearer);
    let found = app.db.read(move |conn| {
        let account = store::oauth::find_token(conn, &hash)?
            .filter(|token| token.revoked_at.is_none())
            .and_then(|token| token.account_id);
        account
            .map(|id| store::users::find(conn, id))
            .transpose()
            .map(Option::flatten)
    });
    Ok(found.await?.and_then(|user| {
        let why = match user.state {
            UserState::Pending if user.reason.is_empty() => Shut::Unconfirmed,
            UserState::Pending => Shut::Unapproved,
            UserState::Disabled => Shut::Disabled,
            UserState::Active | UserState::Suspended => return None,
        };
        Some((why, user.account_id))
    }))
}

/// Forgets which tokens were seen: after revoking, suspending, or a change of role.
pub fn forget_grants(app: &App) {
    app.grants.invalidate_all();
}

/// What came of an attempt to sign in.
#[allow(
    missing_debug_implementations,
    reason = "holds a password hash and an address"
)]
pub enum SignIn {
    /// Name and password are right.
    Right(User),
    /// They are, but the account was not confirmed or approved yet.
    Waiting(User),
    /// They are not, or the person was shut out: that is not told apart.
    Wrong,
}

/// Whether name or e-mail address and password belong together. Takes as long for unknown people as for known ones. Whoever
/// waits signs in by name: by an address that was not confirmed, it would be told whether that is another's.
///
/// # Errors
/// `Unavailable` where the database does not answer.
pub async fn sign_in(app: &App, login: &str, password: &str) -> Result<SignIn> {
    let wanted = login.to_owned();
    let user = app
        .db
        .read(move |conn| match wanted.contains('@') {
            true => Ok(store::users::find_by_email(conn, &wanted)?
                .filter(|user| user.state != UserState::Pending)),
            false => store::users::find_by_name(conn, &wanted),
        })
        .await?;
    let hash = user.as_ref().and_then(|user| user.password_hash.clone());
    let right = verify_password(password, hash).await?;
    Ok(match user.filter(|_| right) {
        Some(user) if user.state == UserState::Active => SignIn::Right(user),
        Some(user) if user.state == UserState::Pending => SignIn::Waiting(user),
        _ => SignIn::Wrong,
    })
}
