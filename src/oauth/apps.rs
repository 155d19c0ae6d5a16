//! `POST /api/v1/apps` and `GET /api/v1/apps/verify_credentials`.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::client;
use super::error::OauthError;
use crate::actions::authorize_app::{NewApp, register_app};
use crate::app::App;
use crate::model::names::clean_line;
use crate::model::scopes::Scopes;
use crate::params::{Params, Unreadable};
use crate::secrets::{hash_token, random_token};
use crate::store;
use crate::store::oauth::OauthApp;

/// Longest name of an app, in characters.
const NAME_MAX: usize = 60;
/// Longest redirect URI, in bytes.
const URI_MAX: usize = 2000;
/// Most redirect URIs of one app.
const URIS_MAX: usize = 20;
/// Schemes that run in the browser or read the disk instead of calling an app.
const UNSAFE_SCHEMES: &[&str] = &[
    "javascript",
    "data",
    "file",
    "vbscript",
    "blob",
    "about",
    "view-source",
    "filesystem",
];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    client_name: String,
    redirect_uris: Vec<String>,
    scopes: Option<String>,
    website: Option<String>,
}

/// Registers an app.
pub(super) async fn create(
    State(app): State<App>,
    params: Result<Params, Unreadable>,
) -> Result<Json<Value>, OauthError> {
    let wanted: Wanted = params?.get()?;
    let (client_id, secret) = (random_token(), random_token());
    let new = check(&wanted, client_id, hash_token(&secret))?;
    let made = app.db.write(move |tx| register_app(tx, new)).await?;
    let mut shown = show(&made, &app.vapid_key().await?.public);
    if let Some(object) = shown.as_object_mut() {
        object.insert("client_id".into(), made.client_id.clone().into());
        object.insert("client_secret".into(), secret.into());
        object.insert("client_secret_expires_at".into(), 0.into());
    }
    Ok(Json(shown))
}

fn check(wanted: &Wanted, client_id: String, secret_hash: String) -> Result<NewApp, OauthError> {
    let wrong = |text: &str| OauthError::Validation(text.to_owned());
    let name = clean_line(&wanted.client_name, usize::MAX);
    if name.is_empty() {
        return Err(wrong("Name can't be blank"));
    }
    if name.chars().count() > NAME_MAX {
        return Err(wrong("Name is too long (maximum is 60 characters)"));
    }
    let redirect_uris: Vec<String> = wanted
        .redirect_uris
        .iter()
        .flat_map(|text| text.split_whitespace())
        .map(str::to_owned)
        .collect();
    if redirect_uris.is_empty() {
        return Err(wrong("Redirect URI can't be blank"));
    }
    if redirect_uris.len() > URIS_MAX || !redirect_uris.iter().all(|uri| is_redirect(uri)) {
        return Err(wrong("Redirect URI must be an absolute URI."));
    }
    let scopes = Scopes::parse(wanted.scopes.as_deref().unwrap_or("read"))
        .map(|scopes| {
            if scopes.is_empty() {
                Scopes::parse("read").unwrap_or_default()
            } else {
                scopes
            }
        })
        .ok_or_else(|| wrong("Scopes doesn't match configured on the server."))?;
    let website = wanted
        .website
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty());
    if website.is_some_and(|text| !is_web_address(text)) {
        return Err(wrong("Website must be a valid URL"));
    }
    Ok(NewApp {
        name,
        website: website.map(str::to_owned),
        redirect_uris,
        scopes,
        client_id,
        secret_hash,
    })
}

fn is_web_address(text: &str) -> bool {
    text.len() <= URI_MAX
        && Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

/// Absolute, without fragment, of a scheme that calls an app (RFC 6749 §3.1.2).
fn is_redirect(text: &str) -> bool {
    text.len() <= URI_MAX
        && !text.contains('#')
        && Url::parse(text).is_ok_and(|url| !UNSAFE_SCHEMES.contains(&url.scheme()))
}

/// The app of a token.
pub(super) async fn verify(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Json<Value>, OauthError> {
    let grant = client::grant(&app, &headers).await?;
    let id = grant.app_id;
    let found = app
        .db
        .read(move |conn| store::oauth::find_app(conn, id))
        .await?
        .ok_or(OauthError::BadToken)?;
    Ok(Json(show(&found, &app.vapid_key().await?.public)))
}

/// Mastodon's `Application`.
fn show(app: &OauthApp, vapid_key: &str) -> Value {
    json!({
        "id": app.id.to_string(),
        "name": app.name,
        "website": app.website,
        "scopes": app.scope_set().iter().collect::<Vec<_>>(),
        "redirect_uris": app.redirects(),
        "redirect_uri": app.redirect_uris,
        "vapid_key": vapid_key,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirect_uris_call_apps_and_nothing_else() {
        for good in [
            "urn:ietf:wg:oauth:2.0:oob",
            "icecubesapp://",
            "com.tapbots.Ivory.10217:/request_token",
            "oauth2redirect://com.example/x",
            "https://example.org/cb?x=1",
            "http://127.0.0.1:8000/",
        ] {
            assert!(is_redirect(good), "{good}");
        }
        for bad in [
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "/cb",
            "x",
            "https://a/#b",
        ] {
            assert!(!is_redirect(bad), "{bad}");
        }
    }

    #[test]
    fn a_registration_says_what_is_wrong() {
        let text = |wanted: Wanted| match check(&wanted, String::new(), String::new()) {
            Err(OauthError::Validation(text)) => text,
            _ => String::new(),
        };
        let good = || Wanted {
            client_name: "Kit".into(),
            redirect_uris: vec!["urn:ietf:wg:oauth:2.0:oob\nkit://x".into()],
            ..Wanted::default()
        };
        let app = check(&good(), String::new(), String::new());
        assert!(
            app.is_ok_and(|app| app.redirect_uris.len() == 2 && app.scopes.to_string() == "read")
        );
        assert_eq!(
            text(Wanted {
                client_name: " ".into(),
                ..good()
            }),
            "Name can't be blank"
        );
        assert_eq!(
            text(Wanted {
                redirect_uris: vec![],
                ..good()
            }),
            "Redirect URI can't be blank"
        );
        assert!(
            text(Wanted {
                scopes: Some("all".into()),
                ..good()
            })
            .starts_with("Scopes")
        );
        assert!(
            text(Wanted {
                website: Some("javascript:x".into()),
                ..good()
            })
            .starts_with("Website")
        );
    }
}
