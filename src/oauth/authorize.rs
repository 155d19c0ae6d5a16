//! The authorization request: checked here, shown and decided on the pages of `web`.

use url::Url;

use super::OOB;
use crate::actions::authorize_app::{Consent, issue_code};
use crate::app::App;
use crate::error::Result;
use crate::model::ids::AccountId;
use crate::model::scopes::Scopes;
use crate::params::Params;
use crate::secrets::{hash_token, random_token};
use crate::store;
use crate::store::oauth::OauthApp;

/// A request that may be shown to the person.
#[allow(missing_debug_implementations, reason = "holds a secret's hash")]
pub struct Asked {
    /// Who asks.
    pub app: OauthApp,
    /// Where the answer goes, one of the app's registered URIs.
    pub redirect_uri: String,
    /// What is asked for.
    pub scopes: Scopes,
    /// To be given back as it came.
    pub state: Option<String>,
    /// PKCE challenge (S256).
    pub challenge: Option<String>,
    /// Whether the person must sign in anew.
    pub force_login: bool,
    /// Whether nothing may be shown (`prompt=none`).
    pub silent: bool,
}

/// Why a request is not shown.
#[derive(Debug, PartialEq, Eq)]
pub enum Stop {
    /// The app is unknown: nobody is sent anywhere.
    UnknownApp,
    /// The redirect URI is not one of the app's: nobody is sent anywhere.
    BadRedirect,
    /// The app is told by this address.
    SendBack(String),
}

/// Checks an authorization request (RFC 6749 §4.1.1, RFC 7636).
///
/// # Errors
/// `Unavailable` where the database does not answer.
pub async fn check(app: &App, params: &Params) -> Result<std::result::Result<Asked, Stop>> {
    let client_id = params.text("client_id").unwrap_or_default().to_owned();
    let found = app
        .db
        .read(move |conn| store::oauth::find_app_by_client_id(conn, &client_id))
        .await?;
    let Some(client) = found else {
        return Ok(Err(Stop::UnknownApp));
    };
    Ok(check_for(client, params, &app.config.base_url()))
}

fn check_for(client: OauthApp, params: &Params, base: &str) -> std::result::Result<Asked, Stop> {
    let registered = client.redirects();
    let redirect_uri = match (params.text("redirect_uri"), registered.as_slice()) {
        (Some(wanted), all) if all.contains(&wanted) => wanted.to_owned(),
        (None, [only]) => (*only).to_owned(),
        _ => return Err(Stop::BadRedirect),
    };
    let state = params.text("state").map(str::to_owned);
    let refuse = |code: &str| {
        Err(Stop::SendBack(error_address(
            &redirect_uri,
            code,
            state.as_deref(),
            base,
        )))
    };
    if params.text("response_type") != Some("code") {
        return refuse("unsupported_response_type");
    }
    let scopes = match params.text("scope").filter(|text| !text.trim().is_empty()) {
        None => Scopes::parse("read").filter(|read| read.is_within(&client.scope_set())),
        Some(text) => Scopes::parse(text).filter(|wanted| wanted.is_within(&client.scope_set())),
    };
    let Some(scopes) = scopes else {
        return refuse("invalid_scope");
    };
    let challenge = params
        .text("code_challenge")
        .filter(|text| !text.is_empty())
        .map(str::to_owned);
    let method = params
        .text("code_challenge_method")
        .filter(|text| !text.is_empty());
    let pkce = match (&challenge, method) {
        (Some(challenge), Some("S256")) => challenge.len() == 43,
        (None, None) => true,
        _ => false,
    };
    if !pkce {
        return refuse("invalid_request");
    }
    let prompt = params.text("prompt").unwrap_or_default();
    let force_login = prompt == "login" || matches!(params.text("force_login"), Some("true" | "1"));
    let silent = prompt == "none";
    Ok(Asked {
        app: client,
        redirect_uri,
        scopes,
        state,
        challenge,
        force_login,
        silent,
    })
}

impl Asked {
    /// Whether the code is shown on our own page to be copied.
    pub fn is_oob(&self) -> bool {
        self.redirect_uri == OOB
    }

    /// What may follow the consent form, for `form-action` of the content policy: the origin, or the scheme alone.
    pub fn form_target(&self) -> Option<String> {
        let url = Url::parse(&self.redirect_uri)
            .ok()
            .filter(|_| !self.is_oob())?;
        match url.origin() {
            url::Origin::Tuple(..) => Some(url.origin().ascii_serialization()),
            url::Origin::Opaque(_) => Some(format!("{}:", url.scheme())),
        }
    }

    /// The address that tells the app no.
    pub fn denied(&self, app: &App, code: &str) -> String {
        error_address(
            &self.redirect_uri,
            code,
            self.state.as_deref(),
            &app.config.base_url(),
        )
    }

    /// What a consent is bound to, so that no form for one request decides another.
    pub fn fingerprint(&self, secret: &str) -> String {
        let challenge = self.challenge.as_deref().unwrap_or_default();
        hash_token(&format!(
            "consent {secret}\n{}\n{}\n{}\n{challenge}",
            self.app.client_id, self.redirect_uri, self.scopes
        ))
    }

    /// Keeps the consent; the code.
    ///
    /// # Errors
    /// `Unavailable` where the database does not answer.
    pub async fn allow(&self, app: &App, account: AccountId) -> Result<String> {
        let code = random_token();
        let consent = Consent {
            app_id: self.app.id,
            account,
            redirect_uri: self.redirect_uri.clone(),
            scopes: self.scopes.clone(),
            challenge: self.challenge.clone(),
        };
        let hash = hash_token(&code);
        app.db
            .write(move |tx| issue_code(tx, &consent, &hash))
            .await?;
        Ok(code)
    }

    /// The address that brings the app its code.
    pub fn allowed(&self, app: &App, code: &str) -> String {
        let pairs = [("code", Some(code)), ("state", self.state.as_deref())];
        with_pairs(&self.redirect_uri, &pairs, &app.config.base_url())
    }
}

fn error_address(redirect_uri: &str, code: &str, state: Option<&str>, base: &str) -> String {
    let text = match code {
        "access_denied" => "The resource owner or authorization server denied the request.",
        "unsupported_response_type" => {
            "The authorization server does not support this response type."
        }
        "invalid_scope" => "The requested scope is invalid, unknown, or malformed.",
        "login_required" | "consent_required" => {
            "The authorization server requires end-user interaction."
        }
        _ => {
            "The request is missing a required parameter, includes an unsupported parameter value, or is otherwise \
              malformed."
        }
    };
    with_pairs(
        redirect_uri,
        &[
            ("error", Some(code)),
            ("error_description", Some(text)),
            ("state", state),
        ],
        base,
    )
}

/// Appends parameters to a redirect URI, which stays as it was registered, byte for byte; and who answers (RFC 9207).
fn with_pairs(redirect_uri: &str, pairs: &[(&str, Option<&str>)], base: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    query.append_pair("iss", &format!("{base}/"));
    let separator = match redirect_uri.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some((_, rest)) if rest.ends_with('&') => "",
        Some(_) => "&",
    };
    format!(
        "{redirect_uri}{separator}{}",
        query.finish().replace('+', "%20")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(uris: &str) -> OauthApp {
        OauthApp {
            id: 1,
            name: "Kit".into(),
            website: None,
            redirect_uris: uris.into(),
            scopes: "read write:statuses".into(),
            client_id: "c".into(),
            secret_hash: String::new(),
            created_at: chrono::DateTime::UNIX_EPOCH.naive_utc(),
        }
    }

    const ONE: &str = "http://client.invalid/callback?from=cordee";

    fn ask(query: &str) -> std::result::Result<Asked, Stop> {
        check_for(
            client(ONE),
            &Params::from_query(query).unwrap(),
            "https://n.example",
        )
    }

    fn sent_back(query: &str) -> String {
        match ask(query) {
            Err(Stop::SendBack(address)) => address,
            _ => panic!("{query} was not sent back"),
        }
    }

    #[test]
    fn only_registered_redirect_uris_are_followed() {
        for wrong in [
            "http://client.invalid/callback",
            "http://client.invalid/callback?from=cordeex",
            "http://client.invalid/Callback?from=cordee",
            "http://client.invalid:80/callback?from=cordee",
            "http://client.invalid/callback?from=cordee#x",
            "http://thief.invalid/",
        ] {
            let query: String = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("redirect_uri", wrong)
                .finish();
            assert_eq!(
                ask(&format!("response_type=code&{query}")).err(),
                Some(Stop::BadRedirect),
                "{wrong}"
            );
        }
        assert!(
            ask("response_type=code").is_ok(),
            "the only one registered is meant"
        );
        let two = client("https://a.example/\nhttps://b.example/");
        let params = Params::from_query("response_type=code").unwrap();
        assert_eq!(check_for(two, &params, "").err(), Some(Stop::BadRedirect));
    }

    #[test]
    fn faults_go_back_to_the_app_with_the_state() {
        let address = sent_back("response_type=token&state=s+t%26te");
        assert!(
            address.starts_with(&format!("{ONE}&error=unsupported_response_type&")),
            "{address}"
        );
        assert!(
            address.contains("state=s%20t%26te")
                && address.ends_with("iss=https%3A%2F%2Fn.example%2F")
        );
        assert!(sent_back("response_type=code&scope=write").contains("error=invalid_scope"));
        assert!(sent_back("response_type=code&scope=everything").contains("error=invalid_scope"));
        let plain = format!(
            "response_type=code&code_challenge={}&code_challenge_method=plain",
            "x".repeat(43)
        );
        assert!(sent_back(&plain).contains("error=invalid_request"));
        assert!(
            sent_back("response_type=code&code_challenge_method=S256")
                .contains("error=invalid_request")
        );
    }

    #[test]
    fn the_form_may_lead_to_the_app_only() {
        let target = |uri: &str| {
            check_for(
                client(uri),
                &Params::from_query("response_type=code").unwrap(),
                "",
            )
            .ok()
            .and_then(|asked| asked.form_target())
        };
        assert_eq!(target(ONE).as_deref(), Some("http://client.invalid"));
        assert_eq!(target("icecubesapp://").as_deref(), Some("icecubesapp:"));
        assert_eq!(target(OOB), None);
    }

    #[test]
    fn parameters_are_joined_as_the_uri_needs() {
        for (uri, want) in [
            ("a://b", "a://b?x=1&iss=%2F"),
            ("a://b?", "a://b?x=1&iss=%2F"),
            ("a://b?c", "a://b?c&x=1&iss=%2F"),
        ] {
            assert_eq!(with_pairs(uri, &[("x", Some("1"))], ""), want);
        }
    }
}
