//! Who calls: the app of a request (by HTTP Basic or parameters) and the bearer of a token.

use std::sync::Arc;

use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::error::OauthError;
use crate::app::App;
use crate::model::grant::Grant;
use crate::params::Params;
use crate::secrets::{hash_token, same};
use crate::store;
use crate::store::oauth::OauthApp;

/// An app that named itself.
#[allow(missing_debug_implementations, reason = "holds a secret's hash")]
pub(super) struct Client {
    /// Which app.
    pub(super) app: OauthApp,
    /// Whether it proved to be it by its secret. Public clients have none they could keep.
    pub(super) proved: bool,
}

/// The app that calls. A wrong secret is refused, a missing one is not: whoever needs proof looks at `proved`.
pub(super) async fn identify(
    app: &App,
    headers: &HeaderMap,
    params: &Params,
) -> Result<Client, OauthError> {
    let (id, secret) = match basic(headers) {
        Some((id, secret)) => (id, Some(secret)),
        None => (
            params
                .text("client_id")
                .ok_or(OauthError::InvalidClient)?
                .to_owned(),
            params
                .text("client_secret")
                .filter(|secret| !secret.is_empty())
                .map(str::to_owned),
        ),
    };
    let found = app
        .db
        .read(move |conn| store::oauth::find_app_by_client_id(conn, &id))
        .await?;
    let client = found.ok_or(OauthError::InvalidClient)?;
    let proved = match secret {
        Some(secret) if same(&hash_token(&secret), &client.secret_hash) => true,
        Some(_) => return Err(OauthError::InvalidClient),
        None => false,
    };
    Ok(Client {
        app: client,
        proved,
    })
}

/// RFC 6749 §2.3.1: both parts are form-encoded before Base64.
fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    let plain = |text: &str| {
        url::form_urlencoded::parse(text.as_bytes())
            .next()
            .map(|(key, _)| key.into_owned())
            .unwrap_or_default()
    };
    Some((plain(id), plain(secret)))
}

/// The token of a request, from its one `Authorization: Bearer` header.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let (only, more) = (all.next()?, all.next());
    let (scheme, token) = only.to_str().ok()?.split_once(' ')?;
    (more.is_none() && scheme.eq_ignore_ascii_case("bearer")).then(|| token.trim())
}

/// What the bearer of a request may do.
pub(super) async fn grant(app: &App, headers: &HeaderMap) -> Result<Arc<Grant>, OauthError> {
    let token = bearer(headers).ok_or(OauthError::BadToken)?;
    super::authenticate(app, token)
        .await?
        .ok_or(OauthError::BadToken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[&str]) -> HeaderMap {
        values
            .iter()
            .map(|value| (header::AUTHORIZATION, value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn one_bearer_in_any_case_is_taken_two_are_not() {
        assert_eq!(bearer(&headers(&["bearer x"])), Some("x"));
        assert_eq!(bearer(&headers(&["Bearer x", "Bearer y"])), None);
        assert_eq!(bearer(&headers(&["Basic x"])), None);
        assert_eq!(bearer(&headers(&[])), None);
    }

    #[test]
    fn basic_credentials_are_form_encoded() {
        let value = format!("Basic {}", STANDARD.encode("a%20b:c%3Ad"));
        assert_eq!(
            basic(&headers(&[&value])),
            Some(("a b".into(), "c:d".into()))
        );
        assert_eq!(basic(&headers(&["Basic !!"])), None);
    }
}
