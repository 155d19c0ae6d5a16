//! The federation shell: everything between Cordée and other nodes. This half is the wire (signing, verifying,
//! fetching, address rules, inboxes, deliveries, discovery); the vocabulary lies in `objects` and `activities`.

pub mod activities;
pub mod actors_in;
mod counter;
pub mod deliver;
pub mod documents;
pub mod envelope;
pub mod fetch;
pub mod guard;
pub mod inbox;
pub mod keys;
pub mod nodeinfo;
pub mod normalize;
pub mod objects;
pub mod proof;
pub mod publish;
pub mod push_services;
pub mod refresh;
mod resolver;
pub mod sign;
pub mod signer;
pub mod verify;
mod webfinger;

use std::sync::Arc;
use std::time::Duration;

use activitypub_federation::config::{FederationConfig, UrlVerifier};
use activitypub_federation::error::Error as LibraryError;
use axum::Router;
use axum::routing::{get, post};
use url::Url;

use crate::app::App;
use crate::error::{Error, Result};
use crate::model::time::Time;
use crate::model::words::PeerMode;
use crate::store::peers;
use counter::Counter;
use fetch::{FetchError, Fetcher, Guarded, Visit, Wanted};
use guard::{Doors, Lookup, Rules, SystemLookup};
use keys::{KeyMemory, Keyring};

/// The app with all that federation needs besides; cheap to clone. State of every handler in here.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "holds clients and keys")]
pub struct Federation {
    /// Database, settings, events.
    pub app: App,
    inner: Arc<Inner>,
}

struct Inner {
    fetcher: Fetcher,
    library: FederationConfig<App>,
    key_memory: KeyMemory,
    inbox_counter: Counter,
}

/// The library asks this for every address; the answer is that of our own strict reader.
#[derive(Clone)]
struct Strict;

#[async_trait::async_trait]
impl UrlVerifier for Strict {
    async fn verify(&self, url: &Url) -> std::result::Result<(), LibraryError> {
        match guard::parse(url.as_str()) {
            Some(_) => Ok(()),
            None => Err(LibraryError::UrlVerificationError(
                "not a web address that is talked to",
            )),
        }
    }
}

impl Federation {
    /// Wires the parts.
    ///
    /// # Errors
    /// `Internal` where TLS cannot be set up.
    pub async fn new(app: App) -> Result<Self> {
        Self::with_lookup(app, Arc::new(SystemLookup)).await
    }

    /// The same with another way to turn names into addresses.
    ///
    /// # Errors
    /// As [`Federation::new`].
    pub async fn with_lookup(app: App, lookup: Arc<dyn Lookup>) -> Result<Self> {
        let doors = Doors::new(lookup, &app.config.base_url())?;
        let rules = Rules {
            development: app.config.federation.development,
            own: app.config.authority(),
        };
        let keyring = Keyring::new(app.clone());
        let fetcher = Fetcher {
            app: app.clone(),
            doors,
            rules,
            keyring,
        };
        let library = library(&app, &fetcher).await?;
        let inner = Inner {
            fetcher,
            library,
            key_memory: KeyMemory::default(),
            inbox_counter: Counter::new(Duration::from_mins(5)),
        };
        Ok(Self {
            app,
            inner: Arc::new(inner),
        })
    }

    /// What a start needs: the node's own actor, and the answers to handles and addresses. Deliveries
    /// ([`deliver::run`]) and jobs are started by whoever runs a worker.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn prepare(&self) -> Result<()> {
        keys::ensure_instance_actor(&self.app).await?;
        self.app.install_resolver(Arc::new(self.clone()));
        Ok(())
    }

    /// A new count of fetches: one for each activity worked on, each request, each thing a person asks for.
    pub fn visit(&self) -> Visit {
        self.inner.library.to_request_data()
    }

    /// The private keys of this node's actors.
    pub fn keyring(&self) -> &Keyring {
        &self.inner.fetcher.keyring
    }

    /// The time at another node, asked of its NodeInfo.
    ///
    /// # Errors
    /// [`FetchError`]; `Unusable` where its answer has no date.
    pub async fn time_at(&self, domain: &str) -> std::result::Result<Time, FetchError> {
        let address = format!("{}/.well-known/nodeinfo", self.origin_of(domain));
        let fetched = self.inner.fetcher.get(&address, Wanted::Discovery).await?;
        fetched
            .date
            .ok_or(FetchError::Unusable("an answer without a date"))
    }

    /// The file at an address that an actor of the node `owner` named, `most` bytes at most.
    ///
    /// # Errors
    /// [`FetchError`].
    pub async fn file_at(
        &self,
        url: &str,
        owner: &str,
        most: u64,
    ) -> std::result::Result<Vec<u8>, FetchError> {
        let parsed = guard::parse(url).ok_or(FetchError::Refused("not a web address"))?;
        let door = self.inner.fetcher.door(&parsed).await?;
        if !door.is_open_to(owner, &parsed) {
            return Err(FetchError::Refused(
                "a file of a private peer that somebody else named",
            ));
        }
        let wanted = Wanted::File(usize::try_from(most).unwrap_or(usize::MAX));
        Ok(self.inner.fetcher.get(url, wanted).await?.body)
    }

    /// What a node may do here now.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn mode_of(&self, domain: &str) -> Result<PeerMode> {
        let (domain, default) = (domain.to_owned(), self.app.config.federation.unknown_nodes);
        let now = self.app.db.now();
        self.app
            .db
            .read(move |conn| peers::mode_of(conn, &domain, now, default))
            .await
    }

    /// `https://domain`, or http for names under `.localhost` in development.
    pub fn origin_of(&self, domain: &str) -> String {
        let host = domain.split(':').next().unwrap_or(domain);
        let plain = self.inner.fetcher.rules.development && host.ends_with(".localhost");
        format!("{}://{domain}", if plain { "http" } else { "https" })
    }
}

/// The library's configuration. Its `debug` stands for "leave addresses and ports to the client": in its other mode it
/// refuses every port and every private peer, and can only be opened for all of them at once. The client it gets is
/// ours, which holds to stricter rules in every build (`docs/decisions`, fetching).
async fn library(app: &App, fetcher: &Fetcher) -> Result<FederationConfig<App>> {
    let bare = fetcher.doors.client(&guard::Door::Public)?;
    let client = reqwest_middleware::ClientBuilder::new(bare)
        .with(Guarded(fetcher.clone()))
        .build();
    FederationConfig::builder()
        .domain(app.config.authority())
        .app_data(app.clone())
        .client(client)
        .debug(true)
        .http_fetch_limit(app.config.federation.max_fetches)
        .url_verifier(Box::new(Strict))
        .build()
        .await
        .map_err(Error::internal)
}

/// Anybody's script may read the answer.
fn open(mut response: axum::response::Response) -> axum::response::Response {
    let any = http::HeaderValue::from_static("*");
    response
        .headers_mut()
        .insert(http::header::ACCESS_CONTROL_ALLOW_ORIGIN, any);
    response
}

/// Inboxes, discovery, and the documents that have no page beside them (`server::negotiate` answers for the others).
pub fn routes() -> Router<Federation> {
    documents::routes()
        .route("/inbox", post(inbox::receive))
        .route("/users/{name}/inbox", post(inbox::receive))
        .route("/c/{name}/inbox", post(inbox::receive))
        .route("/.well-known/webfinger", get(webfinger::answer))
        .route("/.well-known/host-meta", get(webfinger::host_meta))
        .route(
            "/.well-known/host-meta.json",
            get(webfinger::host_meta_json),
        )
        .route("/.well-known/nodeinfo", get(nodeinfo::links))
        .route("/nodeinfo/2.0", get(nodeinfo::version_2_0))
        .route("/nodeinfo/2.1", get(nodeinfo::version_2_1))
}

#[cfg(test)]
mod tests;
