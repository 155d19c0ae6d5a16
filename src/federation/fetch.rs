//! Fetching from other nodes: a signed GET through the guard, redirects by hand, each hop vetted and signed anew. The
//! library's `fetch_object_http` runs on top of it (its client is our [`Guarded`] middleware), so that its counter of
//! fetches and its check of the returned id hold as well.

use activitypub_federation::config::Data;
use activitypub_federation::error::Error as LibraryError;
use activitypub_federation::fetch::fetch_object_http;
use chrono::DateTime;
use http::header::{ACCEPT, CONTENT_TYPE, DATE, LOCATION};
use reqwest::ResponseBuilderExt;
use serde_json::Value;
use url::Url;

use super::envelope::has_nul;
use super::guard::{self, Door, Doors, Rules};
use super::keys::Keyring;
use super::sign;
use crate::app::App;
use crate::error::Error;
use crate::model::peer;
use crate::model::time::Time;
use crate::store::peers;

/// Largest answer, decompressed.
const MAX_BODY: usize = 1 << 20;
/// Redirects that are followed.
const MAX_HOPS: usize = 3;
/// What we ask for.
pub const AS_TYPES: &str = r#"application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams""#;
/// The profile that makes JSON-LD ActivityStreams.
const AS_PROFILE: &str = "https://www.w3.org/ns/activitystreams";

/// The library's request data: our app and the number of fetches already made for one purpose.
pub type Visit = Data<App>;

/// Why nothing was fetched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// Our own rules say no.
    #[error("refused: {0}")]
    Refused(&'static str),
    /// It was deleted (410).
    #[error("gone")]
    Gone,
    /// Another status than 200.
    #[error("answered {0}")]
    Status(u16),
    /// No answer.
    #[error("does not answer: {0}")]
    Unreachable(String),
    /// An answer that cannot be used.
    #[error("{0}")]
    Unusable(&'static str),
    /// Too many fetches for one purpose.
    #[error("too many fetches")]
    Budget,
}

impl FetchError {
    /// Whether trying again later makes sense.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable(_) => true,
            Self::Status(status) => matches!(status, 408 | 425 | 429 | 500..),
            _ => false,
        }
    }
}

impl From<FetchError> for Error {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Gone => Self::Gone,
            error if error.is_passing() => Self::Unavailable(error.to_string()),
            _ => Self::NotFound,
        }
    }
}

impl From<Error> for FetchError {
    fn from(error: Error) -> Self {
        Self::Unreachable(error.to_string())
    }
}

/// How an answer must look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// ActivityStreams, asked for with the node's signature; redirects are followed.
    Object,
    /// JSON of a discovery endpoint, unsigned; redirects within the same host only.
    Discovery,
    /// A file of any type with this many bytes at most, unsigned; redirects are followed. The type that the answer
    /// claims means nothing: who asks looks into the file.
    File(usize),
}

/// An answer.
#[derive(Debug)]
pub struct Fetched {
    /// Where it was found in the end.
    pub url: Url,
    /// The body.
    pub body: Vec<u8>,
    /// The time at the other node when it answered, as far as it says.
    pub date: Option<Time>,
}

/// Everything needed to go out.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "holds clients and keys")]
pub struct Fetcher {
    pub(super) app: App,
    pub(super) doors: Doors,
    pub(super) rules: Rules,
    pub(super) keyring: Keyring,
}

impl Fetcher {
    /// The door for an address, after the peer's mode and the address rules.
    ///
    /// # Errors
    /// `Refused` with the reason.
    pub async fn door(&self, url: &Url) -> Result<Door, FetchError> {
        let domain = sign::authority(url);
        let asked = domain.clone();
        let known = self
            .app
            .db
            .read(move |conn| peers::find(conn, &asked))
            .await?;
        let (now, default) = (self.app.db.now(), self.app.config.federation.unknown_nodes);
        let (mode, networks, named) = match &known {
            Some(peer) => (
                peer.effective_mode(now, default),
                peer.networks(),
                peer.mode.is_some(),
            ),
            None => (default, Vec::new(), false),
        };
        if !peer::is_spoken_to(mode) {
            return Err(FetchError::Refused("a node that is not spoken to"));
        }
        self.rules
            .door(url, &networks, named)
            .map_err(FetchError::Refused)
    }

    /// Fetches an address, following redirects as far as they are allowed.
    ///
    /// # Errors
    /// [`FetchError`].
    pub async fn get(&self, address: &str, wanted: Wanted) -> Result<Fetched, FetchError> {
        let mut url = guard::parse(address).ok_or(FetchError::Refused("not a web address"))?;
        let mut before: Option<(Url, Door)> = None;
        for _hop in 0..=MAX_HOPS {
            url.set_fragment(None);
            let door = self.door(&url).await?;
            if let Some((from, through)) = &before {
                redirect_is_allowed(from, through, &url, &door, wanted)?;
            }
            let response = self.send(&url, &door, wanted).await?;
            match response.status().as_u16() {
                200 => return read(url, response, wanted).await,
                301 | 302 | 303 | 307 | 308 => {
                    let next = location(&url, &response)?;
                    before = Some((std::mem::replace(&mut url, next), door));
                }
                410 => return Err(FetchError::Gone),
                status => return Err(FetchError::Status(status)),
            }
        }
        Err(FetchError::Refused("too many redirects"))
    }

    /// One hop. A peer that left the query out of what it verifies gets a second try signed like that.
    async fn send(
        &self,
        url: &Url,
        door: &Door,
        wanted: Wanted,
    ) -> Result<reqwest::Response, FetchError> {
        let response = self.send_as(url, door, wanted, &sign::target(url)).await?;
        if response.status() == 401 && url.query().is_some() && wanted == Wanted::Object {
            return self.send_as(url, door, wanted, url.path()).await;
        }
        Ok(response)
    }

    async fn send_as(
        &self,
        url: &Url,
        door: &Door,
        wanted: Wanted,
        target: &str,
    ) -> Result<reqwest::Response, FetchError> {
        let mut request = self.doors.client(door)?.get(url.clone());
        request = match wanted {
            Wanted::Object => {
                let key = self.keyring.of_node().await?;
                let headers = sign::headers(&key, "GET", url, target, None, self.app.db.now())?;
                headers
                    .into_iter()
                    .fold(request.header(ACCEPT, AS_TYPES), |r, (name, value)| {
                        r.header(name, value)
                    })
            }
            Wanted::Discovery => request.header(ACCEPT, "application/jrd+json, application/json"),
            Wanted::File(_) => request.header(ACCEPT, "image/*"),
        };
        request
            .send()
            .await
            .map_err(|error| FetchError::Unreachable(describe(&error)))
    }
}

/// An error of the client with its causes, without the address.
pub(super) fn describe(error: &reqwest::Error) -> String {
    let mut text = if error.is_timeout() {
        "too slow".to_owned()
    } else {
        String::new()
    };
    let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(error);
    while let Some(error) = cause {
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(&error.to_string());
        cause = error.source();
    }
    if text.is_empty() {
        "the request failed".to_owned()
    } else {
        text
    }
}

/// A redirect never leads from the public internet to a door that is opened by exception, and discovery stays on its
/// host.
fn redirect_is_allowed(
    from: &Url,
    through: &Door,
    to: &Url,
    door: &Door,
    wanted: Wanted,
) -> Result<(), FetchError> {
    if door != through && *door != Door::Public {
        return Err(FetchError::Refused("a redirect to a private peer"));
    }
    if wanted == Wanted::Discovery && from.origin() != to.origin() {
        return Err(FetchError::Refused("a redirect to another host"));
    }
    Ok(())
}

fn location(from: &Url, response: &reqwest::Response) -> Result<Url, FetchError> {
    const BAD: FetchError = FetchError::Refused("a redirect to nowhere");
    let text = response
        .headers()
        .get(LOCATION)
        .and_then(|value| value.to_str().ok())
        .ok_or(BAD)?;
    if text.contains(|c: char| c.is_control() || c.is_whitespace() || c == '\\') {
        return Err(BAD);
    }
    if let Some(absolute) = text.contains("://").then_some(text) {
        return guard::parse(absolute).ok_or(BAD);
    }
    let joined = from.join(text).map_err(|_why| BAD)?;
    guard::parse(joined.as_str()).ok_or(BAD)
}

/// Checks the type and reads the body up to the cap.
async fn read(
    url: Url,
    mut response: reqwest::Response,
    wanted: Wanted,
) -> Result<Fetched, FetchError> {
    let kind = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let date = response
        .headers()
        .get(DATE)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| DateTime::parse_from_rfc2822(text).ok())
        .map(|date| date.naive_utc());
    let good = match wanted {
        Wanted::Object => is_activity_type(kind),
        Wanted::Discovery => is_json_type(kind),
        Wanted::File(_) => true,
    };
    let most = match wanted {
        Wanted::File(most) => most,
        Wanted::Object | Wanted::Discovery => MAX_BODY,
    };
    if !good {
        return Err(FetchError::Unusable("an answer of the wrong type"));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| FetchError::Unreachable(describe(&error)))?
    {
        if body.len() + chunk.len() > most {
            return Err(FetchError::Unusable("an answer that is too large"));
        }
        body.extend_from_slice(&chunk);
    }
    if has_nul(&body) {
        return Err(FetchError::Unusable("an answer that holds a NUL character"));
    }
    Ok(Fetched { url, body, date })
}

/// A media type: its essence in lower case and its parameters.
fn media_type(text: &str) -> (String, Vec<(String, String)>) {
    let mut parts = text.split(';');
    let essence = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
    let parameters = parts
        .filter_map(|part| part.split_once('='))
        .map(|(name, value)| {
            (
                name.trim().to_ascii_lowercase(),
                value.trim().trim_matches('"').to_owned(),
            )
        })
        .collect();
    (essence, parameters)
}

/// Whether a Content-Type is that of ActivityStreams: `application/activity+json`, or JSON-LD with the profile.
pub fn is_activity_type(text: &str) -> bool {
    let (essence, parameters) = media_type(text);
    let profiled = || {
        parameters.iter().any(|(name, value)| {
            name == "profile" && value.split(' ').any(|word| word == AS_PROFILE)
        })
    };
    match essence.as_str() {
        "application/activity+json" => true,
        "application/ld+json" => profiled(),
        _ => false,
    }
}

fn is_json_type(text: &str) -> bool {
    let (essence, _) = media_type(text);
    essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// Puts the guard under the library: whatever its client is asked to get goes through [`Fetcher::get`].
#[allow(missing_debug_implementations, reason = "holds clients and keys")]
pub struct Guarded(pub(super) Fetcher);

#[async_trait::async_trait]
impl reqwest_middleware::Middleware for Guarded {
    async fn handle(
        &self,
        request: reqwest::Request,
        _extensions: &mut http::Extensions,
        _next: reqwest_middleware::Next<'_>,
    ) -> reqwest_middleware::Result<reqwest::Response> {
        let failed = |error: FetchError| reqwest_middleware::Error::Middleware(error.into());
        if request.method() != http::Method::GET {
            return Err(failed(FetchError::Refused(
                "only fetches go through the library",
            )));
        }
        let fetched = self
            .0
            .get(request.url().as_str(), Wanted::Object)
            .await
            .map_err(failed)?;
        let response = http::Response::builder()
            .status(200)
            .header(CONTENT_TYPE, "application/activity+json")
            .url(fetched.url)
            .body(fetched.body)
            .map_err(|error| reqwest_middleware::Error::Middleware(error.into()))?;
        Ok(response.into())
    }
}

/// Fetches an object: its `id` is the address it was found at, or it is fetched once more from its id on the same
/// host. Counts against the visit.
///
/// # Errors
/// [`FetchError`].
pub async fn object(visit: &Visit, address: &str) -> Result<Value, FetchError> {
    let url = guard::parse(address).ok_or(FetchError::Refused("not a web address"))?;
    match fetch_object_http::<App, Value>(&url, visit).await {
        Ok(found)
            if guard::same_origin(
                found.url.as_str(),
                found.object.get("id").and_then(Value::as_str).unwrap_or(""),
            ) =>
        {
            Ok(found.object)
        }
        Ok(_) => Err(FetchError::Unusable("an object with another id")),
        Err(LibraryError::RequestLimit) => Err(FetchError::Budget),
        Err(LibraryError::ReqwestMiddleware(reqwest_middleware::Error::Middleware(error))) => {
            Err(error
                .downcast_ref::<FetchError>()
                .cloned()
                .unwrap_or(FetchError::Unreachable(error.to_string())))
        }
        Err(LibraryError::FetchWrongId(_)) => {
            Err(FetchError::Unusable("an object with another id"))
        }
        Err(_) => Err(FetchError::Unusable("no object")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn org_09_only_activitystreams_counts() {
        for good in [
            "application/activity+json",
            "Application/Activity+JSON; charset=utf-8",
            "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
            "application/ld+json;profile=https://www.w3.org/ns/activitystreams",
            "application/ld+json; charset=utf-8; profile=\"https://www.w3.org/ns/activitystreams\"",
            "application/ld+json; PROFILE=\"https://w3id.org/security/v1 https://www.w3.org/ns/activitystreams\"",
        ] {
            assert!(is_activity_type(good), "{good}");
        }
        for bad in [
            "",
            "text/html",
            "application/json",
            "image/png",
            "text/plain",
            "application/octet-stream",
            "application/ld+json",
            "application/ld+json; profile=\"https://example.org/\"",
            "text/html; x=application/activity+json",
            "application/activity+jsonx",
        ] {
            assert!(!is_activity_type(bad), "{bad}");
        }
    }

    #[test]
    fn ssrf_06_15_redirects_do_not_reach_private_peers_from_outside() {
        let url = |text: &str| Url::parse(text).unwrap();
        let private = Door::Private {
            host: "b.corp".into(),
            networks: vec!["10.0.0.0/8".parse().unwrap()],
        };
        let (a, b) = (url("https://a.example/"), url("https://b.corp/"));
        let allowed = |through: &Door, door: &Door| {
            redirect_is_allowed(&a, through, &b, door, Wanted::Object).is_ok()
        };
        assert!(allowed(&Door::Public, &Door::Public));
        assert!(allowed(&private, &Door::Public));
        assert!(!allowed(&Door::Public, &private));
        assert!(!allowed(&Door::Public, &Door::Loopback));
        let other = Door::Private {
            host: "c.corp".into(),
            networks: vec!["10.0.0.0/8".parse().unwrap()],
        };
        assert!(allowed(&private, &private));
        assert!(
            !allowed(&other, &private),
            "from one private peer to another"
        );
        assert!(
            redirect_is_allowed(&a, &Door::Public, &b, &Door::Public, Wanted::Discovery).is_err(),
            "ORG-17"
        );
    }
}
