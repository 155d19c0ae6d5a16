//! Which addresses Cordée talks to: one strict reader of web addresses, and clients that check every resolved address
//! at the moment of connecting. Everything that goes out to another node goes through here.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use ipnet::IpNet;
use moka::sync::Cache;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use super::sign::authority;
use crate::error::{Error, Result};
use crate::tls;

/// Longest address that is read.
const MAX_URL: usize = 2048;
/// Time to connect, and between two reads.
const CONNECT: Duration = Duration::from_secs(10);
/// Time for a whole exchange.
const TOTAL: Duration = Duration::from_secs(20);

/// Reads a web address strictly: http or https, a host name in ASCII, no user, no blanks, control characters or
/// backslashes, no address literal in any spelling. What the URL standard silently repairs is refused.
pub fn parse(text: &str) -> Option<Url> {
    let odd = |c: char| c.is_control() || c.is_whitespace() || c == '\\';
    if text.len() > MAX_URL || text.contains(odd) {
        return None;
    }
    let after_scheme = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))?;
    let written = after_scheme.split(['/', '?', '#']).next()?;
    if written.is_empty() || written.contains(['@', '%']) || !written.is_ascii() {
        return None;
    }
    let url = Url::parse(text).ok()?;
    let Some(Host::Domain(host)) = url.host() else {
        return None;
    };
    let sound = !host.ends_with('.') && url.username().is_empty() && url.password().is_none();
    sound.then_some(url)
}

/// `host` or `host:port` of an address: the domain of a peer.
pub fn domain_of(text: &str) -> Option<String> {
    parse(text).map(|url| authority(&url))
}

/// Whether two addresses have the same scheme, host and port (FEP-fe34). `false` where either is not sound.
pub fn same_origin(one: &str, other: &str) -> bool {
    match (parse(one), parse(other)) {
        (Some(one), Some(other)) => one.origin() == other.origin(),
        _ => false,
    }
}

/// Why an address is not talked to.
pub type Blocked = &'static str;

/// The node's rules for addresses.
#[derive(Debug, Clone)]
pub struct Rules {
    /// `federation.development`.
    pub development: bool,
    /// Our own `host[:port]`.
    pub own: String,
}

/// Through which client an address is reached.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Door {
    /// The public internet only.
    Public,
    /// Exactly this name, in networks that an admin allowed for it.
    Private {
        /// The host name.
        host: String,
        /// The networks.
        networks: Vec<IpNet>,
    },
    /// `localhost` and `*.localhost` on this machine: other nodes in development only, and a node that looks at itself.
    Loopback,
}

impl Door {
    /// Whether a file at an address may be fetched because an actor of the node `owner` named it. A private network is
    /// asked for nothing that a stranger names: this node would look around in there for whoever publishes a picture.
    pub fn is_open_to(&self, owner: &str, url: &Url) -> bool {
        !matches!(self, Self::Private { .. }) || authority(url) == owner
    }
}

impl Rules {
    /// The door for an address. `networks` are those of the peer with exactly this authority, `named` says whether an
    /// admin set a mode for it.
    ///
    /// # Errors
    /// The reason, for the log.
    pub fn door(&self, url: &Url, networks: &[IpNet], named: bool) -> Result<Door, Blocked> {
        let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
        if authority(url) == self.own {
            return Err("our own address");
        }
        if host.ends_with(".localhost") {
            return if self.development {
                Ok(Door::Loopback)
            } else {
                Err("a local name")
            };
        }
        if url.scheme() != "https" {
            return Err("not https");
        }
        if !networks.is_empty() {
            return Ok(Door::Private {
                host,
                networks: networks.to_vec(),
            });
        }
        if url.port().is_some() && !named {
            return Err("a port that no admin named");
        }
        if host == "localhost" || !host.contains('.') {
            return Err("a local name");
        }
        Ok(Door::Public)
    }
}

/// Whether an address belongs to a machine on the public internet. Everything not known to be one is not.
pub fn is_global(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => is_global_v4(v4),
        IpAddr::V6(v6) => is_global_v6(v6),
    }
}

fn is_global_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let reserved = match (a, b) {
        (0 | 10 | 127 | 224..=255, _) => true,
        (100, b) => (64..=127).contains(&b),
        (169, b) => b == 254,
        (172, b) => (16..=31).contains(&b),
        (192, 0) => matches!(c, 0 | 2),
        (192, 88) => c == 99,
        (192, b) => b == 168,
        (198, 51) => c == 100,
        (198, b) => matches!(b, 18 | 19),
        (203, 0) => c == 113,
        _ => false,
    };
    !reserved
}

/// Only `2000::/3` is handed out for global unicast; within it the IETF's protocol block (Teredo, `ORCHID`, benchmarks),
/// documentation and 6to4 are not.
fn is_global_v6(ip: Ipv6Addr) -> bool {
    let [a, b, ..] = ip.segments();
    let reserved = matches!(
        (a, b),
        (0x2001, 0..=0x01ff | 0x0db8) | (0x2002, _) | (0x3fff, 0..=0x0fff)
    );
    (0x2000..=0x3fff).contains(&a) && !reserved
}

/// Turns names into addresses; tests put their own in.
pub trait Lookup: Send + Sync {
    /// All addresses of a name.
    fn lookup(&self, host: String) -> BoxFuture<'static, std::io::Result<Vec<IpAddr>>>;
}

/// Asks the system.
#[derive(Debug)]
pub struct SystemLookup;

impl Lookup for SystemLookup {
    fn lookup(&self, host: String) -> BoxFuture<'static, std::io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((host.as_str(), 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// The resolver behind one door. Its answer is what the client connects to, so nothing can change in between.
struct Gate {
    door: Door,
    lookup: Arc<dyn Lookup>,
}

impl Resolve for Gate {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().trim_end_matches('.').to_ascii_lowercase();
        let (door, lookup) = (self.door.clone(), Arc::clone(&self.lookup));
        Box::pin(async move {
            let found = match &door {
                Door::Loopback if host == "localhost" || host.ends_with(".localhost") => {
                    vec![IpAddr::V4(Ipv4Addr::LOCALHOST)]
                }
                Door::Loopback => Vec::new(),
                Door::Private { host: only, .. } if *only != host => Vec::new(),
                Door::Public | Door::Private { .. } => lookup.lookup(host.clone()).await?,
            };
            let allowed = |ip: &IpAddr| match &door {
                Door::Loopback => true,
                Door::Public => is_global(ip.to_canonical()) && is_global(*ip),
                Door::Private { networks, .. } => networks
                    .iter()
                    .any(|network| network.contains(&ip.to_canonical())),
            };
            if found.is_empty() || !found.iter().all(allowed) {
                return Err(format!("{host} does not lie where it may lie").into());
            }
            let addresses: Addrs = Box::new(found.into_iter().map(|ip| SocketAddr::new(ip, 0)));
            Ok(addresses)
        })
    }
}

/// The clients: one a door, so that no connection is shared between doors.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "holds a trait object")]
pub struct Doors {
    public: reqwest::Client,
    loopback: reqwest::Client,
    private: Cache<Door, reqwest::Client>,
    lookup: Arc<dyn Lookup>,
    agent: String,
}

impl Doors {
    /// Makes the clients. `base_url` names us in the User-Agent.
    ///
    /// # Errors
    /// `Internal` where TLS cannot be set up.
    pub fn new(lookup: Arc<dyn Lookup>, base_url: &str) -> Result<Self> {
        let agent = format!("Cordee/{} (+{base_url}/)", env!("CARGO_PKG_VERSION"));
        Ok(Self {
            public: client(Door::Public, Arc::clone(&lookup), &agent)?,
            loopback: client(Door::Loopback, Arc::clone(&lookup), &agent)?,
            private: Cache::builder()
                .max_capacity(256)
                .time_to_idle(Duration::from_mins(10))
                .build(),
            lookup,
            agent,
        })
    }

    /// The client for a door.
    ///
    /// # Errors
    /// `Internal` where TLS cannot be set up.
    pub fn client(&self, door: &Door) -> Result<reqwest::Client> {
        match door {
            Door::Public => Ok(self.public.clone()),
            Door::Loopback => Ok(self.loopback.clone()),
            Door::Private { .. } => {
                if let Some(client) = self.private.get(door) {
                    return Ok(client);
                }
                let client = client(door.clone(), Arc::clone(&self.lookup), &self.agent)?;
                self.private.insert(door.clone(), client.clone());
                Ok(client)
            }
        }
    }
}

/// No redirects, no proxy from the environment, deadlines for everything, our own look-up.
fn client(door: Door, lookup: Arc<dyn Lookup>, agent: &str) -> Result<reqwest::Client> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls::client()?)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT)
        .read_timeout(CONNECT)
        .timeout(TOTAL)
        .pool_idle_timeout(Duration::from_secs(30))
        .pool_max_idle_per_host(2)
        .user_agent(agent)
        .dns_resolver(Gate { door, lookup })
        .build()
        .map_err(Error::internal)
}

#[cfg(test)]
pub(crate) mod tests;
