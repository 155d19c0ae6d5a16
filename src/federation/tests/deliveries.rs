//! The queue: order, back-off, the slow and the dead.

use super::*;
use crate::model::ids::AccountId;
use crate::store::accounts;
use crate::store::outbox::{self, Target as Inbox};

/// A person of north with a key, as sender.
async fn sender(world: &World) -> AccountId {
    let uri = format!("{}/actor", world.fed.app.config.base_url());
    world
        .read(move |conn| Ok(accounts::find_by_uri(conn, &uri)?.unwrap().id))
        .await
}

async fn enqueue(world: &World, sender: AccountId, n: u32, peers: &[&Peer]) {
    let uri = format!("http://north.localhost:7401/activities/{n}");
    enqueue_body(world, sender, json!({"id": uri, "n": n}), peers).await;
}

async fn enqueue_body(world: &World, sender: AccountId, body: Value, peers: &[&Peer]) {
    let targets: Vec<Inbox> = peers
        .iter()
        .map(|peer| Inbox {
            domain: peer.domain.clone(),
            inbox_url: format!("{}/inbox", peer.base),
        })
        .collect();
    let (uri, body) = (body["id"].as_str().unwrap().to_owned(), body.to_string());
    world
        .fed
        .app
        .db
        .write(move |tx| outbox::enqueue(tx, &uri, sender, &body, targets))
        .await
        .unwrap();
    world.fed.app.hub.deliveries().notify_one();
}

fn numbers(peer: &Peer) -> Vec<i64> {
    let posts = peer.received("POST");
    posts
        .iter()
        .map(|r| {
            serde_json::from_slice::<Value>(&r.body).unwrap()["n"]
                .as_i64()
                .unwrap()
        })
        .collect()
}

async fn waiting(world: &World) -> i64 {
    world
        .read(|conn| {
            Ok(outbox::queues(conn, None)?
                .iter()
                .map(|queue| queue.waiting)
                .sum())
        })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_peer_gets_everything_in_order_later_and_delays_nobody() {
    let (world, good, bad) = (
        World::new().await,
        Peer::new("good").await,
        Peer::new("bad").await,
    );
    let sender = sender(&world).await;
    *bad.shared.answers.lock().unwrap() = vec![503, 503];
    world.fed.app.spawn(deliver::run(world.fed.clone()));
    for n in 1..=4 {
        enqueue(&world, sender, n, &[&good, &bad]).await;
    }
    until("delivery to the good one", async || {
        good.received("POST").len() == 4
    })
    .await;
    assert_eq!(numbers(&good), [1, 2, 3, 4]);
    until("delivery to the bad one", async || {
        waiting(&world).await == 0
    })
    .await;
    assert_eq!(numbers(&bad), [1, 1, 1, 2, 3, 4]);
    let domain = bad.domain.clone();
    let peer = world
        .read(move |conn| peers::find(conn, &domain))
        .await
        .unwrap();
    assert_eq!(
        (peer.failures, peer.last_error.as_deref()),
        (0, Some("answered 503"))
    );
    assert!(peer.last_success_at.is_some());
    let request = &good.received("POST")[0];
    let own = good.domain.clone();
    let claim = verify::check(
        &verify::Request {
            method: "POST",
            target: "/inbox",
            authority: None,
            headers: &request.headers,
            body: &request.body,
        },
        &verify::Own {
            base: &good.base,
            authority: &own,
        },
        world.fed.app.db.now(),
    );
    assert!(
        claim
            .unwrap()
            .fits(&verify::key::VerifyKey::from_pem(&keys_of::OTHER.1).unwrap())
    );
    world.fed.app.stopping.cancel();
    world.fed.app.tasks.close();
    world.fed.app.tasks.wait().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_for_good_is_skipped_and_told_to_the_admin() {
    let (world, peer) = (World::new().await, Peer::new("peer").await);
    let sender = sender(&world).await;
    *peer.shared.answers.lock().unwrap() = vec![422, 202, 422, 422];
    enqueue(&world, sender, 1, &[&peer]).await;
    enqueue(&world, sender, 2, &[&peer]).await;
    world.fed.app.spawn(deliver::run(world.fed.clone()));
    until("the end of the queue", async || waiting(&world).await == 0).await;
    assert_eq!(numbers(&peer), [1, 2, 1, 1], "the second one went past");
    let domain = peer.domain.clone();
    let known = world
        .read(move |conn| peers::find(conn, &domain))
        .await
        .unwrap();
    assert_eq!(known.last_error.as_deref(), Some("answered 422"));
    world.fed.app.stopping.cancel();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_refused_and_then_deleted_or_undone_is_not_sent_after_its_end() {
    let (world, peer) = (World::new().await, Peer::new("peer").await);
    let sender = sender(&world).await;
    *peer.shared.answers.lock().unwrap() = vec![422, 422, 202, 202, 422, 202];
    let at = |n: u32| format!("http://north.localhost:7401/activities/{n}");
    let note = |n: u32| format!("http://north.localhost:7401/posts/{n}");
    let create = |n: u32| json!({"id": at(n), "n": n, "type": "Create", "object": {"id": note(n)}});
    // What is undone last has an address that differs only where LIKE takes any letter.
    let like = |n: u32, id: &str| json!({"id": id, "n": n, "type": "Like", "object": note(10 + n)});
    let (undone, kept, other) = (at(2), note(2) + "_like", note(2) + "xlike");
    for body in [
        create(1),
        like(2, &undone),
        json!({"id": at(3), "n": 3, "type": "Delete", "object": note(1)}),
        json!({"id": at(4), "n": 4, "type": "Undo", "object": like(2, &undone)}),
        like(5, &kept),
        json!({"id": at(6), "n": 6, "type": "Undo", "object": like(2, &other)}),
    ] {
        enqueue_body(&world, sender, body, &[&peer]).await;
    }
    world.fed.app.spawn(deliver::run(world.fed.clone()));
    until("the end of the queue", async || waiting(&world).await == 0).await;
    assert_eq!(
        numbers(&peer),
        [1, 2, 3, 4, 5, 6, 5],
        "what was not taken back is tried again"
    );
    world.fed.app.stopping.cancel();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_of_any_kind_loses_nothing_and_a_proxy_that_knows_no_inbox_is_one() {
    let (world, peer) = (World::new().await, Peer::new("peer").await);
    let sender = sender(&world).await;
    // Refused before, then away for long, then its proxy knows no such address.
    let mut answers = vec![401, 404];
    answers.extend([503; 3]);
    answers.extend([404; 4]);
    *peer.shared.answers.lock().unwrap() = answers;
    for n in 1..=3 {
        enqueue(&world, sender, n, &[&peer]).await;
    }
    let domain = peer.domain.clone();
    world
        .fed
        .app
        .db
        .write(move |tx| {
            let id = peers::find(tx, &domain)?.unwrap().id;
            for _ in 0..40 {
                outbox::failed(tx, id, "does not answer", tx.now())?;
            }
            peers::wake(tx, id)
        })
        .await
        .unwrap();
    world.fed.app.spawn(deliver::run(world.fed.clone()));
    until("an end", async || {
        deliver::retry_now(&world.fed.app, None).await.unwrap();
        waiting(&world).await == 0
    })
    .await;
    let mut taken = numbers(&peer).split_off(9);
    taken.sort_unstable();
    assert_eq!(taken, [1, 2, 3], "each arrived once");
    world.fed.app.stopping.cancel();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shared_inbox_that_answers_gone_loses_that_one_activity_only() {
    let (world, peer) = (World::new().await, Peer::new("peer").await);
    let sender = sender(&world).await;
    let document = peer.document("alice", &keys_of::PAIR.1);
    actors_in::store_value(&world.fed, &document).await.unwrap();
    *peer.shared.answers.lock().unwrap() = vec![410];
    for n in 1..=3 {
        enqueue(&world, sender, n, &[&peer]).await;
    }
    world.fed.app.spawn(deliver::run(world.fed.clone()));
    until("the end of the queue", async || waiting(&world).await == 0).await;
    assert_eq!(numbers(&peer), [1, 2, 3]);
    world.fed.app.stopping.cancel();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inbox_that_is_gone_and_a_blocked_peer_get_nothing_more() {
    let (world, gone, blocked) = (
        World::new().await,
        Peer::new("gone").await,
        Peer::new("blocked").await,
    );
    let sender = sender(&world).await;
    *gone.shared.answers.lock().unwrap() = vec![410];
    let domain = blocked.domain.clone();
    let setting = peers::Setting {
        mode: Some(PeerMode::Blocked),
        relation: None,
        expires_at: None,
        boundary_max: None,
        addresses: String::new(),
    };
    world
        .fed
        .app
        .db
        .write(move |tx| peers::set(tx, &domain, &setting))
        .await
        .unwrap();
    for n in 1..=3 {
        enqueue(&world, sender, n, &[&gone, &blocked]).await;
    }
    world.fed.app.spawn(deliver::run(world.fed.clone()));
    until("the end of the queues", async || waiting(&world).await == 0).await;
    assert_eq!(numbers(&gone), [1]);
    assert!(blocked.received("POST").is_empty());
    world.fed.app.stopping.cancel();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_of_life_or_an_admin_ends_the_waiting() {
    let (world, peer) = (World::new().await, Peer::new("peer").await);
    let sender = sender(&world).await;
    enqueue(&world, sender, 1, &[&peer]).await;
    let domain = peer.domain.clone();
    let far = world.fed.app.db.now() + chrono::TimeDelta::days(1);
    world
        .fed
        .app
        .db
        .write(move |tx| {
            let id = peers::find(tx, &domain)?.unwrap().id;
            outbox::failed(tx, id, "does not answer", far)
        })
        .await
        .unwrap();
    let due =
        || world.read(|conn| outbox::due_peers(conn, crate::model::time::Clock::now(&SystemClock)));
    assert!(due().await.is_empty());
    let alice = peer.person("alice");
    let activity = json!({"id": format!("{alice}/1"), "type": "Like", "actor": alice, "object": "http://north.localhost:7401/posts/1"});
    let key = first_key(&format!("{alice}#main-key"));
    let answer = world
        .call(signed(&key, "/inbox", activity.to_string().as_bytes()))
        .await;
    assert_eq!(answer.status(), 202);
    assert_eq!(due().await.len(), 1, "the peer was heard from");
    assert_eq!(deliver::retry_now(&world.fed.app, None).await.unwrap(), 1);
}
