//! Keys: those of our own actors, made when first needed, and those of others, found by keyId.

use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use serde_json::Value;

use super::actors_in::ActorDocument;
use super::counter::Counter;
use super::fetch::{self, FetchError, Visit};
use super::sign::{self, SigningKey};
use super::verify::key::VerifyKey;
use super::{Federation, guard};
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::ids::AccountId;
use crate::model::words::{AccountState, ActorKind};
use crate::secrets::ActorKey;
use crate::store::accounts::{self, Account};
use crate::store::actor_keys::{self, NewKeys};
use crate::store::remote_accounts;

/// Name of the node's own actor. No person or community can have it: theirs hold no dot.
pub const NODE_ACTOR: &str = "node.actor";

/// Parsed private keys kept in memory.
const PARSED_KEYS: u64 = 10_000;

/// The private keys of this node's actors, parsed once.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "holds private keys")]
pub struct Keyring {
    app: App,
    parsed: Cache<AccountId, Arc<SigningKey>>,
    node: Arc<std::sync::OnceLock<AccountId>>,
}

impl Keyring {
    /// An empty ring.
    pub fn new(app: App) -> Self {
        Self {
            app,
            parsed: Cache::new(PARSED_KEYS),
            node: Arc::default(),
        }
    }

    /// The key that a local actor signs with, made now if it has none.
    ///
    /// # Errors
    /// `NotFound` where there is no such actor; `Unavailable`.
    pub async fn of(&self, account: AccountId) -> Result<Arc<SigningKey>> {
        if let Some(key) = self.parsed.get(&account) {
            return Ok(key);
        }
        ensure_keys(&self.app, account).await?;
        let found = self
            .app
            .db
            .read(move |conn| actor_keys::find_rsa(conn, account))
            .await?;
        let (pem, key_id) = found.ok_or(Error::NotFound)?;
        let key = Arc::new(SigningKey::from_pem(key_id, &pem)?);
        self.parsed.insert(account, Arc::clone(&key));
        Ok(key)
    }

    /// The key of the node's own actor.
    ///
    /// # Errors
    /// As [`Keyring::of`].
    pub async fn of_node(&self) -> Result<Arc<SigningKey>> {
        let id = if let Some(id) = self.node.get() {
            *id
        } else {
            let id = ensure_instance_actor(&self.app).await?;
            *self.node.get_or_init(|| id)
        };
        self.of(id).await
    }
}

/// Makes the RSA key pair of a local actor, and its Ed25519 key if that is missing too. Slow work happens on a blocking
/// thread and outside any transaction; of two that come at once, one pair stays.
///
/// # Errors
/// `NotFound` where there is no such local actor; `Unavailable`.
pub async fn ensure_keys(app: &App, account: AccountId) -> Result<()> {
    let known = app
        .db
        .read(move |conn| {
            let row = accounts::get(conn, account)?;
            if !row.is_local() {
                return Err(Error::NotFound);
            }
            actor_keys::find_rsa(conn, account)
        })
        .await?;
    if known.is_some() {
        return Ok(());
    }
    let ((private, public), ed25519, multibase) = tokio::task::spawn_blocking(|| {
        let ActorKey { pem, multikey } = ActorKey::generate()?;
        Ok::<_, Error>((sign::generate_rsa()?, pem, multikey))
    })
    .await
    .map_err(Error::internal)??;
    app.db
        .write(move |tx| {
            let keys = NewKeys {
                rsa_pem: &private,
                public_pem: &public,
                ed25519_pem: &ed25519,
                ed25519_public: &multibase,
            };
            actor_keys::put_rsa(tx, account, &keys)
        })
        .await
}

/// The node's own Application actor, made at the first start: it signs fetches and is readable unsigned.
///
/// # Errors
/// `Unavailable`.
pub async fn ensure_instance_actor(app: &App) -> Result<AccountId> {
    let base = app.config.base_url();
    let name = app.config.node.name.clone();
    let id = app
        .db
        .write(move |tx| {
            let uri = format!("{base}/actor");
            if let Some(known) = accounts::find_by_uri(tx, &uri)? {
                return Ok(known.id);
            }
            let (id, now) = (AccountId(tx.new_id()), tx.now());
            let mut row = Account::local(id, ActorKind::Application, NODE_ACTOR, &base, now);
            row.url = format!("{base}/about");
            row.inbox_url = format!("{base}/inbox");
            row.followers_url = None;
            row.display_name = name;
            row.bot = true;
            row.discoverable = false;
            row.uri = uri;
            accounts::insert(tx, &row)?;
            Ok(id)
        })
        .await?;
    ensure_keys(app, id).await?;
    Ok(id)
}

/// A key of somebody else, and whose it is.
#[derive(Debug, Clone)]
pub struct OwnedKey {
    /// ActivityPub id of the owner.
    pub owner: String,
    /// The key.
    pub key: VerifyKey,
    /// The owner's document where it was fetched just now; stored only once the signature has been found good.
    pub document: Option<Arc<ActorDocument>>,
}

/// Why there is no key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoKey {
    /// The owner is suspended here, or gone.
    Unwelcome,
    /// Key and owner do not vouch for each other, or the key is weak.
    NotOwned(&'static str),
    /// It could not be fetched.
    Fetch(FetchError),
    /// Too many fetches of that kind lately.
    Busy,
}

/// What is remembered of keys that were asked for in vain, and how often a host was asked.
#[derive(Debug, Clone)]
pub struct KeyMemory {
    absent: Cache<String, NoKey>,
    gone: Cache<String, ()>,
    refetched: Cache<String, ()>,
    fetches: Counter,
    proven: Cache<String, OwnedKey>,
    refreshed: Cache<String, ()>,
}

/// Fetches a minute, to one host, caused by requests that then prove to be badly signed (RES-12).
const FETCHES_A_MINUTE: u32 = 10;
/// The same to all hosts together.
const ALL_FETCHES_A_MINUTE: u32 = 600;
/// Old actors that are fetched anew in a minute.
const REFRESHES_A_MINUTE: u32 = 120;
/// Under which name they are counted; no host is called like that.
const REFRESHES: &str = "refresh";
/// Under which name all hosts are counted; no host is called like that.
const ALL_HOSTS: &str = "*";

impl Default for KeyMemory {
    fn default() -> Self {
        let (minute, five_minutes, day) = (60, 300, 24 * 3600);
        let lasting = Duration::from_secs;
        Self {
            absent: Cache::builder()
                .max_capacity(10_000)
                .time_to_live(lasting(minute))
                .build(),
            gone: Cache::builder()
                .max_capacity(100_000)
                .time_to_live(lasting(day))
                .build(),
            refetched: Cache::builder()
                .max_capacity(100_000)
                .time_to_live(lasting(five_minutes))
                .build(),
            refreshed: Cache::builder()
                .max_capacity(100_000)
                .time_to_live(lasting(3600))
                .build(),
            fetches: Counter::new(lasting(minute)),
            proven: Cache::builder()
                .max_capacity(10_000)
                .time_to_live(lasting(2 * five_minutes))
                .build(),
        }
    }
}

impl KeyMemory {
    /// Takes one fetch from the budget of a host and of all hosts.
    fn take(&self, host: &str) -> bool {
        self.fetches.take(host, FETCHES_A_MINUTE)
            && self.fetches.take(ALL_HOSTS, ALL_FETCHES_A_MINUTE)
    }

    /// Gives it back: the signature was good.
    fn give_back(&self, host: &str) {
        self.fetches.give_back(host);
        self.fetches.give_back(ALL_HOSTS);
    }
}

impl Federation {
    /// The key of this name: as stored, else fetched once and not yet stored.
    ///
    /// # Errors
    /// [`NoKey`].
    pub async fn find_key(&self, key_id: &str) -> std::result::Result<OwnedKey, NoKey> {
        let asked = key_id.to_owned();
        let stored = self
            .app
            .db
            .read(move |conn| remote_accounts::find_by_key_id(conn, &asked))
            .await;
        if let Some(account) = stored.map_err(passing)? {
            if account.state != AccountState::Active {
                return Err(NoKey::Unwelcome);
            }
            if let Some(key) = account
                .public_key_pem
                .as_deref()
                .and_then(VerifyKey::from_pem)
            {
                return Ok(OwnedKey {
                    owner: account.uri,
                    key,
                    document: None,
                });
            }
        }
        if let Some(proven) = self.inner.key_memory.proven.get(key_id) {
            return Ok(proven);
        }
        self.fetch_key(key_id).await
    }

    /// A key made a good signature: what its fetch cost is given back, and it is remembered for a while, so that nodes
    /// that only read are not asked for it again and again.
    pub(super) fn key_is_good(&self, key_id: &str, host: &str, owned: &OwnedKey) {
        if owned.document.is_some() {
            let memory = &self.inner.key_memory;
            if !memory.proven.contains_key(key_id) {
                memory.give_back(host);
            }
            memory.proven.insert(key_id.to_owned(), owned.clone());
        }
    }

    /// The key fetched anew although one is stored, at most once in five minutes per key: it may have been exchanged.
    pub async fn refetch_key(&self, key_id: &str) -> Option<OwnedKey> {
        let memory = &self.inner.key_memory;
        if memory.refetched.contains_key(key_id) {
            return None;
        }
        memory.refetched.insert(key_id.to_owned(), ());
        memory.proven.invalidate(key_id);
        self.fetch_key(key_id).await.ok()
    }

    async fn fetch_key(&self, key_id: &str) -> std::result::Result<OwnedKey, NoKey> {
        let memory = &self.inner.key_memory;
        if memory.gone.contains_key(key_id) {
            return Err(NoKey::Fetch(FetchError::Gone));
        }
        if let Some(known) = memory.absent.get(key_id) {
            return Err(known);
        }
        let host =
            guard::domain_of(key_id).ok_or(NoKey::NotOwned("the keyId is not a web address"))?;
        if !memory.take(&host) && self.limits_refuse() {
            return Err(NoKey::Busy);
        }
        let found = fetch_owned(&self.visit(), key_id).await;
        match &found {
            Err(NoKey::Fetch(FetchError::Gone)) => memory.gone.insert(key_id.to_owned(), ()),
            Err(error) => memory.absent.insert(key_id.to_owned(), error.clone()),
            Ok(_) => {}
        }
        let owned = found?;
        let uri = owned.owner.clone();
        let known = self
            .app
            .db
            .read(move |conn| accounts::find_by_uri(conn, &uri))
            .await
            .map_err(passing)?;
        if known.is_some_and(|account| account.is_local() || account.state != AccountState::Active)
        {
            return Err(NoKey::Unwelcome);
        }
        Ok(owned)
    }

    /// Whether an actor that has grown old may be fetched anew now: once an hour, and so many a minute in all.
    pub(super) fn may_refresh(&self, uri: &str) -> bool {
        let memory = &self.inner.key_memory;
        if memory.refreshed.contains_key(uri) || !memory.fetches.take(REFRESHES, REFRESHES_A_MINUTE)
        {
            return false;
        }
        memory.refreshed.insert(uri.to_owned(), ());
        true
    }

    /// Takes the fetch of an unknown actor from the budgets of its host and of the host whose delivery causes it.
    pub(super) fn may_fetch_for(&self, by: &str, host: &str) -> bool {
        let memory = &self.inner.key_memory;
        let within = memory.fetches.take(&caused_by(by), FETCHES_A_MINUTE) && memory.take(host);
        within || !self.limits_refuse()
    }

    /// Gives that back: the proof was good.
    pub(super) fn fetched_rightly_for(&self, by: &str, host: &str) {
        let memory = &self.inner.key_memory;
        memory.fetches.give_back(&caused_by(by));
        memory.give_back(host);
    }

    /// Whether rate limits refuse, or only report.
    pub(super) fn limits_refuse(&self) -> bool {
        let limits = &self.app.config.limits;
        limits.enabled && !limits.report_only
    }
}

/// Under which name the fetches are counted that a host's deliveries cause elsewhere; no host is called like that.
fn caused_by(host: &str) -> String {
    format!("by {host}")
}

fn passing(error: Error) -> NoKey {
    NoKey::Fetch(error.into())
}

/// Fetches the document behind a keyId: an actor, or a bare key whose owner is then fetched. Either way the owner's own
/// document must list this very key, and key, owner and document lie on one origin.
async fn fetch_owned(visit: &Visit, key_id: &str) -> std::result::Result<OwnedKey, NoKey> {
    let first = fetch_any(visit, key_id).await?;
    let document = if first.get("publicKeyPem").is_some() {
        let owner = first
            .get("owner")
            .and_then(Value::as_str)
            .ok_or(NoKey::NotOwned("the key names no owner"))?;
        if !guard::same_origin(owner, key_id) {
            return Err(NoKey::NotOwned(
                "the key lies on another host than its owner",
            ));
        }
        let document = fetch::object(visit, owner).await.map_err(NoKey::Fetch)?;
        if document.get("id").and_then(Value::as_str) != Some(owner) {
            return Err(NoKey::NotOwned("the owner is somebody else"));
        }
        document
    } else {
        first
    };
    let document = ActorDocument::read(&document).map_err(NoKey::NotOwned)?;
    if !guard::same_origin(&document.actor.uri, key_id) {
        return Err(NoKey::NotOwned(
            "the key lies on another host than its owner",
        ));
    }
    let pem = document
        .key_pem(key_id)
        .ok_or(NoKey::NotOwned("the owner does not list the key"))?;
    let key = VerifyKey::from_pem(pem).ok_or(NoKey::NotOwned(
        "the key is no RSA key of 2048 to 8192 bits",
    ))?;
    let document = document.with_primary_key(key_id);
    Ok(OwnedKey {
        owner: document.actor.uri.clone(),
        key,
        document: Some(Arc::new(document)),
    })
}

/// The document behind a keyId. Its id is either the keyId (a bare key, or an actor whose key needs no fragment) or the
/// keyId without its fragment.
async fn fetch_any(visit: &Visit, key_id: &str) -> std::result::Result<Value, NoKey> {
    let address = key_id.split('#').next().unwrap_or(key_id);
    fetch::object(visit, address).await.map_err(NoKey::Fetch)
}
