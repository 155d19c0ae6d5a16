//! What clients read about the server (RFC 8414), where people change their password, and who a token's person is.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Redirect;
use serde_json::{Value, json};

use super::client;
use super::error::OauthError;
use crate::app::App;
use crate::model::scopes;
use crate::store;

/// `GET /.well-known/oauth-authorization-server`
pub(super) async fn server(State(app): State<App>) -> Json<Value> {
    let base = app.config.base_url();
    let mut grants = vec!["authorization_code", "client_credentials"];
    if app.config.oauth.password_grant {
        grants.push("password");
    }
    Json(json!({
        "issuer": format!("{base}/"),
        "authorization_endpoint": format!("{base}/oauth/authorize"),
        "token_endpoint": format!("{base}/oauth/token"),
        "revocation_endpoint": format!("{base}/oauth/revoke"),
        "userinfo_endpoint": format!("{base}/oauth/userinfo"),
        "app_registration_endpoint": format!("{base}/api/v1/apps"),
        "service_documentation": format!("{base}/about"),
        "scopes_supported": scopes::ALL,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "code_challenge_methods_supported": ["S256"],
        "grant_types_supported": grants,
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "authorization_response_iss_parameter_supported": true,
        "ui_locales_supported": ["en", "fr", "nl"],
    }))
}

/// `GET /.well-known/change-password`
pub(super) async fn change_password() -> Redirect {
    Redirect::to("/settings/password")
}

/// `GET /oauth/userinfo`
pub(super) async fn userinfo(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Json<Value>, OauthError> {
    let grant = client::grant(&app, &headers).await?;
    if !grant.scopes.allow("profile") {
        return Err(OauthError::OutsideScopes);
    }
    let id = grant.account.ok_or(OauthError::NeedsPerson)?;
    let account = app
        .db
        .read(move |conn| store::accounts::get(conn, id))
        .await?;
    let base = app.config.base_url();
    Ok(Json(json!({
        "iss": format!("{base}/"),
        "sub": account.uri,
        "name": account.shown_name(),
        "preferred_username": account.name,
        "profile": account.url,
        "picture": account.avatar.map_or_else(
            || format!("{base}/avatars/original/missing.png"),
            |file| format!("{base}/media/{file}"),
        ),
    })))
}
