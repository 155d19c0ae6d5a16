//! What is taken in, and what is refused without a trace.

#![expect(clippy::too_many_lines, reason = "tables of cases")]

use super::*;
use crate::store::{accounts, jobs as job_rows, peers as peer_rows};

fn like(actor: &str, id: &str) -> Value {
    json!({"@context": "https://www.w3.org/ns/activitystreams", "id": id, "type": "Like", "actor": actor,
           "object": "http://north.localhost:7401/posts/1"})
}

async fn post(world: &World, key: &SigningKey, activity: &Value) -> u16 {
    world
        .call(signed(key, "/inbox", activity.to_string().as_bytes()))
        .await
        .status()
        .as_u16()
}

/// SIG-15, SIG-16, ORG-06: whichever inbox it comes to and however often, it is the same one activity.
#[tokio::test(flavor = "multi_thread")]
async fn a_genuine_activity_is_stored_with_its_job_in_one_lane_behind_the_look_up() {
    let (world, peer) = (World::new().await, Peer::new("peer").await);
    let alice = peer.person("alice");
    let activity = like(&alice, &format!("{alice}/likes/1"));
    for path in ["/inbox", "/users/karim/inbox", "/c/pumps/inbox"] {
        let answer = world.call(signed(
            &first_key(&format!("{alice}#main-key")),
            path,
            activity.to_string().as_bytes(),
        ));
        assert_eq!(answer.await.status(), 202, "{path}");
    }
    let id = format!("{alice}/likes/1");
    assert_eq!(
        world.traces(&id).await,
        (1, 2, true),
        "stored once, with two jobs"
    );
    let (uri, domain) = (alice.clone(), peer.domain.clone());
    let (account, known) = world
        .read(move |conn| {
            Ok((
                accounts::find_by_uri(conn, &uri)?,
                peer_rows::find(conn, &domain)?,
            ))
        })
        .await;
    assert_eq!(
        account.unwrap().public_key_id,
        Some(format!("{alice}#main-key"))
    );
    assert_eq!(known.unwrap().mode, None);
    assert_eq!(peer.gets("/users/alice"), 1, "the key is fetched once");
    let claim = || {
        world
            .fed
            .app
            .db
            .write(|tx| job_rows::claim(tx, 8, chrono::TimeDelta::minutes(1)))
    };
    let first = claim().await.unwrap();
    assert_eq!(
        first
            .iter()
            .map(|job| job.kind.as_str())
            .collect::<Vec<_>>(),
        [nodeinfo::LOOK_UP]
    );
    assert!(
        claim().await.unwrap().is_empty(),
        "the second waits for the first of its lane"
    );
    let id = first[0].id;
    world
        .fed
        .app
        .db
        .write(move |tx| job_rows::finish(tx, id))
        .await
        .unwrap();
    let second = claim().await.unwrap();
    assert_eq!(second[0].kind, inbox::PROCESS);
}

/// SIG-01 to SIG-09 and SIG-11 at the inbox; ORG-03, ORG-24; ORG-04: the genuine one still works afterwards.
#[tokio::test(flavor = "multi_thread")]
async fn forgeries_are_refused_and_leave_nothing() {
    let (world, peer, other) = (
        World::new().await,
        Peer::new("peer").await,
        Peer::new("other").await,
    );
    let (alice, mallory) = (peer.person("alice"), other.person("mallory"));
    peer.serve("/users/eve", &peer.document("eve", &keys_of::OTHER.1));
    let eve = peer.actor_id("eve");
    let id = format!("{alice}/likes/1");
    let activity = like(&alice, &id);
    let own = first_key(&format!("{alice}#main-key"));
    other.serve(
        "/keys/1",
        &json!({"id": format!("{}/keys/1", other.base), "owner": alice, "publicKeyPem": keys_of::PAIR.1}),
    );
    peer.serve(
        "/keys/2",
        &json!({"id": format!("{}/keys/2", peer.base), "owner": alice, "publicKeyPem": keys_of::OTHER.1}),
    );
    let body = activity.to_string();
    let unsigned = || {
        http::Request::post("/inbox")
            .header("host", "north.localhost:7401")
            .header("content-type", ACTIVITY)
    };
    let with = |change: &dyn Fn(&mut HeaderMap)| {
        let mut request = signed(&own, "/inbox", body.as_bytes());
        change(request.headers_mut());
        request
    };
    let here = "http://north.localhost:7401/users/karim";
    let cases: Vec<(&str, u16, Request)> = vec![
        (
            "unsigned",
            401,
            unsigned().body(Body::from(body.clone())).unwrap(),
        ),
        (
            "another person's key",
            401,
            signed(
                &second_key(&format!("{eve}#main-key")),
                "/inbox",
                body.as_bytes(),
            ),
        ),
        (
            "a stolen key name",
            401,
            signed(
                &second_key(&format!("{alice}#main-key")),
                "/inbox",
                body.as_bytes(),
            ),
        ),
        (
            "a key on another host",
            401,
            signed(
                &first_key(&format!("{mallory}#main-key")),
                "/inbox",
                body.as_bytes(),
            ),
        ),
        (
            "a key that claims a foreign owner",
            401,
            signed(
                &first_key(&format!("{}/keys/1", other.base)),
                "/inbox",
                body.as_bytes(),
            ),
        ),
        (
            "a key that its owner does not list",
            401,
            signed(
                &second_key(&format!("{}/keys/2", peer.base)),
                "/inbox",
                body.as_bytes(),
            ),
        ),
        ("another body", 401, {
            let mut request = signed(&own, "/inbox", body.as_bytes());
            *request.body_mut() = Body::from(body.replace("posts/1", "posts/2"));
            request
        }),
        (
            "two digests",
            400,
            with(&|h| {
                h.append("digest", "SHA-256=AAAA".parse().unwrap());
            }),
        ),
        (
            "two signatures",
            400,
            with(&|h| {
                h.append("signature", "x".parse().unwrap());
            }),
        ),
        (
            "another host",
            421,
            with(&|h| {
                h.insert("host", "south.localhost:7402".parse().unwrap());
            }),
        ),
        (
            "an old date",
            401,
            with(&|h| {
                h.insert("date", "Tue, 14 Nov 2023 22:13:20 GMT".parse().unwrap());
            }),
        ),
        (
            "the wrong type",
            415,
            with(&|h| {
                h.insert("content-type", "text/html".parse().unwrap());
            }),
        ),
        (
            "compressed",
            415,
            with(&|h| {
                h.insert("content-encoding", "gzip".parse().unwrap());
            }),
        ),
        (
            "too long",
            413,
            with(&|h| {
                h.insert("content-length", "2000000".parse().unwrap());
            }),
        ),
        ("no object", 400, signed(&own, "/inbox", b"[]")),
        ("not UTF-8", 400, signed(&own, "/inbox", b"\xff\xfe")),
        ("an id on another host", 400, {
            let forged = like(&alice, &format!("{}/1", other.base)).to_string();
            signed(&own, "/inbox", forged.as_bytes())
        }),
        ("an actor of ours", 400, {
            let forged = like(here, &format!("{here}/1")).to_string();
            signed(&own, "/inbox", forged.as_bytes())
        }),
        ("an object of ours", 400, {
            let note =
                json!({"id": format!("{here}/notes/1"), "type": "Note", "attributedTo": alice});
            let create =
                json!({"id": id, "type": "Create", "actor": alice, "object": note}).to_string();
            signed(&own, "/inbox", create.as_bytes())
        }),
    ];
    for (what, status, request) in cases {
        assert_eq!(
            world.call(request).await.status().as_u16(),
            status,
            "{what}"
        );
        assert_eq!(
            world.traces(&id).await,
            (0, 0, false),
            "{what} left a trace"
        );
    }
    assert_eq!(
        other.gets("/users/mallory"),
        0,
        "SIG-07: nothing is fetched from the foreign host"
    );
    assert_eq!(
        post(&world, &own, &activity).await,
        202,
        "the genuine one still works"
    );
}

/// RES-01.
#[tokio::test(flavor = "multi_thread")]
async fn a_body_over_the_cap_is_cut_off() {
    let world = World::new().await;
    let big = vec![b'x'; (1 << 20) + 1];
    let answer = world
        .call(signed(
            &first_key("http://peer.localhost:1/k"),
            "/inbox",
            &big,
        ))
        .await;
    assert_eq!(answer.status(), 413);
}

#[tokio::test(flavor = "multi_thread")]
async fn ssrf_06_a_key_that_redirects_to_a_bare_address_is_not_fetched() {
    let (world, peer) = (World::new().await, Peer::new("peer").await);
    let trap = std::net::TcpListener::bind("127.0.0.3:0").unwrap();
    trap.set_nonblocking(true).unwrap();
    let port = trap.local_addr().unwrap().port();
    for (n, target) in [
        format!("http://127.0.0.3:{port}/actor"),
        format!("http://[::ffff:127.0.0.3]:{port}/actor"),
        format!("http://0x7f000003:{port}/actor"),
        format!("http://2130706435:{port}/actor"),
        format!("//127.0.0.3:{port}/actor"),
        format!("http://x@127.0.0.3:{port}/actor"),
        "http://north.localhost:7401/actor".into(),
        "file:///etc/hostname".into(),
        "/users/mallory0".into(),
    ]
    .iter()
    .enumerate()
    {
        peer.redirect(&format!("/users/mallory{n}"), target);
        let mallory = peer.actor_id(&format!("mallory{n}"));
        let key = first_key(&format!("{mallory}#main-key"));
        assert_eq!(
            post(&world, &key, &like(&mallory, &format!("{mallory}/1"))).await,
            401,
            "{target}"
        );
    }
    assert!(trap.accept().is_err(), "somebody knocked at the trap");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_on_the_same_host_is_followed_and_the_id_decides() {
    let (world, peer) = (World::new().await, Peer::new("peer").await);
    let alice = peer.person("alice");
    peer.redirect("/old", &alice);
    let key = first_key(&format!("{}/old", peer.base));
    assert_eq!(
        post(&world, &key, &like(&alice, &format!("{alice}/1"))).await,
        401,
        "the owner lists another key id"
    );
    let found = fetch::object(&world.fed.visit(), &format!("{}/old", peer.base))
        .await
        .unwrap();
    assert_eq!(found["id"], alice);
    let signature = peer.received("GET")[0]
        .headers
        .get("signature")
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        signature.contains("http://north.localhost:7401/actor#main-key"),
        "signed by the node: {signature}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn sig_21_a_rotated_key_is_fetched_anew_once_and_no_more() {
    let (world, peer) = (World::new().await, Peer::new("peer").await);
    let alice = peer.person("alice");
    let key_id = format!("{alice}#main-key");
    assert_eq!(
        post(
            &world,
            &first_key(&key_id),
            &like(&alice, &format!("{alice}/1"))
        )
        .await,
        202
    );
    peer.serve("/users/alice", &peer.document("alice", &keys_of::OTHER.1));
    assert_eq!(
        post(
            &world,
            &second_key(&key_id),
            &like(&alice, &format!("{alice}/2"))
        )
        .await,
        202
    );
    assert_eq!(peer.gets("/users/alice"), 2);
    for n in 3..20 {
        assert_eq!(
            post(
                &world,
                &first_key(&key_id),
                &like(&alice, &format!("{alice}/{n}"))
            )
            .await,
            401
        );
    }
    assert_eq!(
        peer.gets("/users/alice"),
        2,
        "bad signatures cause no further fetches"
    );
    assert_eq!(
        post(
            &world,
            &second_key(&key_id),
            &like(&alice, &format!("{alice}/2b"))
        )
        .await,
        202
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn res_12_unknown_keys_cause_few_fetches_to_one_host() {
    let (world, peer) = (World::new().await, Peer::new("peer").await);
    for n in 0..30 {
        let actor = peer.actor_id(&format!("u{n}"));
        let status = post(
            &world,
            &first_key(&format!("{actor}#main-key")),
            &like(&actor, &format!("{actor}/1")),
        )
        .await;
        assert!(matches!(status, 401 | 429), "{status}");
    }
    assert_eq!(peer.received("GET").len(), 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn good_signatures_do_not_use_up_the_budget() {
    let (world, peer) = (World::new().await, Peer::new("peer").await);
    for n in 0..15 {
        let actor = peer.person(&format!("u{n}"));
        let activity = like(&actor, &format!("{actor}/1"));
        assert_eq!(
            post(&world, &first_key(&format!("{actor}#main-key")), &activity).await,
            202,
            "{n}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mode_of_a_node_decides_what_it_may_hand_in() {
    let (world, peer) = (World::new().await, Peer::new("peer").await);
    let alice = peer.person("alice");
    let key = first_key(&format!("{alice}#main-key"));
    let set = async |mode| {
        let domain = peer.domain.clone();
        let setting = peer_rows::Setting {
            mode: Some(mode),
            relation: None,
            expires_at: None,
            boundary_max: None,
            addresses: String::new(),
        };
        world
            .fed
            .app
            .db
            .write(move |tx| peer_rows::set(tx, &domain, &setting))
            .await
            .unwrap();
    };
    let community = "http://north.localhost:7401/c/pumps";
    let activity = |n: u32, kind: &str, object: Value| json!({"id": format!("{alice}/{n}"), "type": kind, "actor": alice, "object": object});
    let note = json!({"id": format!("{alice}/n"), "type": "Note", "attributedTo": alice});
    for mode in [PeerMode::Blocked, PeerMode::Quarantined] {
        set(mode).await;
        assert_eq!(
            post(&world, &key, &activity(1, "Follow", json!(community))).await,
            403,
            "{mode}"
        );
    }
    assert_eq!(
        peer.received("GET").len(),
        0,
        "nothing is fetched from a node that is not spoken to"
    );
    set(PeerMode::Follow).await;
    assert_eq!(
        post(&world, &key, &activity(1, "Follow", json!(community))).await,
        202
    );
    assert_eq!(
        post(&world, &key, &activity(2, "Create", note.clone())).await,
        403
    );
    assert_eq!(
        post(&world, &key, &activity(3, "Like", json!(community))).await,
        403
    );
    assert_eq!(
        post(&world, &key, &activity(4, "Delete", json!(alice))).await,
        202
    );
    assert_eq!(
        post(&world, &key, &activity(5, "Dance", note.clone())).await,
        202
    );
    set(PeerMode::ReplyModerated).await;
    assert_eq!(post(&world, &key, &activity(2, "Create", note)).await, 202);
    assert!(!world.traces(&format!("{alice}/3")).await.2);
    assert!(
        !world.traces(&format!("{alice}/5")).await.2,
        "unknown types are not kept"
    );
}

/// SIG-20: an unknown actor that says it is gone.
#[tokio::test(flavor = "multi_thread")]
async fn the_farewell_of_somebody_unknown_is_ignored_without_a_fetch() {
    let (world, peer) = (World::new().await, Peer::new("peer").await);
    let ghost = peer.actor_id("ghost");
    let farewell =
        json!({"id": format!("{ghost}#delete"), "type": "Delete", "actor": ghost, "object": ghost});
    assert_eq!(
        post(&world, &first_key(&format!("{ghost}#main-key")), &farewell).await,
        202
    );
    assert_eq!(
        world.traces(&format!("{ghost}#delete")).await,
        (0, 0, false)
    );
    assert!(peer.received("GET").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_by_the_actor_makes_up_for_a_foreign_signature() {
    let (world, peer, host) = (
        World::new().await,
        Peer::new("peer").await,
        Peer::new("host").await,
    );
    let (alice, group) = (peer.actor_id("alice"), host.person("group"));
    let crate::secrets::ActorKey { pem, multikey } = crate::secrets::ActorKey::generate().unwrap();
    let mut document = peer.document("alice", &keys_of::OTHER.1);
    document["assertionMethod"] = json!([proof::multikey(&alice, &multikey)]);
    peer.serve("/users/alice", &document);
    let mut activity = like(&alice, &format!("{alice}/1"));
    let now = world.fed.app.db.now();
    proof::prove(activity.as_object_mut().unwrap(), &alice, &pem, now).unwrap();
    let key = first_key(&format!("{group}#main-key"));
    let mut forged = activity.clone();
    forged["object"] = json!("http://north.localhost:7401/posts/2");
    assert_eq!(post(&world, &key, &forged).await, 401);
    assert_eq!(post(&world, &key, &activity).await, 202);
}

/// An activity of somebody with a key of the own, proved by it.
fn proved(world: &World, actor: &str, id: &str, pem: &str) -> Value {
    let mut activity = like(actor, id);
    let now = world.fed.app.db.now();
    proof::prove(activity.as_object_mut().unwrap(), actor, pem, now).unwrap();
    activity
}

/// SIG-15: an exact repetition is taken and has no effect.
#[tokio::test(flavor = "multi_thread")]
async fn a_repetition_costs_nothing_and_nobody_uses_up_the_quota_of_others() {
    let world = World::with(|config| config.limits.inbox_per_5min = 3).await;
    let (peer, host) = (Peer::new("peer").await, Peer::new("host").await);
    let crate::secrets::ActorKey { pem, multikey } = crate::secrets::ActorKey::generate().unwrap();
    let (alice, group) = (peer.actor_id("alice"), host.person("group"));
    let mut document = peer.document("alice", &keys_of::PAIR.1);
    document["assertionMethod"] = json!([proof::multikey(&alice, &multikey)]);
    peer.serve("/users/alice", &document);
    let own = first_key(&format!("{alice}#main-key"));
    let foreign = first_key(&format!("{group}#main-key"));
    for n in 1..=3 {
        let brought = proved(&world, &alice, &format!("{alice}/by-host/{n}"), &pem);
        assert_eq!(post(&world, &foreign, &brought).await, 202, "{n}");
    }
    let brought = proved(&world, &alice, &format!("{alice}/by-host/4"), &pem);
    assert_eq!(post(&world, &foreign, &brought).await, 429);
    let first = like(&alice, &format!("{alice}/1"));
    for _ in 0..6 {
        assert_eq!(post(&world, &own, &first).await, 202);
    }
    for (n, status) in [(2, 202), (3, 202), (4, 429)] {
        let activity = like(&alice, &format!("{alice}/{n}"));
        assert_eq!(post(&world, &own, &activity).await, status, "{n}");
    }
    assert_eq!(post(&world, &own, &first).await, 202, "still known");
}

#[tokio::test(flavor = "multi_thread")]
async fn res_12_proofs_of_unknown_actors_cause_few_fetches() {
    let (world, host) = (World::new().await, Peer::new("host").await);
    let (one, other) = (Peer::new("one").await, Peer::new("other").await);
    let group = host.person("group");
    let pem = crate::secrets::ActorKey::generate().unwrap().pem;
    let key = first_key(&format!("{group}#main-key"));
    for n in 0..30 {
        let peer = if n % 2 == 0 { &one } else { &other };
        let actor = peer.actor_id(&format!("u{n}"));
        let activity = proved(&world, &actor, &format!("{actor}/1"), &pem);
        let status = post(&world, &key, &activity).await;
        assert!(matches!(status, 401 | 429), "{status}");
    }
    let fetched = one.received("GET").len() + other.received("GET").len();
    assert_eq!(fetched, 10, "by one host, wherever they lead");
}
