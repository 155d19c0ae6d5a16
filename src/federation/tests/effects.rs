//! What the job makes of activities that were taken in, where other nodes are needed for it.

use super::*;
use crate::actions::register::{Newcomer, register};
use crate::model::ids::AccountId;
use crate::model::words::{
    AccountState, ActorKind, Boundary, CommunityRole, CommunityState, FollowState, JoinPolicy,
    Listing, MembershipState, PostingPolicy,
};
use crate::store::accounts::Account;
use crate::store::communities::{self, Membership};
use crate::store::follows::{self, Follow};
use crate::store::{accounts, inbound, posts};

pub(super) const BASE: &str = "http://north.localhost:7401";

/// A person of north.
pub(super) async fn person(world: &World, name: &'static str) -> AccountId {
    world
        .fed
        .app
        .db
        .write(move |tx| {
            let newcomer = Newcomer::new(name, &format!("{name}@firm.example"), None)?;
            Ok(register(tx, BASE, &newcomer)?.id)
        })
        .await
        .unwrap()
}

/// A community on a peer, known here.
pub(super) async fn group(world: &World, peer: &Peer) -> AccountId {
    let mut document = peer.document("group", &keys_of::PAIR.1);
    document["type"] = json!("Group");
    document["attributedTo"] = json!(format!("{}/moderators", peer.base));
    peer.serve("/users/group", &document);
    actors_in::store_value(&world.fed, &document).await.unwrap()
}

/// Somebody follows, agreed.
pub(super) async fn follow(world: &World, by: AccountId, target: AccountId) {
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
pub(super) async fn enter(world: &World, account: AccountId, community: AccountId) {
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
pub(super) async fn work_on(world: &World, peer: &Peer, activity: &Value) -> Option<String> {
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
    // What the community takes out itself goes, whoever of its node decided it; a neighbour of it says nothing.
    let neighbour = host.person("mallory");
    let removed = |actor: &str, n: u32| {
        let delete = json!({"id": format!("{actor}/d/{n}"), "type": "Delete", "actor": actor,
                            "object": note["id"], "audience": by, "to": [public]});
        json!({"id": format!("{by}/{n}"), "type": "Announce", "actor": by, "object": delete})
    };
    let is_gone = || {
        let uri = format!("{alice}/n");
        world.read(move |conn| {
            Ok(posts::find_by_uri(conn, &uri)?
                .unwrap()
                .deleted_at
                .is_some())
        })
    };
    let refused = work_on(&world, &host, &removed(&neighbour, 3)).await;
    assert!(refused.unwrap().starts_with("refused") && !is_gone().await);
    work_on(&world, &host, &removed(&by, 4)).await;
    assert!(is_gone().await);
}

/// ORG-19.
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
pub(super) async fn own_group(
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

/// How somebody stands to a community.
async fn standing(world: &World, community: AccountId, account: AccountId) -> MembershipState {
    let found = world
        .read(move |conn| communities::find_membership(conn, community, account))
        .await;
    found.map_or(MembershipState::None, |row| row.state)
}

fn gone(peer: &Peer, path: &str) {
    let page = Page {
        status: 410,
        kind: ACTIVITY,
        body: "{}".into(),
        location: None,
    };
    peer.shared.pages.lock().unwrap().insert(path.into(), page);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_actor_is_fetched_anew_once_and_goes_where_its_node_says_that_it_has_gone() {
    let (world, peer) = (World::new().await, Peer::new("peer").await);
    let alice = peer.person("alice");
    let id = actors_in::fetch_actor(&world.fed, &world.fed.visit(), &alice)
        .await
        .unwrap();
    let find = || world.read(move |conn| accounts::get(conn, id));
    let lanes = || world.read(crate::store::jobs::lanes);
    let before = lanes().await;
    let mut account = find().await;
    refresh::refresh_later(&world.fed, &account).await.unwrap();
    assert_eq!(lanes().await, before, "fresh enough");
    account.fetched_at = Some(world.fed.app.db.now() - chrono::TimeDelta::hours(25));
    for _ in 0..3 {
        refresh::refresh_later(&world.fed, &account).await.unwrap();
    }
    assert!(lanes().await.contains(&format!("refresh {}", peer.domain)));
    let jobs = world.read(crate::store::jobs::count).await;
    assert_eq!(jobs, i64::try_from(before.len()).unwrap() + 1, "once");
    let mut document = peer.document("alice", &keys_of::PAIR.1);
    document["name"] = json!("Alice the Second");
    peer.serve("/users/alice", &document);
    activities::refresh(&world.fed, &alice).await.unwrap();
    assert_eq!(find().await.display_name, "Alice the Second");
    peer.shared.pages.lock().unwrap().clear();
    activities::refresh(&world.fed, &alice).await.unwrap();
    assert_eq!(find().await.state, AccountState::Active, "404 may pass");
    gone(&peer, "/users/alice");
    activities::refresh(&world.fed, &alice).await.unwrap();
    assert_eq!(find().await.state, AccountState::Deleted);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_elsewhere_is_shown_as_one_until_it_is_lifted() {
    use crate::actions::join;
    let (world, host, third) = (
        World::new().await,
        Peer::new("host").await,
        Peer::new("third").await,
    );
    let (group, karim) = (group(&world, &host).await, person(&world, "karim").await);
    follow(&world, karim, group).await;
    enter(&world, karim, group).await;
    let (mallory, by) = (third.person("mallory"), host.actor_id("group"));
    let ban = |actor: &str, n: u32| {
        json!({"id": format!("{actor}/b/{n}"), "type": "Block", "actor": actor,
               "object": format!("{BASE}/users/karim"), "target": by})
    };
    let forged = work_on(&world, &third, &ban(&mallory, 1)).await;
    assert!(!forged.unwrap().starts_with("banned"));
    assert_eq!(
        standing(&world, group, karim).await,
        MembershipState::Active
    );
    let banned = work_on(&world, &host, &ban(&by, 1)).await;
    assert_eq!(banned.as_deref(), Some("banned there"));
    assert_eq!(
        standing(&world, group, karim).await,
        MembershipState::Banned
    );
    let ask = || {
        world.fed.app.db.write(move |tx| {
            let request = join::Request {
                community: group,
                account: karim,
                message: String::new(),
                uri: None,
                reader: false,
            };
            join::join(tx, &request)
        })
    };
    assert!(matches!(ask().await, Err(Error::Forbidden(_))));
    let lifted =
        json!({"id": format!("{by}/u/1"), "type": "Undo", "actor": by, "object": ban(&by, 1)});
    let done = work_on(&world, &host, &lifted).await;
    assert_eq!(done.as_deref(), Some("not banned there any more"));
    assert_eq!(standing(&world, group, karim).await, MembershipState::None);
    assert_eq!(ask().await.unwrap(), MembershipState::Requested);
}

#[tokio::test(flavor = "multi_thread")]
async fn on_one_host_too_only_the_community_and_who_leads_it_ban() {
    let (world, host) = (World::new().await, Peer::new("host").await);
    let (group, karim) = (group(&world, &host).await, person(&world, "karim").await);
    follow(&world, karim, group).await;
    enter(&world, karim, group).await;
    let [alice, mallory] = ["alice", "mallory"].map(|name| host.person(name));
    let by = host.actor_id("group");
    let names = |list: &[&str]| {
        let list = json!({"id": format!("{}/moderators", host.base), "type": "OrderedCollection", "orderedItems": list});
        host.serve("/moderators", &list);
    };
    let ban = |actor: &str, n: u32| {
        json!({"id": format!("{actor}/b/{n}"), "type": "Block", "actor": actor,
               "object": format!("{BASE}/users/karim"), "target": by})
    };
    let lift = |actor: &str, n: u32| json!({"id": format!("{actor}/u/{n}"), "type": "Undo", "actor": actor, "object": ban(actor, n)});
    let passed_on = |inner: Value, n: u32| json!({"id": format!("{by}/{n}"), "type": "Announce", "actor": by, "object": inner});
    names(&[&alice]);
    let refused = Some("refused: a ban by somebody who does not lead there");
    let neighbour = work_on(&world, &host, &ban(&mallory, 1)).await;
    assert_eq!(neighbour.as_deref(), refused);
    let announced = work_on(&world, &host, &passed_on(ban(&mallory, 2), 2)).await;
    assert_eq!(announced.as_deref(), refused, "passed on by the community");
    assert_eq!(
        standing(&world, group, karim).await,
        MembershipState::Active
    );
    let led = work_on(&world, &host, &ban(&alice, 3)).await;
    assert_eq!(led.as_deref(), Some("banned there"));
    assert_eq!(
        work_on(&world, &host, &lift(&mallory, 4)).await.as_deref(),
        refused
    );
    names(&[]);
    let left = work_on(&world, &host, &lift(&alice, 5)).await;
    assert_eq!(left.as_deref(), refused, "who led once leads no more");
    assert_eq!(
        standing(&world, group, karim).await,
        MembershipState::Banned
    );
    names(&[&alice]);
    let back = work_on(&world, &host, &lift(&alice, 6)).await;
    assert_eq!(back.as_deref(), Some("not banned there any more"));
}

/// ORG-10.
#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_is_undone_by_the_author_who_made_it_and_by_nobody_else() {
    let (world, peer) = (World::new().await, Peer::new("peer").await);
    let (karim, alice) = (person(&world, "karim").await, peer.person("alice"));
    let id = actors_in::fetch_actor(&world.fed, &world.fed.visit(), &alice)
        .await
        .unwrap();
    follow(&world, karim, id).await;
    let uri = format!("{alice}/n");
    let note = json!({"id": uri, "type": "Note", "attributedTo": alice, "content": "<p>Back</p>",
                      "to": ["https://www.w3.org/ns/activitystreams#Public"]});
    peer.serve("/users/alice/n", &note);
    let act = |kind: &str, n: u32, object: Value| json!({"id": format!("{alice}/a/{n}"), "type": kind, "actor": alice, "object": object});
    let delete = act("Delete", 2, json!(uri));
    let undo = |n| act("Undo", n, delete.clone());
    let find = || {
        let uri = uri.clone();
        world.read(move |conn| Ok(crate::store::posts::find_by_uri(conn, &uri)?.unwrap()))
    };
    work_on(&world, &peer, &act("Create", 1, note.clone())).await;
    let early = work_on(&world, &peer, &undo(3)).await;
    assert_eq!(early.as_deref(), Some("ignored: not deleted by its author"));
    work_on(&world, &peer, &delete).await;
    let deleted = find().await;
    assert!(deleted.deleted_at.is_some() && deleted.html.is_empty());
    let mallory = peer.person("mallory");
    let mut foreign = undo(4);
    foreign["actor"] = json!(mallory);
    let refused = work_on(&world, &peer, &foreign).await;
    assert!(refused.unwrap().starts_with("refused"));
    let mut narrower = note.clone();
    narrower["to"] = json!([format!("{alice}/followers")]);
    narrower["cc"] = note["to"].clone();
    peer.serve("/users/alice/n", &narrower);
    let closed = work_on(&world, &peer, &undo(6)).await;
    assert!(
        closed.unwrap().starts_with("ignored"),
        "for other readers now"
    );
    assert!(find().await.deleted_at.is_some());
    peer.serve("/users/alice/n", &note);
    let done = work_on(&world, &peer, &undo(5)).await;
    assert_eq!(done.as_deref(), Some("post restored"));
    let back = find().await;
    assert_eq!((back.deleted_at, back.html.as_str()), (None, "<p>Back</p>"));
}
