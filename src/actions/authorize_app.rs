//! Apps come, people allow them something, and take it back.

use chrono::TimeDelta;

use crate::error::Result;
use crate::model::ids::AccountId;
use crate::model::scopes::Scopes;
use crate::store::db::Tx;
use crate::store::oauth::{self, Code, OauthApp, Token};

/// How long a code can be exchanged.
pub const CODE_LIFE: TimeDelta = TimeDelta::minutes(10);

/// An app as it registers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewApp {
    /// Name shown to people.
    pub name: String,
    /// Its address.
    pub website: Option<String>,
    /// Where codes may be sent.
    pub redirect_uris: Vec<String>,
    /// What it may ask for.
    pub scopes: Scopes,
    /// Public identifier, random.
    pub client_id: String,
    /// Hash of its secret.
    pub secret_hash: String,
}

/// Registers an app.
pub fn register_app(tx: &mut Tx<'_>, new: NewApp) -> Result<OauthApp> {
    let (id, created_at) = (tx.new_id(), tx.now());
    let app = OauthApp {
        id,
        name: new.name,
        website: new.website,
        redirect_uris: new.redirect_uris.join("\n"),
        scopes: new.scopes.to_string(),
        client_id: new.client_id,
        secret_hash: new.secret_hash,
        created_at,
    };
    oauth::insert_app(tx, &app)?;
    Ok(app)
}

/// What a person allowed an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Which app.
    pub app_id: i64,
    /// Who.
    pub account: AccountId,
    /// Where the code goes.
    pub redirect_uri: String,
    /// What was allowed.
    pub scopes: Scopes,
    /// PKCE challenge (S256).
    pub challenge: Option<String>,
}

/// Keeps a code for a consent; old codes are cleared away on the way.
pub fn issue_code(tx: &mut Tx<'_>, consent: &Consent, code_hash: &str) -> Result<()> {
    let (id, now) = (tx.new_id(), tx.now());
    oauth::delete_codes_before(tx, now - TimeDelta::days(1))?;
    oauth::insert_code(
        tx,
        &Code {
            id,
            code_hash: code_hash.to_owned(),
            app_id: consent.app_id,
            account_id: consent.account,
            redirect_uri: consent.redirect_uri.clone(),
            scopes: consent.scopes.to_string(),
            challenge: consent.challenge.clone(),
            used: false,
            created_at: now,
        },
    )
}

/// What came of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Redeemed {
    /// A token with these scopes.
    Token(Scopes),
    /// The code was used before: the first token is dead now.
    UsedTwice,
    /// The code is unknown, too old, another app's, for another redirect URI, or its verifier is wrong.
    Refused,
}

/// Exchanges a code for a token whose hash is given. `fits` looks at what the code was bound to.
pub fn redeem_code(
    tx: &mut Tx<'_>,
    code_hash: &str,
    token_hash: &str,
    fits: impl FnOnce(&Code) -> bool,
) -> Result<Redeemed> {
    let now = tx.now();
    let Some(code) = oauth::find_code(tx, code_hash)? else {
        return Ok(Redeemed::Refused);
    };
    if now - code.created_at >= CODE_LIFE || !fits(&code) {
        return Ok(Redeemed::Refused);
    }
    if code.used || !oauth::use_code(tx, code.id)? {
        oauth::revoke_by_code(tx, code.id, now)?;
        return Ok(Redeemed::UsedTwice);
    }
    let scopes = Scopes::parse(&code.scopes).unwrap_or_default();
    issue_token(
        tx,
        code.app_id,
        Some(code.account_id),
        &scopes,
        token_hash,
        Some(code.id),
    )?;
    Ok(Redeemed::Token(scopes))
}

/// Keeps a token. Without an account it is the app's own.
pub fn issue_token(
    tx: &mut Tx<'_>,
    app_id: i64,
    account: Option<AccountId>,
    scopes: &Scopes,
    token_hash: &str,
    code: Option<i64>,
) -> Result<()> {
    let (id, created_at) = (tx.new_id(), tx.now());
    oauth::insert_token(
        tx,
        &Token {
            id,
            token_hash: token_hash.to_owned(),
            app_id,
            account_id: account,
            code_id: code,
            scopes: scopes.to_string(),
            created_at,
            revoked_at: None,
        },
    )
}

/// Takes a token back.
pub fn revoke_token(tx: &mut Tx<'_>, token: i64) -> Result<()> {
    let now = tx.now();
    oauth::revoke_token(tx, token, now)
}

/// A person takes back all that one app was allowed.
pub fn revoke_app(tx: &mut Tx<'_>, account: AccountId, app: i64) -> Result<()> {
    let now = tx.now();
    oauth::revoke_of_account(tx, account, Some(app), now)
}
