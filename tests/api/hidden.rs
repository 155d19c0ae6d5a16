//! What is not for the reader leaves no trace in what the reader sees: no name, no count, no state.

use axum::body::Body;
use axum::http::Request;
use cordee::actions::receive_post::{RemotePost, receive_post};
use cordee::model::ids::{AccountId, PostId};
use cordee::model::post::Fields;
use cordee::model::words::{ActorKind, Boundary, JoinPolicy, Listing, Visibility};
use cordee::store::{accounts, communities};
use serde_json::{Value, json};

use crate::support::world::World;

/// A community that is not listed, nor shown to whoever is not in it.
fn hidden(world: &World, name: &str, boundary: Boundary, stewards: [AccountId; 2]) -> AccountId {
    let id = world.community(name, boundary, JoinPolicy::Open, stewards);
    world
        .write(move |tx| {
            let mut community = communities::get(tx, id)?;
            community.visibility = Listing::Hidden;
            communities::update(tx, &community)
        })
        .unwrap();
    id
}

fn path(status: &Value) -> String {
    format!("/api/v1/statuses/{}", status["id"].as_str().unwrap())
}

#[test]
fn the_name_of_a_hidden_community_is_a_word_like_any_other() {
    World::each(|world| {
        let [karim, lotte, bart] = ["karim", "lotte", "bart"].map(|name| world.person(name));
        let id = hidden(world, "hiddenplace", Boundary::Public, [karim, lotte]);
        let outsider = world.client(bart);
        let said = |name: &str| {
            let status = outsider.publish(&format!("@{name} hello"));
            let edited = json!({ "status": format!("@{name} hello again") });
            let status = [
                status.clone(),
                outsider.put(&path(&status), &edited).expect(200),
            ];
            status.map(|status| {
                assert_eq!(status["mentions"], json!([]), "{name}");
                assert_eq!(status["cordee"]["community"], json!(null), "{name}");
                let content = status["content"].as_str().unwrap();
                content.replace(name, "")
            })
        };
        assert_eq!(said("hiddenplace"), said("absentplace"), "{}", world.kind);
        let note = |name: &str| {
            let note = json!({ "note": format!("@{name}") });
            let account = outsider
                .patch("/api/v1/accounts/update_credentials", &note)
                .expect(200);
            account["note"].as_str().unwrap().replace(name, "")
        };
        assert_eq!(note("hiddenplace"), note("absentplace"), "{}", world.kind);
        let member = world.client(karim).publish("@hiddenplace hello");
        assert_eq!(member["cordee"]["community"]["id"], id.to_string());
    });
}

#[test]
fn how_one_stands_to_a_hidden_community_is_told_to_its_members_alone() {
    World::each(|world| {
        let [karim, lotte, bart] = ["karim", "lotte", "bart"].map(|name| world.person(name));
        let club = hidden(world, "hiddenplace", Boundary::Node, [karim, lotte]);
        let path = format!("/api/v1/accounts/relationships?id[]={club}");
        assert_eq!(
            world.client(karim).get(&path).expect(200)[0]["following"],
            true
        );
        assert_eq!(
            world.client(bart).get(&path).expect(200),
            json!([]),
            "{}",
            world.kind
        );
    });
}

#[test]
fn a_recommended_community_shows_to_whoever_may_know_of_it() {
    World::each(|world| {
        let [karim, lotte, bart] = ["karim", "lotte", "bart"].map(|name| world.person(name));
        let club = hidden(world, "hiddenplace", Boundary::Node, [karim, lotte]);
        let client = world.client(karim);
        client
            .post(&format!("/api/v1/accounts/{club}/endorse"), &json!({}))
            .expect(200);
        let shown = format!("/api/v1/accounts/{karim}/endorsements");
        let of = |account: AccountId| world.client(account).get(&shown).expect(200);
        assert_eq!(of(lotte)[0]["id"], club.to_string());
        assert_eq!(of(bart), json!([]), "{}", world.kind);
    });
}

#[test]
fn other_nodes_find_nothing_where_something_is_closed_or_hidden() {
    let world = World::on(crate::support::databases::Database::sqlite());
    let stewards = ["karim", "lotte"].map(|name| world.person(name));
    let names = ["nodeplace", "firmplace", "partnersplace", "hiddenplace"];
    for (name, boundary) in names
        .iter()
        .zip([Boundary::Node, Boundary::Firm, Boundary::Partners])
    {
        world.community(name, boundary, JoinPolicy::Open, stewards);
    }
    hidden(&world, "hiddenplace", Boundary::Public, stewards);
    let read = |path: &str| {
        let request = Request::get(path)
            .header("host", "localhost:7400")
            .header("accept", "application/activity+json")
            .body(Body::empty());
        let said = world.visitor().send(request.unwrap());
        let mut headers: Vec<_> = said
            .headers
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "date" | "x-request-id"))
            .map(|(name, value)| format!("{name}: {value:?}"))
            .collect();
        headers.sort_unstable();
        (said.status, headers, said.bytes)
    };
    for template in [
        "/c/{}",
        "/c/{}/outbox",
        "/c/{}/followers",
        "/c/{}/moderators",
        "/.well-known/webfinger?resource=acct:{}@localhost:7400",
        "/.well-known/webfinger?resource=http://localhost:7400/c/{}",
    ] {
        let absent = read(&template.replace("{}", "absentplace"));
        assert_eq!(absent.0, 404, "{template}");
        for name in names {
            assert_eq!(
                read(&template.replace("{}", name)),
                absent,
                "{template} {name}"
            );
        }
    }
    for name in names {
        let key = world.read(move |conn| Ok(accounts::find_local(conn, name)?.unwrap()));
        assert_eq!(key.public_key_pem, None, "{name}: nothing was made for it");
    }
}

/// What a visitor is told in figures: of a question, of lotte, of a community and of the node.
fn told(world: &World, question: &Value, community: &str) -> Value {
    let visitor = world.visitor();
    let status = visitor.get(&path(question)).expect(200);
    let posts = |path: String| visitor.get(&path).expect(200)["statuses_count"].clone();
    let node = visitor.get("/nodeinfo/2.1").expect(200)["usage"].clone();
    json!([
        status["replies_count"],
        status["cordee"]["question"],
        posts("/api/v1/accounts/lookup?acct=lotte".to_owned()),
        posts(format!("/api/v1/accounts/{community}")),
        node["localPosts"],
        node["localComments"],
        visitor.get("/users/lotte/outbox").expect(200)["totalItems"],
    ])
}

#[test]
fn counts_and_states_tell_nothing_of_what_is_not_for_all() {
    World::each(|world| {
        let [karim, lotte, bart] = ["karim", "lotte", "bart"].map(|name| world.person(name));
        let pumps = world.community("pumps", Boundary::Public, JoinPolicy::Open, [karim, lotte]);
        let (karim, lotte) = (world.client(karim), world.client(lotte));
        let question = karim.publish("@pumps #question Why does the seal leak?");
        let figures = || told(world, &question, &pumps.to_string());
        let before = figures();
        let answer = |more: Value| {
            let mut body = json!({ "status": "Change the ring", "in_reply_to_id": question["id"] });
            body.as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            lotte.post("/api/v1/statuses", &body).expect(200)
        };
        let secret = answer(json!({ "boundary": "node" }));
        answer(json!({ "visibility": "direct", "status": "@karim Psst" }));
        lotte.publish_with(
            &json!({ "status": "Only us", "boundary": "node", "community_id": pumps.to_string() }),
        );
        lotte.publish_with(&json!({ "status": "@karim Psst", "visibility": "direct" }));
        assert_eq!(figures(), before, "{}", world.kind);
        let accept = format!(
            "/api/cordee/v1/statuses/{}/accept",
            secret["id"].as_str().unwrap()
        );
        karim.post(&accept, &json!({})).expect(200);
        assert_eq!(figures(), before, "{}: accepted", world.kind);
        assert!(world.client(bart).get(&path(&secret)).status == 200);
        let open = answer(json!({}));
        let after = figures();
        assert_eq!(
            (&after[0], &after[1]["state"]),
            (&json!(1), &json!("answered")),
            "{}",
            world.kind
        );
        let accept = format!(
            "/api/cordee/v1/statuses/{}/accept",
            open["id"].as_str().unwrap()
        );
        karim.post(&accept, &json!({})).expect(200);
        assert_eq!(figures()[1]["accepted"], json!([open["id"]]));
        lotte.delete(&path(&open)).expect(200);
        lotte.delete(&path(&secret)).expect(200);
        assert_eq!(figures(), before, "{}: deleted again", world.kind);
    });
}

#[test]
fn whoever_was_banned_edits_nothing_there_any_more_and_may_still_delete() {
    World::each(|world| {
        let [karim, lotte, bart] = ["karim", "lotte", "bart"].map(|name| world.person(name));
        let pumps = world.community("pumps", Boundary::Public, JoinPolicy::Open, [karim, lotte]);
        let author = world.client(bart);
        let members = format!("/api/cordee/v1/communities/{pumps}");
        author
            .post(&format!("{members}/join"), &json!({}))
            .expect(200);
        let post = author.publish("@pumps First words");
        world
            .client(karim)
            .post(
                &format!("{members}/members/{bart}/ban"),
                &json!({ "reason": "spam" }),
            )
            .expect(200);
        author
            .put(&path(&post), &json!({ "status": "Other words" }))
            .expect(403);
        let shown = world.visitor().get(&path(&post)).expect(200);
        assert!(shown["content"].as_str().unwrap().contains("First words"));
        author.delete(&path(&post)).expect(200);
    });
}

#[test]
fn who_is_in_a_closed_community_is_known_to_its_members_only() {
    World::each(|world| {
        let [karim, lotte, bart] = ["karim", "lotte", "bart"].map(|name| world.person(name));
        let id = world.community("inner", Boundary::Node, JoinPolicy::Open, [karim, lotte]);
        let (member, outsider) = (world.client(karim), world.client(bart));
        for list in [
            format!("/api/v1/accounts/{id}/followers"),
            format!("/api/cordee/v1/communities/{id}/members"),
        ] {
            let names = |said: &Value| said.as_array().map_or(0, Vec::len);
            assert_eq!(names(&member.get(&list).expect(200)), 2, "{list}");
            let said = outsider.get(&list);
            let told = said.status == 200 && names(&said.json()) > 0;
            assert!(!told, "{list}: {}", String::from_utf8_lossy(&said.bytes));
            let said = world.visitor().get(&list);
            let told = said.status == 200 && names(&said.json()) > 0;
            assert!(!told, "{list}: {}", String::from_utf8_lossy(&said.bytes));
        }
    });
}

#[test]
fn a_word_that_accepts_says_nothing_special_under_what_is_no_answer() {
    World::each(|world| {
        let [karim, lotte] = ["karim", "lotte"].map(|name| world.client(world.person(name)));
        let talk = karim.publish("How was the day?");
        let reply = json!({ "status": "#accepted thanks", "in_reply_to_id": talk["id"] });
        let reply = lotte.post("/api/v1/statuses", &reply).expect(200);
        let shown = karim.get(&path(&reply)).expect(200);
        assert_eq!(shown["in_reply_to_id"], talk["id"], "{}", world.kind);
        assert!(shown["content"].as_str().unwrap().contains("accepted"));
    });
}

/// A reply of somebody of another node, which waits.
pub(super) fn waiting(world: &World, parent: &Value, n: u32) -> String {
    let parent: i64 = parent["id"].as_str().unwrap().parse().unwrap();
    let post = world
        .write(move |tx| {
            let (id, now) = (AccountId(tx.new_id()), tx.now());
            let name = format!("alice{n}");
            let base = "https://p.example";
            let mut row = accounts::Account::local(id, ActorKind::Person, &name, base, now);
            row.domain = "p.example".into();
            accounts::insert(tx, &row)?;
            let remote = RemotePost {
                uri: format!("{base}/n/{n}"),
                url: format!("{base}/n/{n}"),
                author: id,
                community: None,
                parent: Some(PostId(parent)),
                kind: None,
                title: String::new(),
                html: "<p>A worn ring</p>".into(),
                source: String::new(),
                fields: Fields::new(),
                spoiler: String::new(),
                sensitive: false,
                language: None,
                visibility: Visibility::Public,
                mentions: vec![],
                tags: vec![],
                media: vec![],
                poll: None,
                created_at: now,
                edited_at: None,
                held: true,
                announced: false,
            };
            receive_post(tx, &remote)
        })
        .unwrap();
    post.id.to_string()
}

#[test]
fn stewards_read_what_waits_and_decide_about_it() {
    World::each(|world| {
        let [karim, lotte, bart] = ["karim", "lotte", "bart"].map(|name| world.person(name));
        let id = world.community("pumps", Boundary::Public, JoinPolicy::Open, [karim, lotte]);
        let (steward, other) = (world.client(karim), world.client(bart));
        let talk = steward.publish("@pumps What did you see?");
        let (first, second) = (waiting(world, &talk, 1), waiting(world, &talk, 2));
        let list = format!("/api/cordee/v1/communities/{id}/held");
        let held = steward.get(&list).expect(200);
        let ids = held.as_array().unwrap().iter().map(|one| one["id"].clone());
        assert_eq!(
            ids.collect::<Vec<_>>(),
            [json!(second), json!(first)],
            "{}",
            world.kind
        );
        other.get(&list).expect(403);
        for (post, word) in [(&first, "release"), (&second, "turn_down")] {
            let path = format!("/api/cordee/v1/statuses/{post}/{word}");
            other.post(&path, &json!({})).expect(404);
            steward.post(&path, &json!({})).expect(200);
            steward.post(&path, &json!({})).expect(404);
        }
        let shown = |post: &str| other.get(&format!("/api/v1/statuses/{post}")).status;
        assert_eq!(
            (shown(&first).as_u16(), shown(&second).as_u16()),
            (200, 404)
        );
        let talk = other.get(&path(&talk)).expect(200);
        assert_eq!(talk["replies_count"], 1, "{}", world.kind);
        assert_eq!(steward.get(&list).expect(200), json!([]));
    });
}
