//! What the job makes of activities that were taken in, where other nodes are needed for it.

use super::*;
use crate::model::ids::AccountId;
use crate::model::words::{
    ActorKind, Boundary, CommunityRole, CommunityState, FollowState, JoinPolicy, Listing,
    MembershipState, PostingPolicy,
};
use crate::store::accounts::Account;
use crate::store::communities::{self, Membership};
use crate::store::follows::{self, Follow};
use crate::store::{accounts, inbound};

const BASE: &str = "http://north.localhost:7401";

/// A person of north.
async fn person(world: &World, name: &'static str) -> AccountId {
    world
        .fed
        .app
        .db
        .write(move |tx| {
            let id = AccountId(tx.new_id());
            let row = Account::local(id, ActorKind::Person, name, BASE, tx.now());
            accounts::insert(tx, &row)?;
            Ok(id)
        })
        .await
        .unwrap()
}

/// A community on a peer, known here.
async fn group(world: &World, peer: &Peer) -> AccountId {
    let mut document = peer.document("group", &keys_of::PAIR.1);
    document["type"] = json!("Group");
    document["attributedTo"] = json!(format!("{}/moderators", peer.base));
    peer.serve("/users/group", &document);
    actors_in::store_value(&world.fed, &document).await.unwrap()
}

/// Somebody follows, agreed.
async fn follow(world: &World, by: AccountId, target: AccountId) {
    let work = move |tx: &mut crate::store::db::Tx<'_>| {
        let id = tx.new_id();
        let row = Follow {
            id,
            follower_id: by,
            target_id: target,
            state: FollowState::Accepted,
            uri: tx.node().activity_uri(id),
            show_boosts: true,
            notify: false,
            created_at: tx.now(),
        };
        follows::put(tx, &row)
    };
    world.fed.app.db.write(work).await.unwrap();
}

/// Somebody is in a community.
async fn enter(world: &World, account: AccountId, community: AccountId) {
    let work = move |tx: &mut crate::store::db::Tx<'_>| {
        let (id, now) = (tx.new_id(), tx.now());
        let row = Membership {
            id,
            community_id: community,
            account_id: account,
            role: CommunityRole::Member,
            state: MembershipState::Active,
            message: String::new(),
            reason: String::new(),
            decided_by: None,
            created_at: now,
            updated_at: now,
        };
        communities::put_membership(tx, &row)
    };
    world.fed.app.db.write(work).await.unwrap();
}

/// Stores an activity as the inbox does and works on it once; what came of it.
async fn work_on(world: &World, peer: &Peer, activity: &Value) -> Option<String> {
    let (uri, body) = (
        activity["id"].as_str().unwrap().to_owned(),
        activity.to_string(),
    );
    let signer = activity["actor"].as_str().unwrap().to_owned();
    let domain = peer.domain.clone();
    let id = world
        .fed
        .app
        .db
        .write(move |tx| {
            let row = inbound::Inbound {
                id: tx.new_id(),
                activity_uri: uri,
                signer_uri: signer,
                peer_domain: domain,
                body,
                outcome: None,
                received_at: tx.now(),
            };
            assert!(inbound::insert(tx, &row)?, "a new id");
            Ok(row.id)
        })
        .await
        .unwrap();
    activities::process(&world.fed, id, 0).await.unwrap();
    world
        .read(move |conn| Ok(inbound::find(conn, id)?.unwrap().outcome))
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_community_announces_twice_is_looked_into_once() {
    let (world, host, third) = (
        World::new().await,
        Peer::new("host").await,
        Peer::new("third").await,
    );
    let (group, karim) = (group(&world, &host).await, person(&world, "karim").await);
    follow(&world, karim, group).await;
    let (alice, by) = (third.person("alice"), host.actor_id("group"));
    let public = "https://www.w3.org/ns/activitystreams#Public";
    let note = json!({"id": format!("{alice}/n"), "type": "Note", "attributedTo": alice, "content": "a",
                      "to": [public, by], "audience": by});
    third.serve("/users/alice/n", &note);
    let create =
        json!({"id": format!("{alice}/c"), "type": "Create", "actor": alice, "object": note});
    let announce = |n: u32| json!({"id": format!("{by}/{n}"), "type": "Announce", "actor": by, "object": create});
    let first = work_on(&world, &host, &announce(1)).await;
    assert_eq!(first.as_deref(), Some("post taken in"));
    let gets = third.received("GET").len();
    let again = work_on(&world, &host, &announce(2)).await;
    assert_eq!(again.as_deref(), Some("announced before"));
    assert_eq!(third.received("GET").len(), gets);
    let (known, id) = (
        world.traces(&format!("{alice}/c")).await.2,
        create["id"].clone(),
    );
    assert!(!known, "{id} can still come from its actor");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_here_becomes_a_steward_elsewhere_without_having_joined() {
    let (world, host) = (World::new().await, Peer::new("host").await);
    let (group, karim) = (group(&world, &host).await, person(&world, "karim").await);
    let (alice, by) = (host.person("alice"), host.actor_id("group"));
    let moderators = format!("{}/moderators", host.base);
    let list = json!({"id": moderators, "type": "OrderedCollection",
                      "orderedItems": [alice, format!("{BASE}/users/karim")]});
    host.serve("/moderators", &list);
    let add = |n: u32| json!({"id": format!("{by}/{n}"), "type": "Add", "actor": by, "object": alice, "target": moderators});
    let outcome = work_on(&world, &host, &add(1)).await;
    assert_eq!(outcome.as_deref(), Some("stewards read anew"));
    let stewards = || world.read(move |conn| communities::stewards(conn, group));
    let asked = alice.clone();
    let there = world
        .read(move |conn| Ok(accounts::find_by_uri(conn, &asked)?.unwrap().id))
        .await;
    assert_eq!(stewards().await, [there]);
    let membership = world
        .read(move |conn| communities::find_membership(conn, group, karim))
        .await;
    assert_eq!(membership, None);
    enter(&world, karim, group).await;
    work_on(&world, &host, &add(2)).await;
    let mut both = stewards().await;
    both.sort_unstable();
    let mut wanted = vec![karim, there];
    wanted.sort_unstable();
    assert_eq!(both, wanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_activity_that_needs_a_dead_node_is_put_off_and_holds_up_nobody() {
    let world = World::new().await;
    let dead = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let peer = Peer {
        base: format!("http://dead.localhost:{dead}"),
        domain: format!("dead.localhost:{dead}"),
        shared: Arc::default(),
    };
    let ghost = peer.actor_id("ghost");
    let like = json!({"id": format!("{ghost}/1"), "type": "Like", "actor": ghost, "object": format!("{BASE}/posts/1")});
    assert_eq!(work_on(&world, &peer, &like).await, None, "not decided yet");
    let uri = format!("{ghost}/1");
    let jobs = world
        .fed
        .app
        .db
        .write(move |tx| {
            let wait = chrono::TimeDelta::minutes(1);
            let early = crate::store::jobs::claim(tx, 8, wait)?;
            assert!(early.is_empty(), "it waits a while");
            let due = crate::store::jobs::next_due(tx)?.unwrap();
            assert!(due - tx.now() > chrono::TimeDelta::seconds(20), "{due}");
            let waiting = inbound::is_known(tx, &uri)?;
            Ok((waiting, crate::store::jobs::lanes(tx)?))
        })
        .await
        .unwrap();
    assert!(jobs.0);
    assert!(
        jobs.1.len() == 1 && jobs.1[0].starts_with("later "),
        "{:?}",
        jobs.1
    );
}

/// A community of north.
async fn own_group(
    world: &World,
    name: &'static str,
    boundary: Boundary,
    listing: Listing,
) -> String {
    let work = move |tx: &mut crate::store::db::Tx<'_>| {
        let (id, now) = (AccountId(tx.new_id()), tx.now());
        let row = Account::local(id, ActorKind::Group, name, BASE, now);
        accounts::insert(tx, &row)?;
        let community = communities::Community {
            account_id: id,
            purpose: String::new(),
            state: CommunityState::Active,
            boundary,
            visibility: listing,
            join_policy: JoinPolicy::Open,
            posting_policy: PostingPolicy::Anyone,
            members_count: 0,
            created_by: None,
            opened_at: Some(now),
            created_at: now,
        };
        communities::insert(tx, &community)?;
        Ok(row.uri)
    };
    world.fed.app.db.write(work).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_or_hidden_community_takes_nothing_from_strangers_as_if_it_were_not_there() {
    let (world, peer) = (World::new().await, Peer::new("peer").await);
    let alice = peer.person("alice");
    let listed = Listing::Listed;
    let mut groups = vec![format!("{BASE}/c/absent")];
    for (name, boundary, listing) in [
        ("inner", Boundary::Node, listed),
        ("firm", Boundary::Firm, listed),
        ("partners", Boundary::Partners, listed),
        ("secret", Boundary::Public, Listing::Hidden),
    ] {
        groups.push(own_group(&world, name, boundary, listing).await);
    }
    let open = own_group(&world, "open", Boundary::Public, listed).await;
    let follow = |n: usize, group: &str| json!({"id": format!("{alice}/f/{n}"), "type": "Follow", "actor": alice, "object": group});
    let note = |n: usize, group: &str| {
        let public = "https://www.w3.org/ns/activitystreams#Public";
        let tag = json!([{"type": "Mention", "href": group}]);
        json!({"id": format!("{alice}/c/{n}"), "type": "Create", "actor": alice, "object": {
            "id": format!("{alice}/n/{n}"), "type": "Note", "attributedTo": alice, "content": "a",
            "to": [public, group], "audience": group, "tag": tag}})
    };
    let mut told = Vec::new();
    for (n, group) in groups.iter().enumerate() {
        told.push((
            work_on(&world, &peer, &follow(n, group)).await,
            work_on(&world, &peer, &note(n, group)).await,
        ));
    }
    assert!(told.iter().all(|one| *one == told[0]), "{told:?}");
    let asked = work_on(&world, &peer, &follow(99, &open)).await;
    assert_eq!(asked.as_deref(), Some("asked"));
    let posted = work_on(&world, &peer, &note(99, &open)).await;
    assert_eq!(posted.as_deref(), Some("post taken in"));
}
