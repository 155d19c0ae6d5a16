//! The state that is built once and passed everywhere. It wires and holds no rules.

pub mod limits;
pub mod relay;
pub mod rendered;
pub mod resolving;
pub mod uploads;

use std::ops::Deref;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use ipnet::IpNet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::{Config, MediaPlace};
use crate::error::{Error, Result};
use crate::hub::Hub;
use crate::mail::Mailer;
use crate::media::cache::Cache;
use crate::media::{BucketSettings, Store};
use crate::model::grant::Grant;
use crate::model::ids::AccountId;
use crate::model::resolve::{Resolve, Resolved};
use crate::model::time::{Clock, Time};
use crate::model::words::IpSeverity;
use crate::secrets::VapidKey;
use crate::store::barriers;
use crate::store::conn::Conn;
use crate::store::db::Db;
use crate::store::settings;

/// The one clock of the program outside of tests.
#[derive(Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Time {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the clock that everything else asks"
        )]
        let now = chrono::Utc::now();
        chrono::DateTime::from_timestamp_micros(now.timestamp_micros())
            .unwrap_or(now)
            .naive_utc()
    }
}

/// Networks with what they may not do.
pub type Networks = Vec<(IpNet, IpSeverity)>;

/// How long another process may not know of a network that was shut out.
const NETWORKS_LIVE: Duration = Duration::from_secs(5);

/// How long another process may still honour a token that was taken back.
const GRANTS_LIVE: Duration = Duration::from_secs(2);

/// Database, settings and the living parts; cheap to clone.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "holds trait objects")]
pub struct App(Arc<Parts>);

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// What an [`App`] consists of: behind one pointer, since every layer of every request clones it.
#[allow(missing_debug_implementations, reason = "holds trait objects")]
pub struct Parts {
    /// The database.
    pub db: Db,
    /// The settings.
    pub config: Arc<Config>,
    /// Committed events.
    pub hub: Hub,
    /// Tasks that a shutdown waits for. Spawn through [`App::spawn`].
    pub tasks: TaskTracker,
    /// Cancelled when the process is asked to stop.
    pub stopping: CancellationToken,
    /// Access tokens seen in the last two seconds, by hash. Ask through `oauth::authenticate`.
    pub grants: moka::sync::Cache<String, Arc<Grant>>,
    /// JSON kept ready for readers.
    pub rendered: rendered::Rendered,
    /// Who asked how often.
    pub limits: limits::Limits,
    /// Files of this node.
    pub media: Store,
    /// Pictures of other nodes, kept for a while.
    pub pictures: Cache,
    networks: moka::sync::Cache<(), Arc<Networks>>,
    mailer: OnceLock<Mailer>,
    vapid: OnceLock<Arc<VapidKey>>,
    resolver: OnceLock<Arc<dyn Resolve>>,
}

/// Where files of this node lie, by the settings. Nothing is asked yet.
fn media_store(config: &Config) -> Result<Store> {
    match config.media_place() {
        MediaPlace::Folder(path) => Ok(Store::folder(path)),
        MediaPlace::Bucket { bucket, prefix, s3 } => Store::bucket(BucketSettings {
            endpoint: s3.endpoint.clone(),
            region: s3.region.clone(),
            path_style: s3.path_style,
            access_key: s3.access_key.clone(),
            secret_key: s3.secret_key.clone(),
            bucket: bucket.to_owned(),
            prefix: prefix.to_owned(),
        }),
    }
}

impl App {
    /// Wires the parts.
    ///
    /// # Errors
    /// `Unavailable` where the settings of media cannot be used.
    pub fn new(db: Db, config: Arc<Config>, hub: Hub, stopping: CancellationToken) -> Result<Self> {
        let most = config.media.remote_cache_mib.saturating_mul(1 << 20);
        let pictures = Cache::new(config.picture_cache_dir(), most);
        let media = media_store(&config)?;
        Ok(Self(Arc::new(Parts {
            db,
            config,
            hub,
            tasks: TaskTracker::new(),
            stopping,
            grants: moka::sync::Cache::builder()
                .max_capacity(10_000)
                .time_to_live(GRANTS_LIVE)
                .build(),
            rendered: rendered::Rendered::default(),
            limits: limits::Limits::default(),
            media,
            pictures,
            networks: moka::sync::Cache::builder()
                .time_to_live(NETWORKS_LIVE)
                .build(),
            mailer: OnceLock::new(),
            vapid: OnceLock::new(),
            resolver: OnceLock::new(),
        })))
    }

    /// The networks that may not do everything.
    ///
    /// # Errors
    /// `Unavailable` where the database does not answer.
    pub async fn networks(&self) -> Result<Arc<Networks>> {
        if let Some(known) = self.networks.get(&()) {
            return Ok(known);
        }
        let now = self.db.now();
        let read = move |conn: &mut Conn| barriers::networks_at(conn, now);
        let found = Arc::new(self.db.read(read).await?);
        self.networks.insert((), Arc::clone(&found));
        Ok(found)
    }

    /// Has the networks read anew, after a change.
    pub fn forget_networks(&self) {
        self.networks.invalidate_all();
    }

    /// Installs the network's answer to handles and addresses; the first one stays.
    pub fn install_resolver(&self, resolver: Arc<dyn Resolve>) {
        if self.resolver.set(resolver).is_err() {
            tracing::warn!("a second resolver was offered and ignored");
        }
    }

    /// Runs a task that a shutdown waits for.
    pub fn spawn<F>(&self, task: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.tasks.spawn(task);
    }

    /// What sends mails, opened when it is first needed.
    ///
    /// # Errors
    /// `Unavailable` where the settings of mail cannot be used.
    pub fn mailer(&self) -> Result<&Mailer> {
        if let Some(open) = self.mailer.get() {
            return Ok(open);
        }
        let config = &self.config;
        let opened = Mailer::open(
            &config.mail.url,
            &config.mail_dir(),
            &config.node.name,
            &config.mail_from(),
        )?;
        Ok(self.mailer.get_or_init(|| opened))
    }

    /// The key that signs push messages: that of the settings, else the node's own, made when it is first needed.
    ///
    /// # Errors
    /// `Unavailable` where the database does not answer, `Internal` where the key cannot be read.
    pub async fn vapid_key(&self) -> Result<Arc<VapidKey>> {
        if let Some(known) = self.vapid.get() {
            return Ok(Arc::clone(known));
        }
        let set = &self.config.push.vapid_private_key;
        let key = if set.is_empty() {
            self.own_vapid_key().await?
        } else {
            VapidKey::read(set)?
        };
        Ok(Arc::clone(self.vapid.get_or_init(|| Arc::new(key))))
    }

    async fn own_vapid_key(&self) -> Result<VapidKey> {
        let known = self
            .db
            .read(|conn| settings::find(conn, settings::VAPID_PRIVATE))
            .await?;
        let pem = match known {
            Some(pem) => pem,
            None => {
                let pem = VapidKey::generate().pem()?;
                // Another process may be faster: what is kept then counts.
                self.db
                    .write(move |tx| settings::keep(tx, settings::VAPID_PRIVATE, &pem))
                    .await?
            }
        };
        VapidKey::read(&pem)
    }

    /// The `host[:port]` of a push service at an address, where messages may be sent to it.
    ///
    /// # Errors
    /// `Unavailable` where the database does not answer.
    pub async fn push_service(&self, url: &str) -> Result<Option<String>> {
        self.resolver()?.push_service(url).await
    }

    fn resolver(&self) -> Result<&Arc<dyn Resolve>> {
        self.resolver
            .get()
            .ok_or_else(|| Error::internal("no resolver is installed"))
    }

    /// The account for a handle, asked of its node if unknown here.
    ///
    /// # Errors
    /// `Unavailable` where the other node does not answer.
    pub async fn resolve_handle(&self, handle: &str) -> Result<Option<AccountId>> {
        self.resolver()?.handle(handle).await
    }

    /// What lies at an address.
    ///
    /// # Errors
    /// `Unavailable` where the other node does not answer.
    pub async fn resolve_url(&self, url: &str) -> Result<Option<Resolved>> {
        self.resolver()?.url(url).await
    }

    /// The addresses of other accounts that an account names as its own, as its node says now.
    ///
    /// # Errors
    /// `Unavailable` where the other node does not answer, `NotFound` where it does not show the account.
    pub async fn also_known_as(&self, account: AccountId) -> Result<Vec<String>> {
        self.resolver()?.also_known_as(account).await
    }

    /// The file at an address of another node, `most` bytes at most, that an actor of the node `owner` named.
    ///
    /// # Errors
    /// `Unavailable` where the other node does not answer, `NotFound` where the file cannot be had.
    pub async fn fetch_file(&self, url: &str, owner: &str, most: u64) -> Result<Vec<u8>> {
        self.resolver()?.file(url, owner, most).await
    }
}
