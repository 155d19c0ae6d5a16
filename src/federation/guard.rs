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
    /// `*.localhost` on this machine, in development only.
    Loopback,
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
    let reserved = matches!(
        (a, b, c),
        (0 | 10 | 127, ..)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
            | (224..=255, ..)
    );
    !reserved
}

/// Only 2000::/3 is handed out for global unicast; within it the IETF's protocol block (Teredo, ORCHID, benchmarks),
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
                Door::Loopback if host.ends_with(".localhost") => {
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
                .time_to_idle(Duration::from_secs(600))
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
    let roots = rustls::RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    let tls = rustls::ClientConfig::builder_with_provider(Arc::new(
        rustls::crypto::ring::default_provider(),
    ))
    .with_safe_default_protocol_versions()
    .map_err(Error::internal)?
    .with_root_certificates(roots)
    .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
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
pub(crate) mod tests {
    use super::*;

    /// Answers every name with the same addresses.
    pub(crate) struct Always(pub(crate) Vec<IpAddr>);

    impl Lookup for Always {
        fn lookup(&self, _host: String) -> BoxFuture<'static, std::io::Result<Vec<IpAddr>>> {
            let found = self.0.clone();
            Box::pin(async move { Ok(found) })
        }
    }

    fn door(text: &str, development: bool) -> Result<Door, Blocked> {
        let rules = Rules {
            development,
            own: "node.example".into(),
        };
        rules.door(&parse(text).ok_or("unreadable")?, &[], false)
    }

    #[test]
    fn ssrf_04_07_09_10_odd_addresses_are_not_read() {
        for bad in [
            "http://127.0.0.1/",
            "http://[::1]/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://127.1/",
            "http://0x7f000003:80/",
            "https://\u{ff11}27.0.0.1/",
            "https://a.example./",
            "https://user@a.example/",
            "https://user:pass@a.example/",
            "http://good@bad.example/",
            "https://a.example@/",
            "https://a.example\\@b.example/",
            "https:a.example/",
            "https:///a.example/",
            "//a.example/",
            "ftp://a.example/",
            "file:///etc/hostname",
            "gopher://a.example/",
            "data:text/html,x",
            "unix:/run/x",
            "javascript:alert(1)",
            "https://a.example/\r\nX: y",
            "https://a.exa\tmple/",
            " https://a.example/",
            "https://a.example/ x",
            "https://a.example/\0",
            "https://\u{430}.example/",
            "https://a%2eexample/",
            "https://[::ffff:127.0.0.3]/",
            "",
            "https://",
            "https://?x",
            "HTTPS://a.example/",
            "https://a.example:99999/",
            "https://x\u{ad}y.example/",
        ] {
            assert!(parse(bad).is_none(), "{bad:?} was read");
        }
        assert!(parse(&format!("https://a.example/{}", "x".repeat(3000))).is_none());
        for good in [
            "https://a.example",
            "https://a.example/users/x#main-key",
            "http://a.localhost:7401/x?y=1",
            "https://xn--bcher-kva.example/b%C3%BCcher",
            "https://a.example/@x@b.example",
        ] {
            assert!(parse(good).is_some(), "{good:?} was not read");
        }
    }

    #[test]
    fn ssrf_08_production_speaks_https_on_its_own_port_only() {
        assert_eq!(door("https://a.example/x", false), Ok(Door::Public));
        assert_eq!(door("https://a.example:443/x", false), Ok(Door::Public));
        for bad in [
            "http://a.example/",
            "https://a.example:8443/",
            "https://a.example:80/",
            "https://localhost/",
            "https://intranet/",
            "http://a.localhost:7401/",
            "https://a.localhost/",
            "https://node.example/x",
        ] {
            assert!(door(bad, false).is_err(), "{bad}");
        }
    }

    #[test]
    fn development_opens_names_under_localhost_and_nothing_else() {
        assert_eq!(door("http://a.localhost:7401/x", true), Ok(Door::Loopback));
        for bad in [
            "http://localhost:7401/",
            "http://a.example/",
            "https://a.example:8443/",
            "http://nodelocalhost/",
        ] {
            assert!(door(bad, true).is_err(), "{bad}");
        }
    }

    #[test]
    fn ssrf_13_14_a_named_peer_lies_in_its_networks_and_nowhere_else() {
        let rules = Rules {
            development: false,
            own: "node.example".into(),
        };
        let networks: Vec<IpNet> = vec!["10.1.0.0/16".parse().unwrap()];
        let url = parse("https://node-b.corp:8443/x").unwrap();
        let expected = Door::Private {
            host: "node-b.corp".into(),
            networks: networks.clone(),
        };
        assert_eq!(rules.door(&url, &networks, true), Ok(expected));
        assert_eq!(
            rules.door(&parse("https://b.example:8443/").unwrap(), &[], true),
            Ok(Door::Public)
        );
        assert!(
            rules
                .door(
                    &parse("http://node-b.corp:8443/x").unwrap(),
                    &networks,
                    true
                )
                .is_err(),
            "http"
        );
    }

    #[test]
    fn ssrf_01_02_03_only_global_unicast_is_global() {
        for bad in [
            "127.0.0.1",
            "127.255.255.255",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "0.1.2.3",
            "100.64.0.1",
            "100.127.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "fe80::1",
            "fc00::1",
            "fd12:3456::1",
            "fec0::1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:10::1",
            "2001:20::1",
            "2001:1ff::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:808:808::",
            "3fff::1",
            "3fff:fff::1",
            "5f00::1",
            "ff02::1",
            "4000::1",
            "1fff::1",
        ] {
            assert!(!is_global(bad.parse().unwrap()), "{bad} counts as global");
        }
        for good in [
            "1.1.1.1",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.17.1.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450::1",
            "2001:200::1",
            "3ffe::1",
        ] {
            assert!(
                is_global(good.parse().unwrap()),
                "{good} does not count as global"
            );
        }
    }

    /// Whether a client behind a door opens a connection to a trap on loopback when a name resolves to these.
    async fn connects(door: Door, name: &str, answers: &[&str]) -> bool {
        let trap = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = trap.local_addr().unwrap().port();
        let found = answers.iter().map(|text| text.parse().unwrap()).collect();
        let client = client(door, Arc::new(Always(found)), "test").unwrap();
        let request = client
            .get(format!("http://{name}:{port}/"))
            .timeout(Duration::from_secs(2))
            .send();
        tokio::select! {
            _answer = request => false,
            accepted = trap.accept() => accepted.is_ok(),
        }
    }

    #[tokio::test]
    async fn ssrf_05_no_connection_is_opened_where_one_address_is_not_global() {
        assert!(!connects(Door::Public, "a.example", &["127.0.0.1"]).await);
        assert!(!connects(Door::Public, "a.example", &["1.1.1.1", "127.0.0.1"]).await);
        assert!(!connects(Door::Public, "a.example", &["127.0.0.1", "2606:4700::1111"]).await);
        assert!(!connects(Door::Public, "a.example", &["::ffff:127.0.0.1"]).await);
        assert!(!connects(Door::Public, "a.example", &[]).await);
    }

    #[tokio::test]
    async fn ssrf_14_a_named_peer_outside_of_its_networks_is_not_connected_to() {
        let within = |network: &str| Door::Private {
            host: "b.corp".into(),
            networks: vec![network.parse().unwrap()],
        };
        assert!(connects(within("127.0.0.0/8"), "b.corp", &["127.0.0.1"]).await);
        assert!(!connects(within("10.0.0.0/8"), "b.corp", &["127.0.0.1"]).await);
        assert!(
            !connects(within("127.0.0.0/8"), "other.corp", &["127.0.0.1"]).await,
            "another name"
        );
        assert!(
            !connects(within("127.0.0.0/8"), "b.corp", &["127.0.0.1", "1.1.1.1"]).await,
            "one outside"
        );
    }

    #[tokio::test]
    async fn names_under_localhost_never_leave_the_machine() {
        assert!(connects(Door::Loopback, "a.localhost", &["1.1.1.1"]).await);
        assert!(!connects(Door::Loopback, "a.example", &["127.0.0.1"]).await);
    }

    #[test]
    fn origins_are_compared_with_scheme_and_port() {
        assert!(same_origin(
            "https://a.example/1",
            "https://a.example:443/2#x"
        ));
        for other in [
            "http://a.example/1",
            "https://a.example:8443/1",
            "https://b.example/1",
            "https://a.example./1",
            "x",
        ] {
            assert!(!same_origin("https://a.example/1", other), "{other}");
        }
        assert!(!same_origin(
            "http://a.localhost:1/x",
            "http://a.localhost:2/x"
        ));
    }
}
