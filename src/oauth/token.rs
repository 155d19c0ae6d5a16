//! `POST /oauth/token` and `POST /oauth/revoke`.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::client::{self, Client};
use super::error::OauthError;
use crate::actions::authorize_app::{self, Redeemed};
use crate::app::App;
use crate::model::ids::AccountId;
use crate::model::scopes::Scopes;
use crate::params::{Params, Unreadable};
use crate::secrets::{hash_token, random_token, same};
use crate::store;
use crate::store::oauth::Code;

type Answer = Result<([(HeaderName, HeaderValue); 1], Json<Value>), OauthError>;

const NO_STORE: [(HeaderName, HeaderValue); 1] =
    [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];

/// Gives a token for a code, for the app itself, or (for test harnesses) for a password.
pub(super) async fn create(
    State(app): State<App>,
    headers: HeaderMap,
    params: Result<Params, Unreadable>,
) -> Answer {
    let params = params?;
    let grant_type = params
        .text("grant_type")
        .ok_or(OauthError::Missing("grant_type"))?;
    let known = matches!(grant_type, "authorization_code" | "client_credentials")
        || (grant_type == "password" && app.config.oauth.password_grant);
    if !known {
        return Err(OauthError::UnsupportedGrantType);
    }
    let client = client::identify(&app, &headers, &params).await?;
    match grant_type {
        "authorization_code" => for_code(&app, &client, &params).await,
        "client_credentials" => {
            let scopes = wanted_scopes(&client, &params)?;
            if !client.proved {
                return Err(OauthError::InvalidClient);
            }
            issue(&app, &client, None, scopes).await
        }
        _ => for_password(&app, &client, &params).await,
    }
}

/// The scopes asked for; without any, `read` as far as the app registered it.
fn wanted_scopes(client: &Client, params: &Params) -> Result<Scopes, OauthError> {
    let registered = client.app.scope_set();
    let text = params.text("scope").unwrap_or_default();
    let wanted = Scopes::parse(text).ok_or(OauthError::InvalidScope)?;
    let wanted = if wanted.is_empty() {
        Scopes::parse("read")
            .filter(|read| read.is_within(&registered))
            .unwrap_or_else(|| registered.clone())
    } else {
        wanted
    };
    if wanted.is_within(&registered) {
        Ok(wanted)
    } else {
        Err(OauthError::InvalidScope)
    }
}

async fn for_code(app: &App, client: &Client, params: &Params) -> Answer {
    let code = params.text("code").ok_or(OauthError::Missing("code"))?;
    let redirect_uri = params
        .text("redirect_uri")
        .ok_or(OauthError::Missing("redirect_uri"))?
        .to_owned();
    let verifier = params
        .text("code_verifier")
        .filter(|text| !text.is_empty())
        .map(str::to_owned);
    let (code_hash, token) = (hash_token(code), random_token());
    let (token_hash, app_id, proved) = (hash_token(&token), client.app.id, client.proved);
    let done = app
        .db
        .write(move |tx| {
            authorize_app::redeem_code(tx, &code_hash, &token_hash, |code| {
                code.app_id == app_id
                    && code.redirect_uri == redirect_uri
                    && verifier_fits(code, verifier.as_deref(), proved)
            })
        })
        .await?;
    match done {
        Redeemed::Token(scopes) => Ok(shown(app, &token, &scopes)),
        Redeemed::UsedTwice => {
            super::forget_grants(app);
            Err(OauthError::InvalidGrant)
        }
        Redeemed::Refused => Err(OauthError::InvalidGrant),
    }
}

/// RFC 7636 §4.6. Without a challenge there must be no verifier (nobody dropped the challenge on the way) and the app
/// must have proved itself by its secret.
fn verifier_fits(code: &Code, verifier: Option<&str>, proved: bool) -> bool {
    match (&code.challenge, verifier) {
        (Some(challenge), Some(verifier)) => {
            let good = (43..=128).contains(&verifier.len());
            good && same(
                &URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())),
                challenge,
            )
        }
        (None, None) => proved,
        _ => false,
    }
}

async fn for_password(app: &App, client: &Client, params: &Params) -> Answer {
    let login = params
        .text("username")
        .ok_or(OauthError::Missing("username"))?;
    let password = params
        .text("password")
        .ok_or(OauthError::Missing("password"))?;
    let scopes = wanted_scopes(client, params)?;
    if !client.proved {
        return Err(OauthError::InvalidClient);
    }
    let super::SignIn::Right(user) = super::sign_in(app, login, password).await? else {
        return Err(OauthError::InvalidGrant);
    };
    issue(app, client, Some(user.account_id), scopes).await
}

async fn issue(app: &App, client: &Client, account: Option<AccountId>, scopes: Scopes) -> Answer {
    let token = random_token();
    let (hash, id, wanted) = (hash_token(&token), client.app.id, scopes.clone());
    app.db
        .write(move |tx| authorize_app::issue_token(tx, id, account, &wanted, &hash, None))
        .await?;
    Ok(shown(app, &token, &scopes))
}

/// Mastodon's `Token`.
fn shown(app: &App, token: &str, scopes: &Scopes) -> ([(HeaderName, HeaderValue); 1], Json<Value>) {
    let body = json!({
        "access_token": token,
        "token_type": "Bearer",
        "scope": scopes.to_string(),
        "created_at": app.db.now().and_utc().timestamp(),
    });
    (NO_STORE, Json(body))
}

/// Takes a token back (RFC 7009). Whoever has the token may end it; an app that names itself must be the token's.
pub(super) async fn revoke(
    State(app): State<App>,
    headers: HeaderMap,
    params: Result<Params, Unreadable>,
) -> Answer {
    let params = params?;
    let client = client::identify(&app, &headers, &params)
        .await
        .map_err(|error| match error {
            OauthError::InvalidClient => OauthError::NotYourToken,
            other => other,
        })?;
    let hash = hash_token(params.text("token").unwrap_or_default());
    let wanted = hash.clone();
    let found = app
        .db
        .read(move |conn| store::oauth::find_token(conn, &wanted))
        .await?;
    if let Some(token) = found {
        if token.app_id != client.app.id {
            return Err(OauthError::NotYourToken);
        }
        app.db
            .write(move |tx| authorize_app::revoke_token(tx, token.id))
            .await?;
        app.grants.invalidate(&hash);
    }
    Ok((NO_STORE, Json(json!({}))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(challenge: Option<&str>) -> Code {
        Code {
            id: 1,
            code_hash: String::new(),
            app_id: 1,
            account_id: AccountId(1),
            redirect_uri: String::new(),
            scopes: String::new(),
            challenge: challenge.map(str::to_owned),
            used: false,
            created_at: chrono::DateTime::UNIX_EPOCH.naive_utc(),
        }
    }

    /// RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_verifier_must_fit_the_challenge() {
        assert!(verifier_fits(&code(Some(CHALLENGE)), Some(VERIFIER), false));
        assert!(!verifier_fits(
            &code(Some(CHALLENGE)),
            Some(&"x".repeat(50)),
            true
        ));
        assert!(!verifier_fits(&code(Some(CHALLENGE)), None, true));
        assert!(
            !verifier_fits(&code(Some(VERIFIER)), Some(VERIFIER), true),
            "plain is not taken"
        );
    }

    #[test]
    fn without_a_challenge_the_secret_is_needed_and_no_verifier_taken() {
        assert!(verifier_fits(&code(None), None, true));
        assert!(!verifier_fits(&code(None), None, false));
        assert!(!verifier_fits(&code(None), Some(VERIFIER), true));
    }
}
