//! Actors elsewhere that move.

use super::effects::{follow, person, work_on};
use super::*;
use crate::model::ids::AccountId;
use crate::model::words::FollowState;
use crate::store::accounts;
use crate::store::follows::{self, Follow};

/// Does the job that takes people along.
async fn carry(world: &World) {
    let claim = |tx: &mut crate::store::db::Tx<'_>| {
        crate::store::jobs::claim(tx, 8, chrono::TimeDelta::minutes(1))
    };
    let found = world.fed.app.db.write(claim).await.unwrap();
    let job = found
        .iter()
        .find(|job| job.kind == crate::actions::move_account::CARRY);
    let payload = &job.unwrap().payload;
    crate::jobs::carrying::carry(&world.fed.app, payload)
        .await
        .unwrap();
}

/// ORG-16.
#[tokio::test(flavor = "multi_thread")]
async fn followers_go_along_with_a_move_that_the_new_actor_confirms() {
    let (world, peer, other) = (
        World::new().await,
        Peer::new("peer").await,
        Peer::new("other").await,
    );
    let (karim, alice, bob) = (
        person(&world, "karim").await,
        peer.person("alice"),
        other.person("bob"),
    );
    let old = actors_in::fetch_actor(&world.fed, &world.fed.visit(), &alice)
        .await
        .unwrap();
    follow(&world, karim, old).await;
    let moves = |n: u32, object: &str, target: &str| json!({"id": format!("{alice}/m/{n}"), "type": "Move", "actor": alice, "object": object, "target": target});
    let unconfirmed = work_on(&world, &peer, &moves(1, &alice, &bob)).await;
    assert!(unconfirmed.unwrap().starts_with("refused"));
    let foreign = work_on(&world, &peer, &moves(2, &bob, &alice)).await;
    assert!(foreign.unwrap().starts_with("refused"));
    let mut document = other.document("bob", &keys_of::OTHER.1);
    document["alsoKnownAs"] = json!([alice]);
    other.serve("/users/bob", &document);
    let done = work_on(&world, &peer, &moves(3, &alice, &bob)).await;
    assert_eq!(done.as_deref(), Some("followers go along"));
    // Reading the new actor's document again ends no move to it.
    actors_in::fetch_actor(&world.fed, &world.fed.visit(), &bob)
        .await
        .unwrap();
    carry(&world).await;
    let asked = bob.clone();
    let (there, here) = world
        .read(move |conn| {
            let new = accounts::find_by_uri(conn, &asked)?.unwrap().id;
            Ok((
                follows::find(conn, karim, old)?,
                follows::find(conn, karim, new)?,
            ))
        })
        .await;
    assert_eq!(there, None);
    assert_eq!(here.unwrap().state, FollowState::Requested);
}

/// Says of an actor that it was another one before.
fn was(peer: &Peer, name: &str, former: &str) {
    let mut document = peer.document(name, &keys_of::OTHER.1);
    document["alsoKnownAs"] = json!([former]);
    peer.serve(&format!("/users/{name}"), &document);
}

/// Whom somebody here follows, of these.
async fn follow_of(world: &World, by: AccountId, uri: &str) -> Option<Follow> {
    let uri = uri.to_owned();
    let work = move |conn: &mut crate::store::conn::Conn| {
        let Some(target) = accounts::find_by_uri(conn, &uri)? else {
            return Ok(None);
        };
        follows::find(conn, by, target.id)
    };
    world.read(work).await
}

/// ORG-16.
#[tokio::test(flavor = "multi_thread")]
async fn two_that_name_each_other_do_not_send_followers_to_and_fro() {
    let (world, peer) = (World::new().await, Peer::new("peer").await);
    let karim = person(&world, "karim").await;
    let (alice, bob) = (peer.person("alice"), peer.person("bob"));
    let old = actors_in::fetch_actor(&world.fed, &world.fed.visit(), &alice)
        .await
        .unwrap();
    follow(&world, karim, old).await;
    was(&peer, "alice", &bob);
    was(&peer, "bob", &alice);
    let moves = |n: u32, from: &str, to: &str| json!({"id": format!("{from}/m/{n}"), "type": "Move", "actor": from, "object": from, "target": to});
    let there = work_on(&world, &peer, &moves(1, &alice, &bob)).await;
    assert_eq!(there.as_deref(), Some("followers go along"));
    carry(&world).await;
    let back = work_on(&world, &peer, &moves(2, &bob, &alice)).await;
    assert_eq!(
        back.as_deref(),
        Some("refused: one of the two moved a short while ago")
    );
    let carol = peer.person("carol");
    was(&peer, "carol", &alice);
    let elsewhere = work_on(&world, &peer, &moves(3, &alice, &carol)).await;
    assert!(elsewhere.unwrap().starts_with("refused"));
    assert!(follow_of(&world, karim, &bob).await.is_some());
    assert!(follow_of(&world, karim, &alice).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_follow_the_new_one_goes_on_following_the_old_one() {
    let (world, peer) = (World::new().await, Peer::new("peer").await);
    let karim = person(&world, "karim").await;
    let (alice, bob) = (peer.person("alice"), peer.person("bob"));
    for uri in [&alice, &bob] {
        actors_in::fetch_actor(&world.fed, &world.fed.visit(), uri)
            .await
            .unwrap();
    }
    let (one, other) = (alice.clone(), bob.clone());
    let (old, new) = world
        .read(move |conn| {
            let old = accounts::find_by_uri(conn, &one)?.unwrap().id;
            Ok((old, accounts::find_by_uri(conn, &other)?.unwrap().id))
        })
        .await;
    follow(&world, karim, old).await;
    let block = move |tx: &mut crate::store::db::Tx<'_>| {
        crate::actions::follow::block(tx, new, karim, Some("http://x.localhost/b".into()))
    };
    world.fed.app.db.write(block).await.unwrap();
    was(&peer, "bob", &alice);
    let moved = json!({"id": format!("{alice}/m/1"), "type": "Move", "actor": alice, "object": alice, "target": bob});
    let outcome = work_on(&world, &peer, &moved).await;
    assert_eq!(outcome.as_deref(), Some("followers go along"));
    carry(&world).await;
    assert!(follow_of(&world, karim, &bob).await.is_none());
    assert!(follow_of(&world, karim, &alice).await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_sent_to_somebody_here_who_moved_away() {
    let (world, peer) = (World::new().await, Peer::new("peer").await);
    let (karim, lotte) = (person(&world, "karim").await, person(&world, "lotte").await);
    let alice = peer.person("alice");
    let old = actors_in::fetch_actor(&world.fed, &world.fed.visit(), &alice)
        .await
        .unwrap();
    follow(&world, lotte, old).await;
    let former = alice.clone();
    let went = move |tx: &mut crate::store::db::Tx<'_>| {
        let now = tx.now();
        crate::store::moves::set_aliases(tx, karim, &[former])?;
        crate::store::moves::set_target(tx, karim, lotte, now)
    };
    world.fed.app.db.write(went).await.unwrap();
    let target = format!("{}/users/karim", super::effects::BASE);
    let moves = |n: u32| json!({"id": format!("{alice}/m/{n}"), "type": "Move", "actor": alice, "object": alice, "target": target});
    let outcome = work_on(&world, &peer, &moves(1)).await;
    assert_eq!(outcome.as_deref(), Some("refused: no-moved"));
    let noted = world.read(move |conn| crate::store::moves::target(conn, old));
    assert_eq!(noted.await, None);
    let back =
        move |tx: &mut crate::store::db::Tx<'_>| crate::store::moves::clear_target(tx, karim);
    world.fed.app.db.write(back).await.unwrap();
    let outcome = work_on(&world, &peer, &moves(2)).await;
    assert_eq!(outcome.as_deref(), Some("followers go along"));
    carry(&world).await;
    let there = world.read(move |conn| follows::find(conn, lotte, karim));
    assert!(there.await.is_some());
}
