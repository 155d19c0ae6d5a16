//! Who may speak for whom (`security.md` 2.1 and 2.2), where the database and other nodes are needed to tell.

use super::effects::{BASE, follow, group, person, work_on};
use super::*;
use crate::actions::create_post::{NewPost, Outcome, create_post};
use crate::actions::follow::{Wish, follow as ask_to_follow};
use crate::model::ids::AccountId;
use crate::model::words::{AccountState, FollowState, Visibility};
use crate::store::posts::{self, Post};
use crate::store::{accounts, communities, follows, inbound, marks};

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

async fn write_here(world: &World, by: AccountId, new: NewPost) -> Post {
    let made = move |tx: &mut crate::store::db::Tx<'_>| create_post(tx, by, new);
    match world.fed.app.db.write(made).await.unwrap() {
        Outcome::Posted(post) => *post,
        Outcome::Commanded { .. } => panic!("a command"),
    }
}

fn text(source: &str, visibility: Visibility) -> NewPost {
    NewPost {
        source: source.into(),
        visibility: Some(visibility),
        ..NewPost::default()
    }
}

async fn find(world: &World, uri: &str) -> Option<Post> {
    let uri = uri.to_owned();
    world.read(move |conn| posts::find_by_uri(conn, &uri)).await
}

async fn known(world: &World, uri: &str) -> AccountId {
    actors_in::fetch_actor(&world.fed, &world.fed.visit(), uri)
        .await
        .unwrap()
}

/// An activity with an id of its own.
fn act(actor: &str, n: u32, kind: &str, object: &Value) -> Value {
    json!({"id": format!("{actor}/acts/{n}"), "type": kind, "actor": actor, "object": object, "to": [PUBLIC]})
}

fn note(author: &str, name: &str, content: &str) -> Value {
    json!({"id": format!("{author}/{name}"), "type": "Note", "attributedTo": author, "content": content,
           "to": [PUBLIC], "published": "2026-01-01T00:00:00Z"})
}

async fn handed_in(world: &World, key: &SigningKey, activity: &Value) -> u16 {
    let request = signed(key, "/inbox", activity.to_string().as_bytes());
    world.call(request).await.status().as_u16()
}

/// Karim of north follows alice of the peer, who wrote a note.
async fn with_a_note() -> (World, Peer, AccountId, String) {
    let (world, peer) = (World::new().await, Peer::new("peer").await);
    let (karim, alice) = (person(&world, "karim").await, peer.person("alice"));
    let id = known(&world, &alice).await;
    follow(&world, karim, id).await;
    let create = act(&alice, 1, "Create", &note(&alice, "n", "<p>Said</p>"));
    let done = work_on(&world, &peer, &create).await;
    assert_eq!(done.as_deref(), Some("post taken in"));
    (world, peer, karim, alice)
}

/// SIG-07: a keyId that leads to somebody of another host proves nothing about whom it names.
#[tokio::test(flavor = "multi_thread")]
async fn sig_07_a_key_id_that_redirects_to_another_actor_is_refused() {
    let (world, peer, other) = (
        World::new().await,
        Peer::new("peer").await,
        Peer::new("other").await,
    );
    let alice = peer.actor_id("alice");
    peer.redirect("/users/alice", &other.person("mallory"));
    let like = act(&alice, 1, "Like", &json!(format!("{BASE}/posts/1")));
    let key = first_key(&format!("{alice}#main-key"));
    assert_eq!(handed_in(&world, &key, &like).await, 401);
    assert_eq!(
        world.traces(like["id"].as_str().unwrap()).await,
        (0, 0, false)
    );
}

/// SIG-16, ORG-21: worked on again after a restart, or sent anew with another id, a Like counts once.
#[tokio::test(flavor = "multi_thread")]
async fn sig_16_org_21_a_like_counts_once_however_often_it_comes() {
    let (world, peer) = (World::new().await, Peer::new("peer").await);
    let karim = person(&world, "karim").await;
    let alice = peer.person("alice");
    known(&world, &alice).await;
    let post = write_here(&world, karim, text("hello", Visibility::Public)).await;
    let (uri, id) = (json!(post.uri), post.id);
    let count = || world.read(move |conn| Ok(posts::get(conn, id)?.favourites_count));
    for n in 1..4 {
        work_on(&world, &peer, &act(&alice, n, "Like", &uri)).await;
        assert_eq!(count().await, 1, "{n}");
    }
    let name = format!("{alice}/acts/1");
    let again = world.read(move |conn| inbound::is_known(conn, &name)).await;
    assert!(again, "the second wall knows it too");
}

/// SIG-20: nobody listens to the key of an actor that was suspended here.
#[tokio::test(flavor = "multi_thread")]
async fn sig_20_the_key_of_a_suspended_actor_opens_nothing() {
    let (world, peer) = (World::new().await, Peer::new("peer").await);
    let alice = peer.person("alice");
    let key = first_key(&format!("{alice}#main-key"));
    let like = |n| act(&alice, n, "Like", &json!(format!("{BASE}/posts/1")));
    assert_eq!(handed_in(&world, &key, &like(1)).await, 202);
    let id = known(&world, &alice).await;
    world
        .fed
        .app
        .db
        .write(move |tx| accounts::set_state(tx, id, AccountState::Suspended))
        .await
        .unwrap();
    assert_eq!(handed_in(&world, &key, &like(2)).await, 403);
    let second = format!("{alice}/acts/2");
    assert!(!world.traces(&second).await.2, "nothing is stored");
}

/// ORG-05: what a community carries of a third node's words counts as that node says it.
#[tokio::test(flavor = "multi_thread")]
async fn org_05_the_words_at_the_id_count_not_those_that_were_carried() {
    let (world, host, third) = (
        World::new().await,
        Peer::new("host").await,
        Peer::new("third").await,
    );
    let (group, karim) = (group(&world, &host).await, person(&world, "karim").await);
    follow(&world, karim, group).await;
    let (alice, by) = (third.person("alice"), host.actor_id("group"));
    let mut genuine = note(&alice, "n", "<p>Genuine</p>");
    genuine["audience"] = json!(by);
    genuine["to"] = json!([PUBLIC, by]);
    third.serve("/users/alice/n", &genuine);
    let mut forged = genuine.clone();
    forged["content"] = json!("<p>Forged</p>");
    let announce = act(&by, 1, "Announce", &act(&alice, 1, "Create", &forged));
    work_on(&world, &host, &announce).await;
    let kept = find(&world, &format!("{alice}/n")).await.unwrap();
    assert_eq!(kept.html, "<p>Genuine</p>");
}

/// ORG-08: what a redirect leads to speaks under its own id only; one that leads to this node is not followed.
#[tokio::test(flavor = "multi_thread")]
async fn org_08_a_redirect_makes_no_alias() {
    let (world, peer, other) = (
        World::new().await,
        Peer::new("peer").await,
        Peer::new("other").await,
    );
    let alice = peer.person("alice");
    peer.serve("/users/alice/n", &note(&alice, "n", "x"));
    other.redirect("/n", &format!("{alice}/n"));
    other.redirect("/own", &format!("{BASE}/users/karim"));
    let visit = world.fed.visit();
    let found = fetch::object(&visit, &format!("{}/n", other.base))
        .await
        .unwrap();
    assert_eq!(found["id"], format!("{alice}/n"));
    let own = fetch::object(&visit, &format!("{}/own", other.base)).await;
    assert_eq!(own, Err(fetch::FetchError::Refused("our own address")));
}

/// ORG-10, ORG-23: only the author changes or deletes, and nothing older than what is there counts.
#[tokio::test(flavor = "multi_thread")]
async fn org_10_23_nobody_else_changes_or_deletes_and_nothing_old_counts() {
    let (world, peer, _, alice) = with_a_note().await;
    let other = Peer::new("other").await;
    let uri = format!("{alice}/n");
    for mallory in [peer.person("mallory"), other.person("mallory")] {
        known(&world, &mallory).await;
        let from = if mallory.starts_with(&peer.base) {
            &peer
        } else {
            &other
        };
        let mut changed = note(&alice, "n", "<p>Changed</p>");
        changed["updated"] = json!("2026-02-01T00:00:00Z");
        let mut claimed = changed.clone();
        claimed["attributedTo"] = json!(mallory);
        for (n, (kind, object)) in [
            ("Update", changed),
            ("Update", claimed),
            ("Delete", json!(uri)),
            ("Undo", act(&alice, 1, "Create", &json!(uri))),
        ]
        .into_iter()
        .enumerate()
        {
            let n = u32::try_from(n).unwrap() + 10;
            let word = work_on(&world, from, &act(&mallory, n, kind, &object)).await;
            let word = word.unwrap();
            assert!(
                word.starts_with("refused") || word.starts_with("ignored"),
                "{kind}: {word}"
            );
            let kept = find(&world, &uri).await.unwrap();
            assert_eq!(
                (kept.html.as_str(), kept.deleted_at),
                ("<p>Said</p>", None),
                "{kind}"
            );
        }
    }
    let update = |n, content: &str, at: &str| {
        let mut object = note(&alice, "n", content);
        object["updated"] = json!(at);
        act(&alice, n, "Update", &object)
    };
    for (n, content, at, html) in [
        (20, "<p>Second</p>", "2026-03-01T00:00:00Z", "<p>Second</p>"),
        (21, "<p>First</p>", "2026-02-01T00:00:00Z", "<p>Second</p>"),
    ] {
        work_on(&world, &peer, &update(n, content, at)).await;
        assert_eq!(find(&world, &uri).await.unwrap().html, html);
    }
}

/// ORG-11: an Update makes nobody else a reader of what was for few, and takes what was for everybody from whom it leaves
/// out.
#[tokio::test(flavor = "multi_thread")]
async fn org_11_an_update_does_not_widen_who_reads() {
    let (world, peer, _, alice) = with_a_note().await;
    let mut quiet = note(&alice, "q", "<p>Quiet</p>");
    quiet["to"] = json!([format!("{alice}/followers"), format!("{BASE}/users/karim")]);
    let mut create = act(&alice, 2, "Create", &quiet);
    create["to"] = quiet["to"].clone();
    work_on(&world, &peer, &create).await;
    let uri = format!("{alice}/q");
    let before = find(&world, &uri).await.unwrap();
    assert!(!before.is_for_everybody());
    let mut wide = note(&alice, "q", "<p>Loud</p>");
    wide["updated"] = json!("2026-03-01T00:00:00Z");
    work_on(&world, &peer, &act(&alice, 3, "Update", &wide)).await;
    work_on(&world, &peer, &act(&alice, 4, "Create", &wide)).await;
    let after = find(&world, &uri).await.unwrap();
    assert_eq!(after.html, "<p>Loud</p>");
    assert_eq!(
        (after.audience, after.visibility),
        (before.audience, before.visibility)
    );
    let open = format!("{alice}/n");
    let mut closed = note(&alice, "n", "<p>For few</p>");
    closed["to"] = json!([]);
    closed["updated"] = json!("2026-03-01T00:00:00Z");
    let mut silent = act(&alice, 5, "Update", &closed);
    silent["to"] = json!([]);
    work_on(&world, &peer, &silent).await;
    let kept = find(&world, &open).await.unwrap();
    assert!(kept.is_for_everybody(), "nothing was said of readers");
    closed["to"] = json!([format!("{BASE}/users/karim")]);
    closed["updated"] = json!("2026-03-02T00:00:00Z");
    work_on(&world, &peer, &act(&alice, 6, "Update", &closed)).await;
    let kept = find(&world, &open).await.unwrap();
    assert_eq!(kept.visibility, Visibility::Direct);
    assert!(!kept.is_for_everybody());
}

/// ORG-12: what an Update of a profile carries changes neither key nor inbox; the document at the id does.
#[tokio::test(flavor = "multi_thread")]
async fn org_12_a_profile_is_read_at_its_id() {
    let (world, peer, _, alice) = with_a_note().await;
    let other = Peer::new("other").await;
    let mut carried = peer.document("alice", &keys_of::OTHER.1);
    carried["inbox"] = json!(format!("{}/inbox", other.base));
    carried["type"] = json!("Group");
    carried["preferredUsername"] = json!("karim");
    work_on(&world, &peer, &act(&alice, 2, "Update", &carried)).await;
    let uri = alice.clone();
    let kept = world
        .read(move |conn| accounts::find_by_uri(conn, &uri))
        .await
        .unwrap();
    assert_eq!(
        kept.public_key_pem.as_deref(),
        Some(keys_of::PAIR.1.as_str())
    );
    assert_eq!(kept.name, "alice");
    assert!(!kept.is_group());
}

/// ORG-15: what is not for everybody is passed on by nobody, nor is an Announce.
#[tokio::test(flavor = "multi_thread")]
async fn org_15_an_announce_passes_on_only_what_everybody_may_read() {
    let (world, peer, karim, alice) = with_a_note().await;
    let quiet = write_here(&world, karim, text("quiet", Visibility::Private)).await;
    let direct = write_here(&world, karim, text("direct", Visibility::Direct)).await;
    let open = write_here(&world, karim, text("open", Visibility::Public)).await;
    for (n, object) in [
        (2, json!(quiet.uri)),
        (3, json!(direct.uri)),
        (4, json!(format!("{BASE}/posts/1"))),
        (5, json!(format!("{alice}/acts/1"))),
        (6, act(&alice, 9, "Announce", &json!(open.uri))),
        (7, json!(format!("{alice}/acts/7"))),
    ] {
        let word = work_on(&world, &peer, &act(&alice, n, "Announce", &object)).await;
        let uri = format!("{alice}/acts/{n}");
        let boost = world
            .read(move |conn| marks::find_boost_by_uri(conn, &uri))
            .await;
        assert!(boost.is_none(), "{object}: {word:?}");
    }
    let done = work_on(&world, &peer, &act(&alice, 8, "Announce", &json!(open.uri))).await;
    assert_eq!(done.as_deref(), Some("boosted"), "the control");
}

/// ORG-18: a follow is answered by whoever was asked, and only while it is asked for.
#[tokio::test(flavor = "multi_thread")]
async fn org_18_only_the_one_who_was_asked_answers_a_follow() {
    let (world, peer) = (World::new().await, Peer::new("peer").await);
    let karim = person(&world, "karim").await;
    let (alice, mallory) = (peer.person("alice"), peer.person("mallory"));
    let (target, by) = (known(&world, &alice).await, known(&world, &mallory).await);
    let me = format!("{BASE}/users/karim");
    let parts = |object: &str| json!({"type": "Follow", "actor": me, "object": object});
    let state = |of| {
        world.read(move |conn| Ok(follows::find(conn, karim, of)?.map(|row| (row.state, row.uri))))
    };
    work_on(&world, &peer, &act(&mallory, 1, "Accept", &parts(&mallory))).await;
    assert_eq!(state(by).await, None, "a follow that was never sent");
    let wish = Wish {
        show_boosts: true,
        notify: false,
    };
    world
        .fed
        .app
        .db
        .write(move |tx| ask_to_follow(tx, karim, target, wish, None).map(drop))
        .await
        .unwrap();
    let (asked, uri) = state(target).await.unwrap();
    assert_eq!(asked, FollowState::Requested);
    for (n, object) in [
        (2, json!(uri)),
        (3, parts(&alice)),
        (4, json!(format!("{uri}0"))),
    ] {
        for kind in ["Accept", "Reject"] {
            let n = if kind == "Accept" { n } else { n + 10 };
            work_on(&world, &peer, &act(&mallory, n, kind, &object)).await;
            assert_eq!(
                state(target).await.map(|row| row.0),
                Some(FollowState::Requested),
                "{kind} {object}"
            );
        }
    }
    work_on(&world, &peer, &act(&alice, 5, "Accept", &json!(uri))).await;
    assert_eq!(
        state(target).await.map(|row| row.0),
        Some(FollowState::Accepted)
    );
}

/// ORG-19: nobody but a community says who leads it.
#[tokio::test(flavor = "multi_thread")]
async fn org_19_strangers_add_nobody_to_a_communitys_moderators() {
    let (world, host) = (World::new().await, Peer::new("host").await);
    let group = group(&world, &host).await;
    let list = format!("{}/moderators", host.base);
    host.serve(
        "/moderators",
        &json!({"id": list, "type": "OrderedCollection", "orderedItems": []}),
    );
    let other = Peer::new("other").await;
    for (n, peer) in [(1, &host), (2, &other)] {
        let mallory = peer.person("mallory");
        let id = known(&world, &mallory).await;
        let mut add = act(&mallory, n, "Add", &json!(mallory));
        add["target"] = json!(list);
        work_on(&world, peer, &add).await;
        let leads = world
            .read(move |conn| communities::is_steward(conn, group, id))
            .await;
        assert!(!leads, "{mallory}");
    }
}

/// FEP-7888: a reply names the thread that what it answers named, also where the thread began elsewhere.
#[tokio::test(flavor = "multi_thread")]
async fn a_reply_names_the_thread_of_what_it_answers() {
    let (world, peer, karim, alice) = with_a_note().await;
    let thread = "https://elsewhere.example/threads/7";
    let mut told = note(&alice, "t", "<p>In a thread</p>");
    told["context"] = json!(thread);
    work_on(&world, &peer, &act(&alice, 2, "Create", &told)).await;
    let document = async |post: &Post| {
        let id = post.id;
        let whole = world
            .read(move |conn| Ok(objects::whole::load(conn, id)?.unwrap()))
            .await;
        objects::post::document(world.fed.app.db.node(), &whole)
    };
    let under = async |uri: &str| {
        let parent = find(&world, uri).await.unwrap().id;
        let new = NewPost {
            parent: Some(parent),
            ..text("An answer", Visibility::Public)
        };
        write_here(&world, karim, new).await
    };
    let first = under(&format!("{alice}/t")).await;
    assert_eq!(document(&first).await["context"], thread);
    let below = under(&first.uri).await;
    assert_eq!(
        document(&below).await["context"],
        thread,
        "and further down"
    );
    let bare = under(&format!("{alice}/n")).await;
    assert!(!document(&bare).await.contains_key("context"));
    let mut later = note(&alice, "n", "<p>Said</p>");
    later["context"] = json!({"id": thread, "type": "OrderedCollection"});
    work_on(&world, &peer, &act(&alice, 3, "Update", &later)).await;
    assert_eq!(
        document(&bare).await["context"],
        thread,
        "told by an Update"
    );
    let own = write_here(&world, karim, text("A beginning", Visibility::Public)).await;
    let mut answer = note(&alice, "a", "<p>Yes</p>");
    answer["inReplyTo"] = json!(own.uri);
    answer["context"] = json!(thread);
    work_on(&world, &peer, &act(&alice, 4, "Create", &answer)).await;
    let last = under(&format!("{alice}/a")).await;
    assert_eq!(
        document(&last).await["context"],
        format!("{}/context", own.uri),
        "a thread of ours keeps its own address"
    );
}
