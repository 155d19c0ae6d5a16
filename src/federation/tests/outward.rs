//! Whatever strangers name, nothing inside is knocked at (`security.md` 2.3), by any of the ways out.

use super::*;
use crate::federation::guard::tests::Always;
use crate::model::resolve::Resolve as _;
use crate::store::accounts;
use crate::store::outbox::{self, Target as Inbox};
use crate::store::peers::Setting;

/// A node as in production whose names all lie at these addresses, and a peer with a port of its own that a trap
/// listens on.
struct Trapped {
    fed: Federation,
    trap: std::net::TcpListener,
    domain: String,
    _world: World,
}

impl Trapped {
    async fn at(answers: &[&str]) -> Self {
        let world = World::with(|config| {
            config.federation.development = false;
            config.server.public_url = Url::parse("https://north.example").unwrap();
        })
        .await;
        let found = answers.iter().map(|text| text.parse().unwrap()).collect();
        let app = world.fed.app.clone();
        let fed = Federation::with_lookup(app, Arc::new(Always(found)))
            .await
            .unwrap();
        let trap = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        trap.set_nonblocking(true).unwrap();
        let domain = format!("inside.example:{}", trap.local_addr().unwrap().port());
        let (name, setting) = (
            domain.clone(),
            Setting {
                mode: Some(PeerMode::Member),
                relation: None,
                expires_at: None,
                boundary_max: None,
                addresses: String::new(),
            },
        );
        fed.app
            .db
            .write(move |tx| peers::set(tx, &name, &setting).map(drop))
            .await
            .unwrap();
        Self {
            fed,
            trap,
            domain,
            _world: world,
        }
    }

    fn is_untouched(&self) -> bool {
        self.trap.accept().is_err()
    }
}

/// SSRF-01, SSRF-03, SSRF-05: the search for an address and a handle, actors, keys, files, NodeInfo; SSRF-12: whoever
/// asked learns nothing of why.
#[tokio::test(flavor = "multi_thread")]
async fn ssrf_01_no_way_out_leads_inside() {
    for answers in [
        &["127.0.0.1"][..],
        &["::1"],
        &["::ffff:127.0.0.1"],
        &["1.1.1.1", "127.0.0.1"],
    ] {
        let node = Trapped::at(answers).await;
        let (fed, domain) = (&node.fed, &node.domain);
        let url = format!("https://{domain}/x");
        let refused = |what: &str, found: bool| assert!(!found, "{what} at {answers:?}");
        refused("an address", matches!(fed.url(&url).await, Ok(Some(_))));
        let handle = format!("alice@{domain}");
        refused("a handle", matches!(fed.handle(&handle).await, Ok(Some(_))));
        let object = fetch::object(&fed.visit(), &url).await;
        refused("an object", object.is_ok());
        let key = fed.find_key(&format!("{url}#main-key")).await;
        refused("a key", key.is_ok());
        let file = fed.file_at(&url, domain, 1000).await;
        refused("a file", file.is_ok());
        refused("a clock", fed.time_at(domain).await.is_ok());
        nodeinfo::look_up(fed, domain).await.unwrap();
        assert!(node.is_untouched(), "{answers:?}");
        assert_eq!(fed.app.find_address(&url, false).await.unwrap(), None);
        fed.prepare().await.unwrap();
        assert_eq!(
            fed.app.find_address(&url, true).await.unwrap(),
            None,
            "SSRF-12: nothing found, whatever the reason"
        );
        assert_eq!(fed.app.find_handle(&handle).await.unwrap(), None);
        assert!(node.is_untouched(), "{answers:?}");
    }
}

/// SSRF-02, SSRF-04, SSRF-07 to SSRF-10: addresses that are refused before any name is looked up, wherever they come in.
#[tokio::test(flavor = "multi_thread")]
async fn ssrf_09_odd_addresses_and_handles_ask_nobody() {
    let node = Trapped::at(&["1.1.1.1"]).await;
    let port = node.trap.local_addr().unwrap().port();
    for url in [
        format!("http://127.0.0.1:{port}/"),
        format!("https://[::1]:{port}/"),
        format!("https://2130706433:{port}/"),
        format!("https://127.1:{port}/"),
        format!("https://localhost:{port}/"),
        format!("https://a.localhost:{port}/"),
        format!("http://inside.example:{port}/"),
        format!("https://x@127.0.0.1:{port}/"),
        "https://other.example:8443/".into(),
        "file:///etc/hostname".into(),
        "https://north.example/users/x".into(),
    ] {
        assert_eq!(node.fed.url(&url).await.unwrap(), None, "{url}");
        assert!(node.fed.file_at(&url, "x.example", 10).await.is_err());
    }
    for handle in [
        format!("a@127.0.0.1:{port}"),
        format!("a@localhost:{port}"),
        format!("a@inside.example:{port}/x"),
        "a@host?x".into(),
        "a@host#x".into(),
        "@@".into(),
        "a@inside.example\r\nX".into(),
    ] {
        let found = node.fed.handle(&handle).await;
        assert!(!matches!(found, Ok(Some(_))), "{handle:?}");
    }
    assert!(node.is_untouched());
}

/// SSRF-11: an inbox whose name has come to lie inside gets nothing, is noted, and is left alone for a while.
#[tokio::test(flavor = "multi_thread")]
async fn ssrf_11_a_delivery_does_not_go_inside_and_the_peer_is_marked() {
    let node = Trapped::at(&["127.0.0.1"]).await;
    let fed = &node.fed;
    let actor = format!("{}/actor", fed.app.config.base_url());
    let targets = vec![Inbox {
        domain: node.domain.clone(),
        inbox_url: format!("https://{}/inbox", node.domain),
    }];
    fed.app
        .db
        .write(move |tx| {
            let sender = accounts::find_by_uri(tx, &actor)?.unwrap().id;
            let uri = tx.node().activity_uri(1);
            let body = json!({ "id": uri }).to_string();
            outbox::enqueue(tx, &uri, sender, &body, targets)
        })
        .await
        .unwrap();
    fed.app.spawn(deliver::run(fed.clone()));
    fed.app.hub.deliveries().notify_one();
    let peer = async || {
        let domain = node.domain.clone();
        let find = move |conn: &mut crate::store::conn::Conn| peers::find(conn, &domain);
        fed.app.db.read(find).await.unwrap().unwrap()
    };
    until("the failure", async || peer().await.failures > 0).await;
    let marked = peer().await;
    assert!(marked.last_error.is_some() && marked.last_success_at.is_none());
    assert!(node.is_untouched());
    fed.app.stopping.cancel();
    fed.app.tasks.close();
    fed.app.tasks.wait().await;
}
