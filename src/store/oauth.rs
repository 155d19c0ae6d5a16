//! Apps, codes and tokens. Of secrets, codes and tokens only hashes are kept.

use diesel::prelude::*;

use super::conn::{Conn, MultiBackend};
use super::dialect::among::among;
use super::pushes;
use super::schema::{accounts, oauth_apps, oauth_codes, oauth_tokens, users};
use crate::error::Result;
use crate::model::grant::Grant;
use crate::model::ids::AccountId;
use crate::model::scopes::Scopes;
use crate::model::time::Time;
use crate::model::words::{AccountState, Role, UserState};

/// A registered app.
#[derive(Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = oauth_apps, check_for_backend(MultiBackend))]
#[allow(missing_debug_implementations, reason = "holds a secret's hash")]
pub struct OauthApp {
    /// Row id.
    pub id: i64,
    /// Name shown to people.
    pub name: String,
    /// Its address.
    pub website: Option<String>,
    /// Registered redirect URIs, one a line.
    pub redirect_uris: String,
    /// Registered scopes, separated by blanks.
    pub scopes: String,
    /// Public identifier.
    pub client_id: String,
    /// SHA-256 of its secret.
    pub secret_hash: String,
    /// Since when.
    pub created_at: Time,
}

impl OauthApp {
    /// The registered redirect URIs.
    pub fn redirects(&self) -> Vec<&str> {
        self.redirect_uris.lines().collect()
    }

    /// The registered scopes.
    pub fn scope_set(&self) -> Scopes {
        Scopes::parse(&self.scopes).unwrap_or_default()
    }
}

/// An authorization code.
#[derive(Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = oauth_codes, check_for_backend(MultiBackend))]
#[allow(missing_debug_implementations, reason = "holds a secret's hash")]
pub struct Code {
    /// Row id.
    pub id: i64,
    /// SHA-256 of the code.
    pub code_hash: String,
    /// For which app.
    pub app_id: i64,
    /// By whom.
    pub account_id: AccountId,
    /// Where it was sent.
    pub redirect_uri: String,
    /// What was allowed.
    pub scopes: String,
    /// PKCE challenge (S256).
    pub challenge: Option<String>,
    /// Whether it was used.
    pub used: bool,
    /// When it was made.
    pub created_at: Time,
}

/// An access token.
#[derive(Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = oauth_tokens, check_for_backend(MultiBackend))]
#[allow(missing_debug_implementations, reason = "holds a secret's hash")]
pub struct Token {
    /// Row id.
    pub id: i64,
    /// SHA-256 of the token.
    pub token_hash: String,
    /// For which app.
    pub app_id: i64,
    /// For whom; nobody for an app's own.
    pub account_id: Option<AccountId>,
    /// From which code.
    pub code_id: Option<i64>,
    /// What it allows.
    pub scopes: String,
    /// When it was made.
    pub created_at: Time,
    /// When it was taken back.
    pub revoked_at: Option<Time>,
}

/// Adds an app.
pub fn insert_app(conn: &mut Conn, app: &OauthApp) -> Result<()> {
    diesel::insert_into(oauth_apps::table)
        .values(app)
        .execute(conn)?;
    Ok(())
}

/// An app by id.
pub fn find_app(conn: &mut Conn, id: i64) -> Result<Option<OauthApp>> {
    Ok(oauth_apps::table
        .find(id)
        .select(OauthApp::as_select())
        .first(conn)
        .optional()?)
}

/// Several apps by id: name and website, for showing what a post was written with.
pub fn list_apps(conn: &mut Conn, ids: &[i64]) -> Result<Vec<OauthApp>> {
    Ok(oauth_apps::table
        .filter(among(conn, oauth_apps::id, ids.iter().copied()))
        .select(OauthApp::as_select())
        .load(conn)?)
}

/// An app by its public identifier.
pub fn find_app_by_client_id(conn: &mut Conn, client_id: &str) -> Result<Option<OauthApp>> {
    Ok(oauth_apps::table
        .filter(oauth_apps::client_id.eq(client_id))
        .select(OauthApp::as_select())
        .first(conn)
        .optional()?)
}

/// Adds a code.
pub fn insert_code(conn: &mut Conn, code: &Code) -> Result<()> {
    diesel::insert_into(oauth_codes::table)
        .values(code)
        .execute(conn)?;
    Ok(())
}

/// A code by its hash, used or not.
pub fn find_code(conn: &mut Conn, code_hash: &str) -> Result<Option<Code>> {
    Ok(oauth_codes::table
        .filter(oauth_codes::code_hash.eq(code_hash))
        .select(Code::as_select())
        .first(conn)
        .optional()?)
}

/// Uses a code up; `false` where somebody was faster.
pub fn use_code(conn: &mut Conn, id: i64) -> Result<bool> {
    let used = diesel::update(
        oauth_codes::table
            .find(id)
            .filter(oauth_codes::used.eq(false)),
    )
    .set(oauth_codes::used.eq(true))
    .execute(conn)?;
    Ok(used == 1)
}

/// Removes codes older than this.
pub fn delete_codes_before(conn: &mut Conn, before: Time) -> Result<usize> {
    Ok(
        diesel::delete(oauth_codes::table.filter(oauth_codes::created_at.lt(before)))
            .execute(conn)?,
    )
}

/// Adds a token.
pub fn insert_token(conn: &mut Conn, token: &Token) -> Result<()> {
    diesel::insert_into(oauth_tokens::table)
        .values(token)
        .execute(conn)?;
    Ok(())
}

/// A token by its hash, revoked or not.
pub fn find_token(conn: &mut Conn, token_hash: &str) -> Result<Option<Token>> {
    Ok(oauth_tokens::table
        .filter(oauth_tokens::token_hash.eq(token_hash))
        .select(Token::as_select())
        .first(conn)
        .optional()?)
}

/// What a token stands for; `None` where it was revoked, is unknown, or its person may not act.
pub fn find_grant(conn: &mut Conn, token_hash: &str) -> Result<Option<Grant>> {
    let found: Option<(Token, Option<Role>)> = oauth_tokens::table
        .left_join(users::table.on(users::account_id.nullable().eq(oauth_tokens::account_id)))
        .left_join(accounts::table.on(accounts::id.nullable().eq(oauth_tokens::account_id)))
        .filter(
            oauth_tokens::token_hash
                .eq(token_hash)
                .and(oauth_tokens::revoked_at.is_null()),
        )
        .filter(
            oauth_tokens::account_id.is_null().or(users::state
                .eq(UserState::Active)
                .and(accounts::state.eq(AccountState::Active))
                .assume_not_null()),
        )
        .select((Token::as_select(), users::role.nullable()))
        .first(conn)
        .optional()?;
    Ok(found.map(|(token, role)| Grant {
        token_id: token.id,
        app_id: token.app_id,
        account: token.account_id,
        role: role.unwrap_or(Role::Member),
        scopes: Scopes::parse(&token.scopes).unwrap_or_default(),
    }))
}

/// Keeps a token from being taken back until the transaction ends; `false` where that happened already.
pub fn hold_token(conn: &mut Conn, id: i64) -> Result<bool> {
    let held = diesel::update(
        oauth_tokens::table
            .find(id)
            .filter(oauth_tokens::revoked_at.is_null()),
    )
    .set(oauth_tokens::revoked_at.eq(None::<Time>))
    .execute(conn)?;
    Ok(held == 1)
}

/// Takes a token back, and its push subscription with it.
pub fn revoke_token(conn: &mut Conn, id: i64, at: Time) -> Result<()> {
    diesel::update(oauth_tokens::table.find(id))
        .set(oauth_tokens::revoked_at.eq(at))
        .execute(conn)?;
    pushes::delete_of_token(conn, id)
}

/// Takes back what was made from a code, and its push subscriptions.
pub fn revoke_by_code(conn: &mut Conn, code: i64, at: Time) -> Result<()> {
    diesel::update(
        oauth_tokens::table.filter(
            oauth_tokens::code_id
                .eq(code)
                .and(oauth_tokens::revoked_at.is_null()),
        ),
    )
    .set(oauth_tokens::revoked_at.eq(at))
    .execute(conn)?;
    pushes::delete_of_code(conn, code)
}

/// Takes back all tokens of a person, of one app or of all, with their push subscriptions, and the codes that could
/// still become tokens.
pub fn revoke_of_account(
    conn: &mut Conn,
    account: AccountId,
    app: Option<i64>,
    at: Time,
) -> Result<()> {
    let tokens = oauth_tokens::account_id
        .eq(account)
        .and(oauth_tokens::revoked_at.is_null());
    match app {
        Some(app) => {
            diesel::update(oauth_tokens::table.filter(tokens.and(oauth_tokens::app_id.eq(app))))
                .set(oauth_tokens::revoked_at.eq(at))
                .execute(conn)?;
        }
        None => {
            diesel::update(oauth_tokens::table.filter(tokens))
                .set(oauth_tokens::revoked_at.eq(at))
                .execute(conn)?;
        }
    }
    diesel::update(oauth_codes::table.filter(oauth_codes::account_id.eq(account)))
        .set(oauth_codes::used.eq(true))
        .execute(conn)?;
    pushes::delete_of_account(conn, account, app)
}

/// Live tokens of a person with their apps, newest first.
pub fn list_tokens(conn: &mut Conn, account: AccountId) -> Result<Vec<(Token, OauthApp)>> {
    Ok(oauth_tokens::table
        .inner_join(oauth_apps::table.on(oauth_apps::id.eq(oauth_tokens::app_id)))
        .filter(
            oauth_tokens::account_id
                .eq(account)
                .and(oauth_tokens::revoked_at.is_null()),
        )
        .order(oauth_tokens::id.desc())
        .limit(200)
        .select((Token::as_select(), OauthApp::as_select()))
        .load(conn)?)
}
