//! What is made of reports that other nodes hand in.

use super::effects::{BASE, person, work_on};
use super::*;
use crate::actions::create_post::{NewPost, Outcome, create_post};
use crate::model::ids::AccountId;
use crate::model::report::SUBJECTS;
use crate::model::words::{ReportCategory, ReportState, Visibility};
use crate::store::page::Page;
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
