//! Nodes that somebody shuts out for themselves.

use cordee::actions::follow::{self, Wish};
use cordee::actions::receive_post::{RemotePost, receive_post};
use cordee::model::ids::AccountId;
use cordee::model::post::Fields;
use cordee::model::words::{ActorKind, FollowState, Visibility};
use cordee::store::posts::Post;
use cordee::store::{accounts, follows};
use serde_json::{Value, json};

use crate::support::world::World;

/// Somebody of another node.
pub(super) fn stranger(world: &World, name: &str, domain: &str) -> AccountId {
    let (name, domain) = (name.to_owned(), domain.to_owned());
    world
        .write(move |tx| {
            let (id, now) = (AccountId(tx.new_id()), tx.now());
            let base = format!("https://{domain}");
            let mut row = accounts::Account::local(id, ActorKind::Person, &name, &base, now);
            row.domain = domain;
            accounts::insert(tx, &row)?;
            Ok(id)
        })
        .unwrap()
}

/// What somebody of another node wrote, naming these.
pub(super) fn arrives(world: &World, author: AccountId, mentions: &[AccountId]) -> Post {
    let mentions = mentions.to_vec();
    world
        .write(move |tx| {
            let (id, now) = (tx.new_id(), tx.now());
            let by = accounts::get(tx, author)?;
            let uri = format!("{}/{id}", by.uri);
            let remote = RemotePost {
                uri: uri.clone(),
                url: uri,
                author,
                community: None,
                parent: None,
                kind: None,
                title: String::new(),
                html: "<p>A worn gasket</p>".into(),
                source: String::new(),
                fields: Fields::new(),
                spoiler: String::new(),
                sensitive: false,
                language: None,
                visibility: Visibility::Public,
                mentions,
                tags: vec!["seals".into()],
                media: vec![],
                poll: None,
                created_at: now,
                edited_at: None,
                held: false,
                announced: false,
            };
            receive_post(tx, &remote)
        })
        .unwrap()
}

fn follow(world: &World, by: AccountId, target: AccountId) {
    world
        .write(move |tx| {
            let row = follow::follow(tx, by, target, Wish::default(), None)?;
            let agreed = follows::Follow {
                state: FollowState::Accepted,
                ..row
            };
            follows::put(tx, &agreed)
        })
        .unwrap();
}

const LISTS: [&str; 5] = [
    "/api/v1/timelines/home",
    "/api/v1/timelines/public",
    "/api/v1/timelines/tag/seals",
    "/api/v1/notifications",
    "/api/v2/search?type=statuses&q=gasket",
];

/// How much each of the lists shows.
fn sizes(world: &World, reader: AccountId) -> Vec<usize> {
    let client = world.client(reader);
    LISTS
        .iter()
        .map(|path| {
            let page = client.get(path).expect(200);
            let rows = page.get("statuses").unwrap_or(&page);
            rows.as_array().unwrap().len()
        })
        .collect()
}

#[test]
fn nothing_of_a_node_that_was_shut_out_shows() {
    World::each(|world| {
        let [karim, lotte] = ["karim", "lotte"].map(|name| world.person(name));
        let alice = stranger(world, "alice", "p.example");
        let carol = stranger(world, "carol", "other.example");
        for reader in [karim, lotte] {
            follow(world, reader, alice);
        }
        follow(world, alice, karim);
        arrives(world, alice, &[karim, lotte]);
        assert_eq!(sizes(world, karim), [1, 1, 1, 2, 1], "{}", world.kind);
        let client = world.client(karim);
        let block = json!({ "domain": " P.example " });
        client.post("/api/v1/domain_blocks/", &block).expect(200);
        client.post("/api/v1/domain_blocks", &block).expect(200);
        assert_eq!(
            client.get("/api/v1/domain_blocks").expect(200),
            json!(["p.example"])
        );
        assert_eq!(sizes(world, karim), [0; 5], "{}", world.kind);
        arrives(world, alice, &[karim, lotte]);
        assert_eq!(sizes(world, karim), [0; 5], "{}", world.kind);
        assert_eq!(sizes(world, lotte), [2, 2, 2, 2, 2], "only for karim");
        let how = |id: AccountId| {
            let path = format!("/api/v1/accounts/relationships?id[]={id}");
            client.get(&path).expect(200)[0].clone()
        };
        let blocked = how(alice);
        for (key, value) in [
            ("domain_blocking", true),
            ("following", false),
            ("followed_by", false),
            ("blocking", false),
        ] {
            assert_eq!(blocked[key], json!(value), "{key}");
        }
        assert_eq!(how(carol)["domain_blocking"], json!(false));
        let path = format!("/api/v1/accounts/{alice}/follow");
        client.post(&path, &json!({})).expect(403);
        let asked = world.write(move |tx| {
            follow::follow(
                tx,
                alice,
                karim,
                Wish::default(),
                Some("https://p.example/f/2".into()),
            )
        });
        assert!(asked.is_err(), "nobody there follows any more");
        client
            .delete("/api/v1/domain_blocks?domain=p.example")
            .expect(200);
        assert_eq!(client.get("/api/v1/domain_blocks").expect(200), json!([]));
        assert_eq!(sizes(world, karim), [0, 2, 2, 0, 2], "{}", world.kind);
    });
}

#[test]
fn what_is_no_other_node_is_not_shut_out() {
    World::each(|world| {
        let karim = world.person("karim");
        let client = world.client(karim);
        for (domain, words) in [
            ("", "Domain can't be blank"),
            ("https://p.example/", "Domain is invalid"),
            ("two words", "Domain is invalid"),
            ("localhost:7400", "Domain is invalid"),
        ] {
            let said = client.post("/api/v1/domain_blocks", &json!({ "domain": domain }));
            assert_eq!(
                said.expect(422)["error"],
                format!("Validation failed: {words}"),
                "{domain}"
            );
        }
        let reader = world.client_with(karim, "read write:follows");
        reader.get("/api/v1/domain_blocks").expect(200);
        reader
            .post("/api/v1/domain_blocks", &json!({ "domain": "p.example" }))
            .expect(403);
        for n in 0..5 {
            let domain = format!("n{n}.example");
            client
                .post("/api/v1/domain_blocks", &json!({ "domain": domain }))
                .expect(200);
        }
        let first = client.get("/api/v1/domain_blocks?limit=3");
        assert_eq!(
            first.expect(200),
            json!(["n4.example", "n3.example", "n2.example"])
        );
        let next = client.get(&first.link("next").unwrap());
        assert_eq!(next.expect(200), json!(["n1.example", "n0.example"]));
        let other = world.client(world.person("lotte"));
        assert_eq!(
            other.get("/api/v1/domain_blocks").expect(200),
            Value::Array(vec![])
        );
    });
}
