//! The cases SSRF-01 to SSRF-15 that concern addresses, with look-ups and traps of their own.

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
#[expect(clippy::too_many_lines, reason = "a table of addresses")]
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
fn a_private_network_is_asked_only_for_files_of_its_own_node() {
    let private = Door::Private {
        host: "b.corp".into(),
        networks: vec!["10.0.0.0/8".parse().unwrap()],
    };
    let url = Url::parse("https://b.corp:8443/status.png").unwrap();
    assert!(private.is_open_to("b.corp:8443", &url));
    for stranger in ["b.corp", "a.example", ""] {
        assert!(!private.is_open_to(stranger, &url), "{stranger}");
    }
    assert!(Door::Public.is_open_to("a.example", &url));
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
