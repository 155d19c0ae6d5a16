//! The settings of a node: one struct a section, the keys and defaults of the contract. Reading from file and
//! environment, checking and the commented example live in the files below this one.

mod check;
mod example;
mod keys;
mod load;
mod media;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Deserialize;
use url::Url;

use crate::model::admission::Admission;
use crate::model::words::PeerMode;

pub use example::example;
pub use load::Problem;
pub use media::{Media, MediaPlace, S3};

/// All settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// SQLite file, media and keys.
    pub data_dir: PathBuf,
    /// `[server]`
    pub server: Server,
    /// `[database]`
    pub database: Database,
    /// `[node]`
    pub node: Node,
    /// `[registration]`
    pub registration: Registration,
    /// `[oauth]`
    pub oauth: Oauth,
    /// `[federation]`
    pub federation: Federation,
    /// `[media]`
    pub media: Media,
    /// `[mail]`
    pub mail: Mail,
    /// `[limits]`
    pub limits: Limits,
    /// `[push]`
    pub push: Push,
    /// `[metrics]`
    pub metrics: Metrics,
    /// `[events]`
    pub events: Events,
}

/// Listener and public address.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Address under which the world knows the node; part of every id, so it never changes after federating.
    pub public_url: Url,
    /// What this process does.
    pub role: ProcessRole,
    /// Networks whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<ipnet::IpNet>,
}

/// What a process does where several share one PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProcessRole {
    /// Pages, API and jobs.
    All,
    /// Pages and API.
    Web,
    /// Jobs and deliveries only; opens no listener but metrics.
    Worker,
}

/// Where the data lie.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `sqlite://PATH` (`{data_dir}` is replaced) or `postgres://…`.
    pub url: String,
    /// A PostgreSQL replica for reads.
    pub replica_url: String,
    /// Whether `serve` brings the database to this version.
    pub auto_migrate: bool,
    /// Connections for reading at the same time, 1 to 64.
    pub readers: u32,
}

/// What the node calls itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Node {
    /// Name shown to people.
    pub name: String,
    /// Firm the node belongs to.
    pub firm: String,
    /// Languages of the node, the first being its own: of `en`, `fr`, `nl`.
    pub languages: Vec<String>,
}

/// How people get an account.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Registration {
    /// Who may register.
    pub mode: RegistrationMode,
    /// With `open`: the address must be confirmed by mail.
    pub confirm_email: bool,
}

/// Who may register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RegistrationMode {
    /// Whoever has an invitation link.
    Invite,
    /// Anybody, once a moderator has approved.
    Approval,
    /// Anybody.
    Open,
    /// Whoever the firm's sign-on knows.
    Sso,
}

/// OAuth 2 server.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Oauth {
    /// The password grant, for test harnesses on localhost only.
    pub password_grant: bool,
}

/// Federation with other nodes.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Federation {
    /// Whether the node federates at all.
    pub enabled: bool,
    /// Mode of a node that nobody has set.
    pub unknown_nodes: PeerMode,
    /// Allows http and ports between peers under `.localhost`, nothing else.
    pub development: bool,
    /// Unsigned GET gets only public objects and actor stubs.
    pub authorized_fetch: bool,
    /// Remote documents fetched at most while one activity is handled, 1 to 100.
    pub max_fetches: u32,
}

/// Outgoing mail.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    /// `smtp://…`; empty: mails are written to `{data_dir}/mail` as `.eml`.
    pub url: String,
    /// Sender; empty: `cordee@HOST`.
    pub from: String,
}

/// Rate limits. `enabled = false` lifts these alone, never size limits.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Whether too many requests are refused.
    pub enabled: bool,
    /// Whether limits are counted and reported but refuse nothing.
    pub report_only: bool,
    /// API requests per account or address in five minutes.
    pub api_per_5min: u32,
    /// Media uploads per account in 30 minutes.
    pub media_per_30min: u32,
    /// Deletions per account in 30 minutes.
    pub delete_per_30min: u32,
    /// Attempts to sign in per address, and per name, in 15 minutes.
    pub sign_in_per_15min: u32,
    /// Attempts to register per address, and mails about it per reader, in 30 minutes.
    pub sign_up_per_30min: u32,
    /// Mails that strangers can cause on the whole node in an hour.
    pub mail_per_hour: u32,
    /// Activities per delivering node in five minutes.
    pub inbox_per_5min: u32,
    /// Deliveries per address, whatever node they claim to come from, in five minutes.
    pub inbox_source_per_5min: u32,
}

/// Push messages to phones and browsers. The key is kept out of what is printed.
#[derive(Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Push {
    /// Whether there are any.
    pub enabled: bool,
    /// Whether messages carry the text of posts that are not for everybody, encrypted for the client as all of them are.
    pub closed_text: bool,
    /// Private key for signing, instead of the one made at the first start; see `secrets::VapidKey::read`.
    pub vapid_private_key: String,
    /// Where the operators of push services find ours: `https://…` or `mailto:…`; empty: the node's address.
    pub vapid_subject: String,
}

impl std::fmt::Debug for Push {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Push")
            .field("enabled", &self.enabled)
            .field("closed_text", &self.closed_text)
            .field("vapid_subject", &self.vapid_subject)
            .finish_non_exhaustive()
    }
}

impl Default for Push {
    fn default() -> Self {
        Self {
            enabled: true,
            closed_text: false,
            vapid_private_key: String::new(),
            vapid_subject: String::new(),
        }
    }
}

/// Prometheus metrics.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Metrics {
    /// Address of `/metrics`; empty: off.
    pub listen: String,
}

/// Live events between processes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Events {
    /// Empty: PostgreSQL notifications, or in-process on SQLite.
    pub url: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::from("./data"),
            server: Server::default(),
            database: Database::default(),
            node: Node::default(),
            registration: Registration::default(),
            oauth: Oauth::default(),
            federation: Federation::default(),
            media: Media::default(),
            mail: Mail::default(),
            limits: Limits::default(),
            push: Push::default(),
            metrics: Metrics::default(),
            events: Events::default(),
        }
    }
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 7400)),
            public_url: default_public_url(),
            role: ProcessRole::All,
            trusted_proxies: Vec::new(),
        }
    }
}

#[expect(
    clippy::expect_used,
    reason = "a constant, covered by the test of the defaults"
)]
fn default_public_url() -> Url {
    Url::parse("http://localhost:7400").expect("a valid address")
}

impl Default for Database {
    fn default() -> Self {
        Self {
            url: "sqlite://{data_dir}/cordee.db".into(),
            replica_url: String::new(),
            auto_migrate: true,
            readers: 3,
        }
    }
}

impl Default for Node {
    fn default() -> Self {
        Self {
            name: "Cordée".into(),
            firm: String::new(),
            languages: vec!["en".into(), "fr".into(), "nl".into()],
        }
    }
}

impl Default for Registration {
    fn default() -> Self {
        Self {
            mode: RegistrationMode::Invite,
            confirm_email: true,
        }
    }
}

impl Default for Federation {
    fn default() -> Self {
        Self {
            enabled: true,
            unknown_nodes: PeerMode::Follow,
            development: false,
            authorized_fetch: true,
            max_fetches: 40,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            enabled: true,
            report_only: false,
            api_per_5min: 300,
            media_per_30min: 30,
            delete_per_30min: 30,
            sign_in_per_15min: 30,
            sign_up_per_30min: 5,
            mail_per_hour: 200,
            inbox_per_5min: 3000,
            inbox_source_per_5min: 6000,
        }
    }
}

impl Config {
    /// The authority in our ids and handles: `host`, or `host:port` where the port is not the scheme's own.
    pub fn authority(&self) -> String {
        let url = &self.server.public_url;
        let host = url.host_str().unwrap_or("localhost");
        url.port()
            .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// The public address without trailing slash: what every id begins with.
    pub fn base_url(&self) -> String {
        self.server
            .public_url
            .as_str()
            .trim_end_matches('/')
            .to_owned()
    }

    /// The database URL with `{data_dir}` filled in.
    pub fn database_url(&self) -> String {
        self.database
            .url
            .replace("{data_dir}", &self.data_dir.to_string_lossy())
    }

    /// The folder of pictures of other nodes: on this machine, wherever our own files lie.
    pub fn picture_cache_dir(&self) -> PathBuf {
        self.data_dir.join("cache")
    }

    /// What stands between asking for an account and having one; `None` where nobody may ask.
    pub fn admission(&self) -> Option<Admission> {
        match self.registration.mode {
            RegistrationMode::Invite | RegistrationMode::Sso => None,
            RegistrationMode::Approval => Some(Admission::ByModerator),
            RegistrationMode::Open if self.registration.confirm_email => Some(Admission::ByMail),
            RegistrationMode::Open => Some(Admission::AtOnce),
        }
    }

    /// The folder of mails that no server sends.
    pub fn mail_dir(&self) -> PathBuf {
        self.data_dir.join("mail")
    }

    /// The sender of mails.
    pub fn mail_from(&self) -> String {
        if self.mail.from.is_empty() {
            let host = self.server.public_url.host_str().unwrap_or("localhost");
            return format!("cordee@{host}");
        }
        self.mail.from.clone()
    }

    /// What tells push services who sends.
    pub fn vapid_subject(&self) -> String {
        if self.push.vapid_subject.is_empty() {
            return self.base_url();
        }
        self.push.vapid_subject.clone()
    }

    /// From a table whose keys and shapes were checked one by one.
    fn deserialize_table(table: toml::Table) -> Result<Self, String> {
        Self::deserialize(table).map_err(|error| error.message().to_owned())
    }
}
