//! WebFinger, NodeInfo, signed reading, and finding people on other nodes.

use super::signer::Signer;
use super::*;
use crate::model::ids::AccountId;
use crate::model::resolve::{Resolve as _, Resolved};
use crate::model::words::ActorKind;
use crate::store::accounts::{self, Account};

async fn get(world: &World, path: &str) -> (u16, String) {
    let request = http::Request::get(path)
        .header("host", "north.localhost:7401")
        .body(Body::empty())
        .unwrap();
    let response = world.call(request).await;
    let status = response.status().as_u16();
    let body = axum::body::to_bytes(response.into_body(), 1 << 20)
        .await
        .unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

fn finger(peer: &Peer, subject: &str, href: &str) {
    let link = json!({"rel": "self", "type": ACTIVITY, "href": href});
    peer.serve_json(
        "/.well-known/webfinger",
        &json!({"subject": subject, "links": [link]}),
    );
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
async fn people_are_found_and_strangers_are_not() {
    let world = World::new().await;
    world
        .fed
        .app
        .db
        .write(|tx| {
            let row = Account::local(
                AccountId(tx.new_id()),
                ActorKind::Person,
                "karim",
                "http://north.localhost:7401",
                tx.now(),
            );
            accounts::insert(tx, &row)
        })
        .await
        .unwrap();
    for resource in [
        "acct:karim@north.localhost:7401",
        "acct%3Akarim%40north.localhost%3A7401",
        "acct:KARIM@north.localhost:7401",
        "http://north.localhost:7401/users/karim",
        "http://north.localhost:7401/@karim",
    ] {
        let (status, body) = get(
            &world,
            &format!("/.well-known/webfinger?resource={resource}"),
        )
        .await;
        assert_eq!(status, 200, "{resource}");
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(body["subject"], "acct:karim@north.localhost:7401");
        let links = body["links"].as_array().unwrap();
        assert!(
            links
                .iter()
                .any(|l| l["rel"] == "self"
                    && l["href"] == "http://north.localhost:7401/users/karim")
        );
    }
    let (status, body) = get(
        &world,
        "/.well-known/webfinger?resource=http://north.localhost:7401/",
    )
    .await;
    assert!(status == 200 && body.contains("/actor"));
    for absent in [
        "acct:nobody@north.localhost:7401",
        "acct:karim@south.localhost:7402",
        "http://north.localhost:7401/users/x",
    ] {
        assert_eq!(
            get(&world, &format!("/.well-known/webfinger?resource={absent}")).await,
            (404, String::new())
        );
    }
    for bad in [
        "",
        "?resource=",
        "?resource=karim",
        "?resource=a@b&resource=c@d",
        "?resource=acct:a@b/c",
    ] {
        assert_eq!(
            get(&world, &format!("/.well-known/webfinger{bad}")).await.0,
            400,
            "{bad}"
        );
    }
    assert!(
        get(&world, "/.well-known/host-meta")
            .await
            .1
            .contains("webfinger?resource={uri}")
    );
    assert!(
        get(&world, "/.well-known/host-meta.json")
            .await
            .1
            .contains("lrdd")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nodeinfo_names_us_and_is_read_from_others() {
    let (world, peer) = (World::new().await, Peer::new("peer").await);
    for version in ["2.0", "2.1"] {
        let (status, body) = get(&world, &format!("/nodeinfo/{version}")).await;
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!((status, &body["software"]["name"]), (200, &json!("cordee")));
        assert_eq!(body["version"], version);
        assert_eq!(body["openRegistrations"], false);
        assert_eq!(body["metadata"]["upstream"]["name"], "mastodon");
    }
    assert!(
        get(&world, "/.well-known/nodeinfo")
            .await
            .1
            .contains("/nodeinfo/2.0")
    );
    let domain = peer.domain.clone();
    world
        .fed
        .app
        .db
        .write(move |tx| peers::ensure(tx, &domain))
        .await
        .unwrap();
    nodeinfo::look_up(&world.fed, &peer.domain).await.unwrap();
    let domain = peer.domain.clone();
    let unknown = world
        .read(move |conn| peers::find(conn, &domain))
        .await
        .unwrap();
    assert!(unknown.software.is_none() && unknown.software_checked_at.is_some());
    let href = format!("{}/nodeinfo/2.0", peer.base);
    let links = json!({"links": [{"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": href}]});
    peer.serve_json("/.well-known/nodeinfo", &links);
    peer.serve_json(
        "/nodeinfo/2.0",
        &json!({"software": {"name": "Lemmy", "version": "1.0.0"}}),
    );
    nodeinfo::look_up(&world.fed, &peer.domain).await.unwrap();
    let domain = peer.domain.clone();
    let known = world
        .read(move |conn| peers::find(conn, &domain))
        .await
        .unwrap();
    assert_eq!(known.software.as_deref(), Some("lemmy"));
    assert_eq!(known.dialect(), crate::model::peer::Dialect::Wrapped);
}

/// ORG-17, SSRF-09.
#[tokio::test(flavor = "multi_thread")]
async fn handles_of_others_are_resolved_where_both_sides_agree() {
    let (world, peer, other) = (
        World::new().await,
        Peer::new("peer").await,
        Peer::new("other").await,
    );
    let alice = peer.person("alice");
    let handle = format!("@alice@{}", peer.domain);
    let subject = format!("acct:alice@{}", peer.domain);
    let elsewhere = other.person("alice");
    for (subject, href) in [
        ("acct:karim@north.localhost:7401", alice.as_str()),
        (subject.as_str(), elsewhere.as_str()),
        (subject.as_str(), "http://127.0.0.1/alice"),
    ] {
        finger(&peer, subject, href);
        assert_eq!(
            world.fed.handle(&handle).await.unwrap(),
            None,
            "{subject} {href}"
        );
    }
    let bob = peer.person("bob");
    finger(&peer, &subject, &bob);
    assert_eq!(
        world.fed.handle(&handle).await.unwrap(),
        None,
        "the actor bears another name"
    );
    finger(&peer, &subject, &alice);
    let id = world.fed.handle(&handle).await.unwrap().unwrap();
    assert_eq!(
        world.fed.url(&alice).await.unwrap(),
        Some(Resolved::Account(id))
    );
    assert!(world.fed.url(&bob).await.unwrap().is_some());
    let account = world.read(move |conn| accounts::get(conn, id)).await;
    assert_eq!(account.acct(), format!("alice@{}", peer.domain));
    for bad in [
        "alice@127.0.0.1",
        "alice@host:22/path",
        "@@",
        "alice@localhost",
        "alice@peer.localhost:1\r\n",
    ] {
        assert!(
            !matches!(world.fed.handle(bad).await, Ok(Some(_))),
            "{bad:?}"
        );
    }
    assert_eq!(
        world.fed.url("http://127.0.0.1:7401/x").await.unwrap(),
        None
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_23_a_signed_read_names_its_signer_and_a_bad_one_is_refused() {
    let (world, peer) = (World::new().await, Peer::new("peer").await);
    let alice = peer.person("alice");
    let key = first_key(&format!("{alice}#main-key"));
    let of = async |request: Request| Signer::of(&world.fed, &request.into_parts().0).await;
    let plain = http::Request::get("/posts/1")
        .header("host", "north.localhost:7401")
        .body(Body::empty())
        .unwrap();
    assert_eq!(of(plain).await, Ok(Signer::Anonymous));
    let expected = Signer::Peer {
        domain: peer.domain.clone(),
        actor_uri: alice.clone(),
        mode: PeerMode::Member,
    };
    for _ in 0..3 {
        assert_eq!(
            of(signed_get(&key, "/posts/1?page=2")).await,
            Ok(expected.clone())
        );
    }
    assert_eq!(peer.gets("/users/alice"), 1, "the key is remembered");
    assert!(
        of(signed_get(
            &second_key(&format!("{alice}#main-key")),
            "/posts/1"
        ))
        .await
        .is_err()
    );
    let mut elsewhere = signed_get(&key, "/posts/1");
    *elsewhere.uri_mut() = "/posts/2".parse().unwrap();
    assert!(of(elsewhere).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn org_01_09_what_is_fetched_speaks_for_itself_only() {
    let (world, peer, other) = (
        World::new().await,
        Peer::new("peer").await,
        Peer::new("other").await,
    );
    let alice = peer.person("alice");
    let note = |id: &str| json!({"id": id, "type": "Note"});
    other.serve("/notes/1", &note(&format!("{alice}/notes/1")));
    peer.serve_json("/notes/2", &note(&format!("{}/notes/2", peer.base)));
    peer.redirect("/loop", "/loop");
    let get = async |url: String| fetch::object(&world.fed.visit(), &url).await;
    assert!(
        get(format!("{}/notes/1", other.base)).await.is_err(),
        "another host's id"
    );
    assert_eq!(
        get(format!("{}/notes/2", peer.base)).await,
        Err(fetch::FetchError::Unusable("an answer of the wrong type"))
    );
    assert_eq!(
        get(format!("{}/loop", peer.base)).await,
        Err(fetch::FetchError::Refused("too many redirects"))
    );
    assert_eq!(peer.gets("/loop"), 4);
    let visit = world.fed.visit();
    for n in 0..100 {
        peer.serve(&format!("/n/{n}"), &note(&format!("{}/n/{n}", peer.base)));
        let found = fetch::object(&visit, &format!("{}/n/{n}", peer.base)).await;
        assert_eq!(
            found.is_ok(),
            n < world.fed.app.config.federation.max_fetches,
            "{n}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_with_a_nul_character_is_not_taken() {
    let (world, peer) = (World::new().await, Peer::new("peer").await);
    let mut note = json!({"id": format!("{}/n", peer.base), "type": "Note", "content": "a"});
    peer.serve("/n", &note);
    let get = async || fetch::object(&world.fed.visit(), &format!("{}/n", peer.base)).await;
    assert!(get().await.is_ok());
    note["content"] = json!("a\u{0}b");
    peer.serve("/n", &note);
    assert_eq!(
        get().await,
        Err(fetch::FetchError::Unusable(
            "an answer that holds a NUL character"
        ))
    );
}
