//! What is made of reports that other nodes hand in.

use super::effects::{BASE, enter, follow, group, own_group, person, work_on};
use super::*;
use crate::actions::create_post::{NewPost, Outcome, create_post};
use crate::actions::delete_post::delete_post;
use crate::actions::report::receive_reports;
use crate::model::ids::AccountId;
use crate::model::report::{A_DAY_BY_NODE, SUBJECTS};
use crate::model::words::{
    AccountState, Boundary, Listing, PeerMode, ReportCategory, ReportState, Visibility,
};
use crate::store::page::Page;
use crate::store::peers;
use crate::store::posts::{self, Post};
use crate::store::reports::{self, Report, Wanted};
use crate::store::{accounts, inbound};

/// The actor of a peer that signs for the whole node.
fn instance_actor(peer: &Peer) -> String {
    let mut document = peer.document("actor", &keys_of::PAIR.1);
    document["type"] = json!("Application");
    peer.serve("/users/actor", &document);
    peer.actor_id("actor")
}

async fn post(world: &World, by: AccountId, visibility: Visibility) -> Post {
    let new = NewPost {
        source: "hello".into(),
        visibility: Some(visibility),
        ..NewPost::default()
    };
    let made = move |tx: &mut crate::store::db::Tx<'_>| create_post(tx, by, new);
    match world.fed.app.db.write(made).await.unwrap() {
        Outcome::Posted(post) => *post,
        Outcome::Commanded { .. } => panic!("a command"),
    }
}

async fn filed(world: &World) -> Vec<(Report, usize)> {
    world
        .read(|conn| {
            let all = reports::list(conn, AccountId(0), &Wanted::default(), &Page::first(99))?;
            all.into_iter()
                .map(|report| {
                    let posts = reports::list_posts(conn, &[report.id])?.len();
                    Ok((report, posts))
                })
                .collect()
        })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_of_a_node_is_filed_with_what_is_ours() {
    let (world, peer) = (World::new().await, Peer::new("peer").await);
    let (karim, lotte) = (person(&world, "karim").await, person(&world, "lotte").await);
    let (said, closed) = (
        post(&world, karim, Visibility::Public).await,
        post(&world, lotte, Visibility::Direct).await,
    );
    let by = instance_actor(&peer);
    let elsewhere = peer.person("alice");
    let flag = |n: u32, objects: Value| {
        json!({"id": format!("{by}/{n}"), "type": "Flag", "actor": by, "object": objects,
               "content": "rude & loud", "to": format!("{BASE}/users/karim")})
    };
    let mixed = json!([
        format!("{BASE}/users/karim"),
        said.uri,
        elsewhere,
        "https://third.example/n"
    ]);
    let outcome = work_on(&world, &peer, &flag(1, mixed)).await;
    assert_eq!(outcome.as_deref(), Some("report filed"));
    let all = filed(&world).await;
    let [(report, posts)] = all.as_slice() else {
        panic!("{all:?}");
    };
    assert_eq!((report.target_id, *posts), (karim, 1));
    assert_eq!(report.comment, "rude & loud");
    assert_eq!(
        (report.category, report.state),
        (ReportCategory::Other, ReportState::Open)
    );
    for (n, objects) in [
        (2, json!(elsewhere)),
        (
            3,
            json!([format!("{BASE}/users/nobody"), format!("{BASE}/posts/1")]),
        ),
        (4, json!(format!("{BASE}/actor"))),
    ] {
        let outcome = work_on(&world, &peer, &flag(n, objects)).await;
        assert_eq!(
            outcome.as_deref(),
            Some("ignored: a report about nothing of ours")
        );
    }
    let never = work_on(&world, &peer, &flag(5, json!(closed.uri))).await;
    assert_eq!(
        never.as_deref(),
        Some("ignored: a report about nothing of ours"),
        "nobody there got it"
    );
    let alice = actors_in::fetch_actor(&world.fed, &world.fed.visit(), &elsewhere)
        .await
        .unwrap();
    let mention =
        move |tx: &mut crate::store::db::Tx<'_>| posts::set_mentions(tx, closed.id, &[alice]);
    let uri = closed.uri.clone();
    world.fed.app.db.write(mention).await.unwrap();
    let alone = work_on(&world, &peer, &flag(6, json!(uri))).await;
    assert_eq!(alone.as_deref(), Some("report filed"), "it went there");
    assert_eq!(filed(&world).await.len(), 2);
}

/// ORG-20.
#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_no_larger_than_we_want() {
    let (world, peer) = (World::new().await, Peer::new("peer").await);
    let by = instance_actor(&peer);
    let mut named = Vec::new();
    for name in ["a1", "a2", "a3", "a4", "a5", "a6", "a7"] {
        person(&world, name).await;
        named.push(format!("{BASE}/users/{name}"));
    }
    let huge: Vec<String> = (0..10_000)
        .map(|n| format!("{BASE}/posts/{n}"))
        .chain(named.clone())
        .collect();
    let comment = "x".repeat(5000);
    for (n, objects, outcome) in [
        (1, json!(named), "report filed"),
        (2, json!(huge), "ignored: a report about nothing of ours"),
    ] {
        let flag = json!({"id": format!("{by}/{n}"), "type": "Flag", "actor": by, "object": objects,
                          "content": comment});
        assert_eq!(
            work_on(&world, &peer, &flag).await.as_deref(),
            Some(outcome)
        );
    }
    let all = filed(&world).await;
    assert_eq!(all.len(), SUBJECTS);
    assert!(all.iter().all(|(report, _)| report.comment.len() == 1000));
    let known = world
        .read(move |conn| Ok(accounts::find_by_uri(conn, &by)?.is_some()))
        .await;
    assert!(known, "who reported is kept");
    let uri = all[0].0.uri.clone();
    assert!(world.read(move |conn| inbound::is_known(conn, &uri)).await);
}

const NOTHING: Option<&str> = Some("ignored: a report about nothing of ours");

#[tokio::test(flavor = "multi_thread")]
async fn a_hidden_community_is_there_for_the_nodes_of_its_members() {
    let (world, peer, other) = (
        World::new().await,
        Peer::new("peer").await,
        Peer::new("other").await,
    );
    let quiet = own_group(&world, "quiet", Boundary::Public, Listing::Hidden).await;
    let inner = own_group(&world, "inner", Boundary::Node, Listing::Listed).await;
    let open = own_group(&world, "open", Boundary::Public, Listing::Listed).await;
    let [hidden, inside] = [&quiet, &inner].map(String::clone);
    let (hidden, inside) = world
        .read(move |conn| {
            let mut id = |uri: &str| -> crate::error::Result<AccountId> {
                Ok(accounts::find_by_uri(conn, uri)?.unwrap().id)
            };
            Ok((id(&hidden)?, id(&inside)?))
        })
        .await;
    let mut flags = Vec::new();
    for peer in [&peer, &other] {
        let by = instance_actor(peer);
        flags.push(move |n: u32, uri: &str| {
            json!({"id": format!("{by}/{n}"), "type": "Flag", "actor": by, "object": uri, "content": "spam"})
        });
    }
    let before = work_on(&world, &peer, &flags[0](1, &quiet)).await;
    assert_eq!(before.as_deref(), NOTHING, "nobody there knows of it");
    let alice = peer.person("alice");
    let alice = actors_in::fetch_actor(&world.fed, &world.fed.visit(), &alice)
        .await
        .unwrap();
    enter(&world, alice, hidden).await;
    enter(&world, alice, inside).await;
    let after = work_on(&world, &peer, &flags[0](2, &quiet)).await;
    assert_eq!(after.as_deref(), Some("report filed"), "alice is in it");
    let elsewhere = work_on(&world, &other, &flags[1](3, &quiet)).await;
    assert_eq!(elsewhere.as_deref(), NOTHING, "not for other nodes");
    let never = work_on(&world, &peer, &flags[0](4, &inner)).await;
    assert_eq!(never.as_deref(), NOTHING, "it stays on this node");
    let open = work_on(&world, &other, &flags[1](5, &open)).await;
    assert_eq!(open.as_deref(), Some("report filed"));
    let reported: Vec<AccountId> = filed(&world)
        .await
        .iter()
        .map(|(r, _)| r.target_id)
        .collect();
    assert_eq!(reported.len(), 2);
    assert!(reported.contains(&hidden) && !reported.contains(&inside));
}

/// Changes a post as nothing but time or a moderator would.
async fn becomes(world: &World, post: &Post, change: &'static str) {
    let id = post.id;
    let work = move |tx: &mut crate::store::db::Tx<'_>| match change {
        "deleted" => {
            let by = posts::get(tx, id)?.author_id;
            delete_post(tx, by, id).map(drop)
        }
        "held" => posts::set_held(tx, id, true),
        _ => panic!("{change}"),
    };
    world.fed.app.db.write(work).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_node_never_got_it_does_not_report() {
    let (world, peer) = (World::new().await, Peer::new("peer").await);
    let karim = person(&world, "karim").await;
    let [gone, held, few] = [
        post(&world, karim, Visibility::Public).await,
        post(&world, karim, Visibility::Public).await,
        post(&world, karim, Visibility::Private).await,
    ];
    becomes(&world, &gone, "deleted").await;
    becomes(&world, &held, "held").await;
    let by = instance_actor(&peer);
    let flag = |n: u32, objects: Value| json!({"id": format!("{by}/{n}"), "type": "Flag", "actor": by, "object": objects});
    for (n, post) in [(1, &gone), (2, &held), (3, &few)] {
        let outcome = work_on(&world, &peer, &flag(n, json!(post.uri))).await;
        assert_eq!(outcome.as_deref(), NOTHING, "{n}");
    }
    for (n, objects) in [
        (4, json!([])),
        (5, json!(null)),
        (6, json!({"id": 7})),
        (7, json!("javascript:alert(1)")),
    ] {
        let outcome = work_on(&world, &peer, &flag(n, objects)).await;
        assert_eq!(outcome.as_deref(), NOTHING, "{n}");
    }
    let alice = peer.person("alice");
    let alice = actors_in::fetch_actor(&world.fed, &world.fed.visit(), &alice)
        .await
        .unwrap();
    follow(&world, alice, karim).await;
    let outcome = work_on(&world, &peer, &flag(8, json!(few.uri))).await;
    assert_eq!(
        outcome.as_deref(),
        Some("report filed"),
        "it went there now"
    );
    let suspend = move |tx: &mut crate::store::db::Tx<'_>| {
        accounts::set_state(tx, karim, AccountState::Suspended)
    };
    world.fed.app.db.write(suspend).await.unwrap();
    let outcome = work_on(
        &world,
        &peer,
        &flag(9, json!(format!("{BASE}/users/karim"))),
    )
    .await;
    assert_eq!(outcome.as_deref(), NOTHING, "who was shut out is absent");
    assert_eq!(filed(&world).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_does_not_come_through_a_community_nor_from_whoever_is_not_spoken_to() {
    let (world, host) = (World::new().await, Peer::new("host").await);
    let (group, karim) = (group(&world, &host).await, person(&world, "karim").await);
    follow(&world, karim, group).await;
    let by = instance_actor(&host);
    let flag = |n: u32| {
        json!({"id": format!("{by}/{n}"), "type": "Flag", "actor": by,
               "object": format!("{BASE}/users/karim")})
    };
    let group = host.actor_id("group");
    let announce =
        json!({"id": format!("{group}/1"), "type": "Announce", "actor": group, "object": flag(1)});
    let passed_on = work_on(&world, &host, &announce).await;
    assert!(passed_on.unwrap().starts_with("ignored"));
    let undo = json!({"id": format!("{by}/2"), "type": "Undo", "actor": by, "object": flag(1)});
    assert_ne!(
        work_on(&world, &host, &undo).await.as_deref(),
        Some("report filed")
    );
    let domain = host.domain.clone();
    let shut = move |tx: &mut crate::store::db::Tx<'_>| {
        let setting = peers::Setting {
            mode: Some(PeerMode::Quarantined),
            relation: None,
            expires_at: None,
            boundary_max: None,
            addresses: String::new(),
        };
        peers::set(tx, &domain, &setting)
    };
    world.fed.app.db.write(shut).await.unwrap();
    let outcome = work_on(&world, &host, &flag(3)).await;
    assert!(outcome.unwrap().starts_with("refused"));
    assert_eq!(filed(&world).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_reports_so_often_a_day_and_each_thing_once() {
    let (world, peer) = (World::new().await, Peer::new("peer").await);
    let (karim, lotte) = (person(&world, "karim").await, person(&world, "lotte").await);
    let by = instance_actor(&peer);
    let both = json!([format!("{BASE}/users/karim"), format!("{BASE}/users/lotte")]);
    let flag =
        |n: u32| json!({"id": format!("{by}/{n}"), "type": "Flag", "actor": by, "object": both});
    work_on(&world, &peer, &flag(1)).await;
    assert_eq!(filed(&world).await.len(), 2);
    let uri = by.clone();
    let fill = move |tx: &mut crate::store::db::Tx<'_>| {
        let by = accounts::find_by_uri(tx, &uri)?.unwrap().id;
        // The same Flag again is nothing new.
        let again = [(karim, vec![])];
        receive_reports(tx, by, &format!("{uri}/1"), &again, "")?;
        for n in 3..A_DAY_BY_NODE {
            let about = [(karim, vec![])];
            receive_reports(tx, by, &format!("{uri}/x{n}"), &about, "")?;
        }
        Ok(())
    };
    world.fed.app.db.write(fill).await.unwrap();
    let last = work_on(&world, &peer, &flag(2)).await;
    assert_eq!(
        last.as_deref(),
        Some("report filed"),
        "as far as there is room"
    );
    let count = async || {
        let wanted = |target| Wanted {
            target: Some(target),
            ..Wanted::default()
        };
        world
            .read(move |conn| {
                let page = Page::first(1000);
                let one = reports::list(conn, AccountId(0), &wanted(karim), &page)?.len();
                let other = reports::list(conn, AccountId(0), &wanted(lotte), &page)?.len();
                Ok(one + other)
            })
            .await
    };
    assert_eq!(i64::try_from(count().await).unwrap(), A_DAY_BY_NODE);
    let over = work_on(&world, &peer, &flag(3)).await;
    assert!(over.unwrap().starts_with("refused"));
    assert_eq!(i64::try_from(count().await).unwrap(), A_DAY_BY_NODE);
}
